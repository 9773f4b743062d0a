#!/usr/bin/env python3
"""Writes the files of NumPy's and PyTorch's formats that the tests of ApusFormats read.

    array_fixtures.py numpy FOLDER    writes Tests/Fixtures/numpy
    array_fixtures.py torch FOLDER    writes Tests/Fixtures/pytorch
    array_fixtures.py check FILE      reads a .pt file that Apus wrote with torch.load(weights_only=True), and prints it;
                                      Tests/Fixtures/pytorch/written.pt is one that passed

Every array has the values of `values`: those that the tests compute, too.
"""

import os
import sys
import warnings

import numpy as np

NUMPY_TYPES = ["bool", "uint8", "int32", "int64", "float16", "float32", "float64", "complex64", "complex128"]
CONVERTED = ["int8", "int16", "uint16", "uint32", "uint64"]


def values(name, shape=(2, 3)):
    """0, 1, 0, … for bool; 1.5, 2.5, … for real and 1.5 − 1j, 2.5 − 2j, … for complex numbers; 1, 2, … for integers."""
    count = int(np.prod(shape))
    index = np.arange(count)
    if name == "bool":
        flat = index % 2
    elif name.startswith("complex"):
        flat = index + 1.5 - 1j * (index + 1)
    elif name.startswith("float"):
        flat = index + 1.5
    else:
        flat = index + 1
    return flat.astype(name).reshape(shape)


def write_numpy(folder):
    os.makedirs(folder, exist_ok=True)
    def save(name, array, version=None):
        with open(f"{folder}/{name}.npy", "wb") as file, warnings.catch_warnings():
            warnings.simplefilter("ignore")
            np.lib.format.write_array(file, array, version=version, allow_pickle=True)

    for name in NUMPY_TYPES + CONVERTED:
        save(name, values(name))
        if np.dtype(name).itemsize > 1:
            save(f"{name}-big", values(name).astype(np.dtype(name).newbyteorder(">")))
    save("fortran", np.asfortranarray(values("float32", (2, 3, 4))))
    save("fortran-big", np.asfortranarray(values("int32", (2, 3, 4)).astype(">i4")))
    save("scalar", values("float64", ()))
    save("empty", values("float32", (0, 3)))
    save("line", values("int64", (5,)))
    save("version2", values("float32"), (2, 0))
    save("version3", values("float32"), (3, 0))
    save("object", np.array([1, None], dtype=object))
    save("text", np.array(["a", "bc"]))
    save("date", np.array(["2026-01-01"], dtype="M8[D]"))
    save("record", np.zeros(2, dtype=[("a", "<f4"), ("b", "<i4")]))
    save("extended", np.zeros(2, dtype=np.longdouble))
    save("large-uint64", np.array([2**64 - 1], dtype=np.uint64))
    everything = {name: values(name) for name in NUMPY_TYPES}
    everything |= {"deep/name": values("float32", (1,)), "empty": values("int32", (0,)), "one": values("float32", ())}
    np.savez(f"{folder}/stored.npz", **everything)
    np.savez_compressed(f"{folder}/deflated.npz", **everything, zeros=np.zeros((100, 100)))
    np.savez(f"{folder}/nothing.npz")


def write_torch(folder):
    import torch

    os.makedirs(folder, exist_ok=True)
    names = NUMPY_TYPES + ["bfloat16"]

    def tensor(name, shape=(2, 3)):
        if name == "bfloat16":
            return torch.from_numpy(values("float32", shape).copy()).to(torch.bfloat16)
        return torch.from_numpy(np.array(values(name, shape)))

    class Tied(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.first = torch.nn.Linear(2, 3)
            self.second = torch.nn.Linear(2, 3)
            self.second.weight = self.first.weight
            self.set()

        def set(self):
            with torch.no_grad():
                self.first.weight.copy_(tensor("float32", (3, 2)))
                self.first.bias.copy_(tensor("float32", (3,)))
                self.second.bias.copy_(-tensor("float32", (3,)))

    base = tensor("float32", (4, 5))
    views = {
        "whole": base,
        "transposed": base.t(),
        "row": base[1],
        "column": base[:, 2],
        "part": base[1:3, 1:4],
        "expanded": base[0, :1].expand(3, 4),
        "windows": base.flatten().unfold(0, 3, 1),
        "conjugate": tensor("complex64").conj(),
        "negative": tensor("complex64").conj().imag,
        "scalar": tensor("float64", ()),
        "empty": tensor("float32", (0, 3)),
    }
    converted = {name: torch.from_numpy(np.array(values(name))) for name in CONVERTED}
    converted["float8_e4m3fn"] = torch.tensor([1.0, -2.0]).to(torch.float8_e4m3fn)
    model = Tied()
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.25)
    model.first(torch.ones(1, 2)).sum().backward()
    optimizer.step()
    model.set()
    checkpoint = {
        "state_dict": model.state_dict(), "optimizer": optimizer.state_dict(), "epoch": 3, "best": 0.5, "name": "tied",
        "done": False, "nothing": None, "large": 2**70, "history": [1, 2.5], "parameter": model.first.weight,
    }  # fmt: skip
    for suffix, settings in [("", {}), ("-legacy", {"_use_new_zipfile_serialization": False})]:
        torch.save({name: tensor(name) for name in names}, f"{folder}/types{suffix}.pt", **settings)
        torch.save(views, f"{folder}/views{suffix}.pt", **settings)
        torch.save(model.state_dict(), f"{folder}/tied{suffix}.pt", **settings)
        torch.save(checkpoint, f"{folder}/checkpoint{suffix}.pt", **settings)
        torch.save(converted, f"{folder}/converted{suffix}.pt", **settings)
    torch.save(tensor("float32"), f"{folder}/bare.pt")

    class Code:
        def __reduce__(self):
            return print, ("run",)

    torch.save({"weight": base, "code": Code()}, f"{folder}/code.pt")
    torch.save({"weight": base, "code": Code()}, f"{folder}/code-legacy.pt", _use_new_zipfile_serialization=False)
    torch.save(torch.nn.Linear(1, 1), f"{folder}/module.pt")


def check(path):
    import torch

    for name, tensor in torch.load(path, weights_only=True).items():
        print(name, tensor.dtype, list(tensor.shape), tensor.tolist())


if __name__ == "__main__":
    if len(sys.argv) != 3 or sys.argv[1] not in ("numpy", "torch", "check"):
        sys.exit(__doc__)
    {"numpy": write_numpy, "torch": write_torch, "check": check}[sys.argv[1]](sys.argv[2])
