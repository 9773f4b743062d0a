"""What looks along an axis: sums, means, softmax, layer norm."""

import torch
from torch.nn.functional import layer_norm

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


def add_layer_norm(size, shape):
    @benchmark(f"layer norm {size}")
    def fresh():
        x, weight, bias = torch.randn(shape), torch.randn(shape[1:]), torch.randn(shape[1:])
        return lambda: layer_norm(x, shape[1:], weight, bias)

    @benchmark(f"layer norm {size}", setting="out=")
    def reused():
        x, weight, bias = torch.randn(shape), torch.randn(shape[1:]), torch.randn(shape[1:])
        out, mean, deviation = torch.empty(shape), torch.empty(shape[0], 1), torch.empty(shape[0], 1)
        native = torch.ops.aten.native_layer_norm.out
        return lambda: native(
            x, shape[1:], weight, bias, 1e-5, out0=out, out1=mean, out2=deviation
        )


for size, shape in sizes.items():
    for name, operation in [("sum", torch.sum), ("mean", torch.mean)]:
        reduction(f"{name} all", size, shape, lambda x, f=operation, **out: f(x, dim=(0, 1), **out), ())
        for axis in (0, 1):
            reduction(
                f"{name} axis {axis}", size, shape,
                lambda x, f=operation, axis=axis, **out: f(x, axis, **out), shape[1 - axis],
            )  # fmt: skip
    reduction("softmax", size, shape, lambda x, **out: torch.softmax(x, 1, **out), shape)
    add_layer_norm(size, shape)
