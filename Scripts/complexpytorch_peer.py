#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/ComplexPyTorch/ComplexPyTorchTests.swift loads: `complexpytorch_peer.py Tests/Fixtures/complexPyTorch`.

weights.safetensors is the state of a small complexPyTorch network (torch, complexPyTorch 0.4, safetensors) after some
steps of training; results.safetensors an input, the results in evaluation and in training, and the state's running
statistics after the latter.
"""

import sys

import torch
from complexPyTorch.complexFunctions import complex_avg_pool2d, complex_relu
from complexPyTorch.complexLayers import (
    ComplexBatchNorm1d,
    ComplexBatchNorm2d,
    ComplexConv2d,
    ComplexConvTranspose2d,
    ComplexLinear,
    ComplexMaxPool2d,
    NaiveComplexBatchNorm1d,
    NaiveComplexBatchNorm2d,
)
from safetensors.torch import save_file


class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.conv1 = ComplexConv2d(2, 4, 3, padding=1, groups=2)
        self.bn1 = ComplexBatchNorm2d(4)
        self.up = ComplexConvTranspose2d(4, 3, 3, stride=2, output_padding=1)
        self.bn2 = NaiveComplexBatchNorm2d(3)
        self.conv2 = ComplexConv2d(3, 5, 3, stride=2, bias=False)
        self.pool = ComplexMaxPool2d(2)
        self.fc1 = ComplexLinear(20, 8)
        self.bn3 = ComplexBatchNorm1d(8)
        self.bn4 = NaiveComplexBatchNorm1d(8)
        self.fc2 = ComplexLinear(8, 4)

    def forward(self, x):
        x = self.bn1(self.pool(complex_relu(self.conv1(x))))
        x = self.bn2(complex_relu(self.up(x)))
        x = complex_avg_pool2d(self.conv2(x), 2)
        x = complex_relu(self.fc1(x.flatten(1)))
        return self.fc2(self.bn4(self.bn3(x)))


def batch():
    return torch.randn(16, 2, 10, 10, dtype=torch.complex64) + 0.25


def main(folder):
    torch.manual_seed(4)
    torch.set_num_threads(1)
    model = Net()
    optimizer = torch.optim.SGD(model.parameters(), 0.1)
    for _ in range(20):
        optimizer.zero_grad()
        torch.nn.functional.nll_loss(model(batch()).abs().log_softmax(1), torch.arange(16) % 4).backward()
        optimizer.step()
        # The package keeps the history of this one, which the next step would go through again.
        model.bn3.running_covar = model.bn3.running_covar.detach()
    with torch.no_grad():
        # Training moves these little; a mistake in one of them should show.
        for parameter in model.parameters():
            if parameter.dim() < 3:
                parameter += 0.3 * torch.randn_like(parameter)
        save_file(model.state_dict(), f"{folder}/weights.safetensors", metadata={"format": "pt"})
        x = batch()
        results = {"input": x, "evaluation": model.eval()(x), "training": model.train()(x)}
        for name, buffer in model.named_buffers():
            results[f"after.{name}"] = buffer
    save_file(results, f"{folder}/results.safetensors", metadata={"format": "pt"})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    main(sys.argv[1])
