"""One epoch of the MLP on MNIST: 784-400-100-10, ReLU, Adam 1e-3, batch 128, the data in memory."""

import gzip
import os

import torch
from torch import nn

from registry import benchmark, memory


def training_set():
    """MNIST's training images in [0, 1] and labels, where APUS_BENCH_MNIST names its folder; else noise."""
    folder = os.environ.get("APUS_BENCH_MNIST")
    if not folder:
        return torch.rand(60_000, 784), torch.randint(10, (60_000,))

    def content(name, header):
        with gzip.open(os.path.join(folder, name)) as file:
            return torch.frombuffer(bytearray(file.read()[header:]), dtype=torch.uint8)

    images = content("train-images-idx3-ubyte.gz", 16).reshape(-1, 784).float() / 255
    return images, content("train-labels-idx1-ubyte.gz", 8).long()


def epoch(fused):
    images, labels = training_set()
    model = nn.Sequential(
        nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 10)
    )
    # `fused=None` is PyTorch's default: on the CPU, a loop over the parameters.
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3, fused=fused)
    loss_of = nn.CrossEntropyLoss()

    def run():
        total = torch.zeros(())
        order = torch.randperm(len(images))
        for start in range(0, len(images), 128):
            batch = order[start : start + 128]
            loss = loss_of(model(images.index_select(0, batch)), labels.index_select(0, batch))
            optimizer.zero_grad()
            loss.backward()
            optimizer.step()
            total += loss.detach()
        return float(total)

    return run


@benchmark("mlp epoch", inference=False)
def default():
    return epoch(fused=None)


@benchmark("mlp epoch", peer="PyTorch fused Adam", inference=False)
def fused():
    return epoch(fused=True)


@memory("mlp 3 epochs")
def peak():
    run = epoch(fused=None)
    return lambda: [run() for _ in range(3)]
