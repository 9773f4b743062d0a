"""One training step each on a batch in memory: forward, backward, the optimizer."""

import torch
from complexPyTorch.complexFunctions import complex_max_pool2d, complex_relu
from complexPyTorch.complexLayers import (
    ComplexBatchNorm1d,
    ComplexBatchNorm2d,
    ComplexConv2d,
    ComplexDropout2d,
    ComplexLinear,
)
from torch import nn
from torch.nn.functional import cross_entropy, log_softmax, nll_loss

from registry import benchmark


def conv_net():
    return nn.Sequential(
        nn.Conv2d(1, 8, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Conv2d(8, 16, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2),
        nn.Flatten(), nn.Linear(784, 128), nn.ReLU(), nn.Linear(128, 10),
    )  # fmt: skip


class Block(nn.Module):
    def __init__(self, inputs, outputs, stride):
        super().__init__()
        self.conv1 = nn.Conv2d(inputs, outputs, 3, stride, 1, bias=False)
        self.bn1 = nn.BatchNorm2d(outputs)
        self.conv2 = nn.Conv2d(outputs, outputs, 3, 1, 1, bias=False)
        self.bn2 = nn.BatchNorm2d(outputs)
        self.downsample = None
        if stride != 1 or inputs != outputs:
            self.downsample = nn.Sequential(
                nn.Conv2d(inputs, outputs, 1, stride, bias=False), nn.BatchNorm2d(outputs)
            )

    def forward(self, x):
        y = self.bn2(self.conv2(self.bn1(self.conv1(x)).relu_()))
        y += x if self.downsample is None else self.downsample(x)
        return y.relu_()


class ResNet18(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, 2, 3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.pool = nn.MaxPool2d(3, 2, 1)
        widths = [64, 64, 128, 256, 512]
        self.blocks = nn.Sequential(
            *(
                Block(widths[stage] if index == 0 else widths[stage + 1], widths[stage + 1], 1 + (stage > 0 and index == 0))
                for stage in range(4)
                for index in range(2)
            )
        )
        self.fc = nn.Linear(512, 1000)

    def forward(self, x):
        x = self.blocks(self.pool(self.bn1(self.conv1(x)).relu_()))
        return self.fc(x.mean((2, 3)))


class RowsClassifier(nn.Module):
    def __init__(self):
        super().__init__()
        self.lstm = nn.LSTM(28, 128, batch_first=True)
        self.linear = nn.Linear(128, 10)

    def forward(self, x):
        return self.linear(self.lstm(x)[1][0][0])


def step(make, shape, classes, fused, setting):
    model, images = make(), torch.rand(shape)
    if setting:
        model, images = (t.to(memory_format=torch.channels_last) for t in (model, images))
    labels = torch.arange(shape[0]) % classes
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)

    def run():
        loss = cross_entropy(model(images), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return run


def add(name, make, shape, classes, peer, fused, setting):
    @benchmark(name, peer=peer, setting=setting, inference=False)
    def prepare():
        return step(make, shape, classes, fused, setting)


for name, make, shape, classes in [
    ("mnist-conv step", conv_net, (128, 1, 28, 28), 10),
    ("resnet18 step", ResNet18, (8, 3, 112, 112), 1000),
]:
    for peer, fused in [("PyTorch", None), ("PyTorch fused Adam", True)]:
        for setting in ("", "channels last"):
            add(name, make, shape, classes, peer, fused, setting)


for peer, fused in [("PyTorch", None), ("PyTorch fused Adam", True)]:
    add("mnist-lstm step", RowsClassifier, (128, 28, 28), 10, peer, fused, "")


class ComplexNet(nn.Module):
    """The example of complexPyTorch."""

    def __init__(self):
        super().__init__()
        self.conv1 = ComplexConv2d(1, 10, 5, 1)
        self.bn2d = ComplexBatchNorm2d(10, track_running_stats=False)
        self.conv2 = ComplexConv2d(10, 20, 5, 1)
        self.fc1 = ComplexLinear(4 * 4 * 20, 500)
        self.dropout = ComplexDropout2d(p=0.3)
        self.bn1d = ComplexBatchNorm1d(500, track_running_stats=False)
        self.fc2 = ComplexLinear(500, 10)

    def forward(self, x):
        x = self.bn2d(complex_max_pool2d(complex_relu(self.conv1(x)), 2, 2))
        x = complex_max_pool2d(complex_relu(self.conv2(x)), 2, 2)
        x = complex_relu(self.dropout(self.fc1(x.reshape(-1, 4 * 4 * 20))))
        return log_softmax(self.fc2(self.bn1d(x)).abs(), dim=1)


@benchmark("mnist-complex step", peer="complexPyTorch", inference=False)
def prepare_complex():
    model, images = ComplexNet(), torch.rand(64, 1, 28, 28)
    labels = torch.arange(64) % 10
    optimizer = torch.optim.SGD(model.parameters(), lr=5e-3, momentum=0.9)

    def step():
        loss = nll_loss(model((images - 0.5).type(torch.complex64)), labels)
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        return loss.item()

    return step
