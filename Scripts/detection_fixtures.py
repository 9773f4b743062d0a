"""Writes Tests/Fixtures/detection.safetensors: `detection_fixtures.py HORNET`, a clone of github.com/raoyongming/HorNet;
needs torch, torchvision and timm.

Overlaps of boxes, complete IoU with its gradient and non-maximum suppression by torchvision; a plain feature pyramid by
torchvision, and HorFPN and both UperNet heads by the HorNet authors' code, on a few lines that stand for what it imports
of mmcv, mmdetection and mmsegmentation. Weights are those of model_reference.py, and everything is computed in float64.
"""

import importlib.util
import pathlib
import sys
import types

import numpy as np
import timm.layers
import torch
import torch.nn as nn
import torch.nn.functional as F
from model_reference import ROOT, fill, hashed, weight
from safetensors.numpy import save_file
from torchvision.ops import FeaturePyramidNetwork, batched_nms, box_iou, complete_box_iou_loss

CHANNELS, WIDTH, SIZES = [6, 8, 12, 16], 8, [13, 7, 4, 2]
found = {}


def uniform(name, shape, low, high):
    count = int(np.prod(shape))
    return torch.from_numpy((low + (high - low) * (hashed(name, count) + 1) / 2).reshape(shape))


def boxes(name, count):
    start, extent = uniform(f"{name}.start", [count, 2], 0, 40), uniform(f"{name}.extent", [count, 2], 4, 30)
    return torch.cat([start, start + extent], 1)


# Boxes apart, within each other, and equal; where edges coincide the gradient is a matter of choice.
a = torch.cat([boxes("a", 12), torch.tensor([[0, 0, 5, 5], [2, 3, 20, 30], [10, 10, 20, 20]], dtype=torch.float64)])
b = torch.cat([boxes("b", 12), torch.tensor([[7, 9, 11, 20], [5, 6, 9, 8], [10, 10, 20, 20]], dtype=torch.float64)])
moving = a.clone().requires_grad_()
ciou = 1 - complete_box_iou_loss(moving, b, reduction="none")
ciou.sum().backward()
found |= {"a": a, "b": b, "iou": box_iou(a, b), "ciou": ciou.detach(), "ciou.gradient": moving.grad[:14]}

many, scores = boxes("many", 200).float(), uniform("scores", [200], 0, 1).float()
labels = uniform("labels", [200], 0, 3).long()
kept = batched_nms(many, scores, labels, 0.4)
found |= {"many": many, "scores": scores, "labels": labels, "kept": kept}


class ConvModule(nn.Module):
    """mmcv's: without a norm with a bias."""

    def __init__(
        self, inputs, outputs, kernel, padding=0, conv_cfg=None, norm_cfg=None, act_cfg={"type": "ReLU"}, inplace=True
    ):
        super().__init__()
        self.conv = nn.Conv2d(inputs, outputs, kernel, padding=padding, bias=norm_cfg is None)
        self.bn = nn.BatchNorm2d(outputs) if norm_cfg else nn.Identity()
        self.activate = nn.ReLU() if act_cfg else nn.Identity()

    def forward(self, x):
        return self.activate(self.bn(self.conv(x)))


class PPM(nn.ModuleList):
    """mmsegmentation's."""

    def __init__(self, scales, inputs, outputs, align_corners=False, **settings):
        super().__init__(
            nn.Sequential(nn.AdaptiveAvgPool2d(scale), ConvModule(inputs, outputs, 1, **settings)) for scale in scales
        )

    def forward(self, x):
        return [F.interpolate(part(x), size=x.shape[2:], mode="bilinear") for part in self]


class BaseDecodeHead(nn.Module):
    """mmsegmentation's."""

    def __init__(self, in_channels, channels, num_classes, input_transform):
        super().__init__()
        self.in_channels, self.channels, self.align_corners = in_channels, channels, False
        self.conv_cfg, self.norm_cfg, self.act_cfg = None, {"type": "BN"}, {"type": "ReLU"}
        self.conv_seg = nn.Conv2d(channels, num_classes, 1)

    def _transform_inputs(self, inputs):
        return inputs

    def cls_seg(self, x):
        return self.conv_seg(x)


class BaseModule(nn.Module):
    def __init__(self, init_cfg=None):
        super().__init__()


class Registry:
    def register_module(self):
        return lambda kind: kind


def stand_in(name, **members):
    module = types.ModuleType(name)
    vars(module).update(members)
    sys.modules[name] = module


stand_in("timm.models.layers", trunc_normal_=timm.layers.trunc_normal_, DropPath=timm.layers.DropPath)
stand_in("mmcv")
stand_in("mmcv.utils", _BatchNorm=nn.BatchNorm2d, _InstanceNorm=nn.InstanceNorm2d)
stand_in("mmcv.cnn", ConvModule=ConvModule)
stand_in("mmcv.cnn.utils", constant_init=None, kaiming_init=None)
stand_in("mmcv.cnn.bricks.activation", build_activation_layer=lambda settings: nn.ReLU())
stand_in("mmcv.cnn.bricks.conv", build_conv_layer=None)
stand_in("mmcv.cnn.bricks.norm", build_norm_layer=lambda settings, channels: ("bn", nn.BatchNorm2d(channels)))
stand_in("mmcv.cnn.bricks.padding", build_padding_layer=None)
stand_in("mmcv.cnn.bricks.registry", PLUGIN_LAYERS=Registry())
stand_in("mmcv.runner", BaseModule=BaseModule, auto_fp16=lambda: lambda function: function)
stand_in("mmdet.models.builder", NECKS=Registry())
stand_in("mmseg.ops", resize=F.interpolate)
stand_in("mmseg.models.builder", HEADS=Registry())
stand_in("mmseg.models.decode_heads.decode_head", BaseDecodeHead=BaseDecodeHead)
stand_in("mmseg.models.decode_heads.psp_head", PPM=PPM)


def load(name, path):
    spec = importlib.util.spec_from_file_location(name, pathlib.Path(sys.argv[1]) / path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


gated = load("mmcv_custom.gn_module", "object_detection/mmcv_custom/gn_module.py")
stand_in("mmcv_custom", GNConvModule=gated.GNConvModule)
necks = load("gn_fpn", "object_detection/necks/gn_fpn.py")
heads = load("gn_uper_head", "semantic_segmentation/decode_heads/gn_uper_head.py")

shapes = [[2, c, s, s] for c, s in zip(CHANNELS, SIZES)]
levels = [torch.from_numpy(hashed(f"level{i}", int(np.prod(s))).reshape(s)) for i, s in enumerate(shapes)]


def results(model):
    fill(model, 2)
    with torch.no_grad():
        return model.double().eval()


plain = FeaturePyramidNetwork(CHANNELS, WIDTH)
names = {"inner_blocks": "lateral_convs", "layer_blocks": "fpn_convs"}
for name, tensor in plain.state_dict().items():
    kind, index, _, part = name.split(".")
    own = f"{names[kind]}.{index}.conv.{part}"
    tensor.copy_(torch.from_numpy(weight(own, tuple(tensor.shape), 2)))
outputs = plain.double()({str(i): level for i, level in enumerate(levels)})
found |= {f"fpn.{i}": output.detach() for i, output in outputs.items()}

# As the authors' settings have it.
settings = {"kernel_size": 7, "type": "gnconv", "proj_out": True, "order": 2}
neck = results(necks.GNFPN(CHANNELS, WIDTH, 4, gn_conv_cfg=settings))
found |= {f"horfpn.{i}": output.detach() for i, output in enumerate(neck(levels))}

for fusion in ["gated", "convolution"]:
    head = heads.GNUPerHead(conv_cfg=settings, in_channels=CHANNELS, channels=WIDTH, num_classes=3)
    if fusion == "convolution":
        head.fpn_bottleneck = ConvModule(4 * WIDTH, WIDTH, 3, padding=1, norm_cfg={"type": "BN"})
    found[f"uper.{fusion}"] = results(head)(levels).detach()

small = {name: x.float() if name.startswith(("fpn", "horfpn", "uper")) else x for name, x in found.items()}
save_file({name: x.contiguous().numpy() for name, x in small.items()}, ROOT / "Tests/Fixtures/detection.safetensors")
