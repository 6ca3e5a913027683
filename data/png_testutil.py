"""Reads PNGs as data/canvas.h writes them, without a library that the tests would have to install."""

import struct
import zlib

import numpy as np


def read_png(path):
    """The pixels, H×W×3, of a PNG of 8-bit RGB without filters (https://www.w3.org/TR/png/)."""
    with open(path, "rb") as file:
        data = file.read()
    assert data[:8] == b"\x89PNG\r\n\x1a\n"
    position, compressed = 8, b""
    while position < len(data):
        length, kind = struct.unpack(">I4s", data[position:position + 8])
        body = data[position + 8:position + 8 + length]
        if kind == b"IHDR":
            width, height, bits, color, *_ = struct.unpack(">IIBBBBB", body)
            assert (bits, color) == (8, 2)
        elif kind == b"IDAT":
            compressed += body
        position += length + 12
    rows = np.frombuffer(zlib.decompress(compressed), np.uint8).reshape(height, 1 + 3 * width)
    assert not rows[:, 0].any()
    return rows[:, 1:].reshape(height, width, 3)
