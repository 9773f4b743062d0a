"""One step of each optimizer over ten million parameters: those of a ResNet-18 in 60 tensors, and one tensor."""

import torch
from torch import optim

from registry import benchmark


def residual_network():
    """The shapes of a ResNet-18's parameters without the last layer's."""

    def convolution(result, given, size):
        return [(result, given, size, size), (result,), (result,)]

    shapes = convolution(64, 3, 7)
    given = 64
    for channels in (64, 128, 256, 512):
        shapes += convolution(channels, given, 3) + convolution(channels, channels, 3)
        if channels != given:
            shapes += convolution(channels, given, 1)
        shapes += convolution(channels, channels, 3) + convolution(channels, channels, 3)
        given = channels
    return shapes


network = residual_network()
matrices = [(shape[0], torch.Size(shape[1:]).numel()) if len(shape) > 1 else shape for shape in network]

# name: (shapes of the list, class, settings, whether there is a fused form)
RULES = {
    "SGD": (network, optim.SGD, dict(lr=1e-3, momentum=0.9, weight_decay=1e-4), True),
    "Adam": (network, optim.Adam, dict(weight_decay=1e-4), True),
    "AdamW": (network, optim.AdamW, {}, True),
    "AMSGrad": (network, optim.Adam, dict(amsgrad=True), True),
    "NAdam": (network, optim.NAdam, {}, False),
    "RAdam": (network, optim.RAdam, {}, False),
    "Adamax": (network, optim.Adamax, {}, False),
    "RMSprop": (network, optim.RMSprop, dict(momentum=0.9, centered=True), False),
    "Adagrad": (network, optim.Adagrad, {}, True),
    "Adadelta": (network, optim.Adadelta, {}, False),
    "Adafactor": (matrices, optim.Adafactor, {}, False),
    "Muon": ([(1000, 500)] * 20, optim.Muon, {}, None),
}


def step(make, shapes, settings):
    parameters = [torch.nn.Parameter(torch.rand(shape) * 4 - 2) for shape in shapes]
    for parameter in parameters:
        parameter.grad = torch.rand(parameter.shape) * 4 - 2
    optimizer = make(parameters, **settings)
    return optimizer.step


def register(name, kind, shapes, make, settings, has_fused):
    # Muon has one form.
    forms = [{}] if has_fused is None else [dict(foreach=True)] + [dict(fused=True)] * has_fused
    for form in forms:
        @benchmark(f"optimizer {name} {kind}", setting=next(iter(form), ""), inference=False)
        def prepare(form=form):
            return step(make, shapes, {**settings, **form})


for rule, (shapes, make, settings, has_fused) in RULES.items():
    one = (10_000_000,) if shapes is network else (2500, 4000)
    register(rule, "list", shapes, make, settings, has_fused)
    register(rule, "one", [one], make, settings, has_fused)
