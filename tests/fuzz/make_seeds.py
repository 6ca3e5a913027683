#!/usr/bin/python3
"""Makes what fuzzers begin with, from this repository's files and by its programs.

    tests/fuzz/make_seeds.py

in the repository's top directory, after `./bazelw build //experiments:digit_pairs //tools:export_model`. It adds the files seed_... to
tests/fuzz/corpora.
"""

import glob
import gzip
import io
import os
import struct
import subprocess
import tempfile
import zlib

import numpy

from records import tfrecord

CORPORA = "tests/fuzz/corpora"
SIDE = 14


def write(fuzzer, name, contents):
    directory = os.path.join(CORPORA, fuzzer)
    os.makedirs(directory, exist_ok=True)
    with open(os.path.join(directory, "seed_" + name), "wb") as file:
        file.write(contents)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def sized(contents):
    return struct.pack("<H", len(contents)) + contents


def idx(array):
    return struct.pack(">BBBB", 0, 0, 8, array.ndim) + struct.pack(">%dI" % array.ndim, *array.shape) + array.tobytes()


def npy(array, version=(1, 0)):
    stream = io.BytesIO()
    numpy.lib.format.write_array(stream, array, version)
    return stream.getvalue()


def npz(save, **arrays):
    stream = io.BytesIO()
    save(stream, **arrays)
    return stream.getvalue()


def png(kind, depth, interlaced=False, chunks=(), side=5):
    """A PNG of this colour type: https://www.w3.org/TR/png-3/"""
    channels = {0: 1, 2: 3, 3: 1, 4: 2, 6: 4}[kind]

    def chunk(name, contents):
        return struct.pack(">I", len(contents)) + name + contents + struct.pack(">I", zlib.crc32(name + contents))

    starts = [(0, 0, 8, 8), (4, 0, 8, 8), (0, 4, 4, 8), (2, 0, 4, 4), (0, 2, 2, 4), (1, 0, 2, 2), (0, 1, 1, 2)]
    rows = b""
    for x, y, dx, dy in starts if interlaced else [(0, 0, 1, 1)]:
        width = len(range(x, side, dx))
        for row in range(len(range(y, side, dy)) if width else 0):
            size = (width * channels * depth + 7) // 8
            rows += bytes([row % 5]) + bytes((7 * row + 3 * i) % 256 for i in range(size))
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, depth, kind, 0, 0, interlaced)) +
            b"".join(chunk(name, contents) for name, contents in chunks) + chunk(b"IDAT", zlib.compress(rows)) +
            chunk(b"IEND", b""))


def write_images():
    for kind, depths in [(0, [1, 2, 4, 8, 16]), (2, [8, 16]), (3, [1, 4, 8]), (4, [8, 16]), (6, [8, 16])]:
        palette = [(b"PLTE", bytes(range(3 * 2**min(depths)))), (b"tRNS", b"\x00\x80")] if kind == 3 else []
        for depth in depths:
            if kind == 3:
                palette[0] = (b"PLTE", bytes(i % 256 for i in range(3 * 2**depth)))
            write("image", "png_%d_%d" % (kind, depth), b"\1" + png(kind, depth, chunks=palette))
    write("image", "png_interlaced", b"\1" + png(2, 8, interlaced=True, side=9))
    write("image", "png_transparent", b"\0" + png(0, 8, chunks=[(b"tRNS", b"\0\7"), (b"gAMA", b"\0\0\xb1\x8f")]))
    write("image", "png_text", b"\1" + png(0, 8, chunks=[(b"zTXt", b"key\0\0" + zlib.compress(b"text"))]))
    write("image", "pgm_5", b"\0P5 # comment\n3 2\n255\n" + bytes(range(6)))
    write("image", "pgm_5_16", b"\0P5 3 2 65535\n" + bytes(range(12)))
    write("image", "pgm_2", b"\0P2\n3 2\n15\n0 1 2\n3 4 15\n")
    write("image", "jpeg", b"\0\xff\xd8\xff\xe0")


def write_data():
    images = numpy.arange(2 * 28 * 28, dtype=numpy.uint8).reshape(2, 28, 28)
    labels = numpy.array([3, 7], numpy.uint8)
    write("idx", "labels", b"\0" + idx(labels))
    write("idx", "images", b"\1" + idx(images[:, :4, :4].copy()))
    write("idx", "gzipped", b"\0" + gzip.compress(idx(labels), mtime=0))
    write("idx", "page", b"\0<!DOCTYPE html><html></html>")
    write("gzip", "file", b"\x14" + gzip.compress(bytes(100), mtime=0))
    write("gzip", "name_and_two", b"\x14\x1f\x8b\x08\x08\0\0\0\0\0\xffname\0" + gzip.compress(b"one", mtime=0)[10:] +
          gzip.compress(b"two", mtime=0))
    for level in 0, 9:
        compressor = zlib.compressobj(level, zlib.DEFLATED, -15)
        member = compressor.compress(b"abcabcabcabd" * 20) + compressor.flush()
        write("gzip", "members_%d" % level, b"\x15" + sized(member) + sized(member))

    for name, array in [("f4", numpy.zeros((2, 3), "<f4")), ("u1", labels), ("i8", numpy.array([[1, 2]], "<i8")),
                        ("f8", numpy.zeros(2)), ("scalar", numpy.array(1, "<i8")),
                        ("fortran", numpy.asfortranarray(numpy.ones((2, 3), "<f4")))]:
        write("npz", "array_" + name, b"\1" + npy(array))
    write("npz", "array_version_2", b"\1" + npy(labels, (2, 0)))
    write("npz", "stored", b"\0" + npz(numpy.savez, x=labels, y=numpy.zeros((2, 2), "<f4")))
    write("npz", "compressed", b"\0" + npz(numpy.savez_compressed, x=labels, y=numpy.zeros((2, 2), "<f4")))

    small = images[:, :SIDE, :SIDE].copy()
    write("pair_inputs", "idx", b"\2" + sized(idx(small)) + sized(idx(labels)))
    write("pair_inputs", "idx_second", b"\x1a" + sized(idx(small)) + sized(idx(labels)) + idx(small))
    write("pair_inputs", "idx_28", b"\1" + sized(idx(images)) + sized(b""))
    write("pair_inputs", "npz", b"\0" + sized(
        npz(numpy.savez_compressed,
            test_input=small.reshape(1, 2, SIDE, SIDE),
            test_target=numpy.array([1]),
            test_classes=numpy.array([[3, 7]]))) + sized(b""))
    write("pair_inputs", "png", b"\4" + sized(png(0, 1, side=SIDE)) + sized(b"") + png(0, 1, side=SIDE))
    write("pair_inputs", "pgm", b"\5" + sized(b"P5 14 14 1\n" + bytes(196)) + sized(b"") + b"P5 28 28 1\n" + bytes(784))


STUDY = """
name: "study"
architecture_files: "a"
seed: 1
rounds: 2
train_pairs: 20
test_pairs: 10
training { epochs: 1 batch_size: 5 %s input_normalization: NONE }
%s
"""

ARCHITECTURE = """
name: "all"
branches: SEPARATE
initialization: XAVIER_UNIFORM
auxiliary_loss_weight: 0.5
branch { conv2d { out_channels: 2 kernel_size: 3 stride: 2 padding: 1 dilation: 2 initialization: KAIMING_NORMAL } }
branch { batch_norm2d { epsilon: 1e-3 momentum: 0.2 } }
branch { residual { layers { conv2d { out_channels: 3 kernel_size: 3 padding: 1 } } layers { gelu {} }
                    shortcut { conv2d { out_channels: 3 kernel_size: 1 } } } }
branch { avg_pool2d { kernel_size: 2 stride: 1 padding: 1 } }
branch { sequential { layers { leaky_relu { negative_slope: 0.1 } } layers { max_pool2d { kernel_size: 2 } } } }
branch { layer_norm { normalized_shape: [2, 2] } }
branch { flatten {} }
branch { dropout { probability: 0.5 } }
branch { linear { out_features: 10 } }
head { batch_norm1d {} }
head { tanh {} }
head { sigmoid {} }
head { relu {} }
head { linear { out_features: 2 initialization: XAVIER_NORMAL } }
"""


def write_texts():
    for path in glob.glob("experiments/architectures/*.textproto"):
        write("architecture", os.path.basename(path).split(".")[0], read(path))
    write("architecture", "all", ARCHITECTURE.encode())
    # Of the architectures that are there, not of other files.
    for number, (optimizer, more) in enumerate([
        ("sgd { learning_rate: 0.1 momentum: 0.9 nesterov: true weight_decay: 1e-4 }", ""),
        ("adam { learning_rate: 0.1 beta1: 0.5 beta2: 0.9 epsilon: 1e-7 }", 'variants { name: "v" description: "d" '
         'architecture_file: "b" clear: "architecture.networks" training { epochs: 2 } train_pairs: 15 }'),
        ("adamw { learning_rate: 0.1 weight_decay: 0.1 } schedule: ONE_CYCLE test_interval: 1", 'data_set: "fashion_mnist"'),
        ("rmsprop { learning_rate: 0.1 centered: true } schedule: STEP step_decay { epochs: 1 factor: 0.5 }",
         'architecture_files: "b"'),
        ("sgd { learning_rate: 0.1 dampening: 0.1 momentum: 0.5 } schedule: COSINE max_gradient_norm: 1 "
         "max_gradient_value: 1 weight_averaging: 0.9 augmentation { rotation: 10 scaling: 0.1 shear: 0.1 "
         "translation: 1 distortion: 1 swap_pairs: true }", 'variants { name: "w" architecture_file: "a" '
         'architecture { auxiliary_loss_weight: 1 } clear: "training.augmentation" }'),
    ]):
        write("study", str(number), (STUDY % (optimizer, more)).encode())


def write_results():
    """Records and models that digit_pairs writes."""
    with tempfile.TemporaryDirectory() as directory:
        def write_file(name, text):
            with open(os.path.join(directory, name), "w", encoding="utf-8") as file:
                file.write(text)

        layers = "branch { flatten {} } branch { %slinear { out_features: 10 } } head { linear { out_features: 2 } }"
        write_file("a", 'name: "a" branches: SHARED auxiliary_loss_weight: 1 test_shift: 1 ' + layers % "")
        write_file("b", 'name: "b" branches: SEPARATE networks: 2 ' + layers % "batch_norm1d {} } branch { ")
        write_file("study", STUDY % ("adam { learning_rate: 0.1 }", 'architecture_files: "b"'))
        subprocess.run(["bazel-bin/experiments/digit_pairs", "--study=study", "--output=out", "--models=models"],
                       cwd=None,
                       env={**os.environ, "BUILD_WORKING_DIRECTORY": directory},
                       stdout=subprocess.DEVNULL,
                       check=True)
        out = read(os.path.join(directory, "out"))
        payloads = tfrecord.payloads(out)
        write("record", "file", b"\0" + out[:-1])
        write("record", "framed", b"\1" + b"".join(b"\0" + sized(payload[:200]) for payload in payloads))
        write("record", "damaged", b"\1\0\2\0ab\3\2\0cd\2\4\0efgh\0\0\0\3\5\0ijklm")
        write("stats", "two", b"".join(map(sized, payloads[:2])))
        write("stats", "four", b"".join(map(sized, payloads)))
        for name in ["a-0", "b-1"]:
            model = read(os.path.join(directory, "models", name + ".model"))
            write("model", name, b"\1" + tfrecord.payloads(model)[0])
            subprocess.run(["bazel-bin/tools/export_model", "--safetensors=" + name, "models/%s.model" % name],
                           env={**os.environ, "BUILD_WORKING_DIRECTORY": directory},
                           stderr=subprocess.DEVNULL,
                           check=True)
            write("safetensors", name, read(os.path.join(directory, name)))
        write("model", "file", b"\0" + model)


if __name__ == "__main__":
    write_images()
    write_data()
    write_texts()
    write_results()
