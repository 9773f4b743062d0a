#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Explaining loads: `explaining_peer.py Tests/Fixtures/explaining.safetensors`.

The state of a small convolutional network, pictures, and by PyTorch's autograd, in double precision: Grad-CAM for two layers
and classes, and the effective receptive field of two layers.
"""

import sys

import torch
from safetensors.torch import save_file
from torch import nn


def main():
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Conv2d(2, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Conv2d(4, 6, 3, padding=1), nn.ReLU(),
        nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(6, 3))
    out = {f"model.{name}": value.clone() for name, value in model.state_dict().items()}
    x = torch.randn(2, 2, 10, 8)
    out["input"] = x.clone()
    model.double()
    x = x.double().requires_grad_()
    seen = {}
    for name, layer in model.named_children():
        layer.register_forward_hook(lambda _, __, result, name=name: seen.__setitem__(name, result))

    def grad_cam(layer, index):
        logits = model(x)
        chosen = logits.argmax(1) if index is None else torch.full((2,), index)
        maps = seen[layer]
        (gradient,) = torch.autograd.grad(logits.gather(1, chosen[:, None]).sum(), maps)
        weights = gradient.mean((2, 3), keepdim=True)
        return (weights * maps).sum(1).relu().detach()

    def field(layer):
        model(x)
        maps = seen[layer]
        middle = maps[:, :, maps.shape[2] // 2, maps.shape[3] // 2].sum()
        (gradient,) = torch.autograd.grad(middle, x)
        seen_by = gradient.abs().sum(1).mean(0)
        return seen_by / seen_by.max()

    out["cam.last"] = grad_cam("4", None)
    out["cam.0.2"] = grad_cam("0", 2)
    out["classes"] = model(x).argmax(1)
    out["field.4"] = field("4")
    out["field.1"] = field("1")
    out = {name: value.float() if value.is_floating_point() else value for name, value in out.items()}
    save_file({name: value.contiguous() for name, value in out.items()}, sys.argv[1])


main()
