"""Losses, alone and with the gradient of the predictions."""

import torch
import torch.nn.functional as F

from registry import benchmark


def add(name, make, loss):
    @benchmark(name)
    def alone():
        x, y = make()
        return lambda: loss(x, y)


def add_gradient(name, make, loss):
    @benchmark(name, inference=False)
    def fresh():
        x, y = make()
        x.requires_grad_()

        def run():
            x.grad = None
            loss(x, y).backward()

        return run


def both(name, make, loss, size):
    add(f"{name} {size}", make, loss)
    add_gradient(f"{name} and gradient {size}", make, loss)


def ctc(x, y):
    lengths = torch.full((16,), 200), torch.full((16,), 40)
    return F.ctc_loss(x.log_softmax(2), y, *lengths)


for count in (1000, 100_000, 10_000_000):
    for name, loss in {
        "mse": F.mse_loss,
        "l1": F.l1_loss,
        "huber": F.huber_loss,
        "bce with logits": F.binary_cross_entropy_with_logits,
    }.items():
        both(f"{name} loss", lambda count=count: (torch.randn(count), torch.rand(count)), loss, count)

both(
    "cross-entropy",
    lambda: (torch.randn(512, 32_000), torch.arange(512) * 61 % 32_000),
    F.cross_entropy,
    "512x32000",
)
add_gradient(
    "ctc loss and gradient 200x16x80",
    lambda: (torch.randn(200, 16, 80), 1 + torch.arange(16 * 40).reshape(16, 40) % 79),
    ctc,
)
