"""PyTorch's side of the benchmark: answers the driver's requests, a line each, as `apus-bench` does.

    list                           what there is, a line each: kind, name, peer, setting
    serve                          prepare NAME PEER SETTING
                                   measure WARM-UPS ITERATIONS NAME PEER SETTING
                                   release
    memory NAME PEER               runs one memory benchmark
"""

import gc
import itertools
import os
import sys
import time

import torch

import registry

torch.set_num_threads(int(os.environ["OMP_NUM_THREADS"]))
torch.set_flush_denormal(True)
torch.manual_seed(1)

import peers  # noqa: E402,F401  (makes its first tensors under the settings above)


def milliseconds(iteration, count):
    start = time.perf_counter()
    for _ in itertools.repeat(None, count):
        iteration()
    return (time.perf_counter() - start) * 1e3 / count


def calibrate(iteration):
    """Runs more and more iterations until they take 20 ms together."""
    iteration()
    count = 1
    while True:
        each = milliseconds(iteration, count)
        if each * count >= 20:
            return each
        count *= 2


def find(entries, *key):
    for entry in entries:
        if (entry.name, entry.peer, entry.setting)[: len(key)] == key:
            return entry
    raise KeyError(f"no benchmark {key}")


def serve():
    prepared = {}  # by entry: what is timed
    for line in sys.stdin:
        command, *fields = line.rstrip("\n").split("\t")
        try:
            if command == "prepare":
                entry = find(registry.times, *fields)
                gc.enable()
                with torch.inference_mode(entry.inference):
                    prepared[entry] = entry.prepare()
                    gc.collect()
                    gc.disable()  # as timeit does: a collection would land in any measurement
                    answer = repr(calibrate(prepared[entry]))
            elif command == "measure":
                warm_ups, count, *key = fields
                entry = find(registry.times, *key)
                with torch.inference_mode(entry.inference):
                    for _ in range(int(warm_ups)):
                        prepared[entry]()
                    answer = repr(milliseconds(prepared[entry], int(count)))
            elif command == "release":
                prepared.clear()
                answer = "ok"
            else:
                raise ValueError("unknown request")
        except Exception as error:  # whatever it is, the driver must hear of it
            answer = "error\t" + f"{type(error).__name__}: {error}".replace("\n", " ")
        print(answer, flush=True)


def main():
    match sys.argv[1:]:
        case ["list"]:
            for kind, entries in [("time", registry.times), ("memory", registry.memories), ("ranks", registry.ranks)]:
                for entry in entries:
                    print(kind, entry.name, entry.peer, entry.setting, sep="\t")
        case ["serve"]:
            serve()
        case ["memory", name, peer]:
            find(registry.memories, name, peer).prepare()()
        case _:
            sys.exit(__doc__)


if __name__ == "__main__":
    main()
