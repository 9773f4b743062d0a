"""What looks along an axis: sums, means, softmax."""

import torch

from registry import benchmark, sizes


def reduction(name, size, shape, call, result):
    """`call(x, **keywords)`; `result` is the shape of what it returns."""

    @benchmark(f"{name} {size}")
    def fresh():
        x = torch.randn(shape)
        return lambda: call(x)

    @benchmark(f"{name} {size}", setting="out=")
    def reused():
        x, out = torch.randn(shape), torch.empty(result)
        return lambda: call(x, out=out)


for size, shape in sizes.items():
    for name, operation in [("sum", torch.sum), ("mean", torch.mean)]:
        reduction(f"{name} all", size, shape, lambda x, f=operation, **out: f(x, dim=(0, 1), **out), ())
        for axis in (0, 1):
            reduction(
                f"{name} axis {axis}", size, shape,
                lambda x, f=operation, axis=axis, **out: f(x, axis, **out), shape[1 - axis],
            )  # fmt: skip
    reduction("softmax", size, shape, lambda x, **out: torch.softmax(x, 1, **out), shape)
