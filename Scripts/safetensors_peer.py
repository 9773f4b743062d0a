#!/usr/bin/env python3
"""Writes and checks safetensors files with PyTorch's own library (torch, safetensors).

    safetensors_peer.py write FILE    writes the tensors below: Tests/Fixtures/pytorch.safetensors
    safetensors_peer.py types FILE    writes types that Apus converts: Tests/Fixtures/types.safetensors
    safetensors_peer.py check FILE    reads a file that Apus wrote and compares it to them, bit for bit
    safetensors_peer.py show FILE     prints what PyTorch reads

The tests of ApusFormats read the fixture and write it again to the same bytes. For that the names
are such that order by name and PyTorch's order of dtypes agree.
"""

import sys

import torch
from safetensors import safe_open
from safetensors.torch import load_file, save_file


def tensors():
    reals = [1.0, -2.5, 0.0, -0.0, float("inf"), float("-inf"), float("nan"), 0.1]
    return {
        "a.int64": torch.tensor([[-(2**63), -1], [0, 2**63 - 1]], dtype=torch.int64),
        "b.float64": torch.tensor(reals, dtype=torch.float64),
        "c.complex64": torch.complex(torch.tensor(reals), torch.tensor(reals[::-1])).reshape(2, 2, 2),
        "d.empty": torch.empty(0, 3),
        "d.float32": torch.tensor(reals).reshape(2, 4),
        "d.scalar": torch.tensor(42.0),
        "d.é\n\"\\": torch.tensor([1e-45, 3.4028234663852886e38]),
        "e.int32": torch.tensor([-(2**31), 2**31 - 1, 7], dtype=torch.int32),
        "f.bfloat16": torch.tensor(reals, dtype=torch.bfloat16),
        "g.float16": torch.tensor(reals, dtype=torch.float16),
        "h.uint8": torch.tensor([0, 1, 254, 255], dtype=torch.uint8),
        "i.bool": torch.tensor([[True], [False], [True]]),
    }


def converted_types():
    """Tensors of types that Apus has not, and under NAME.expected what they are in the type it converts them to."""
    result = {"weight": torch.tensor([1.0, -2.0])}
    every = torch.arange(256, dtype=torch.uint8).reshape(16, 16)
    for name in ["float8_e4m3fn", "float8_e5m2", "float8_e4m3fnuz", "float8_e5m2fnuz"]:
        result[name] = every.clone().view(getattr(torch, name))
        result[f"{name}.expected"] = result[name].to(torch.float32)
    for name, values, to in [
        ("int8", [-128, -1, 0, 127], torch.int32),
        ("int16", [-(2**15), -1, 2**15 - 1], torch.int32),
        ("uint16", [0, 1, 2**16 - 1], torch.int32),
        ("uint32", [0, 1, 2**32 - 1], torch.int64),
        ("uint64", [0, 1, 2**63 - 1], torch.int64),
    ]:
        result[name] = torch.tensor(values, dtype=getattr(torch, name))
        result[f"{name}.expected"] = torch.tensor(values, dtype=to)
    return result


def bits(tensor):
    return tensor.contiguous().reshape(-1).view(torch.uint8).tolist() if tensor.numel() else []


def show(path):
    with safe_open(path, framework="pt") as file:
        print("metadata", file.metadata())
    for name, tensor in sorted(load_file(path).items()):
        print(repr(name), tensor.dtype, list(tensor.shape), bytes(bits(tensor)).hex())


def check(path):
    found, expected = load_file(path), tensors()
    wrong = sorted(found.keys() ^ expected.keys())
    for name in found.keys() & expected.keys():
        a, b = found[name], expected[name]
        if a.dtype != b.dtype or a.shape != b.shape or bits(a) != bits(b):
            wrong.append(name)
    if wrong:
        sys.exit(f"{path}: differs in {wrong}")
    print(f"{path}: {len(found)} tensors agree bit for bit")


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("write", "types", "check", "show"):
        sys.exit(__doc__)
    command, path = sys.argv[1:]
    if command == "write":
        save_file(tensors(), path, metadata={"format": "pt"})
    elif command == "types":
        save_file(converted_types(), path)
    else:
        {"check": check, "show": show}[command](path)
