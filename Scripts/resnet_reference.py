"""Prints the results that Tests/ApusModelsTests/ResNetTests.swift expects: `resnet_reference.py`.

The models are torchvision's ResNets, narrow, written here in plain PyTorch. Parameters are a formula that the test
has too: for the state's names in alphabetical order, number p has the elements (sin(1.3·i + p) + offset)·scale.
"""

import torch
import torch.nn as nn
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


class Block(nn.Module):
    def __init__(self, inputs, channels, stride, is_bottleneck):
        super().__init__()
        self.is_bottleneck = is_bottleneck
        outputs = 4 * channels if is_bottleneck else channels
        if is_bottleneck:
            self.conv1 = nn.Conv2d(inputs, channels, 1, bias=False)
            self.conv2 = nn.Conv2d(channels, channels, 3, stride, 1, bias=False)
            self.conv3 = nn.Conv2d(channels, outputs, 1, bias=False)
            self.bn3 = nn.BatchNorm2d(outputs)
        else:
            self.conv1 = nn.Conv2d(inputs, channels, 3, stride, 1, bias=False)
            self.conv2 = nn.Conv2d(channels, channels, 3, 1, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(channels)
        self.bn2 = nn.BatchNorm2d(channels)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = F.relu(self.bn1(self.conv1(x)))
        y = self.bn2(self.conv2(y))
        if self.is_bottleneck:
            y = self.bn3(self.conv3(F.relu(y)))
        return F.relu(y + (x if self.downsample is None else self.downsample(x)))


class ResNet(nn.Module):
    def __init__(self, is_bottleneck, depths, width, classes):
        super().__init__()
        self.conv1 = nn.Conv2d(3, width, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(width)
        channels = width
        for index, depth in enumerate(depths):
            own, blocks = width << index, []
            for number in range(depth):
                blocks.append(Block(channels, own, 2 if index and not number else 1, is_bottleneck))
                channels = 4 * own if is_bottleneck else own
            setattr(self, f"layer{index + 1}", nn.Sequential(*blocks))
        self.fc = nn.Linear(channels, classes)

    def forward(self, x):
        x = F.max_pool2d(F.relu(self.bn1(self.conv1(x))), 3, 2, 1)
        x = self.layer4(self.layer3(self.layer2(self.layer1(x))))
        return self.fc(x.mean((2, 3)))


def formula(shape, phase, offset, scale):
    count = torch.Size(shape).numel()
    return ((torch.sin(torch.arange(count) * 1.3 + phase) + offset) * scale).reshape(shape)


for is_bottleneck in [False, True]:
    model = ResNet(is_bottleneck, [1, 2, 1, 1], 3, 4).eval()
    state = model.state_dict()
    names = sorted(name for name in state if not name.endswith("num_batches_tracked"))
    for number, name in enumerate(names):
        offset = 1.5 if name.endswith("running_var") else 0
        state[name].copy_(formula(state[name].shape, number, offset, 0.6))
    x = formula([2, 3, 37, 41], 0.5, 0, 1)
    with torch.no_grad():
        print("bottleneck" if is_bottleneck else "basic", len(names), names[-1])
        print([float(f"{value:.12g}") for value in model(x).flatten()])
