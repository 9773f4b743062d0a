"""Each kind of convolution, in both memory formats; the faster one makes the row."""

import torch
from torch.nn.functional import conv1d, conv2d, conv3d, conv_transpose2d

from registry import benchmark

kinds = [
    ("3x3 64 56", (16, 64, 56, 56), (64, 64, 3, 3), False, lambda x, w: conv2d(x, w, padding=1)),
    ("3x3 256 14", (16, 256, 14, 14), (256, 256, 3, 3), False, lambda x, w: conv2d(x, w, padding=1)),
    ("7x7 s2 3-64 224", (16, 3, 224, 224), (64, 3, 7, 7), True, lambda x, w: conv2d(x, w, stride=2, padding=3)),
    ("4x4 s4 3-64 224", (16, 3, 224, 224), (64, 3, 4, 4), True, lambda x, w: conv2d(x, w, stride=4)),
    ("1x1 64-256 56", (16, 64, 56, 56), (256, 64, 1, 1), False, conv2d),
    ("depthwise 7x7 128 28", (16, 128, 28, 28), (128, 1, 7, 7), False, lambda x, w: conv2d(x, w, padding=3, groups=128)),
    ("depthwise 3x3 144 56", (16, 144, 56, 56), (144, 1, 3, 3), False, lambda x, w: conv2d(x, w, padding=1, groups=144)),
    ("5x5 1-10 28", (64, 1, 28, 28), (10, 1, 5, 5), True, conv2d),
    (
        "transposed 4x4 s2 64-32 28", (16, 64, 28, 28), (64, 32, 4, 4), False,
        lambda x, w: conv_transpose2d(x, w, stride=2, padding=1),
    ),
    ("dilated 3x3 d4 64 28", (16, 64, 28, 28), (64, 64, 3, 3), False, lambda x, w: conv2d(x, w, padding=4, dilation=4)),
    ("grouped 3x3 g32 256 28", (16, 256, 28, 28), (256, 8, 3, 3), False, lambda x, w: conv2d(x, w, padding=1, groups=32)),
    ("conv1d 5 64 1024", (16, 64, 1024), (64, 64, 5), False, lambda x, w: conv1d(x, w, padding=2)),
    ("conv3d 3x3x3 32 16", (4, 32, 16, 16, 16), (32, 32, 3, 3, 3), False, lambda x, w: conv3d(x, w, padding=1)),
]
formats = {4: torch.channels_last, 5: torch.channels_last_3d}


def operands(input_shape, weight_shape, setting):
    x, weight = torch.randn(input_shape), torch.randn(weight_shape)
    if setting:
        x, weight = (t.to(memory_format=formats[t.dim()]) for t in (x, weight))
    return x, weight


def add(name, input_shape, weight_shape, is_first, call, setting):
    @benchmark(f"{name} forward", setting=setting)
    def forward():
        x, weight = operands(input_shape, weight_shape, setting)
        return lambda: call(x, weight)

    @benchmark(f"{name} and gradients", setting=setting, inference=False)
    def gradients():
        x, weight = operands(input_shape, weight_shape, setting)
        seed = call(x, weight)
        weight.requires_grad_()
        x.requires_grad_(not is_first)

        def step():
            x.grad = weight.grad = None
            call(x, weight).backward(seed)

        return step


for kind in kinds:
    for setting in ("", "channels last") if len(kind[1]) in formats else ("",):
        add(*kind, setting)
