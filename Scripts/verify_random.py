"""Random shapes for convolutions, pooling, normalisation, interpolation, Fourier transforms and products: sizes that
reach the kernels that small samples miss."""

import random

import torch
import torch.nn.functional as F


def random_cases(count, only=None, seed=0):
    """(name, function, arguments, keywords, dtype, order) of `count` cases."""
    draw = random.Random(seed)
    torch.manual_seed(seed)
    kinds = [convolution, transposed_convolution, pooling, adaptive_pooling, normalisation, interpolation, fourier, product, reduction]
    for _ in range(count):
        case = draw.choice(kinds)(draw)
        if case is None or (only and only not in case[0]):
            continue
        yield case


def _type(draw, types=(torch.float32, torch.float32, torch.float64, torch.complex64, torch.complex128)):
    return draw.choice(types)


def _tensor(shape, dtype, gradient=True):
    return torch.randn(shape, dtype=dtype).requires_grad_(gradient)


def _extents(draw, axes, most):
    """Sizes whose product stays below `most` squared elements or so."""
    side = {1: most * most, 2: most, 3: max(2, int(most ** (2 / 3)))}[axes]
    return [draw.choice([1, 2, 3, 5, 7, 8, 14, 16, 28, 31, 33, 56]) if side > 56 else draw.randint(1, side) for _ in range(axes)]


def convolution(draw):
    axes = draw.choice([1, 2, 2, 2, 3])
    dtype = _type(draw)
    groups = draw.choice([1, 1, 1, 2, 4])
    per_group = draw.choice([1, 1, 2, 3, 4, 8, 16, 17])
    if draw.random() < 0.2:
        groups, per_group = draw.choice([3, 8, 16, 24, 32, 40]), 1
    channels = groups * per_group
    out = groups * draw.choice([1, 1, 2, 3, 4, 8, 9, 16])
    image = _extents(draw, axes, 30)
    stride = [draw.choice([1, 1, 1, 2, 3]) for _ in range(axes)]
    dilation = [draw.choice([1, 1, 1, 2, 3]) for _ in range(axes)]
    kernel = [draw.choice([1, 1, 2, 3, 3, 3, 5, 7]) for _ in range(axes)]
    padding = [draw.randint(0, 3) for _ in range(axes)]
    if any(i + 2 * p < d * (k - 1) + 1 for i, p, d, k in zip(image, padding, dilation, kernel)):
        return None
    batch = draw.choice([1, 1, 2, 5, 8])
    x = _tensor([batch, channels, *image], dtype)
    w = _tensor([out, per_group, *kernel], dtype)
    b = _tensor([out], dtype) if draw.random() < 0.5 else None
    function = {1: F.conv1d, 2: F.conv2d, 3: F.conv3d}[axes]
    return f"nn.functional.conv{axes}d", function, [x, w, b, stride, padding, dilation, groups], {}, dtype, draw.choice([1, 1, 2])


def transposed_convolution(draw):
    axes = draw.choice([1, 2, 2, 3])
    dtype = _type(draw)
    groups = draw.choice([1, 1, 2, 4])
    channels = groups * draw.choice([1, 2, 3, 4, 8, 16])
    out = draw.choice([1, 2, 3, 4, 8])
    image = _extents(draw, axes, 16)
    stride = [draw.choice([1, 1, 2, 3]) for _ in range(axes)]
    dilation = [draw.choice([1, 1, 2]) for _ in range(axes)]
    kernel = [draw.choice([1, 2, 3, 4, 5]) for _ in range(axes)]
    padding = [draw.randint(0, min(2, d * (k - 1))) for d, k in zip(dilation, kernel)]
    extra = [draw.randint(0, max(s, d) - 1) for s, d in zip(stride, dilation)]
    sizes = zip(image, stride, padding, dilation, kernel, extra)
    if any((i - 1) * s - 2 * p + d * (k - 1) + e + 1 < 1 for i, s, p, d, k, e in sizes):
        return None
    x = _tensor([draw.choice([1, 2, 5]), channels, *image], dtype)
    w = _tensor([channels, out, *kernel], dtype)
    b = _tensor([out * groups], dtype) if draw.random() < 0.5 else None
    function = {1: F.conv_transpose1d, 2: F.conv_transpose2d, 3: F.conv_transpose3d}[axes]
    arguments = [x, w, b, stride, padding, extra, groups, dilation]
    return f"nn.functional.conv_transpose{axes}d", function, arguments, {}, dtype, draw.choice([1, 1, 2])


def pooling(draw):
    axes = draw.choice([1, 2, 2, 3])
    dtype = _type(draw, (torch.float32, torch.float32, torch.float64))
    image = _extents(draw, axes, 30)
    kernel = [draw.choice([1, 2, 2, 3, 3, 5]) for _ in range(axes)]
    stride = [draw.choice([1, 2, 2, 3]) for _ in range(axes)]
    padding = [draw.randint(0, k // 2) for k in kernel]
    ceil = draw.random() < 0.3
    x = _tensor([draw.choice([1, 2, 5]), draw.choice([1, 3, 8, 16, 17, 33]), *image], dtype)
    if draw.random() < 0.5:
        dilation = [draw.choice([1, 1, 2]) for _ in range(axes)]
        # A window whose positions are all padding has no largest element.
        if any(i + 2 * p < d * (k - 1) + 1 or d > i for i, p, d, k in zip(image, padding, dilation, kernel)):
            return None
        function = {1: F.max_pool1d, 2: F.max_pool2d, 3: F.max_pool3d}[axes]
        return f"nn.functional.max_pool{axes}d", function, [x, kernel, stride, padding, dilation, ceil], {}, dtype, draw.choice([1, 2])
    if any(i + 2 * p < k for i, p, k in zip(image, padding, kernel)):
        return None
    function = {1: F.avg_pool1d, 2: F.avg_pool2d, 3: F.avg_pool3d}[axes]
    return f"nn.functional.avg_pool{axes}d", function, [x, kernel, stride, padding, ceil, draw.random() < 0.5], {}, dtype, draw.choice([1, 2])


def adaptive_pooling(draw):
    axes = draw.choice([1, 2, 3])
    dtype = _type(draw, (torch.float32, torch.float64))
    image = _extents(draw, axes, 30)
    size = [draw.choice([1, 2, 3, 5, 7]) for _ in range(axes)]
    x = _tensor([draw.choice([1, 2]), draw.choice([1, 3, 16]), *image], dtype)
    kind = draw.choice(["avg", "max"])
    function = getattr(F, f"adaptive_{kind}_pool{axes}d")
    return f"nn.functional.adaptive_{kind}_pool{axes}d", function, [x, size], {}, dtype, 2


def normalisation(draw):
    dtype = _type(draw, (torch.float32, torch.float64))
    kind = draw.choice(["layer", "group", "instance", "batch", "rms", "lrn"])
    channels = draw.choice([1, 2, 4, 6, 8, 16, 48])
    image = _extents(draw, draw.choice([1, 2]), 24)
    batch = draw.choice([2, 3, 8])
    affine = draw.random() < 0.7
    if kind in ("layer", "rms"):
        row = [draw.choice([2, 3, 10, 64, 100, 257, 768])]
        x = _tensor([batch, channels, *row], dtype)
        weight = _tensor(row, dtype) if affine else None
        if kind == "rms":
            return "nn.functional.rms_norm", F.rms_norm, [x, row, weight], {"eps": 1e-6}, dtype, 2
        bias = _tensor(row, dtype) if affine else None
        return "nn.functional.layer_norm", F.layer_norm, [x, row, weight, bias], {}, dtype, 2
    x = _tensor([batch, channels, *image], dtype)
    if x[0, 0].numel() < 2:
        return None
    weight, bias = (_tensor([channels], dtype) if affine else None for _ in range(2))
    if kind == "group":
        groups = draw.choice([g for g in (1, 2, 3, 4, 8) if channels % g == 0])
        return "nn.functional.group_norm", F.group_norm, [x, groups, weight, bias], {}, dtype, 2
    if kind == "instance":
        return "nn.functional.instance_norm", F.instance_norm, [x, None, None, weight, bias], {}, dtype, 2
    if kind == "batch":
        return "nn.functional.batch_norm", F.batch_norm, [x, None, None, weight, bias, True], {}, dtype, 2
    return "nn.functional.local_response_norm", F.local_response_norm, [x, draw.choice([1, 2, 3, 5])], {}, dtype, 1


def interpolation(draw):
    axes = draw.choice([1, 2, 2, 3])
    dtype = _type(draw, (torch.float32, torch.float32, torch.float64))
    image = _extents(draw, axes, 24)
    modes = {1: ["nearest", "nearest-exact", "linear"], 2: ["nearest", "nearest-exact", "bilinear", "bicubic"], 3: ["nearest", "nearest-exact", "trilinear"]}
    mode = draw.choice(modes[axes])
    x = _tensor([draw.choice([1, 2]), draw.choice([1, 3, 4, 16, 17]), *image], dtype)
    keywords = {"mode": mode}
    if "linear" in mode or mode == "bicubic":
        keywords["align_corners"] = draw.random() < 0.5
    if draw.random() < 0.6:
        keywords["size"] = [draw.choice([1, 2, 3, 7, 10, 16, 20, 33]) for _ in range(axes)]
    else:
        scale = draw.choice([0.5, 1.5, 2.0, 3.0, 0.7, 2.3])
        if any(int(i * scale) < 1 for i in image):
            return None
        keywords["scale_factor"] = scale
    return "nn.functional.interpolate", F.interpolate, [x], keywords, dtype, draw.choice([1, 2])


def fourier(draw):
    name = draw.choice(["fft", "ifft", "rfft", "irfft", "hfft", "ihfft", "fft2", "ifft2", "rfft2", "irfft2", "fftn", "rfftn", "irfftn"])
    real = name in ("rfft", "ihfft", "rfft2", "rfftn")
    dtype = _type(draw, (torch.float32, torch.float64) if real else (torch.complex64, torch.complex128))
    lengths = [1, 2, 3, 4, 5, 7, 8, 11, 13, 16, 17, 30, 31, 32, 37, 60, 64, 97, 100, 127, 128, 243, 256]
    shape = [draw.choice(lengths[:18]), draw.choice(lengths)]
    if draw.random() < 0.4:
        shape = [draw.choice([1, 2, 3, 5])] + shape
    norm = draw.choice([None, "ortho", "forward"])
    x = _tensor(shape, dtype)
    if name in ("irfft", "hfft", "irfft2", "irfftn") and shape[-1] < 2:
        return None
    keywords = {"norm": norm}
    if not name.endswith("2") and not name.endswith("n") and draw.random() < 0.5:
        keywords["n"] = draw.choice(lengths)
        keywords["dim"] = draw.randint(-len(shape), len(shape) - 1)
    return f"fft.{name}", getattr(torch.fft, name), [x], keywords, dtype, 2


def product(draw):
    dtype = _type(draw)
    rows, inner, columns = (draw.choice([1, 2, 3, 7, 8, 16, 17, 31, 64, 65, 100, 129]) for _ in range(3))
    batch = draw.choice([[], [], [3], [2, 3]])
    a = _tensor([*batch, rows, inner], dtype)
    b = _tensor([*(batch if draw.random() < 0.5 else []), inner, columns], dtype)
    if draw.random() < 0.3:
        a = _tensor([*batch, inner, rows], dtype).detach().mT.requires_grad_()
    if draw.random() < 0.3:
        b = b.detach().mT.contiguous().mT.requires_grad_()
    return "matmul", torch.matmul, [a, b], {}, dtype, 2


def reduction(draw):
    dtype = _type(draw)
    shape = [draw.choice([1, 2, 3, 17, 64, 100]) for _ in range(draw.choice([1, 2, 3]))]
    axis = draw.randint(0, len(shape) - 1)
    name = draw.choice(["sum", "mean", "var", "std", "softmax", "log_softmax", "logsumexp", "cumsum", "amax"])
    if dtype.is_complex and name in ("softmax", "log_softmax", "logsumexp", "amax"):
        return None
    x = _tensor(shape, dtype)
    if name in ("var", "std") and shape[axis] < 2:
        return None
    if dtype.is_complex and name in ("var", "std"):
        return None
    function = getattr(torch, name)
    keywords = {} if name in ("softmax", "log_softmax", "cumsum") else {"keepdim": draw.random() < 0.5}
    return name, function, [x, axis], keywords, dtype, 2
