#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Layers/Sequence/StateSpacePeerTests.swift loads: `state_space_peer.py FOLDER Tests/Fixtures/statespaces.safetensors`.

FOLDER has `s4.py` and `s4d.py` of the authors (github.com/state-spaces/s4, models/s4). Of S4 with one and with several
state spaces, and of S4D: the state, an input, the result and the gradients of Σ cos(i)·result.
"""

import importlib.util
import sys
import types

import torch
from safetensors.torch import save_file


def module(name, **members):
    result = types.ModuleType(name)
    result.__dict__.update(members)
    sys.modules[name] = result


def load(path, name):
    """A file of the authors, whose imports of training code and of dropout are not needed."""
    module("pytorch_lightning")
    module("pytorch_lightning.utilities", rank_zero_only=lambda function: function)
    for name_ in ["src", "src.models"]:
        module(name_)
    module("src.models.nn", DropoutNd=torch.nn.Dropout)
    spec = importlib.util.spec_from_file_location(name, path)
    result = importlib.util.module_from_spec(spec)
    sys.modules[name] = result
    spec.loader.exec_module(result)
    return result


def main():
    folder, path = sys.argv[1:]
    s4, s4d = load(f"{folder}/s4.py", "s4"), load(f"{folder}/s4d.py", "s4d")
    torch.manual_seed(1)
    block = dict(d_model=3, d_state=8, l_max=40, transposed=False, mode="dplr", init="legs", final_act="glu")
    cases = {
        "tied": s4.S4Block(**block, n_ssm=1),
        "untied": s4.S4Block(**block, n_ssm=3, dt_transform="softplus"),
        "s4d": s4d.S4D(3, d_state=8, transposed=False),
    }
    out = {}
    for name, layer in cases.items():
        x = torch.randn(2, 40, 3, requires_grad=True)
        y = layer(x)[0]
        # Computing a kernel for the first time sets its length.
        state = {key: value.detach().clone() for key, value in layer.state_dict().items()}
        (y * torch.cos(torch.arange(1.0, y.numel() + 1, dtype=torch.float64)).to(y.dtype).reshape(y.shape)).sum().backward()
        out |= {f"{name}.input": x.detach(), f"{name}.output": y.detach(), f"{name}.inputGradient": x.grad}
        out |= {f"{name}.state.{key}": value for key, value in state.items()}
        out |= {f"{name}.gradient.{key}": value.grad for key, value in layer.named_parameters() if value.grad is not None}
    save_file({key: value.contiguous().clone() for key, value in out.items()}, path)


if __name__ == "__main__":
    main()
