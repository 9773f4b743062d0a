"""JPEG files to tensors as torchvision's data sets make them: Pillow, Resize, ToTensor, Normalize; on one thread, as a loader's worker."""

import io

import numpy as np
import torch
from PIL import Image
from torchvision import transforms

from registry import benchmark

WIDTH, HEIGHT = 500, 375


def noise(cell, channel):
    """Random numbers in 0...1 at the corners of cells, interpolated in between; the same as in Sources/ApusBenchmarks/Images.swift."""
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH]

    def corner(x, y):
        n = (x * 374761393 + y * 668265263 + (channel * 7919 + cell) * 2246822519) & 0xFFFFFFFF
        n = ((n ^ (n >> 13)) * 1274126177) & 0xFFFFFFFF
        return ((n ^ (n >> 16)) & 0xFFFF) / 65535

    column, row = x // cell, y // cell
    dx, dy = (x % cell) / cell, (y % cell) / cell
    above = corner(column, row) + (corner(column + 1, row) - corner(column, row)) * dx
    below = corner(column, row + 1) + (corner(column + 1, row + 1) - corner(column, row + 1)) * dx
    return above + (below - above) * dy


def picture():
    """Slopes and details of many sizes, some common to all channels, as in photographs."""
    shared = 120 * noise(80, 3) + 60 * noise(20, 3) + 56 * noise(5, 3) + 56 * noise(2, 3)
    samples = np.stack([shared + 40 * noise(60, channel) - 30 for channel in range(3)], -1)
    return Image.fromarray(np.clip(samples, 0, 255).astype(np.uint8))


def file():
    buffer = io.BytesIO()
    picture().save(buffer, "JPEG", quality=90)
    return buffer.getvalue()


def alone(function):
    def run():
        threads = torch.get_num_threads()
        torch.set_num_threads(1)
        function()
        torch.set_num_threads(threads)

    return run


@benchmark("jpeg to 224x224 tensor", peer="torchvision")
def to_tensor():
    data = file()
    transform = transforms.Compose(
        [
            transforms.Resize((224, 224)),
            transforms.ToTensor(),
            transforms.Normalize([0.485, 0.456, 0.406], [0.229, 0.224, 0.225]),
        ]
    )
    return alone(lambda: transform(Image.open(io.BytesIO(data)).convert("RGB")))


@benchmark("jpeg decode 500x375", peer="torchvision")
def decode():
    data = file()
    return alone(lambda: Image.open(io.BytesIO(data)).convert("RGB"))


@benchmark("resize 500x375 to 224x224", peer="torchvision")
def resize():
    image = picture()
    return alone(lambda: image.resize((224, 224), Image.BILINEAR))


@benchmark("resize 500x375 to 224x224 bicubic", peer="torchvision")
def resize_bicubic():
    image = picture()
    return alone(lambda: image.resize((224, 224), Image.BICUBIC))
