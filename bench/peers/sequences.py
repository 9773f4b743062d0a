"""What runs along the time of sequences: loops over steps, unbound once, so that gradients are stacked once too."""

import torch
from torch import nn

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


add(
    "attention causal dropout B4 H8 T512 D64",
    lambda: [torch.randn(4, 8, 512, 64) for _ in range(3)],
    lambda q, k, v: torch.nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True, dropout_p=0.1),
)

is_padding = torch.arange(256) >= 200
add(
    "masked softmax B8 H8 T256",
    lambda: [torch.randn(8, 8, 256, 256)],
    lambda x: x.masked_fill(is_padding, -torch.inf).softmax(-1),
)


def transformer_block():
    block = nn.TransformerEncoderLayer(256, 8, 1024, 0.0, "gelu", batch_first=True, norm_first=True)
    return block, torch.randn(8, 256, 256), nn.Transformer.generate_square_subsequent_mask(256)


def add_transformer_block(name):
    # In evaluation it may take a call of its own.
    for setting in ("train", "eval"):

        @benchmark(f"{name} forward", setting=setting)
        def forward(setting=setting):
            block, x, mask = transformer_block()
            block.train(setting == "train")
            return lambda: block(x, mask, is_causal=True)

    @benchmark(f"{name} and gradients", inference=False)
    def gradients():
        block, x, mask = transformer_block()
        leaves, upstream = [x.requires_grad_(), *block.parameters()], torch.ones_like(x)
        return lambda: torch.autograd.grad(block(x, mask, is_causal=True), leaves, upstream)


add_transformer_block("transformer block causal B8 T256 D256")


def later(steps):
    return torch.ones(steps, steps, dtype=torch.bool).triu(1)


def chunked_linear_attention(q, k, v, log_decay=None, chunk=64):
    """All chunks at a time, but for the states before them, which are running sums, or a loop where they decay."""
    q, k, v = (x.unflatten(2, (-1, chunk)) for x in (q, k, v))
    products = q @ k.transpose(-1, -2)
    if log_decay is None:
        states = (k.transpose(-1, -2) @ v).cumsum(2)
        before = torch.cat([torch.zeros_like(states[:, :, :1]), states[:, :, :-1]], 2)
        return (products.tril() @ v + q @ before).flatten(2, 3)
    sums = log_decay.unflatten(2, (-1, chunk)).cumsum(-1)[..., None]
    left = (sums - sums.transpose(-1, -2)).masked_fill(later(chunk), -torch.inf).exp()
    end = sums[..., -1:, :]
    own = (k * (end - sums).exp()).transpose(-1, -2) @ v
    state = torch.zeros_like(own[:, :, 0])
    before = []
    for factor, new in zip(end.exp().unbind(2), own.unbind(2)):
        before.append(state)
        state = state * factor + new
    return ((products * left) @ v + (q * sums.exp()) @ torch.stack(before, 2)).flatten(2, 3)


def linear_attention_by_running_sums(q, k, v):
    states = (k[..., :, None] * v[..., None, :]).cumsum(2)
    return (q[..., None, :] @ states)[..., 0, :]


def linear_attention_inputs():
    return [torch.randn(4, 4, 4096, 32) for _ in range(3)]


add("linear attention B4 H4 T4096 D32", linear_attention_inputs, chunked_linear_attention)
add("linear attention B4 H4 T4096 D32, by running sums", linear_attention_inputs, linear_attention_by_running_sums)
add(
    "linear attention with decay B4 H4 T4096 D32",
    lambda: linear_attention_inputs() + [torch.rand(4, 4, 4096) * -0.2],
    chunked_linear_attention,
)


def wkv(key, value, decay, first):
    a = b = torch.zeros_like(key[:, 0])
    p = torch.full_like(a, -1e38)
    results = []
    for k, v in zip(key.unbind(1), value.unbind(1)):
        q = torch.maximum(p, first + k)
        old, new = (p - q).exp(), (first + k - q).exp()
        results.append((old * a + new * v) / (old * b + new))
        q = torch.maximum(p + decay, k)
        old, new = (p + decay - q).exp(), (k - q).exp()
        a, b, p = old * a + new * v, old * b + new, q
    return torch.stack(results, 1)


add(
    "wkv B8 T256 C512",
    lambda: [torch.randn(8, 256, 512), torch.randn(8, 256, 512), -torch.rand(512) * 2, torch.randn(512)],
    wkv,
)


def rotary(x, halves):
    count = x.shape[-1]
    rates = 10000 ** (-torch.arange(0, count, 2, dtype=torch.float64) / count)
    angles = torch.arange(x.shape[-2])[:, None] * rates
    cos, sin = angles.cos().float(), angles.sin().float()
    a, b = x.chunk(2, -1) if halves else (x[..., ::2], x[..., 1::2])
    turned = [a * cos - b * sin, b * cos + a * sin]
    return torch.cat(turned, -1) if halves else torch.stack(turned, -1).flatten(-2)


for pairs in ("interleaved", "halves"):
    add(
        f"rotary embedding {pairs} B4 H8 T512 D64",
        lambda: [torch.randn(4, 8, 512, 64)],
        lambda x, pairs=pairs: rotary(x, pairs == "halves"),
    )


def causal_convolution(x, kernel):
    n = 2 * x.shape[-1]
    return torch.fft.irfft(torch.fft.rfft(x, n) * torch.fft.rfft(kernel, n), n)[..., : x.shape[-1]]


add(
    "causal convolution B8 C64 T1024",
    lambda: [torch.randn(8, 64, 1024), torch.randn(64, 1024)],
    causal_convolution,
)
