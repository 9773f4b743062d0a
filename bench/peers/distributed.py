"""Two processes. The peer of sums is Open MPI's own all-reduce, which runs in Apus's processes; that of training steps is PyTorch's
DistributedDataParallel over gloo, with one thread in each process."""

import multiprocessing
import statistics
import tempfile
import time
from datetime import timedelta

import torch
from torch import nn

import registry
from peers.network_steps import ResNet18

for size in ("1 KB", "100 KB", "1 MB", "10 MB", "100 MB"):
    registry.ranks.append(registry.Entry(f"distributed sum {size}", "Open MPI", "", False, lambda: None))


def mlp():
    return nn.Sequential(nn.Linear(784, 400), nn.ReLU(), nn.Linear(400, 100), nn.ReLU(), nn.Linear(100, 10))


steps = {
    "distributed mlp step": (mlp, (128, 784), 10),
    "distributed resnet18 step": (ResNet18, (8, 3, 112, 112), 1000),
}
for name in steps:
    registry.ranks.append(registry.Entry(name, "PyTorch DDP", "", False, lambda: None))


def run(name, rounds, target):
    """Prints the medians of a step of both processes, and of one while the other waits, in turns; milliseconds."""
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        processes = [context.Process(target=work, args=(rank, folder, name, rounds, target)) for rank in range(2)]
        for process in processes:
            process.start()
        for process in processes:
            process.join()
    if any(process.exitcode for process in processes):
        raise SystemExit(f"{name}: a process of the peer failed")


def work(rank, folder, name, rounds, target):
    torch.set_num_threads(1)
    torch.set_flush_denormal(True)
    torch.manual_seed(1)
    distributed = torch.distributed
    distributed.init_process_group(
        "gloo", init_method=f"file://{folder}/meeting", rank=rank, world_size=2, timeout=timedelta(minutes=5)
    )
    make, shape, classes = steps[name]
    alone = make()
    together = nn.parallel.DistributedDataParallel(alone)
    images, labels = torch.rand(shape), torch.arange(shape[0]) % classes
    optimizer = torch.optim.SGD(alone.parameters(), lr=0.01, momentum=0.9)
    loss_of = nn.CrossEntropyLoss()

    def measure(model, count):
        distributed.barrier()
        start = time.perf_counter()
        if model is together or rank == 0:
            for _ in range(count):
                loss = loss_of(model(images), labels)
                optimizer.zero_grad()
                loss.backward()
                optimizer.step()
        elapsed = time.perf_counter() - start
        distributed.barrier()
        return elapsed * 1e3 / count

    measure(together, 3)
    count = torch.tensor(max(1, int(target / measure(together, 3))))
    distributed.broadcast(count, 0)
    times = {together: [], alone: []}
    for turn in range(rounds):
        for model in (together, alone) if turn % 2 == 0 else (alone, together):
            measure(model, 1)
            times[model].append(measure(model, int(count)))
    if rank == 0:
        print(*(statistics.median(values) for values in times.values()), sep="\t", flush=True)
    distributed.destroy_process_group()
