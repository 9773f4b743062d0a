#!/usr/bin/env python3
"""Writes Tests/Fixtures/images.safetensors: picture files as bytes, and their pixels as Pillow reads them.

    image_fixtures.py FILE

Of each file NAME: `NAME` its bytes, `NAME.rgb` and `NAME.gray` what Pillow's convert gives, [height, width(, 3)], upright.
"""

import io
import struct
import sys
import zlib

import numpy as np
from PIL import Image, ImageOps
from safetensors.numpy import save_file


def scene(width, height):
    """A picture with slopes, edges and noise, the same each time."""
    y, x = np.mgrid[0:height, 0:width].astype(np.float64)
    random = np.random.RandomState(5)
    picture = np.stack([255 * x / width, 255 * y / height, 127 + 120 * np.sin(x / 3) * np.cos(y / 4)], -1)
    picture[height // 4 : height // 2, width // 3 : width // 2] = [250, 20, 60]
    return np.clip(picture + random.normal(0, 6, picture.shape), 0, 255).astype(np.uint8)


def png(width, height, depth, color, rows, extra=b""):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    header = struct.pack(">IIBBBBB", width, height, depth, color, 0, 0, 0)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows))
    extra = b"".join(chunk(name, data) for name, data in extra)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + extra + chunk(b"IDAT", pixels) + chunk(b"IEND", b"")


def without_adobe(data):
    """A JPEG file without its Adobe segment."""
    start = data.index(b"\xff\xee")
    return data[:start] + data[start + 2 + struct.unpack(">H", data[start + 2 : start + 4])[0] :]


def with_exif(data, body):
    return data[:2] + b"\xff\xe1" + struct.pack(">H", len(body) + 8) + b"Exif\0\0" + body + data[2:]


def files():
    colors = Image.fromarray(scene(45, 35))
    gray = colors.convert("L")

    def encode(image, format="JPEG", **options):
        file = io.BytesIO()
        image.save(file, format, **options)
        return file.getvalue()

    for name, subsampling in [("444", 0), ("422", 1), ("420", 2), ("440", "4:4:0"), ("411", "4:1:1")]:
        try:
            yield f"jpeg.{name}", encode(colors, quality=85, subsampling=subsampling)
        except (ValueError, TypeError):
            pass
    yield "jpeg.progressive", encode(colors, quality=70, progressive=True)
    yield "jpeg.restart", encode(colors, quality=60, restart_marker_blocks=3)
    yield "jpeg.gray", encode(gray, quality=80)
    yield "jpeg.rgb", encode(colors, quality=80, keep_rgb=True)
    cmyk = encode(colors.convert("CMYK"), quality=90)
    yield "jpeg.cmyk", cmyk
    yield "jpeg.cmyk-without-adobe", without_adobe(cmyk)
    # Transform 2 in the Adobe segment makes the same numbers YCCK.
    adobe = cmyk.index(b"\xff\xee")
    yield "jpeg.ycck", cmyk[: adobe + 15] + b"\x02" + cmyk[adobe + 16 :]
    small = encode(Image.fromarray(scene(19, 11)), quality=80)
    for orientation in range(1, 9):
        little = b"II*\0\x08\0\0\0\x01\0\x12\x01\x03\0\x01\0\0\0" + struct.pack("<H", orientation) + b"\0\0\0\0\0\0"
        yield f"jpeg.orientation{orientation}", with_exif(small, little)
    big = b"MM\0*\0\0\0\x08\0\x02\x01\0\0\x03\0\0\0\x01\0\x05\0\0\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0"
    yield "jpeg.orientation-big-endian", with_exif(small, big)

    yield "png.rgb", encode(colors, "PNG")
    yield "png.palette", encode(colors.quantize(17), "PNG")
    alpha = colors.copy()
    alpha.putalpha(gray)
    yield "png.rgba", encode(alpha, "PNG")
    yield "png.gray-alpha", encode(alpha.convert("LA"), "PNG")
    yield "png.transparent-palette", encode(colors.quantize(9), "PNG", transparency=3)
    yield "png.one-bit", encode(colors.convert("1"), "PNG")
    yield "png.gamma", png(2, 1, 8, 2, [bytes([10, 100, 200, 3, 128, 255])], [(b"gAMA", struct.pack(">I", 100000))])
    deep = np.random.RandomState(2).randint(0, 65536, (6, 7, 3)).astype(">u2")
    yield "png.rgb16", png(7, 6, 16, 2, [row.tobytes() for row in deep])

    yield "ppm", encode(colors, "PPM")
    yield "pgm", encode(gray, "PPM")
    yield "pgm.maximum", b"P5 # a comment\n6 2\n100\n" + bytes([0, 1, 25, 50, 99, 100, 7, 13, 33, 66, 77, 88])
    yield "ppm.text", b"P3\n# text\n2 1 31\n0 15 31\n7 8\t9 # the end\n"
    yield "ppm.16", b"P6 2 1 1000\n" + struct.pack(">6H", 0, 500, 1000, 3, 77, 999)


def main():
    tensors = {}
    for name, data in files():
        image = ImageOps.exif_transpose(Image.open(io.BytesIO(data)))
        tensors[name] = np.frombuffer(data, np.uint8)
        tensors[name + ".rgb"] = np.ascontiguousarray(image.convert("RGB"))
        tensors[name + ".gray"] = np.ascontiguousarray(image.convert("L"))
    save_file(tensors, sys.argv[1])
    print(len(tensors), "tensors")


if __name__ == "__main__":
    main()
