"""Fourier transforms, forward and with their gradients."""

import torch
from torch.fft import fft, fft2, rfft, rfft2

from registry import benchmark

transforms = [
    ("rfft 1024x4096", (1024, 4096), torch.float32, rfft),
    ("rfft2 4096x14x14", (4096, 14, 14), torch.float32, rfft2),
    ("fft 1000x1000", (1000, 1000), torch.complex64, fft),
    ("fft2 16x256x256", (16, 256, 256), torch.complex64, fft2),
    ("fft 1009x1009", (1009, 1009), torch.complex64, fft),
]


def add(name, shape, dtype, call):
    @benchmark(f"{name} forward")
    def forward():
        x = torch.randn(shape, dtype=dtype)
        return lambda: call(x)

    @benchmark(f"{name} and gradients", inference=False)
    def gradients():
        x = torch.randn(shape, dtype=dtype)
        seed = call(x)
        x.requires_grad_()

        def step():
            x.grad = None
            call(x).backward(seed)

        return step


for transform in transforms:
    add(*transform)
