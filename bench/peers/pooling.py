"""Pooling and upsampling, in both memory formats; the faster one makes the row."""

import torch
from torch.nn.functional import (
    adaptive_avg_pool2d, avg_pool2d, interpolate, max_pool1d, max_pool2d, max_pool3d, pixel_shuffle,
)

from registry import benchmark

kinds = [
    ("max pool 3x3 s2 64 112", (16, 64, 112, 112), lambda x: max_pool2d(x, 3, 2, 1)),
    ("max pool 2x2 256 28", (16, 256, 28, 28), lambda x: max_pool2d(x, 2)),
    ("max pool 2x2 8 26", (128, 8, 26, 26), lambda x: max_pool2d(x, 2)),
    ("average pool 2x2 256 28", (16, 256, 28, 28), lambda x: avg_pool2d(x, 2)),
    ("average pool 3x3 s1 64 56", (16, 64, 56, 56), lambda x: avg_pool2d(x, 3, 1, 1)),
    ("global average 512 7", (32, 512, 7, 7), lambda x: adaptive_avg_pool2d(x, 1)),
    ("max pool 1d 4 64 1024", (16, 64, 1024), lambda x: max_pool1d(x, 4)),
    ("max pool 3d 2 32 16", (4, 32, 16, 16, 16), lambda x: max_pool3d(x, 2)),
    ("nearest x2 64 56", (16, 64, 56, 56), lambda x: interpolate(x, scale_factor=2)),
    ("bilinear x2 64 56", (16, 64, 56, 56), lambda x: interpolate(x, scale_factor=2, mode="bilinear")),
    ("bilinear x2 3 112", (16, 3, 112, 112), lambda x: interpolate(x, scale_factor=2, mode="bilinear")),
    ("bicubic x2 64 28", (16, 64, 28, 28), lambda x: interpolate(x, scale_factor=2, mode="bicubic")),
    ("pixel shuffle 2 256 28", (16, 256, 28, 28), lambda x: pixel_shuffle(x, 2)),
]
formats = {4: torch.channels_last, 5: torch.channels_last_3d}


def image(shape, setting):
    x = torch.randn(shape)
    return x.to(memory_format=formats[len(shape)]) if setting else x


def add(name, shape, call, setting):
    @benchmark(f"{name} forward", setting=setting)
    def forward():
        x = image(shape, setting)
        return lambda: call(x)

    @benchmark(f"{name} and gradient", setting=setting, inference=False)
    def gradient():
        x = image(shape, setting)
        seed = call(x)
        x.requires_grad_()

        def step():
            x.grad = None
            call(x).backward(seed)

        return step


for kind in kinds:
    for setting in ("", "channels last") if len(kind[1]) in formats else ("",):
        add(*kind, setting)
