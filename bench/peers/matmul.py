"""float32 matrix products, M×K by K×N, each factor stored as it is (N) or transposed (T)."""

import torch

from registry import benchmark

shapes = [(n, n, n) for n in (64, 128, 256, 512, 1024, 2048)] + [(128, 784, 400)]


def factor(rows, columns, order):
    return torch.randn(rows, columns) if order == "N" else torch.randn(columns, rows).t()


def add(order, m, k, n):
    name = f"matmul {order} {m}x{k}x{n}"

    @benchmark(name)
    def fresh():
        a, b = factor(m, k, order[0]), factor(k, n, order[1])
        return lambda: torch.mm(a, b)

    @benchmark(name, setting="out=")
    def reused():
        a, b, out = factor(m, k, order[0]), factor(k, n, order[1]), torch.empty(m, n)
        return lambda: torch.mm(a, b, out=out)


for m, k, n in shapes:
    for order in ("NN", "NT", "TN", "TT"):
        add(order, m, k, n)
