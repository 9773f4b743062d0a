#!/usr/bin/env python3
"""Compares Apus with PyTorch on PyTorch's own sample inputs, and on random shapes that reach every kernel.

usage: verify.py WORKER [--only TEXT] [--seeds N] [--cases N] [--skip-samples] [--report FILE]

WORKER is the program apus-verify; `make verify PYTHON=python` builds it and runs this. The Python needs PyTorch, expecttest and
SciPy. Values, first and second derivatives of every sample of `torch.testing._internal.common_methods_invocations.op_db`
that has a counterpart are compared in six types, as the samples are and as strided views. What Apus cannot say, where it stops
and where it differs is counted and listed; what stands in Documentation/DifferencesFromPyTorch.md is counted as known. Where
float32 results differ by more than rounding, the same in float64 decides who is right. Exits with 1 where anything is
left unexplained.
"""
import argparse
import collections
import json
import math
import os
import struct
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from pathlib import Path

import torch
from torch.testing._internal.common_methods_invocations import op_db

from verify_known import check_page, known_difference
from verify_random import random_cases

warnings.filterwarnings("ignore")

TYPES = [torch.float32, torch.float64, torch.complex64, torch.complex128, torch.int64, torch.bool]
NAMES = {
    torch.bool: "bool", torch.uint8: "uint8", torch.int32: "int32", torch.int64: "int64", torch.float16: "float16",
    torch.bfloat16: "bfloat16", torch.float32: "float32", torch.float64: "float64", torch.complex64: "complex64",
    torch.complex128: "complex128",
}  # fmt: skip
BY_NAME = {name: dtype for dtype, name in NAMES.items()}
# Seconds after which a call counts as one that never returns.
PATIENCE = 60
# Results whose vectors are determined up to factors of modulus 1: what does not depend on those is compared.
# Positions of equal numbers are nobody's promise either, but where a sort is stable.
INVARIANT = {
    "sort": lambda out: (out[0],),
    "argsort": lambda out: (),
    "topk": lambda out: (out[0],),
    "linalg.eigh": lambda out: (out[0], out[1].abs()),
    "linalg.svd": lambda out: (out[0][..., : out[1].shape[-1]].abs(), out[1], out[2][..., : out[1].shape[-1], :].abs()),
}


# Of their results only as many are compared as `INVARIANT` leaves.
POSITIONS = ("sort", "argsort", "topk")


class Unsayable(Exception):
    """An argument that the worker has no word for."""


class Worker:
    """The Apus side: a process that answers calls, begun anew when one of them stopped it."""

    def __init__(self, program):
        self.program = program
        self.process = None

    def start(self):
        self.errors = tempfile.TemporaryFile()
        environment = dict(os.environ, OMP_WAIT_POLICY="passive", OMP_NUM_THREADS="1", SWIFT_BACKTRACE="enable=no")
        self.process = subprocess.Popen(
            [self.program], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=self.errors, env=environment
        )

    def read(self, count):
        data = b""
        while len(data) < count:
            more = self.process.stdout.read(count - len(data))
            if not more:
                raise BrokenPipeError
            data += more
        return data

    def ask(self, request, memory=b""):
        """The answer and its bytes; None and the last line of what the worker said where it stopped."""
        if self.process is None or self.process.poll() is not None:
            self.start()
        header = json.dumps(dict(request, bytes=len(memory))).encode()
        clock = None
        try:
            self.process.stdin.write(struct.pack("<Q", len(header)) + header + memory)
            self.process.stdin.flush()
            clock = threading.Timer(PATIENCE, self.process.kill)
            clock.start()
            (length,) = struct.unpack("<Q", self.read(8))
            answer = json.loads(self.read(length))
            return answer, self.read(answer["bytes"])
        except BrokenPipeError:
            code = self.process.wait()
            self.errors.seek(0)
            lines = self.errors.read().decode(errors="replace").splitlines()
            said = [line for line in lines if "rror" in line] or lines or [""]
            self.process = None
            return None, f"{said[0].strip()[:300]} (signal {-code})"
        finally:
            if clock:
                clock.cancel()


class Encoder:
    """A call as the worker reads it: JSON, and the tensors' bytes."""

    def __init__(self):
        self.memory = bytearray()

    def tensor(self, t):
        if t.dtype not in NAMES:
            raise Unsayable(f"the type {t.dtype}")
        if t.layout != torch.strided:
            raise Unsayable("a sparse tensor")
        t_data = t.detach().resolve_conj().resolve_neg()
        size = t.element_size()
        count, strides = 1, list(t_data.stride())
        if t_data.numel():
            count = sum((extent - 1) * stride for extent, stride in zip(t_data.shape, strides)) + 1
        flat = torch.as_strided(t_data, (count,), (1,)) if t_data.numel() else torch.empty(0, dtype=t.dtype)
        self.memory += b"\0" * (-len(self.memory) % 16)
        offset = len(self.memory) // size
        self.memory += flat.contiguous().view(torch.uint8).numpy().tobytes() if flat.numel() else b"\0" * 16
        return {
            "dtype": NAMES[t.dtype], "shape": list(t.shape), "strides": strides, "offset": offset,
            "requiresGradient": t.requires_grad,
        }  # fmt: skip

    def value(self, v):
        def tagged(kind, value=None):
            return {"kind": kind} if value is None else {"kind": kind, "value": value}

        if v is None:
            return tagged("none")
        if isinstance(v, torch.Tensor):
            return tagged("tensor", self.tensor(v))
        if isinstance(v, bool):
            return tagged("bool", v)
        if isinstance(v, int):
            if not -(2**63) <= v < 2**63:
                raise Unsayable("an integer of more than 64 bits")
            return tagged("int", v)
        if isinstance(v, float):
            return tagged("float", repr(v))
        if isinstance(v, complex):
            return tagged("complex", [repr(v.real), repr(v.imag)])
        if isinstance(v, str):
            return tagged("string", v)
        if isinstance(v, torch.dtype):
            if v not in NAMES:
                raise Unsayable(f"the type {v}")
            return tagged("dtype", NAMES[v])
        if isinstance(v, slice):
            return tagged("slice", [v.start, v.stop, v.step])
        if v is Ellipsis:
            return tagged("ellipsis")
        if isinstance(v, torch.memory_format):
            return tagged("string", str(v))
        if isinstance(v, (list, tuple, torch.Size)):
            return tagged("list", [self.value(e) for e in v])
        if hasattr(v, "item"):
            return self.value(v.item())
        raise Unsayable(f"an argument of type {type(v).__name__}")


def decode(places, memory):
    result = []
    for place in places:
        dtype = BY_NAME[place["dtype"]]
        count = math.prod(place["shape"])
        if count == 0:
            result.append(torch.empty(place["shape"], dtype=dtype))
            continue
        size = torch.empty(0, dtype=dtype).element_size()
        start = place["offset"] * size
        data = bytearray(memory[start : start + count * size])
        result.append(torch.frombuffer(data, dtype=dtype, count=count).reshape(place["shape"]))
    return result


def tensors_in(value):
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (list, tuple)):
        return [t for entry in value for t in tensors_in(entry)]
    if isinstance(value, bool):
        return [torch.tensor(value)]
    return []


def mapped(value, function):
    if isinstance(value, torch.Tensor):
        return function(value)
    if isinstance(value, (list, tuple)) and not isinstance(value, torch.Size):
        items = [mapped(entry, function) for entry in value]
        return items if isinstance(value, list) else tuple(items)
    return value


def weighted_sum(tensors):
    total = None
    for t in tensors:
        if not t.requires_grad:
            continue
        real = t.real.dtype if t.is_complex() else t.dtype
        w = torch.cos(torch.arange(1, t.numel() + 1, dtype=torch.float64)).reshape(t.shape)
        term = (t.real * w.to(real) + t.imag * (w / 2).to(real)).sum() if t.is_complex() else (t * w.to(real)).sum()
        total = term if total is None else total + term
    return total


def leaves_of(args, kwargs):
    found = [t for a in args for t in tensors_in(a) if t.requires_grad]
    return found + [t for name in sorted(kwargs) for t in tensors_in(kwargs[name]) if t.requires_grad]


class Reference:
    """PyTorch's results: values, and as many derivatives as it has."""

    def __init__(self, function, args, kwargs, order):
        self.outputs = self.first = self.second = None
        leaves = leaves_of(args, kwargs)
        out = function(*args, **kwargs)
        self.outputs = tensors_in(out)
        self.order = 0
        if order == 0 or not leaves:
            return
        loss = weighted_sum(self.outputs)
        if loss is None:
            return
        try:
            first = torch.autograd.grad(loss, leaves, create_graph=order > 1, allow_unused=True)
        except (RuntimeError, NotImplementedError):
            return
        first = [torch.zeros_like(leaf) if g is None else g for g, leaf in zip(first, leaves)]
        self.first, self.order = first, 1
        if order > 1:
            second = weighted_sum(first)
            if second is None:
                return
            try:
                result = torch.autograd.grad(second, leaves, allow_unused=True)
            except (RuntimeError, NotImplementedError):
                return
            self.second = [torch.zeros_like(leaf) if g is None else g for g, leaf in zip(result, leaves)]
            self.order = 2


def widened(t):
    wide = {torch.float32: torch.float64, torch.complex64: torch.complex128, torch.bfloat16: torch.float64, torch.float16: torch.float64}
    if t.dtype in wide:
        return t.detach().to(wide[t.dtype]).requires_grad_(t.requires_grad)
    return t


# Options of memory and devices, which do not change values.
IDLE = {"device", "layout", "memory_format", "pin_memory", "requires_grad"}


def hermitian(t):
    return ((t.detach() + t.detach().mH) / 2).requires_grad_(t.requires_grad)


def prepared(name, args, kwargs):
    """A sample without what only PyTorch's interface has: options of memory, and lists that stand for tensors."""
    kwargs = {k: v for k, v in kwargs.items() if k not in IDLE}
    if name == "__getitem__":
        index = args[1] if isinstance(args[1], tuple) else (args[1],)
        index = tuple(torch.tensor(i) if isinstance(i, list) else i for i in index)
        args = [args[0], index]
    if name in ("linspace", "logspace"):
        args = [a.item() if isinstance(a, torch.Tensor) else a for a in args]
        kwargs = {k: v.item() if isinstance(v, torch.Tensor) else v for k, v in kwargs.items()}
    if name in ("linalg.eigh", "linalg.eigvalsh") and isinstance(args[0], torch.Tensor):
        args = [hermitian(args[0]), *args[1:]]
    return args, kwargs


def magnitude(tensors):
    """The largest finite number of several tensors."""
    return max([float(t.detach().abs().nan_to_num(0, 0, 0).max()) for t in tensors if t.numel() and t.dtype != torch.bool], default=0.0)


def deviation(ours, theirs, floor=0.0):
    """The largest difference over the size of the number; infinite where special values or shapes differ.

    `floor` is a difference that counts as none: what is left where large terms cancel.
    """
    if ours.shape != theirs.shape:
        return math.inf
    if ours.numel() == 0:
        return 0.0
    if not (ours.is_floating_point() or ours.is_complex() or theirs.is_floating_point() or theirs.is_complex()):
        return 0.0 if torch.equal(ours.to(torch.int64), theirs.to(torch.int64)) else math.inf
    a, b = (torch.view_as_real(t.detach().resolve_conj().to(torch.complex128)) if t.is_complex() else t.to(torch.float64) for t in (ours, theirs))
    if a.shape != b.shape:
        return math.inf
    special = ~(a.isfinite() & b.isfinite())
    if not torch.equal(a[special].nan_to_num(7e300, 8e300, 9e300), b[special].nan_to_num(7e300, 8e300, 9e300)):
        return math.inf
    a, b = a[~special], b[~special]
    if a.numel() == 0:
        return 0.0
    # An element may be off by rounding of its own size, and of the size of what was summed up to it.
    scale = b.abs() + 1e-2 * b.abs().max() + 1e-30
    return float((((a - b).abs() - floor).clamp(min=0) / scale).max())


TOLERANCE = {torch.float32: 3e-4, torch.complex64: 3e-4, torch.float64: 3e-8, torch.complex128: 3e-8, torch.bfloat16: 5e-2, torch.float16: 5e-3}


def floor_of(name, stage, dtype, largest):
    """The rounding that is left where derivatives cancel, and where windows end in zeros."""
    if dtype not in TOLERANCE:
        return 0.0
    eps = torch.finfo(dtype).eps
    if stage == "value":
        return eps if name.startswith("signal.windows") else 0.0
    return (1000 if dtype in (torch.float64, torch.complex128) else 30) * eps * min(max(1, largest), 1e6)


def strided(t):
    """The same numbers with gaps, in another memory order."""
    if t.numel() == 0 or t.dim() == 0:
        return t
    base = torch.zeros([2 * e if i == t.dim() - 1 else e for i, e in enumerate(reversed(t.shape))], dtype=t.dtype)
    view = base[..., ::2].permute(*reversed(range(t.dim())))
    view.copy_(t.detach())
    return view.detach().requires_grad_(t.requires_grad)


class Tally:
    def __init__(self):
        self.counts = collections.Counter()
        self.findings = collections.OrderedDict()
        self.known = collections.Counter()

    def note(self, kind, name, dtype, detail, example):
        reason = known_difference(kind, name, dtype, detail, example)
        if reason:
            self.counts["known"] += 1
            self.known[reason] += 1
            return
        self.counts[kind] += 1
        key = (kind, name, detail[:90])
        entry = self.findings.setdefault(key, [0, set(), detail, example])
        entry[0] += 1
        entry[1].add(NAMES.get(dtype, str(dtype)))


def short(value):
    if isinstance(value, torch.Tensor):
        if value.numel() <= 4 and not value.is_complex():
            return f"{NAMES.get(value.dtype, value.dtype)}{list(value.shape)}={value.detach().flatten().tolist()}"
        return f"{NAMES.get(value.dtype, value.dtype)}{list(value.shape)}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(short(v) for v in value) + "]"
    return repr(value)


def example_of(args, kwargs):
    return ", ".join([short(a) for a in args] + [f"{k}={short(v)}" for k, v in kwargs.items()])


def check(worker, tally, name, function, args, kwargs, dtype, order):
    args, kwargs = prepared(name, args, kwargs)
    example = example_of(args, kwargs)
    try:
        reference = Reference(function, args, kwargs, order)
    except Exception:
        tally.counts["PyTorch refuses"] += 1
        return
    encoder = Encoder()
    try:
        request = {
            "name": name,
            "arguments": [encoder.value(a) for a in args],
            "keywords": {k: encoder.value(v) for k, v in kwargs.items()},
            "order": reference.order,
        }
    except Unsayable as reason:
        tally.note("not expressible", name, dtype, str(reason), example)
        return
    tally.counts["samples"] += 1
    answer, memory = worker.ask(request, bytes(encoder.memory))
    if answer is None:
        tally.note("stop", name, dtype, memory, example)
        return
    if answer["status"] == "inexpressible":
        tally.note("not expressible", name, dtype, answer["reason"], example)
        return
    if answer["status"] == "thrown":
        tally.note("stop", name, dtype, "throws " + answer["reason"], example)
        return
    wide = None
    largest = magnitude([t for a in [*args, *kwargs.values()] for t in tensors_in(a)])
    for stage, theirs in (("value", reference.outputs), ("first", reference.first), ("second", reference.second)):
        if theirs is None:
            continue
        ours = decode(answer["outputs" if stage == "value" else stage], memory)
        if stage != "value" and not ours:
            if all(not t.any() for t in theirs):
                continue
            tally.note("differs", name, dtype, f"{stage}: no gradient", example)
            return
        if stage == "value" and name in POSITIONS and len(theirs) < len(ours):
            ours = ours[: len(theirs)]
        if len(ours) != len(theirs):
            tally.note("differs", name, dtype, f"{stage}: {len(ours)} results for {len(theirs)}", example)
            return
        largest = max(largest, magnitude(theirs))
        for index, (a, b) in enumerate(zip(ours, theirs)):
            b = b.detach()
            if a.dtype != b.dtype:
                tally.note("differs", name, dtype, f"{stage}: {NAMES[a.dtype]} where PyTorch has {NAMES.get(b.dtype, b.dtype)}", example)
                return
            if a.shape != b.shape:
                tally.note("differs", name, dtype, f"{stage}: shape {list(a.shape)} where PyTorch has {list(b.shape)}", example)
                return
            floor = floor_of(name, stage, b.dtype, largest)
            off = deviation(a, b, floor)
            if off <= TOLERANCE.get(b.dtype, 0) * (4 if stage == "second" else 1):
                continue
            # Who is nearer to the truth? The same in float64 knows.
            if wide is None:
                try:
                    wide = Reference(
                        function, mapped(list(args), widened), {k: mapped(v, widened) for k, v in kwargs.items()}, order
                    )
                except Exception:
                    wide = False
            truth = wide and {"value": wide.outputs, "first": wide.first, "second": wide.second}[stage]
            if truth and b.dtype in (torch.float32, torch.complex64):
                mine, peers = (deviation(t, truth[index].detach(), floor) for t in (a, b))
                if mine <= max(peers, TOLERANCE[b.dtype]):
                    continue
            tally.note("differs", name, dtype, f"{stage} {index}: off by {off:.1e}", f"{example}; {short(a)} for {short(b)}")
            return
    tally.counts["right"] += 1


def samples(names, only, seeds):
    for info in op_db:
        if info.name not in names or (only and only not in info.name):
            continue
        function = info.op
        if info.name in INVARIANT:
            function = (lambda op, same: lambda *a, **k: same(op(*a, **k)))(function, INVARIANT[info.name])
        for dtype in TYPES:
            if not info.supports_dtype(dtype, "cpu"):
                continue
            order = 0
            if dtype in info.supported_backward_dtypes("cpu") and info.supports_autograd and (dtype.is_floating_point or dtype.is_complex):
                order = 2 if info.supports_gradgrad else 1
            for seed in range(seeds):
                torch.manual_seed(seed)
                try:
                    found = list(info.sample_inputs("cpu", dtype, requires_grad=order > 0))
                except Exception:
                    continue
                for sample in found:
                    args = [sample.input, *sample.args]
                    # What is stable has one right order of equal numbers.
                    same = info.op if sample.kwargs.get("stable") else function
                    yield info.name, same, args, sample.kwargs, dtype, order
                    yield info.name, same, mapped(args, strided), {
                        k: mapped(v, strided) for k, v in sample.kwargs.items()
                    }, dtype, order


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("worker")
    parser.add_argument("--only", help="operations whose name has this in it")
    parser.add_argument("--seeds", type=int, default=1, help="how often to draw each sample")
    parser.add_argument("--cases", type=int, default=1500, help="how many random shapes to try")
    parser.add_argument("--skip-samples", action="store_true", help="random shapes only")
    parser.add_argument("--report", help="a file for the list of differences")
    options = parser.parse_args()
    torch.set_num_threads(1)
    check_page()
    worker = Worker(options.worker)
    names = set(worker.ask({"list": True})[0]["names"])
    known = {info.name for info in op_db}
    tally = Tally()
    start = time.time()
    for name, function, args, kwargs, dtype, order in [] if options.skip_samples else samples(names, options.only, options.seeds):
        check(worker, tally, name, function, args, kwargs, dtype, order)
    print(f"PyTorch's samples: {len(names & known)} operations of {len(known)} have a counterpart; {time.time() - start:.0f} s")
    start = time.time()
    for name, function, args, kwargs, dtype, order in random_cases(options.cases, options.only):
        check(worker, tally, name, function, args, kwargs, dtype, order)
    print(f"random shapes: {options.cases}; {time.time() - start:.0f} s")

    lines = []
    for (kind, name, _), (count, types, detail, example) in sorted(tally.findings.items()):
        lines.append(f"{kind:<16} {name:<28} {count:>4}x {','.join(sorted(types))}: {detail}\n{'':<20}{example[:240]}")
    text = "\n".join(lines)
    if options.report:
        Path(options.report).write_text(text + "\n")
    elif text:
        print(text)
    for reason, count in tally.known.most_common():
        print(f"known: {count:>5} {reason}")
    for kind, count in tally.counts.most_common():
        print(f"{kind:<16} {count}")
    return 1 if any(kind in ("differs", "stop", "not expressible") for kind, _, _ in tally.findings) else 0


if __name__ == "__main__":
    sys.exit(main())
