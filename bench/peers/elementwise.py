"""One operation on each element. `out=` spares PyTorch the page faults of a fresh result."""

import torch

from registry import benchmark, sizes


def binary(name, operation, size, shape, other):
    @benchmark(f"{name} {size}")
    def fresh():
        a, b = torch.randn(shape), torch.randn(other)
        return lambda: operation(a, b)

    @benchmark(f"{name} {size}", setting="out=")
    def reused():
        a, b, out = torch.randn(shape), torch.randn(other), torch.empty(shape)
        return lambda: operation(a, b, out=out)


def unary(name, operation, size, shape):
    @benchmark(f"{name} {size}")
    def fresh():
        a = torch.randn(shape)
        return lambda: operation(a)

    @benchmark(f"{name} {size}", setting="out=")
    def reused():
        a, out = torch.randn(shape), torch.empty(shape)
        return lambda: operation(a, out=out)


for size, (rows, columns) in sizes.items():
    binary("add", torch.add, size, (rows, columns), (rows, columns))
    binary("mul", torch.mul, size, (rows, columns), (rows, columns))
    binary("broadcast add row", torch.add, size, (rows, columns), (columns,))
    binary("broadcast add column", torch.add, size, (rows, columns), (rows, 1))
    unary("exp", torch.exp, size, (rows, columns))
    unary("tanh", torch.tanh, size, (rows, columns))
    # torch.nn.functional.gelu has no `out=`; the function under it does.
    unary("gelu", torch._C._nn.gelu, size, (rows, columns))
