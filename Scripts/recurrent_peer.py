#!/usr/bin/env python3
"""Writes what Tests/ApusNNTests/Layers/Recurrent/RecurrentTests.swift loads: `recurrent_peer.py Tests/Fixtures/recurrent.safetensors`.

For each case the state of a PyTorch layer, an input, its results on sequences of unequal length, which are packed and
padded, and the gradients of Σ cos(i)·result, all in double precision.
"""

import sys

import torch
from safetensors.torch import save_file
from torch import nn
from torch.nn.utils.rnn import pack_padded_sequence, pad_packed_sequence

CASES = {
    "lstm": nn.LSTM(3, 5, num_layers=2, bidirectional=True),
    "gru": nn.GRU(3, 5, num_layers=2, bidirectional=True, batch_first=True),
    "rnn": nn.RNN(3, 5, nonlinearity="relu", bias=False),
    "projected": nn.LSTM(3, 5, num_layers=2, bidirectional=True, proj_size=2),
}
CELLS = {"lstmCell": nn.LSTMCell(3, 5), "gruCell": nn.GRUCell(3, 5), "rnnCell": nn.RNNCell(3, 5)}
LENGTHS = [4, 7, 1]


def weighted(result):
    return (result * torch.cos(torch.arange(1.0, result.numel() + 1, dtype=result.dtype)).reshape(result.shape)).sum()


def flat(states):
    return [part for state in states for part in (state if isinstance(state, tuple) else (state,))]


def main():
    torch.manual_seed(1)
    out = {}
    for name, layer in CASES.items():
        layer.double()
        for parameter in layer.parameters():
            nn.init.uniform_(parameter, -0.5, 0.5)
        first = layer.batch_first
        x = torch.randn((3, 7, 3) if first else (7, 3, 3), dtype=torch.float64, requires_grad=True)
        out[f"{name}.input"] = x
        directions = 2 * layer.num_layers if layer.bidirectional else 1
        state = [torch.randn(directions, 3, layer.proj_size or 5, dtype=torch.float64)]
        if isinstance(layer, nn.LSTM):
            state.append(torch.randn(directions, 3, 5, dtype=torch.float64))
        start = tuple(state) if len(state) == 2 else state[0]
        packed = pack_padded_sequence(x, LENGTHS, batch_first=first, enforce_sorted=False)
        result, last = layer(packed, start)
        result = pad_packed_sequence(result, batch_first=first, total_length=7)[0]
        last = flat([last])
        loss = weighted(result) + sum(weighted(part) for part in last)
        loss.backward()
        for i, part in enumerate(state):
            out[f"{name}.state{i}"] = part
        for i, part in enumerate(last):
            out[f"{name}.last{i}"] = part
        out[f"{name}.output"] = result
        out[f"{name}.gradient"] = x.grad
        for key, parameter in layer.named_parameters():
            out[f"{name}.weights.{key}"] = parameter
            out[f"{name}.gradients.{key}"] = parameter.grad
        single = x[0] if first else x[:, 0]
        out[f"{name}.single"] = layer(single)[0]
    for name, cell in CELLS.items():
        cell.double()
        x = torch.randn(2, 3, dtype=torch.float64)
        state = [torch.randn(2, 5, dtype=torch.float64) for _ in range(2 if name == "lstmCell" else 1)]
        found = flat([cell(x, tuple(state) if len(state) == 2 else state[0])])
        out[f"{name}.input"] = x
        for i, part in enumerate(state):
            out[f"{name}.state{i}"] = part
        for i, part in enumerate(found):
            out[f"{name}.last{i}"] = part
        for key, parameter in cell.named_parameters():
            out[f"{name}.weights.{key}"] = parameter
    save_file({key: value.detach().clone().contiguous() for key, value in out.items()}, sys.argv[1])


main()
