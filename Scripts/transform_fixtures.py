#!/usr/bin/env python3
"""Writes Tests/Fixtures/transforms.safetensors: a picture, and what Pillow and torchvision make of it.

    transform_fixtures.py FILE

`source` and `source.gray` are the picture; `mixing` are batches, and what MixUp and CutMix make of them where they draw the
numbers in the name; all other names are those of the cases in TransformFixtureTests.swift.
"""

import sys
from unittest import mock

import numpy as np
import torch
from image_fixtures import scene
from PIL import Image, ImageOps
from safetensors.numpy import save_file
from torchvision.transforms import InterpolationMode, autoaugment, functional as F, v2

source = Image.fromarray(scene(45, 35))
gray = source.convert("L")
filters = {
    "nearest": Image.NEAREST, "box": Image.BOX, "bilinear": Image.BILINEAR,
    "hamming": Image.HAMMING, "bicubic": Image.BICUBIC, "lanczos": Image.LANCZOS,
}
modes = {"nearest": InterpolationMode.NEAREST, "bilinear": InterpolationMode.BILINEAR}


def cases():
    for name, filter in filters.items():
        for width, height in [(20, 13), (64, 51), (45, 17), (31, 35), (7, 70)]:
            yield f"resize.{name}.{width}x{height}", source.resize((width, height), filter)
        yield f"resize-gray.{name}.22x16", gray.resize((22, 16), filter)
    yield "resize.shorter", F.resize(source, 24)
    yield "resize.shorter-upright", F.resize(source.transpose(Image.TRANSPOSE), 50)
    yield "center-crop.20x15", F.center_crop(source, [15, 20])
    yield "center-crop.50x20", F.center_crop(source, [20, 50])
    for mode in ["edge", "reflect", "symmetric"]:
        yield f"pad.{mode}", F.pad(source, [3, 5, 7, 2], 0, mode)
    yield "pad.constant", F.pad(source, [3, 5, 7, 2], (10, 20, 30))
    yield "flip.horizontal", F.hflip(source)
    yield "flip.vertical", F.vflip(source)
    for degrees in [0, 90, 180, 270, 30, -77.5]:
        for name, mode in modes.items():
            yield f"rotate.{degrees}.{name}", F.rotate(source, degrees, mode, fill=[9, 8, 7])
        yield f"rotate-expanded.{degrees}", F.rotate(source, degrees, expand=True)
    yield "rotate.center", F.rotate(source, 20, center=[3, 4])
    for name, mode in modes.items():
        yield f"affine.{name}", F.affine(source, 20, [3, -4], 1.2, [10, -5], mode, fill=[1, 2, 3])
        yield f"affine.scaled.{name}", F.affine(source, 0, [2, 1], 0.8, [0, 0], mode)
        yield f"affine-gray.{name}", F.affine(gray, -33, [0, 0], 0.9, [0, 3], mode, fill=[77])
        points = [[0, 0], [44, 0], [44, 34], [0, 34]], [[4, 3], [40, 1], [43, 30], [2, 28]]
        yield f"perspective.{name}", F.perspective(source, *points, mode, fill=[5, 6, 7])
    for factor in [0, 0.3, 0.77, 1, 1.6]:
        yield f"brightness.{factor}", F.adjust_brightness(source, factor)
        yield f"contrast.{factor}", F.adjust_contrast(source, factor)
        yield f"saturation.{factor}", F.adjust_saturation(source, factor)
        yield f"sharpness.{factor}", F.adjust_sharpness(source, factor)
    yield "contrast-gray.0.4", F.adjust_contrast(gray, 0.4)
    for shift in [-0.5, -0.21, 0, 0.1, 0.5]:
        yield f"hue.{shift}", F.adjust_hue(source, shift)
    yield "grayscale", F.rgb_to_grayscale(source)
    yield "grayscale.3", F.rgb_to_grayscale(source, 3)
    yield "invert", F.invert(source)
    yield "posterize.3", F.posterize(source, 3)
    yield "solarize.100", F.solarize(source, 100)
    yield "autocontrast", F.autocontrast(Image.fromarray(np.asarray(source) // 2 + 30))
    yield "equalize", F.equalize(source)
    yield "equalize-gray", F.equalize(gray)
    yield "blur.5", F.gaussian_blur(source, [5, 5], [1.1, 1.1])
    rand = autoaugment.RandAugment()._augmentation_space(31, (35, 45))
    trivial = autoaugment.TrivialAugmentWide()._augmentation_space(31)
    for kind, space in [("rand", rand), ("trivial", trivial)]:
        for name, (magnitudes, signed) in space.items():
            magnitude = float(magnitudes[23]) if magnitudes.ndim else 0.0
            if signed and name in ("ShearY", "TranslateX", "Contrast"):
                magnitude = -magnitude
            result = autoaugment._apply_op(source, name, magnitude, InterpolationMode.NEAREST, None)
            yield f"{kind}.{name[0].lower() + name[1:]}", result


def mixing():
    """MixUp and CutMix where lambda, and the middle of the rectangle (column, then row), are what is given."""
    generator = torch.Generator().manual_seed(1)
    inputs = torch.rand([4, 2, 9, 7], generator=generator)
    labels = torch.tensor([2, 0, 2, 1])
    yield "inputs", inputs
    yield "targets", torch.nn.functional.one_hot(labels, 3).float()
    for share in [0.0, 0.3, 1.0]:
        transform = v2.MixUp(num_classes=3)
        with mock.patch.object(transform, "_dist", mock.Mock(sample=lambda _: share)):
            mixed = transform(inputs, labels)
        yield f"up.{share}.inputs", mixed[0]
        yield f"up.{share}.targets", mixed[1]
    for share, x, y in [(0.5, 3, 4), (0.3, 0, 0), (0.2, 6, 8), (0.6, 6, 1), (0.0, 3, 4), (1.0, 2, 2), (0.97, 3, 3)]:
        transform = v2.CutMix(num_classes=3)
        middle = mock.Mock(side_effect=[torch.tensor([x]), torch.tensor([y])])
        with (
            mock.patch.object(transform, "_dist", mock.Mock(sample=lambda _: share)),
            mock.patch("torch.randint", middle),
        ):
            mixed = transform(inputs, labels)
        yield f"cut.{share}.{x}.{y}.inputs", mixed[0]
        yield f"cut.{share}.{x}.{y}.targets", mixed[1]


def main():
    tensors = {"source": np.ascontiguousarray(source), "source.gray": np.ascontiguousarray(gray)}
    for name, image in cases():
        assert name not in tensors, name
        tensors[name] = np.ascontiguousarray(image)
    mean, std = [0.485, 0.456, 0.406], [0.229, 0.224, 0.225]
    tensors["tensor"] = F.to_tensor(source).numpy()
    tensors["tensor.normalized"] = F.normalize(F.to_tensor(source), mean, std).numpy()
    tensors["tensor.gray"] = F.to_tensor(gray).numpy()
    for name, tensor in mixing():
        tensors[f"mixing.{name}"] = tensor.contiguous().numpy()
    # Every sequence of magnitudes, for the steps between those above.
    for kind, space in [
        ("rand", autoaugment.RandAugment()._augmentation_space(31, (35, 45))),
        ("trivial", autoaugment.TrivialAugmentWide()._augmentation_space(31)),
    ]:
        for name, (magnitudes, _) in space.items():
            if magnitudes.ndim:
                tensors[f"magnitudes.{kind}.{name[0].lower() + name[1:]}"] = magnitudes.to(torch.float32).numpy()
    save_file(tensors, sys.argv[1])
    print(len(tensors), "tensors")


if __name__ == "__main__":
    main()
