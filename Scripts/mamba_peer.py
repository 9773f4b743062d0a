#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Layers/Sequence/MambaTests.swift loads: `mamba_peer.py Tests/Fixtures/mamba.safetensors`.

The state of a block of mambapy, an input, its result and the gradients of Σ cos(i)·result, in double precision.
"""

import sys

import torch
from mambapy.mamba import MambaBlock, MambaConfig
from safetensors.torch import save_file


def main():
    torch.manual_seed(1)
    layer = MambaBlock(MambaConfig(d_model=6, n_layers=1, d_state=5, dt_rank=2, pscan=False)).double()
    for name, parameter in layer.named_parameters():
        if name != "A_log":
            torch.nn.init.uniform_(parameter, -0.5, 0.5)
    x = torch.randn(2, 37, 6, dtype=torch.float64, requires_grad=True)
    y = layer(x)
    (y * torch.cos(torch.arange(1.0, y.numel() + 1, dtype=y.dtype)).reshape(y.shape)).sum().backward()
    out = {"input": x.detach(), "output": y.detach(), "inputGradient": x.grad}
    for name, parameter in layer.named_parameters():
        out[f"state.{name}"] = parameter.detach()
        out[f"gradient.{name}"] = parameter.grad
    save_file({key: x.contiguous().clone() for key, x in out.items()}, sys.argv[1])


if __name__ == "__main__":
    main()
