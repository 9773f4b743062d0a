"""What complex networks do beside convolutions and products, in either memory format.

Batch normalisation is that of complexPyTorch, and the same formula with fewer passes over memory: the two rows of the
matrix as one complex number times z and one times its conjugate.
"""

import torch
from torch.nn.functional import dropout, max_pool2d, relu

from registry import benchmark


def per_channel(values, x):
    return values.reshape((1, -1) + (1,) * (x.dim() - 2))


def inverse_root(rr, ii, ri):
    s = torch.sqrt(rr * ii - ri * ri)
    factor = 1 / (s * torch.sqrt(rr + ii + 2 * s))
    return (ii + s) * factor, (rr + s) * factor, -ri * factor


def package_norm(x, weight, bias, eps=1e-5):
    """complexPyTorch 0.4's arithmetic in training."""
    axes = [axis for axis in range(x.dim()) if axis != 1]
    mean = x.real.mean(axes).type(torch.complex64) + 1j * x.imag.mean(axes).type(torch.complex64)
    x = x - per_channel(mean, x)
    n = x.numel() / x.size(1)
    rr = 1.0 / n * x.real.pow(2).sum(dim=axes) + eps
    ii = 1.0 / n * x.imag.pow(2).sum(dim=axes) + eps
    ri = x.real.mul(x.imag).mean(dim=axes)
    mrr, mii, mri = (per_channel(m, x) for m in inverse_root(rr, ii, ri))
    x = (mrr * x.real + mri * x.imag).type(torch.complex64) + 1j * (mii * x.imag + mri * x.real).type(torch.complex64)
    wrr, wii, wri = (per_channel(weight[:, i], x) for i in range(3))
    b = [per_channel(bias[:, i], x) for i in range(2)]
    return (wrr * x.real + wri * x.imag + b[0]).type(torch.complex64) + 1j * (
        wri * x.real + wii * x.imag + b[1]
    ).type(torch.complex64)


def short_norm(x, weight, bias, eps=1e-5):
    axes = [axis for axis in range(x.dim()) if axis != 1]
    mean = x.mean(axes)
    d = x - per_channel(mean, x)
    re, im = d.real, d.imag
    rr, ii, ri = (re * re).mean(axes) + eps, (im * im).mean(axes) + eps, (re * im).mean(axes)
    mrr, mii, mri = inverse_root(rr, ii, ri)
    wrr, wii, wri = weight.unbind(1)
    a, b = wrr * mrr + wri * mri, wrr * mri + wri * mii
    c, e = wri * mrr + wii * mri, wri * mri + wii * mii
    straight, turned = torch.complex(a + e, c - b) / 2, torch.complex(a - e, c + b) / 2
    return per_channel(straight, x) * d + per_channel(turned, x) * d.conj() + per_channel(
        torch.view_as_complex(bias), x
    )


def complex_relu(x):
    """complexPyTorch 0.4's."""
    return relu(x.real).type(torch.complex64) + 1j * relu(x.imag).type(torch.complex64)


def view_relu(x):
    return torch.view_as_complex(relu(torch.view_as_real(x)))


def mod_relu(x):
    return relu(x.abs() - 0.5) * torch.sgn(x)


def masked_dropout(x):
    """complexPyTorch 0.4's, scaled once."""
    return dropout(torch.ones(*x.shape, dtype=torch.float32), 0.3) * x


def layer_norm(x, eps=1e-5):
    d = x - x.mean((2, 3), keepdim=True)
    re, im = d.real, d.imag
    rr, ii, ri = (v.mean((2, 3), keepdim=True) for v in (re * re, im * im, re * im))
    mrr, mii, mri = inverse_root(rr + eps, ii + eps, ri)
    return (mrr + mii) / 2 * d + torch.complex((mrr - mii) / 2, mri) * d.conj()


def retrieve(values, indices):
    return values.flatten(-2).gather(-1, indices.flatten(-2)).view_as(indices)


def package_pool(x):
    """complexPyTorch 0.4's."""
    modulus, indices = max_pool2d(x.abs(), 2, return_indices=True)
    angle = retrieve(torch.atan2(x.imag, x.real), indices)
    return modulus.type(torch.complex64) * (
        torch.cos(angle).type(torch.complex64) + 1j * torch.sin(angle).type(torch.complex64)
    )


def short_pool(x):
    with torch.no_grad():
        indices = max_pool2d(x.abs(), 2, return_indices=True)[1]
    return retrieve(x, indices)


formats = {"contiguous": torch.contiguous_format, "channels last": torch.channels_last}


def image(shape, format):
    x = torch.randn(shape, dtype=torch.complex64)
    return x.to(memory_format=formats[format]) if x.dim() == 4 else x


def add_norm(name, shape, format, kind, norm):
    def inputs():
        return image(shape, format), torch.randn(shape[1], 3), torch.randn(shape[1], 2)

    @benchmark(f"complex batch norm {name}", setting=f"{kind}, {format}")
    def forward():
        arguments = inputs()
        return lambda: norm(*arguments)

    @benchmark(f"complex batch norm and gradient {name}", setting=f"{kind}, {format}", inference=False)
    def gradient():
        leaves, upstream = [t.requires_grad_() for t in inputs()], image(shape, format)
        return lambda: torch.autograd.grad(norm(*leaves), leaves, upstream)


def add_call(name, format, kind, call):
    @benchmark(f"{name} and gradient 64x10x24x24", setting=f"{kind}, {format}", inference=False)
    def gradient():
        x = image((64, 10, 24, 24), format)
        seed = call(x)
        x.requires_grad_()

        def step():
            x.grad = None
            call(x).backward(seed)

        return step


for format in formats:
    for kind, norm in {"complexPyTorch": package_norm, "fewer passes": short_norm}.items():
        add_norm("16x64x28x28", (16, 64, 28, 28), format, kind, norm)
        if format == "contiguous":
            add_norm("64x500", (64, 500), format, kind, norm)
    for kind, call in {"complexPyTorch": complex_relu, "view": view_relu}.items():
        add_call("CReLU", format, kind, call)
    add_call("modReLU", format, "", mod_relu)
    for kind, call in {"complexPyTorch": masked_dropout, "own": lambda x: dropout(x, 0.3)}.items():
        add_call("complex dropout", format, kind, call)
    add_call("complex layer norm", format, "", layer_norm)
    for kind, call in {"complexPyTorch": package_pool, "fewer passes": short_pool}.items():
        add_call("complex max pool 2x2", format, kind, call)
