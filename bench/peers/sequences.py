"""What runs along the time of sequences: loops over steps, unbound once, so that gradients are stacked once too."""

import torch

from registry import benchmark


def add(name, make, call):
    @benchmark(f"{name} forward")
    def forward():
        inputs = make()
        return lambda: call(*inputs)

    @benchmark(f"{name} and gradients", inference=False)
    def gradients():
        inputs = [x.requires_grad_() for x in make()]
        upstream = torch.ones_like(call(*inputs))
        return lambda: torch.autograd.grad(call(*inputs), inputs, upstream)


def selective_scan_inputs():
    return [
        torch.randn(8, 1024, 128), torch.rand(8, 1024, 128) * 0.1, -torch.rand(128, 16) * 2,
        torch.randn(8, 1024, 16), torch.randn(8, 1024, 16),
    ]


def selective_scan(x, step, decay, write, read):
    factors = (step[..., None] * decay).exp().unbind(1)
    values = ((step * x)[..., None] * write[:, :, None]).unbind(1)
    state = torch.zeros(x.shape[0], *decay.shape)
    states = []
    for factor, value in zip(factors, values):
        state = factor * state + value
        states.append(state)
    return torch.einsum("btdn,btn->btd", torch.stack(states, 1), read)


def linear_recurrence(decay, x):
    state = torch.zeros_like(x[:, 0])
    states = []
    for value in x.unbind(1):
        state = decay * state + value
        states.append(state)
    return torch.stack(states, 1)


add("selective scan B8 T1024 D128 N16", selective_scan_inputs, selective_scan)
add(
    "linear recurrence complex B8 T256 N64",
    lambda: [torch.polar(torch.rand(64), torch.randn(64)), torch.randn(8, 256, 64, dtype=torch.complex64)],
    linear_recurrence,
)


def s4d_inputs():
    return [
        torch.rand(128) * 4.6 - 6.9, torch.full((128, 32), 0.5).log(), torch.pi * torch.arange(32.0).repeat(128, 1),
        torch.randn(128, 32, 2),
    ]


def s4d_parts(log_dt, log_decay, frequency, c):
    a = torch.complex(-log_decay.exp(), frequency)
    exponents = a * log_dt.exp()[:, None]
    return exponents, torch.view_as_complex(c) * (exponents.exp() - 1) / a


def s4d_kernel(*parameters):
    exponents, c = s4d_parts(*parameters)
    powers = (exponents[..., None] * torch.arange(4096)).exp()
    return 2 * torch.einsum("hn,hnl->hl", c, powers).real


def s4d_kernel_of_two_levels(*parameters):
    exponents, c = s4d_parts(*parameters)
    steps = torch.arange(64)
    outer = c[:, None] * (exponents[:, None] * (64 * steps)[:, None]).exp()
    inner = (exponents[..., None] * steps).exp()
    return 2 * (outer @ inner).real.reshape(128, 4096)


add("S4D kernel H128 N64 L4096", s4d_inputs, s4d_kernel)
add("S4D kernel H128 N64 L4096 of two levels", s4d_inputs, s4d_kernel_of_two_levels)

for time in (512, 2048):
    add(
        f"attention causal B4 H8 T{time} D64",
        lambda time=time: [torch.randn(4, 8, time, 64) for _ in range(3)],
        lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True),
    )
