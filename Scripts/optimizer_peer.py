#!/usr/bin/env python3
"""Writes what PyTorch's optimizers, schedules, clipping and averages compute: Tests/Fixtures/optimizers.safetensors.

    optimizer_peer.py FILE

Lion and LAMB, which PyTorch has not, are written out in NumPy as their papers have them. PyTorch's Muon multiplies in
bfloat16; here it multiplies in the type of the parameters, so that its formula can be compared.

The tests of ApusOptim read the file. Each optimizer steps three parameters in two groups, the second with 0.3 times the
learning rate and a weight decay of its own, ten times, with gradients that are in the file too.
"""

import functools
import sys

import numpy as np
import torch
from safetensors.torch import save_file
from torch import optim
from torch.optim import lr_scheduler as schedules
from torch.optim import swa_utils

STEPS = 10
SECOND_RATE = 0.3
SECOND_DECAY = 0.02


def inputs(shapes, seed):
    generator = torch.Generator().manual_seed(seed)
    values = [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes]
    gradients = [
        [torch.randn(shape, generator=generator, dtype=torch.float64) for shape in shapes] for _ in range(STEPS)
    ]
    return values, gradients


SETS = {"any": inputs([(3, 4), (5,), (2, 3, 2)], 1), "matrix": inputs([(3, 4), (5, 2), (4, 4)], 2)}

# name: (class, learning rate, weight decay, settings)
CASES = {
    "sgd": (optim.SGD, 0.1, 0.1, {}),
    "sgd.momentum": (optim.SGD, 0.1, 0.1, dict(momentum=0.9, dampening=0.2)),
    "sgd.nesterov": (optim.SGD, 0.1, 0.1, dict(momentum=0.8, nesterov=True)),
    "sgd.maximize": (optim.SGD, 0.1, 0.1, dict(momentum=0.9, maximize=True)),
    "adam": (optim.Adam, 0.05, 0.1, dict(betas=(0.8, 0.95))),
    "adam.amsgrad": (optim.Adam, 0.05, 0.1, dict(betas=(0.8, 0.9), amsgrad=True)),
    "adam.maximize": (optim.Adam, 0.05, 0.1, dict(maximize=True)),
    "adamw": (optim.AdamW, 0.05, 0.1, dict(eps=1e-4)),
    "adamw.amsgrad": (optim.AdamW, 0.05, 0.1, dict(betas=(0.8, 0.9), amsgrad=True)),
    "nadam": (optim.NAdam, 0.05, 0.1, dict(momentum_decay=0.01)),
    "nadam.decoupled": (optim.NAdam, 0.05, 0.1, dict(decoupled_weight_decay=True)),
    "radam": (optim.RAdam, 0.05, 0.1, {}),
    "radam.decoupled": (optim.RAdam, 0.05, 0.1, dict(betas=(0.9, 0.9), decoupled_weight_decay=True)),
    "adamax": (optim.Adamax, 0.05, 0.1, dict(betas=(0.8, 0.9))),
    "rmsprop": (optim.RMSprop, 0.05, 0.1, dict(alpha=0.9)),
    "rmsprop.momentum": (optim.RMSprop, 0.05, 0.1, dict(alpha=0.9, momentum=0.8)),
    "rmsprop.centered": (optim.RMSprop, 0.05, 0.1, dict(alpha=0.9, centered=True)),
    "rmsprop.both": (optim.RMSprop, 0.05, 0.1, dict(alpha=0.9, centered=True, momentum=0.8)),
    "adagrad": (optim.Adagrad, 0.05, 0.1, dict(lr_decay=0.1, initial_accumulator_value=0.5)),
    "adadelta": (optim.Adadelta, 0.5, 0.1, dict(rho=0.8)),
    "adafactor": (optim.Adafactor, 0.05, 0.1, {}),
    "adafactor.clipping": (optim.Adafactor, 0.5, 0.1, dict(beta2_decay=-0.5, d=1.5, eps=(1e-2, 1e-2))),
    "muon": (optim.Muon, 0.05, 0.1, {}),
    "muon.matching": (optim.Muon, 0.05, 0.1, dict(nesterov=False, adjust_lr_fn="match_rms_adamw", ns_steps=3)),
    "muon.spectral": (optim.Muon, 0.05, 0.1, dict(momentum=0.5, adjust_lr_fn="spectral_unclamped")),
}


def orthogonalized_exactly(gradient, coefficients, steps, eps):
    """PyTorch's iteration without the conversion to bfloat16."""
    a, b, c = coefficients
    x = gradient.T if gradient.size(0) > gradient.size(1) else gradient
    x = x / x.norm().clamp(min=eps)
    for _ in range(steps):
        gram = x @ x.T
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.T if gradient.size(0) > gradient.size(1) else x


def optimizers():
    optim._muon._zeropower_via_newtonschulz = orthogonalized_exactly
    result = {}
    for name, (values, gradients) in SETS.items():
        for i, value in enumerate(values):
            result[f"input.{name}.value.{i}"] = value
            for step in range(STEPS):
                result[f"input.{name}.gradient.{step}.{i}"] = gradients[step][i]
    for name, (make, rate, decay, settings) in CASES.items():
        values, gradients = SETS["matrix" if make is optim.Muon else "any"]
        for dtype in (torch.float32, torch.float64):
            parameters = [torch.nn.Parameter(value.to(dtype, copy=True)) for value in values]
            groups = [
                dict(params=parameters[:2]),
                dict(params=parameters[2:], lr=rate * SECOND_RATE, weight_decay=SECOND_DECAY),
            ]
            optimizer = make(groups, lr=rate, weight_decay=decay, **settings)
            for step in range(STEPS):
                for parameter, gradient in zip(parameters, gradients[step]):
                    parameter.grad = gradient.to(dtype)
                optimizer.step()
            for i, parameter in enumerate(parameters):
                result[f"{name}.{str(dtype)[6:]}.{i}"] = parameter.detach().clone()
    return result


def lion(p, g, state, rate, decay, beta1=0.9, beta2=0.99):
    """Chen et al. 2023, algorithm 2."""
    m = state.setdefault("m", np.zeros_like(p))
    update = np.sign(beta1 * m + (1 - beta1) * g)
    state["m"] = beta2 * m + (1 - beta2) * g
    return p - rate * (update + decay * p)


def lamb(p, g, state, rate, decay, beta1=0.9, beta2=0.999, epsilon=1e-6):
    """You et al. 2020, algorithm 2, with φ the identity."""
    t = state["t"] = state.get("t", 0) + 1
    m = state["m"] = beta1 * state.get("m", np.zeros_like(p)) + (1 - beta1) * g
    v = state["v"] = beta2 * state.get("v", np.zeros_like(p)) + (1 - beta2) * g * g
    r = (m / (1 - beta1**t)) / (np.sqrt(v / (1 - beta2**t)) + epsilon) + decay * p
    return p - rate * np.linalg.norm(p) / np.linalg.norm(r) * r


def papers():
    values, gradients = SETS["any"]
    result = {}
    for name, rule in (("lion", lion), ("lamb", lamb)):
        for i, value in enumerate(values):
            rate, decay = (0.05, 0.1) if i < 2 else (0.05 * SECOND_RATE, SECOND_DECAY)
            p, state = value.numpy(), {}
            for step in range(STEPS):
                p = rule(p, gradients[step][i].numpy(), state, rate, decay)
            for dtype in ("float32", "float64"):
                result[f"{name}.{dtype}.{i}"] = torch.from_numpy(p.astype(dtype))
    return result


# Two groups, of learning rates 0.1 and 0.02.
SCHEDULES = {
    "step": lambda o: schedules.StepLR(o, 30, 0.5),
    "multiStep": lambda o: schedules.MultiStepLR(o, [20, 50, 50, 120], 0.3),
    "exponential": lambda o: schedules.ExponentialLR(o, 0.97),
    "constant": lambda o: schedules.ConstantLR(o, 0.2, 40),
    "linear": lambda o: schedules.LinearLR(o, 0.1, 0.8, 60),
    "polynomial": lambda o: schedules.PolynomialLR(o, 150, 1.7),
    "cosine": lambda o: schedules.CosineAnnealingLR(o, 70, 0.001),
    "cosineOnce": lambda o: schedules.CosineAnnealingLR(o, 200),
    "restarts": lambda o: schedules.CosineAnnealingWarmRestarts(o, 20, 2, 0.001),
    "restartsEven": lambda o: schedules.CosineAnnealingWarmRestarts(o, 30),
    "triangular": lambda o: schedules.CyclicLR(o, 0.01, 0.2, 15, 25),
    "triangular2": lambda o: schedules.CyclicLR(o, 0.01, 0.2, 15, mode="triangular2"),
    "expRange": lambda o: schedules.CyclicLR(o, 0.01, 0.2, 15, mode="exp_range", gamma=0.99),
    "oneCycle": lambda o: schedules.OneCycleLR(o, 0.5, 210),
    "oneCycleLinear": lambda o: schedules.OneCycleLR(
        o, 0.5, 210, anneal_strategy="linear", pct_start=0.4, div_factor=10, final_div_factor=100, three_phase=True
    ),
    "lambda": lambda o: schedules.LambdaLR(o, lambda step: 1 / (1 + 0.1 * step)),
    "chained": lambda o: schedules.ChainedScheduler(
        [schedules.ConstantLR(o, 0.2, 40), schedules.ExponentialLR(o, 0.97)]
    ),
    "sequential": lambda o: schedules.SequentialLR(
        o,
        [schedules.LinearLR(o, 0.01, 1, 20), schedules.CosineAnnealingLR(o, 100), schedules.ExponentialLR(o, 0.9)],
        [20, 120],
    ),
}


def schedule_values():
    result = {}
    for name, make in SCHEDULES.items():
        p, q = torch.nn.Parameter(torch.zeros(1)), torch.nn.Parameter(torch.zeros(1))
        optimizer = optim.SGD([dict(params=[p]), dict(params=[q], lr=0.02)], lr=0.1, momentum=0.9)
        schedule = make(optimizer)
        rates, momenta = [], []
        for _ in range(200):
            rates.append([group["lr"] for group in optimizer.param_groups])
            momenta.append([group["momentum"] for group in optimizer.param_groups])
            optimizer.step()
            schedule.step()
        result[f"schedule.{name}.rate"] = torch.tensor(rates, dtype=torch.float64)
        result[f"schedule.{name}.momentum"] = torch.tensor(momenta, dtype=torch.float64)
    return result


def plateau_values():
    result = {}
    generator = torch.Generator().manual_seed(3)
    metrics = torch.exp(-torch.arange(200) / 30.0).double() + 0.3 * torch.rand(200, generator=generator).double()
    metrics[37] = float("nan")
    result["plateau.metrics"] = metrics
    settings = {
        "plain": dict(factor=0.5, patience=4),
        "cooldown": dict(factor=0.3, patience=2, cooldown=5, threshold=0.05, threshold_mode="abs"),
        "largest": dict(mode="max", factor=0.5, patience=6, min_lr=0.002),
    }
    for name, setting in settings.items():
        p, q = torch.nn.Parameter(torch.zeros(1)), torch.nn.Parameter(torch.zeros(1))
        optimizer = optim.SGD([dict(params=[p]), dict(params=[q], lr=0.02)], lr=0.1)
        schedule = schedules.ReduceLROnPlateau(optimizer, **setting)
        rates = []
        for metric in metrics.tolist():
            schedule.step(metric)
            rates.append([group["lr"] for group in optimizer.param_groups])
        result[f"plateau.{name}"] = torch.tensor(rates, dtype=torch.float64)
    return result


def clipping():
    values, gradients = SETS["any"]
    result = {}
    for name, order in (("2", 2.0), ("1", 1.0), ("3", 3.0), ("inf", float("inf"))):
        parameters = [torch.nn.Parameter(value.clone()) for value in values]
        for parameter, gradient in zip(parameters, gradients[0]):
            parameter.grad = gradient.clone()
        result[f"clip.norm{name}.total"] = torch.nn.utils.clip_grad_norm_(parameters, 0.7, order)
        for i, parameter in enumerate(parameters):
            result[f"clip.norm{name}.{i}"] = parameter.grad
    parameters = [torch.nn.Parameter(value.clone()) for value in values]
    for parameter, gradient in zip(parameters, gradients[0]):
        parameter.grad = gradient.clone()
    torch.nn.utils.clip_grad_value_(parameters, 0.4)
    for i, parameter in enumerate(parameters):
        result[f"clip.value.{i}"] = parameter.grad
    return result


def averages():
    """Three steps of averaging a layer whose parameters are `any`'s first gradients."""
    # The weights of an average are numbers of this type.
    torch.set_default_dtype(torch.float64)
    result = {}
    kinds = {
        "equal": dict(multi_avg_fn=swa_utils.get_swa_multi_avg_fn()),
        "exponential": dict(multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.8)),
        "buffers": dict(multi_avg_fn=swa_utils.get_ema_multi_avg_fn(0.8), use_buffers=True),
    }
    for name, setting in kinds.items():
        model = torch.nn.BatchNorm1d(5, dtype=torch.float64)
        averaged = swa_utils.AveragedModel(model, **setting)
        for step in range(3):
            with torch.no_grad():
                model.weight.copy_(SETS["any"][1][step][1])
                model.bias.copy_(SETS["any"][1][step + 3][1])
                model.running_mean.copy_(SETS["any"][1][step + 6][1])
            averaged.update_parameters(model)
        for key in ("weight", "bias", "running_mean"):
            result[f"average.{name}.{key}"] = averaged.module.state_dict()[key].clone()
    return result


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    parts = [optimizers(), papers(), schedule_values(), plateau_values(), clipping(), averages()]
    tensors = functools.reduce(lambda a, b: {**a, **b}, parts)
    save_file({name: tensor.detach().contiguous().clone() for name, tensor in sorted(tensors.items())}, sys.argv[1])


if __name__ == "__main__":
    main()
