"""What only moves elements: transposed copies, rows picked by an index tensor, tensors joined."""

import torch

from registry import benchmark, sizes


def add(size, rows, columns):
    @benchmark(f"transpose copy {size}")
    def transpose():
        x = torch.randn(rows, columns)
        return lambda: x.t().contiguous()

    @benchmark(f"transpose copy {size}", setting="out=")
    def transpose_into():
        x, out = torch.randn(rows, columns), torch.empty(columns, rows)
        return lambda: out.copy_(x.t())

    @benchmark(f"index select {size}")
    def select():
        x, index = torch.randn(rows, columns), torch.randint(rows, (rows,))
        return lambda: torch.index_select(x, 0, index)

    @benchmark(f"index select {size}", setting="out=")
    def select_into():
        x, index = torch.randn(rows, columns), torch.randint(rows, (rows,))
        out = torch.empty(rows, columns)
        return lambda: torch.index_select(x, 0, index, out=out)

    @benchmark(f"cat {size}")
    def cat():
        x = torch.randn(rows, columns)
        return lambda: torch.cat([x, x], -1)

    @benchmark(f"stack {size}")
    def stack():
        x = torch.randn(rows, columns)
        return lambda: torch.stack([x, x])


for size, (rows, columns) in sizes.items():
    add(size, rows, columns)
