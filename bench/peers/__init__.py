"""The peer's side of the benchmarks: a family a file, each name as in Sources/ApusBenchmarks/."""

from peers import convolutions, elementwise, harness, indexing, matmul, mlp, reductions, rows  # noqa: F401
