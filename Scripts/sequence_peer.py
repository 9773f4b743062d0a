#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Layers/Sequence loads: `sequence_peer.py Tests/Fixtures/sequenceLayers.safetensors`.

For each layer the state of a peer's, an input, its result and the gradients of Σ cos(i)·result, in double precision. Peers are
FLASH-pytorch, torchscale and transformers; linear attention is written here after Katharopoulos et al. (2020) and
Choromanski et al. (2020), with the names of fast-transformers.
"""

import sys
from types import SimpleNamespace

import torch
from flash_pytorch import FLASH, GAU
from flash_pytorch.flash_pytorch import ScaleNorm
from rotary_embedding_torch import RotaryEmbedding
from safetensors.torch import save_file
from torch import nn
from torchscale.component.gate_linear_unit import GLU
from torchscale.component.multiscale_retention import MultiScaleRetention
from transformers import Mamba2Config
from transformers.models.mamba2.modeling_mamba2 import Mamba2Mixer


class LinearAttention(nn.Module):
    """fast-transformers' AttentionLayer of LinearAttention or CausalLinearAttention, as one sum over all pairs."""

    def __init__(self, channels, heads, features, causal, shift=False):
        super().__init__()
        self.heads, self.features, self.causal, self.shift = heads, features, causal, shift
        for name in ["query", "key", "value", "out"]:
            setattr(self, f"{name}_projection", nn.Linear(channels, channels))
        if features == "favor":
            self.register_buffer("omega", torch.randn(7, channels // heads))

    def mapped(self, x):
        if self.features == "elu":
            return nn.functional.elu(x) + 1
        if self.features == "relu":
            return x.relu()
        x = x * x.shape[-1] ** -0.25
        exponents = x @ self.omega.T - (x * x).sum(-1, keepdim=True) / 2
        return exponents.exp() / len(self.omega) ** 0.5

    def forward(self, x, mask=None):
        b, t, d = x.shape
        if self.shift:
            first, rest = x.chunk(2, dim=-1)
            x = torch.cat([torch.cat([torch.zeros_like(first[:, :1]), first[:, :-1]], 1), rest], -1)

        def split(y):
            return y.view(b, t, self.heads, d // self.heads).transpose(1, 2)

        q, k = self.mapped(split(self.query_projection(x))), self.mapped(split(self.key_projection(x)))
        weights = q @ k.transpose(-1, -2)
        if mask is not None:
            weights = weights * mask[:, None, None, :]
        if self.causal:
            weights = weights.tril()
        y = weights @ split(self.value_projection(x)) / (weights.sum(-1, keepdim=True) + 1e-6)
        return self.out_projection(y.transpose(1, 2).reshape(b, t, d))


class RetNetBlock(nn.Module):
    """torchscale's DecoderLayer, which imports more than its parts do. A tiny ε makes its rescaled scores harmless."""

    def __init__(self, channels, heads):
        super().__init__()
        args = SimpleNamespace(multiway=False, layernorm_eps=1e-12)
        self.retention = MultiScaleRetention(args, channels, 2 * channels, heads)
        # Its type-preserving norm computes in float32.
        self.retention.group_norm = DoubleNorm(1e-12)
        self.retention_layer_norm = nn.RMSNorm(channels, eps=1e-12)
        self.final_layer_norm = nn.RMSNorm(channels, eps=1e-12)
        self.ffn = Feedforward(channels)
        self.heads = heads

    def forward(self, x):
        index = torch.arange(x.shape[1], dtype=x.dtype)
        size = x.shape[2] // self.heads
        angle = (1 / 10000 ** torch.linspace(0, 1, size // 2, dtype=x.dtype)).repeat_interleave(2)
        angles = index[:, None] * angle
        decay = torch.log(1 - 2 ** (-5 - torch.arange(self.heads, dtype=x.dtype)))
        mask = (decay[:, None, None] * (index[:, None] - index)).exp().tril()
        mask = mask / mask.sum(-1, keepdim=True).sqrt()
        x = x + self.retention(self.retention_layer_norm(x), ((angles.sin(), angles.cos()), mask))
        return x + self.ffn(self.final_layer_norm(x))


class DoubleNorm(nn.Module):
    def __init__(self, eps):
        super().__init__()
        self.eps = eps

    def forward(self, x):
        return x * torch.rsqrt(x.pow(2).mean(-1, keepdim=True) + self.eps)


class Feedforward(GLU):
    """torchscale's gated feedforward without its way through float32."""

    def __init__(self, channels):
        super().__init__(channels, 2 * channels, "gelu", 0.0, 0.0)
        self.activation_fn = nn.functional.gelu

    def forward(self, x):
        return self.fc2(self.activation_fn(self.fc1(x)) * self.gate(x))


def mamba2(heads, head_dim, groups):
    config = Mamba2Config(
        num_heads=heads, head_dim=head_dim, hidden_size=6, state_size=5, expand=2, n_groups=groups, conv_kernel=4, chunk_size=8
    )
    return Mamba2Mixer(config, layer_idx=0).eval()


def rotary(size):
    return RotaryEmbedding(dim=min(32, size))


def cases():
    mask = torch.ones(2, 21, dtype=torch.bool)
    mask[0, 15:] = False
    flash = dict(dim=6, query_key_dim=4, group_size=8)
    # It leaves the numbers that are drawn for the others.
    with torch.random.fork_rng():
        grouped = mamba2(4, 3, 2)
    return {
        "linearAttention.causal": (LinearAttention(6, 2, "elu", True), None),
        "linearAttention.shifted": (LinearAttention(6, 2, "relu", True, shift=True), None),
        "linearAttention.full": (LinearAttention(6, 2, "elu", False), mask),
        "linearAttention.favor": (LinearAttention(6, 2, "favor", True), None),
        "gau.causal": (GAU(dim=6, query_key_dim=4, causal=True), None),
        "gau.full": (GAU(dim=6, query_key_dim=4, laplace_attn_fn=True, norm_klass=ScaleNorm), mask),
        "flash.causal": (
            FLASH(**flash, causal=True, rotary_pos_emb=rotary(4), shift_tokens=True, norm_klass=ScaleNorm),
            None,
        ),
        "flash.full": (FLASH(**flash, rotary_pos_emb=rotary(4), laplace_attn_fn=True), mask),
        "retNet": (RetNetBlock(8, 2), None),
        "mamba2": (mamba2(3, 4, 1), None),
        "mamba2.groups": (grouped, None),
    }


def main():
    torch.manual_seed(1)
    out = {}
    for name, (layer, mask) in cases().items():
        layer.double()
        for key, parameter in layer.named_parameters():
            if key == "rotary_pos_emb.freqs":
                continue
            nn.init.uniform_(parameter, -0.5, 0.5)
        size = 8 if name == "retNet" else 6
        x = torch.randn(2, 21, size, dtype=torch.float64, requires_grad=True)
        y = layer(x) if mask is None else layer(x, mask=mask)
        (y * torch.cos(torch.arange(1.0, y.numel() + 1, dtype=y.dtype)).reshape(y.shape)).sum().backward()
        out |= {f"{name}.input": x.detach(), f"{name}.output": y.detach(), f"{name}.inputGradient": x.grad}
        if mask is not None:
            out[f"{name}.mask"] = mask
        for key, value in layer.state_dict().items():
            out[f"{name}.state.{key}"] = value
        for key, parameter in layer.named_parameters():
            if parameter.grad is not None:
                out[f"{name}.gradient.{key}"] = parameter.grad
    save_file({key: x.contiguous().clone() for key, x in out.items()}, sys.argv[1])


if __name__ == "__main__":
    main()
