"""Where Apus differs from PyTorch on purpose. Each reason is a heading of Documentation/DifferencesFromPyTorch.md."""

import pathlib
import re
import sys

import torch

_PAGE = pathlib.Path(__file__).resolve().parent.parent / "Documentation/DifferencesFromPyTorch.md"
_INTEGERS = (torch.int64, torch.bool)
_WHOLE_IMAGES = r"nn\.functional\.(conv|avg_pool|local_response_norm)"

# (heading, kind of finding, pattern of the operation's name, pattern of the finding, types or None)
KNOWN = [
    ("Images of integers give float32", "differs", _WHOLE_IMAGES, "float32 where PyTorch has int64", _INTEGERS),
    ("Histograms count in int64", "differs", "histc", "int64 where PyTorch has float", None),
    ("Sequences of integers are rounded once", "differs", "arange|linspace|logspace", "value 0: off by inf", _INTEGERS),
    ("squeeze refuses an axis of more than one position", "stop", "squeeze", "positions, not one", None),
    ("Indices are int64 or int32", "stop", "gather", "indices are int64 or int32", None),
    ("Batch normalisation needs an axis of channels", "stop", r"nn\.functional\.batch_norm", "takes .batch, channels", None),
    ("Only the value that stays has a gradient", "differs", r"nn\.functional\.max_unpool", "first", None),
    ("An extent that doubles is doubled", "differs", r"nn\.functional\.interpolate", "(value|first|second) 0: off", None),
    ("Padded windows have gradients", "differs", "istft", "first 1", None),
    ("Thresholds of integers give float32", "differs", r"nn\.functional\.(hardtanh|threshold)", "float32 where PyTorch has int64", None),
    ("Replicating needs a position that is left", "stop", r"nn\.functional\.pad", "cannot be padded by .*replicate", None),
    ("A number that a type cannot hold is refused", "stop", "scatter", "cannot hold the float64 value", _INTEGERS),
    ("Truth values are not squared", "stop", "square", "does not take bool", None),
    ("What is absent", "not expressible", r"linalg\.pinv", "", None),
    ("What is absent", "not expressible", "index_put", "adding at indices", None),
    ("What is absent", "not expressible", r"nn\.functional\.instance_norm", "running statistics", None),
]


def known_difference(kind, name, dtype, detail, example):
    """The heading under which a difference stands, or None."""
    for heading, of_kind, names, pattern, types in KNOWN:
        if kind != of_kind or not re.match(names, name) or not re.search(pattern, detail):
            continue
        if types and dtype not in types:
            continue
        # Volumes alone, enlarged by a scale to the nearest position.
        if heading == "An extent that doubles is doubled" and not re.match(
            r"\w+\[\d+(, \d+){4}\], mode='nearest', scale_factor=", example
        ):
            continue
        return heading
    return None


def check_page():
    """Stops where a reason has lost its heading."""
    headings = set(re.findall(r"^#+ (.*)$", _PAGE.read_text(), re.M))
    lost = sorted({heading for heading, *_ in KNOWN} - headings)
    if lost:
        sys.exit(f"verify: {_PAGE.name} has no heading '{lost[0]}'")
