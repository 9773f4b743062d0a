#!/usr/bin/env python3
"""Computes the golden values of the operations with PyTorch.

Reads the list of samples that the test suite exports (`make golden` runs both) and writes, for each
operation, a safetensors file with inputs, results and gradients, and for all of them in which types
torch.autocast computes them.

usage: golden.py MANIFEST.json OUTPUT_DIRECTORY
"""
import json
import math
import pathlib
import re
import sys
from types import SimpleNamespace

import torch
import torch.nn.functional as F  # used by the expressions
from safetensors.torch import save_file

TYPES = {
    "float64": torch.float64,
    "complex128": torch.complex128,
    "int64": torch.int64,
    "bool": torch.bool,
}


def make_input(spec, dtype):
    values = torch.tensor(spec["values"], dtype=torch.float64).reshape(spec["shape"])
    own = spec.get("dtype")
    if own:
        return (values > 0) if own == "bool" else values.round().to(getattr(torch, own))
    if dtype == torch.complex128:
        other = torch.tensor(spec["imaginary"], dtype=torch.float64).reshape(spec["shape"])
        return torch.complex(values, other)
    if dtype == torch.bool:
        return values > (spec["low"] + spec["high"]) / 2
    if dtype == torch.int64:
        return values.abs().round().to(torch.int64)
    return values


def weights(result):
    w = torch.cos(torch.arange(1, result.numel() + 1, dtype=torch.float64)).reshape(result.shape)
    return torch.complex(w, w / 2) if result.is_complex() else w


def complex_affine(x, weight, bias, trailing=None):
    """Three real numbers (rr, ii, ri) an element of axis 1, or of the last axes, times the parts, and a bias."""
    axes = x.dim() - 2 if trailing is None else trailing
    rr, ii, ri = (part.reshape(part.shape + (1,) * axes) for part in weight.unbind(-1))
    scaled = torch.complex(rr * x.real + ri * x.imag, ri * x.real + ii * x.imag)
    return scaled + bias.reshape(bias.shape + (1,) * axes)


def complex_norm(x, axes, weight=None, bias=None, eps=1e-5, moments=None):
    """Whitening over axes, as Trabelsi et al. 2018 have it; moments are those of channels along axis 1."""
    if moments:
        mean, covariance = (m.reshape(m.shape[:1] + (1,) * (x.dim() - 2) + m.shape[1:]) for m in moments)
        centred = x - mean
        rr, ii, ri = covariance.unbind(-1)
    else:
        centred = x - x.mean(axes, keepdim=True)
        re, im = centred.real, centred.imag
        rr, ii, ri = (v.mean(axes, keepdim=True) for v in (re * re, im * im, re * im))
    rr, ii = rr + eps, ii + eps
    s = (rr * ii - ri * ri).sqrt()
    factor = 1 / (s * (rr + ii + 2 * s).sqrt())
    re, im = centred.real, centred.imag
    white = torch.complex(
        ((ii + s) * re - ri * im) * factor,
        ((rr + s) * im - ri * re) * factor,
    )
    if weight is None:
        return white
    return complex_affine(white, weight, torch.zeros_like(x[0, :].flatten(1)[:, 0]) if bias is None else bias)


def linear_recurrence(a, x, axis, initial=None, reverse=False):
    """h = a h of the step before + x, a step after the other."""
    a = a.expand(x.shape) if a.dim() == x.dim() else a.expand((1,) * (x.dim() - a.dim()) + a.shape).expand(x.shape)
    steps = list(zip(a.unbind(axis), x.unbind(axis)))
    state = torch.zeros_like(steps[0][1]) if initial is None else initial
    states = []
    for decay, value in reversed(steps) if reverse else steps:
        state = decay * state + value
        states.append(state)
    return torch.stack(states[::-1] if reverse else states, axis)


def selective_scan(x, step, decay, write, read, initial=None):
    """The reference loop of Mamba, and its last state after the results."""
    state = x.new_zeros(x.shape[0], *decay.shape) if initial is None else initial
    results = []
    for t in range(x.shape[1]):
        state = (step[:, t, :, None] * decay).exp() * state + (step[:, t] * x[:, t])[:, :, None] * write[:, t, None]
        results.append((state * read[:, t, None]).sum(-1))
    return torch.cat([torch.stack(results, 1).flatten(), state.flatten()])


def causal_convolution(x, kernel):
    """A sum of delayed inputs."""
    length = x.shape[-1]
    taps = enumerate(kernel.unbind(-1))
    return sum(F.pad(x, (s, 0))[..., :length] * tap[:, None] for s, tap in taps)


def linear_attention(query, key, value, log_decay=None, state=None):
    """A step after the other, and the last state after the results."""
    results = []
    state = query.new_zeros(*query.shape[:2], query.shape[3], value.shape[3]) if state is None else state
    for t in range(query.shape[2]):
        if log_decay is not None:
            state = log_decay[:, :, t, None, None].exp() * state
        state = state + key[:, :, t, :, None] * value[:, :, t, None]
        results.append((query[:, :, t, :, None] * state).sum(2))
    return torch.cat([torch.stack(results, 2).flatten(), state.flatten()])


def rotary(x, halves=False, base=10000, features=None, offset=0, positions=None):
    """Pairs of channels, neighbors or halves, turned by angles."""
    count = features or x.shape[-1]
    times = torch.arange(offset, offset + x.shape[-2]) if positions is None else positions
    angles = times[..., None].double() * base ** (-torch.arange(0, count, 2, dtype=torch.float64) / count)
    cos, sin = angles.cos().to(x.dtype), angles.sin().to(x.dtype)
    turning = x[..., :count]
    a, b = turning.chunk(2, -1) if halves else (turning[..., ::2], turning[..., 1::2])
    turned = [a * cos - b * sin, b * cos + a * sin]
    turned = torch.cat(turned, -1) if halves else torch.stack(turned, -1).flatten(-2)
    return torch.cat([turned, x[..., count:]], -1)


def wkv(key, value, decay, first, a=None, b=None, p=None):
    """RWKV-4's sums as its formula has them, and the last ones after the results."""
    a, b = (0, 0) if p is None else (a * p.exp(), b * p.exp())
    results = []
    for t in range(key.shape[1]):
        own = (first + key[:, t]).exp()
        results.append((a + own * value[:, t]) / (b + own))
        a, b = (decay.exp() * old + key[:, t].exp() * new for old, new in [(a, value[:, t]), (b, 1)])
    return torch.cat([torch.stack(results, 1).flatten(), a.flatten(), b.flatten()])


def focal(x, y, alpha, gamma):
    """torchvision.ops.sigmoid_focal_loss."""
    p = x.sigmoid()
    losses = F.binary_cross_entropy_with_logits(x, y, reduction="none") * (1 - p * y - (1 - p) * (1 - y)) ** gamma
    return losses * (alpha * y + (1 - alpha) * (1 - y)) if alpha >= 0 else losses


def crelu(x):
    return torch.complex(F.relu(x.real), F.relu(x.imag))


def by_parts(function):
    """A linear operation that PyTorch has for real numbers only, of both parts of complex ones."""

    def call(x, *arguments, **named):
        if not x.is_complex():
            return function(x, *arguments, **named)
        return torch.complex(function(x.real, *arguments, **named), function(x.imag, *arguments, **named))

    return call


FUNCTIONS = SimpleNamespace(**vars(F))
for _name in [n for n in vars(F) if re.fullmatch(r"(adaptive_)?avg_pool[123]d|interpolate", n)]:
    setattr(FUNCTIONS, _name, by_parts(getattr(F, _name)))

def recurrent(kind, x, weights, state=None, lengths=None, reverse=False):
    """The outputs, and the last states, of one direction of a layer; each sequence ends, or in reverse begins, at its length."""
    batch, hidden = x.shape[1], weights[1].shape[1]
    units = weights[0].shape[0] // 4 if kind == "lstm" else hidden
    if state is None:
        state = tuple(x.new_zeros(batch, n) for n in (hidden, units)[: 2 if kind == "lstm" else 1])
    state = state if isinstance(state, tuple) else (state,)
    outputs, last = [], []
    for row in range(batch):
        length = x.shape[0] if lengths is None else int(lengths[row])
        own = tuple(s[row][None, None] for s in state)
        output = x.new_zeros(0, 1, hidden)
        if length > 0:
            sequence = x[:length, row : row + 1]
            sequence = sequence.flip(0) if reverse else sequence
            start = own if kind == "lstm" else own[0]
            output, *own = getattr(torch, kind)(
                sequence, start, weights, len(weights) > 3, 1, 0.0, False, False, False
            )
            output = output.flip(0) if reverse else output
        outputs.append(F.pad(output, (0, 0, 0, 0, 0, x.shape[0] - length)))
        last.append(own)
    finals = [torch.cat(parts, 1).flatten() for parts in zip(*last)]
    return torch.cat([torch.cat(outputs, 1).flatten(), *finals])


HELPERS = {
    "causal_convolution": causal_convolution,
    "complex_affine": complex_affine,
    "complex_norm": complex_norm,
    "crelu": crelu,
    "focal": focal,
    "linear_attention": linear_attention,
    "linear_recurrence": linear_recurrence,
    "recurrent": recurrent,
    "rotary": rotary,
    "selective_scan": selective_scan,
    "wkv": wkv,
}


def run(sample, name, differentiable, out):
    for type_name in sample["dtypes"]:
        dtype = TYPES[type_name]
        inputs = [make_input(spec, dtype) for spec in sample["inputs"]]
        leaves = []
        for tensor in inputs:
            leaf = tensor.clone()
            if differentiable and (leaf.is_floating_point() or leaf.is_complex()):
                leaf.requires_grad_()
            leaves.append(leaf)
        scope = {"torch": torch, "F": FUNCTIONS, "math": math, **HELPERS}
        scope.update(zip("xyzuvwabc", leaves))
        result = eval(sample["reference"], scope)
        prefix = f"{sample['index']}.{type_name}"
        for i, tensor in enumerate(inputs):
            out[f"{prefix}.input{i}"] = tensor.clone().contiguous()
        out[f"{prefix}.result"] = result.detach().resolve_conj().clone().contiguous()
        if result.requires_grad:
            grads = torch.autograd.grad(
                result, [t for t in leaves if t.requires_grad], weights(result), allow_unused=True
            )
            grads = iter(grads)
            for i, leaf in enumerate(leaves):
                if leaf.requires_grad:
                    g = next(grads)
                    g = torch.zeros_like(leaf) if g is None else g
                    out[f"{prefix}.gradient{i}"] = g.resolve_conj().clone().contiguous()


def autocast_types(sample):
    """What torch.autocast makes of a sample on a CPU: the type of its result for float32 and for bfloat16 inputs."""
    found = {}
    for dtype in [torch.float32, torch.bfloat16]:
        inputs = [make_input(spec, torch.float64) for spec in sample["inputs"]]
        inputs = [x.to(dtype) if x.dtype == torch.float64 else x for x in inputs]
        scope = {"torch": torch, "F": FUNCTIONS, "math": math, **HELPERS, **dict(zip("xyzuvwabc", inputs))}
        try:
            with torch.autocast("cpu", torch.bfloat16):
                found[str(dtype)[6:]] = str(eval(sample["reference"], scope).dtype)[6:]
        except Exception:  # not for this type
            pass
    return found


def main():
    manifest, target = sys.argv[1], pathlib.Path(sys.argv[2])
    target.mkdir(parents=True, exist_ok=True)
    keep = set()
    failed = 0
    casts = {}
    for operation in json.load(open(manifest)):
        out = {}
        if "float64" in operation["samples"][0]["dtypes"]:
            casts[operation["name"]] = autocast_types(operation["samples"][0])
        for sample in operation["samples"]:
            try:
                run(sample, operation["name"], operation["isDifferentiable"], out)
            except Exception as error:  # name the sample, and go on to the others
                failed += 1
                print(f"{operation['name']}: {sample['reference']}: {error}", file=sys.stderr)
        # complex128 has no name in safetensors: two adjacent float64.
        flat = {}
        for key, tensor in out.items():
            if tensor.dtype == torch.complex128:
                flat[key + ".c"] = torch.view_as_real(tensor).contiguous()
            else:
                flat[key] = tensor
        path = target / f"{operation['name']}.safetensors"
        save_file(flat, path)
        keep.add(path.name)
    (target / "autocast.json").write_text(json.dumps(casts, indent=1, sort_keys=True) + "\n")
    for path in target.glob("*.safetensors"):
        if path.name not in keep:
            path.unlink()
    sys.exit(1 if failed else 0)


main()
