"""Convolutions, linear layers and matrix products of complex64; images in both memory formats."""

import torch
from torch.nn.functional import conv2d, linear

from registry import benchmark


def numbers(*shape):
    return torch.randn(*shape, dtype=torch.complex64)


def add(name, input_shape, weight_shape, call, setting=""):
    def operands():
        tensors = [numbers(*input_shape), numbers(*weight_shape)]
        if setting:
            tensors = [t.to(memory_format=torch.channels_last) for t in tensors]
        return (*tensors, numbers(weight_shape[0]))

    @benchmark(f"{name} forward", setting=setting)
    def forward():
        x, weight, bias = operands()
        return lambda: call(x, weight, bias)

    @benchmark(f"{name} and gradients", setting=setting, inference=False)
    def gradients():
        leaves = operands()
        seed = call(*leaves)
        for leaf in leaves:
            leaf.requires_grad_()

        def step():
            for leaf in leaves:
                leaf.grad = None
            call(*leaves).backward(seed)

        return step


for setting in ("", "channels last"):
    add(
        "complex conv2d 64-64 3x3 28", (16, 64, 28, 28), (64, 64, 3, 3),
        lambda x, w, b: conv2d(x, w, b, padding=1), setting,
    )
    add("complex conv2d 10-20 5x5 12", (64, 10, 12, 12), (20, 10, 5, 5), conv2d, setting)
for batch in (1, 64, 512):
    add(f"complex linear 512-512 batch {batch}", (batch, 512), (512, 512), linear)


def add_product(n):
    @benchmark(f"complex matmul {n}x{n}x{n}")
    def product():
        a, b = numbers(n, n), numbers(n, n)
        return lambda: torch.mm(a, b)


for n in (64, 256, 512):
    add_product(n)
