"""Normalisation of images, in either memory format."""

import torch
from torch.nn.functional import batch_norm, group_norm, layer_norm, relu, relu_

from registry import benchmark

formats = {"channels last": torch.channels_last, "contiguous": torch.contiguous_format}


def batch(x, weight, bias, activation):
    return activation(batch_norm(x, None, None, weight, bias, True))


def add(name, shape, format):
    memory = formats[format]

    def image():
        return torch.randn(shape).to(memory_format=memory)

    def leaves():
        return [t.requires_grad_() for t in (image(), torch.randn(shape[1]), torch.randn(shape[1]))]

    for title, activation in {"": relu, ", in place": relu_}.items():

        @benchmark(f"batch norm+ReLU {name}", setting=format + title)
        def forward(activation=activation):
            x, weight, bias = image(), torch.randn(shape[1]), torch.randn(shape[1])
            return lambda: batch(x, weight, bias, activation)

        @benchmark(f"batch norm+ReLU and gradient {name}", setting=format + title, inference=False)
        def gradient(activation=activation):
            inputs, upstream = leaves(), image()
            return lambda: torch.autograd.grad(batch(*inputs, activation), inputs, upstream)

    @benchmark(f"channel layer norm {name}", setting=format)
    def channel():
        x, weight, bias = image(), torch.randn(shape[1]), torch.randn(shape[1])
        return lambda: layer_norm(x.permute(0, 2, 3, 1), (shape[1],), weight, bias).permute(0, 3, 1, 2)

    @benchmark(f"group norm and gradient {name}", setting=format, inference=False)
    def group():
        inputs, upstream = leaves(), image()
        return lambda: torch.autograd.grad(group_norm(inputs[0], 32, *inputs[1:]), inputs, upstream)


for shape in ((32, 64, 56, 56), (32, 256, 14, 14)):
    for format in formats:
        add("x".join(map(str, shape)), shape, format)
