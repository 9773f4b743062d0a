"""Vision models on images of 224 × 224: a training step with fused Adam, and inference of the frozen model."""

import torch
import torchvision.models as tv
from torch import nn
from torch.nn.functional import gelu
from torch.utils.checkpoint import checkpoint
from torchvision.ops import StochasticDepth

from peers import inference, network_steps
from registry import memory


class ChannelNorm(nn.Module):
    def __init__(self, channels):
        super().__init__()
        self.weight = nn.Parameter(torch.ones(channels))
        self.bias = nn.Parameter(torch.zeros(channels))

    def forward(self, x):
        x = x.permute(0, 2, 3, 1)
        return nn.functional.layer_norm(x, x.shape[3:], self.weight, self.bias, 1e-6).permute(0, 3, 1, 2)


class GlobalLocalFilter(nn.Module):
    def __init__(self, channels, size):
        super().__init__()
        self.dw = nn.Conv2d(channels // 2, channels // 2, 3, padding=1, bias=False, groups=channels // 2)
        self.complex_weight = nn.Parameter(torch.randn(channels // 2, size, size // 2 + 1, 2) * 0.02)
        self.pre_norm, self.post_norm = ChannelNorm(channels), ChannelNorm(channels)

    def forward(self, x):
        local, wide = self.pre_norm(x).chunk(2, 1)
        spectrum = torch.fft.rfft2(wide, norm="ortho") * torch.view_as_complex(self.complex_weight.contiguous())
        wide = torch.fft.irfft2(spectrum, s=x.shape[2:], norm="ortho")
        return self.post_norm(torch.stack([self.dw(local), wide], 2).flatten(1, 2))


class GnConv(nn.Module):
    def __init__(self, channels, order, size):
        super().__init__()
        self.widths = [channels >> (order - 1 - k) for k in range(order)]
        total = sum(self.widths)
        self.proj_in = nn.Conv2d(channels, 2 * channels, 1)
        self.dwconv = GlobalLocalFilter(total, size) if size else nn.Conv2d(total, total, 7, padding=3, groups=total)
        self.pws = nn.ModuleList(nn.Conv2d(a, b, 1) for a, b in zip(self.widths, self.widths[1:]))
        self.proj_out = nn.Conv2d(channels, channels, 1)

    def forward(self, x):
        p, q = self.proj_in(x).split([self.widths[0], sum(self.widths)], 1)
        q = (self.dwconv(q) / 3).split(self.widths, 1)
        p = p * q[0]
        for g, q in zip(self.pws, q[1:]):
            p = g(p) * q
        return self.proj_out(p)


class HorBlock(nn.Module):
    def __init__(self, channels, order, size, drop):
        super().__init__()
        self.drop = StochasticDepth(drop, "row")
        self.norm1, self.norm2 = ChannelNorm(channels), nn.LayerNorm(channels, 1e-6)
        self.gnconv = GnConv(channels, order, size)
        self.pwconv1, self.pwconv2 = nn.Linear(channels, 4 * channels), nn.Linear(4 * channels, channels)
        self.gamma1, self.gamma2 = (nn.Parameter(torch.full([channels], 1e-6)) for _ in range(2))

    def forward(self, x):
        x = x + self.drop(self.gamma1.view(-1, 1, 1) * self.gnconv(self.norm1(x)))
        y = self.pwconv2(gelu(self.pwconv1(self.norm2(x.permute(0, 2, 3, 1))))) * self.gamma2
        return x + self.drop(y.permute(0, 3, 1, 2))


class HorNet(nn.Module):
    """HorNet-T of the paper (arXiv 2207.14284)."""

    def __init__(self, sizes, checkpointed=False):
        super().__init__()
        self.checkpointed = checkpointed
        layers, inputs, drops = [], 3, iter(torch.linspace(0, 0.2, 25).tolist())
        for stage, (depth, size) in enumerate(zip([2, 3, 18, 2], sizes)):
            width, step = 64 << stage, 4 if stage == 0 else 2
            norm, conv = ChannelNorm(width if stage == 0 else inputs), nn.Conv2d(inputs, width, step, step)
            layers += [conv, norm] if stage == 0 else [norm, conv]
            layers += [HorBlock(width, stage + 2, size, next(drops)) for _ in range(depth)]
            inputs = width
        self.layers, self.norm, self.head = nn.Sequential(*layers), nn.LayerNorm(inputs, 1e-6), nn.Linear(inputs, 1000)

    def forward(self, x):
        for layer in self.layers:
            recomputed = self.checkpointed and isinstance(layer, HorBlock)
            x = checkpoint(layer, x, use_reentrant=False) if recomputed else layer(x)
        return self.head(self.norm(x.mean((2, 3))))


MODELS = [
    ("hornet_tiny_7x7", 4, lambda: HorNet([None] * 4)),
    ("hornet_tiny_gf", 4, lambda: HorNet([None, None, 14, 7])),
    ("efficientnet_b0", 8, tv.efficientnet_b0),
    ("resnet50", 8, tv.resnet50),
    ("shufflenet_v2_x1_0", 8, tv.shufflenet_v2_x1_0),
    ("mobilenet_v2", 8, tv.mobilenet_v2),
    ("convnext_tiny", 4, tv.convnext_tiny),
    ("swin_t", 4, tv.swin_t),
]


for name, batch, make in MODELS:
    for count in (1, 8):
        inference.add_onnx(f"{name} frozen {count}", make, count)
    for setting in ("", "channels last"):
        network_steps.add(f"{name} step {batch}", make, (batch, 3, 224, 224), 1000, "PyTorch", True, setting)
        for count in (1, 8):
            inference.add(f"{name} frozen {count}", make, count, True, setting)

for setting in ("", "channels last"):
    make = lambda: HorNet([None] * 4, checkpointed=True)
    network_steps.add("hornet_tiny_7x7 step 4 checkpointed", make, (4, 3, 224, 224), 1000, "PyTorch", True, setting)


def add_memory(name, checkpointed):
    @memory(name)
    def prepare():
        make = lambda: HorNet([None] * 4, checkpointed)
        step = network_steps.step(make, (4, 3, 224, 224), 1000, True, "channels last")
        return lambda: [step() for _ in range(2)]


add_memory("hornet_tiny_7x7 step 4", False)
add_memory("hornet_tiny_7x7 step 4 checkpointed", True)
