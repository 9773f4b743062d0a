"""Writes the convolutions that Tests/ApusTests/Convolution/ConvolutionGridTests.swift repeats: `convolution_grid.py FILE`.

Sizes are drawn at random, inputs are a formula that the test has too. Of each result and gradient, in double
precision, real and complex, the file has two numbers: its sum weighted by cosines, and the sum of its squares. Of
complex ones they are those of the parts, side by side.
"""

import json
import random
import sys

import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)


def filled(shape, phase):
    count = 1
    for extent in shape:
        count *= extent
    # Squares, so that sums do not cancel as those of a plain wave would.
    number = torch.arange(count, dtype=torch.float64)
    return torch.sin(number * number * 0.73 + phase).reshape(shape)


def complex_filled(shape, phase):
    return torch.complex(filled(shape, phase), filled(shape, phase + 0.7))


def summary(x):
    x = x.detach().resolve_conj()
    flat = (torch.view_as_real(x) if x.is_complex() else x).contiguous().reshape(-1)
    weights = torch.cos(torch.arange(flat.numel()) * 0.37 + 0.5)
    return [float((flat * weights).sum()), float((flat * flat).sum())]


def extents(draw, axes, choices):
    return [draw.choice(choices) for _ in range(axes)]


def draw_case(draw, transposed):
    axes = draw.choice([1, 2, 2, 2, 3])
    groups = draw.choice([1, 1, 1, 2, 3, 4])
    kind = draw.random()
    if kind < 0.2:  # depthwise, with a multiplier now and then
        channels = draw.choice([2, 3, 8, 16, 17, 32])
        groups, inputs, outputs = channels, channels, channels * draw.choice([1, 1, 2])
    else:
        inputs, outputs = groups * draw.choice([1, 2, 3, 5, 8]), groups * draw.choice([1, 2, 3, 4, 7, 16])
    kernel = extents(draw, axes, [1, 1, 2, 3, 3, 4, 5]) if kind < 0.85 else [1] * axes
    stride = extents(draw, axes, [1, 1, 1, 2, 3])
    dilation = extents(draw, axes, [1, 1, 1, 2, 3])
    padding = extents(draw, axes, [0, 0, 1, 1, 2, 3])
    batch = draw.choice([0, 1, 1, 2, 3])
    case = {
        "transposed": transposed, "batch": batch, "inputs": inputs, "outputs": outputs, "groups": groups,
        "kernel": kernel, "stride": stride, "dilation": dilation, "padding": padding,
        "bias": draw.random() < 0.5,
    }
    if transposed:
        case["input"] = extents(draw, axes, [1, 2, 3, 4, 5])
        case["outputPadding"] = [draw.randrange(max(s, d)) for s, d in zip(stride, dilation)]
        sizes = [
            (i - 1) * s - 2 * p + d * (k - 1) + o + 1
            for i, s, p, d, k, o in zip(case["input"], stride, padding, dilation, kernel, case["outputPadding"])
        ]
        if min(sizes) < 1:
            return None
    else:
        spans = [d * (k - 1) + 1 for k, d in zip(kernel, dilation)]
        case["input"] = [
            max(1, span - 2 * p) + draw.randrange(6 if axes < 3 else 3) for span, p in zip(spans, padding)
        ]
    return case


def draw_tiled_case(draw):
    """With kernels of 3 × 3 and as many channels as Winograd's filtering needs."""
    padding = extents(draw, 2, [0, 1, 1, 2])
    return {
        "transposed": False, "batch": draw.choice([2, 3, 5]), "inputs": draw.choice([16, 24, 32]),
        "outputs": draw.choice([16, 24, 40]), "groups": 1, "kernel": [3, 3], "stride": [1, 1], "dilation": [1, 1],
        "padding": padding, "bias": draw.random() < 0.5, "input": [draw.randrange(11, 20) for _ in range(2)],
    }


def results(case, filled):
    axes = len(case["kernel"])
    x = filled([case["batch"], case["inputs"]] + case["input"], 0.1).requires_grad_()
    pair = [case["inputs"], case["outputs"]] if case["transposed"] else [case["outputs"], case["inputs"]]
    weight = filled([pair[0], pair[1] // case["groups"]] + case["kernel"], 0.2).requires_grad_()
    bias = filled([case["outputs"]], 0.3).requires_grad_() if case["bias"] else None
    if case["transposed"]:
        call = [F.conv_transpose1d, F.conv_transpose2d, F.conv_transpose3d][axes - 1]
        y = call(
            x, weight, bias, case["stride"], case["padding"], case["outputPadding"], case["groups"], case["dilation"]
        )
    else:
        call = [F.conv1d, F.conv2d, F.conv3d][axes - 1]
        y = call(x, weight, bias, case["stride"], case["padding"], case["dilation"], case["groups"])
    y.backward(filled(y.shape, 0.4))
    return [y, x.grad, weight.grad] + ([bias.grad] if bias is not None else [])


def compute(case):
    real = results(case, filled)
    return {
        **case, "shape": list(real[0].shape), "results": [summary(r) for r in real],
        "complexResults": [summary(r) for r in results(case, complex_filled)],
    }


def main():
    draw = random.Random(7)
    cases = []
    while len(cases) < 600:
        case = draw_case(draw, transposed=len(cases) % 3 == 2)
        if case is not None:
            cases.append(compute(case))
    cases += [compute(draw_tiled_case(draw)) for _ in range(24)]
    with open(sys.argv[1], "w") as file:
        file.write("[\n" + ",\n".join(json.dumps(case, separators=(",", ":")) for case in cases) + "\n]\n")


main()
