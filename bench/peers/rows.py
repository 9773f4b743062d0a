"""Normalisation, losses, order: one row at a time."""

import torch
from torch.nn.functional import cross_entropy, layer_norm

from registry import benchmark, sizes


def unary(name, shape, call):
    @benchmark(name)
    def fresh():
        x = torch.randn(shape)
        return lambda: call(x)


def add_gradients(size, shape):
    def gradients(loss, leaves):
        for leaf in leaves:
            leaf.grad = None
        loss().backward()

    @benchmark(f"layer norm and gradient {size}", inference=False)
    def norm():
        leaves = [torch.randn(s, requires_grad=True) for s in (shape, shape[1:], shape[1:])]
        x, weight, bias = leaves
        return lambda: gradients(lambda: layer_norm(x, shape[1:], weight, bias).sum(), leaves)

    @benchmark(f"cross-entropy and gradient {size}", inference=False)
    def loss():
        x = torch.randn(shape, requires_grad=True)
        classes = torch.arange(shape[0]) % shape[1]
        return lambda: gradients(lambda: cross_entropy(x, classes), [x])


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


long = {"100000x10": (100_000, 10), "10x100000": (10, 100_000)}
for size, shape in (sizes | long).items():
    if size in long:
        unary(f"sum all {size}", shape, torch.sum)
        unary(f"sum axis 0 {size}", shape, lambda x: torch.sum(x, 0))
        unary(f"sum axis 1 {size}", shape, lambda x: torch.sum(x, 1))
        unary(f"softmax {size}", shape, lambda x: torch.softmax(x, 1))
    add_layer_norm(size, shape)
    unary(f"softmax axis 0 {size}", shape, lambda x: torch.softmax(x, 0))
    add_gradients(size, shape)
    unary(f"max axis 1 {size}", shape, lambda x: torch.max(x, 1).values)
    unary(f"argmax {size}", shape, lambda x: torch.argmax(x, 1))
    unary(f"variance {size}", shape, lambda x: torch.var(x, 1))
    unary(f"logsumexp {size}", shape, lambda x: torch.logsumexp(x, 1))
    unary(f"cumsum {size}", shape, lambda x: torch.cumsum(x, 1))
    unary(f"sort {size}", shape, lambda x: torch.sort(x, 1).values)
    unary(f"topk {size}", shape, lambda x: torch.topk(x, 5, 1).values)
