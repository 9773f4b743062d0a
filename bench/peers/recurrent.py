"""Recurrent layers over 32 sequences of 128 steps, 256 features in and out."""

import torch
from torch import nn

from registry import benchmark


def add(name, make):
    @benchmark(f"{name} T128 B32 H256")
    def forward():
        layer, x = make(256, 256), torch.randn(128, 32, 256)
        return lambda: layer(x)[0]

    @benchmark(f"{name} and gradient T128 B32 H256", inference=False)
    def gradient():
        layer, x = make(256, 256), torch.randn(128, 32, 256, requires_grad=True)
        leaves, upstream = [x, *layer.parameters()], torch.randn(128, 32, 256)
        return lambda: torch.autograd.grad(layer(x)[0], leaves, upstream)


for name, make in {"lstm": nn.LSTM, "gru": nn.GRU}.items():
    add(name, make)
