"""The peer's side of the benchmarks: a family a file, each name as in Sources/ApusBenchmarks/."""

from peers import (  # noqa: F401
    complex,
    complex_products,
    convolutions,
    elementwise,
    fourier,
    harness,
    images,
    indexing,
    inference,
    losses,
    matmul,
    mlp,
    network_steps,
    normalization,
    optimizer_steps,
    pooling,
    recurrent,
    reductions,
    rows,
    vision_models,
)
