"""What the peer can run, by name."""

from dataclasses import dataclass
from typing import Callable


@dataclass(frozen=True)
class Entry:
    name: str  # the benchmark, as Apus names it
    peer: str  # who is measured: a row of the table each
    setting: str  # a way to call the peer; the fastest one makes the row
    inference: bool  # whether it runs under torch.inference_mode
    prepare: Callable[[], Callable[[], object]]


times: list[Entry] = []
memories: list[Entry] = []
# Of several processes: Apus's side runs both, under the peer's launcher.
ranks: list[Entry] = []


# How many elements, and the matrix that has as many.
sizes = {"1e3": (10, 100), "1e5": (100, 1000), "1e7": (1000, 10000)}


def benchmark(name, peer="PyTorch", setting="", inference=True):
    """Registers a function that makes the inputs and returns what is timed."""

    def register(prepare):
        if any((e.name, e.peer, e.setting) == (name, peer, setting) for e in times):
            raise ValueError(f"two benchmarks are named {name}, {peer} {setting}")
        times.append(Entry(name, peer, setting, inference, prepare))
        return prepare

    return register


def memory(name, peer="PyTorch"):
    """Registers a function that returns what a process of its own runs, for its peak memory."""

    def register(prepare):
        memories.append(Entry(name, peer, "", False, prepare))
        return prepare

    return register
