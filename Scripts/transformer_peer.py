#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Layers/TransformerTests.swift loads: `transformer_peer.py Tests/Fixtures/transformers.safetensors`.

For each case the state of a PyTorch layer, its inputs, its result and the gradients of Σ cos(i)·result, all in double precision.
"""

import sys

import torch
from safetensors.torch import save_file
from torch import nn


def weighted(result):
    return (result * torch.cos(torch.arange(1.0, result.numel() + 1, dtype=result.dtype)).reshape(result.shape)).sum()


def main():
    torch.manual_seed(1)
    out = {}

    def add(name, layer, inputs, call):
        layer.double().eval()
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, -0.5, 0.5)
        inputs = {key: x if x.dtype == torch.bool else x.double().requires_grad_() for key, x in inputs.items()}
        # The layer's fast road for inference has no gradient.
        result = call(layer, **inputs)
        weighted(result).backward()
        for key, x in inputs.items():
            out[f"{name}.input.{key}"] = x.detach()
            if x.grad is not None:
                out[f"{name}.inputGradient.{key}"] = x.grad
        out[f"{name}.output"] = result.detach()
        for key, parameter in layer.named_parameters():
            out[f"{name}.state.{key}"] = parameter.detach()
            out[f"{name}.gradient.{key}"] = parameter.grad

    x, memory = torch.randn(2, 20, 8), torch.randn(2, 7, 8)
    present = torch.ones(2, 20, dtype=torch.bool)
    present[1, 13:] = False
    causal = torch.ones(20, 20, dtype=torch.bool).triu(1)
    add(
        "attention", nn.MultiheadAttention(8, 2, batch_first=True), {"x": x, "present": present},
        lambda layer, x, present: layer(x, x, x, key_padding_mask=~present, need_weights=False)[0],
    )
    add(
        "cross", nn.MultiheadAttention(8, 4, kdim=5, vdim=3, bias=False, batch_first=True),
        {"x": x[:, :3], "key": torch.randn(2, 6, 5), "value": torch.randn(2, 6, 3)},
        lambda layer, x, key, value: layer(x, key, value, need_weights=False)[0],
    )
    add(
        "encoder", nn.TransformerEncoderLayer(8, 2, 12, batch_first=True), {"x": x, "present": present},
        lambda layer, x, present: layer(x, src_key_padding_mask=~present),
    )
    add(
        "causal", nn.TransformerEncoderLayer(8, 2, 12, batch_first=True, activation="gelu", norm_first=True),
        {"x": x}, lambda layer, x: layer(x, src_mask=causal),
    )
    add(
        "decoder", nn.TransformerDecoderLayer(8, 2, 12, batch_first=True), {"x": x, "memory": memory},
        lambda layer, x, memory: layer(x, memory, tgt_mask=causal),
    )
    save_file({key: x.contiguous().clone() for key, x in out.items()}, sys.argv[1])


if __name__ == "__main__":
    main()
