#!/usr/bin/python3
"""Trains networks, and has //tools:predict read files of all kinds that other software has written."""

import csv
import gzip
import io
import json
import os
import struct
import subprocess
import tempfile
import unittest
import zlib

import numpy as np

DIGIT_PAIRS = os.path.abspath("experiments/digit_pairs")
GENERATE_PAIR_SETS = os.path.abspath("data/generate_pair_sets")
PREDICT = os.path.abspath("tools/predict")
RECORDS = os.path.abspath("tools/records")
MNIST = os.path.abspath("data/mnist")
ARCHITECTURES = ["convnet", "convnet_shared", "convnet_aux", "convnet_shared_aux"]


def data_seed(study_seed, round_number):
    """StreamSeed(study_seed, round_number, Purpose::kData) of experiments/seeds.h, by its description."""

    def mix64(x):
        x = (x + 0x9E3779B97F4A7C15) % 2**64
        x = ((x ^ (x >> 30)) * 0xBF58476D1CE4E5B9) % 2**64
        x = ((x ^ (x >> 27)) * 0x94D049BB133111EB) % 2**64
        return x ^ (x >> 31)

    def mix32(x):
        x = ((x ^ (x >> 16)) * 0x85EBCA6B) % 2**32
        x = ((x ^ (x >> 13)) * 0xC2B2AE35) % 2**32
        return x ^ (x >> 16)

    key = mix64((mix64(study_seed) + 1) % 2**64)
    return mix32(round_number ^ key % 2**32) ^ (key >> 32)


def run(program, *arguments, cwd):
    return subprocess.run(
        [program, *arguments],
        env={**os.environ, "BUILD_WORKING_DIRECTORY": cwd},
        capture_output=True,
        encoding="utf-8",
        timeout=100,
        check=False,
    )


def read_idx(name):
    """The bytes after the header, of 16 bytes for images and 8 for labels."""
    with gzip.open(f"{MNIST}/{name}.gz") as file:
        data = file.read()
    if name.endswith("labels-idx1-ubyte"):
        return np.frombuffer(data, np.uint8, offset=8)
    return np.frombuffer(data, np.uint8, offset=16).reshape(-1, 28, 28)


def idx_bytes(array):
    return bytes([0, 0, 8, array.ndim]) + struct.pack(f">{array.ndim}I", *array.shape) + array.tobytes()


def png_bytes(array, color_type=0, bits=8):
    """A PNG (https://www.w3.org/TR/png/) of an array H×W or H×W×channels."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    height, width = array.shape[:2]
    rows = array.astype(">u2" if bits == 16 else np.uint8)
    scanlines = b"".join(b"\0" + row.tobytes() for row in rows)
    header = struct.pack(">IIBBBBB", width, height, bits, color_type, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(scanlines))
        + chunk(b"IEND", b"")
    )


class PredictTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.trained = directory.name
        flags = ["--rounds=1", "--epochs=1", "--jobs=2", "--output=records", "--models=models"]
        result = run(DIGIT_PAIRS, *flags, cwd=cls.trained)
        assert result.returncode == 0, result.stderr
        flags = [f"--seed={data_seed(1, 0)}", "--n=1000", "--output=pairs.npz"]
        result = run(GENERATE_PAIR_SETS, *flags, cwd=cls.trained)
        assert result.returncode == 0, result.stderr
        cls.pairs = f"{cls.trained}/pairs.npz"
        # The first images of MNIST's test set, as eight pairs.
        cls.images = read_idx("t10k-images-idx3-ubyte")[:16]
        cls.labels = read_idx("t10k-labels-idx1-ubyte")[:16]

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.model = self.model_of("convnet_shared_aux")

    def model_of(self, architecture):
        return f"{self.trained}/models/{architecture}-0.model"

    def write(self, name, contents):
        with open(f"{self.directory}/{name}", "wb") as file:
            file.write(contents)
        return name

    def write_npz(self, name, **arrays):
        file = io.BytesIO()
        np.savez(file, **arrays)
        return self.write(name, file.getvalue())

    def predict(self, *arguments):
        return run(PREDICT, *arguments, cwd=self.directory)

    def predictions(self, *arguments, model=None, warning=""):
        """The parsed JSON of a run that succeeds."""
        result = self.predict("--format=json", model or self.model, *arguments)
        self.assertEqual(result.returncode, 0, result.stderr)
        if warning:
            self.assertIn(warning, result.stderr)
        else:
            self.assertEqual(result.stderr, "")
        return json.loads(result.stdout)

    def says(self, *arguments, **kwargs):
        """What it says of each pair: the probability to all digits, and the digits."""
        return [
            (p["probability"], p["answer"], p["first_digit"], p["second_digit"])
            for p in self.predictions(*arguments, **kwargs)["predictions"]
        ]

    def expect_refusal(self, returncode, message, *arguments):
        result = self.predict(*arguments)
        self.assertEqual(result.returncode, returncode, result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(result.stdout, "")

    def test_errors_are_those_of_the_records(self):
        shown = run(RECORDS, "export", "--format=jsonl", "records", cwd=self.trained)
        self.assertEqual(shown.returncode, 0, shown.stderr)
        errors = {}
        for line in shown.stdout.splitlines():
            record = json.loads(line)
            errors[record["architecture"]["name"]] = record["errors"]
        self.assertEqual(sorted(errors), sorted(ARCHITECTURES))
        for name in ARCHITECTURES:
            for part in "test", "train":
                array = f"--array={part}_input"
                found = self.predictions(array, self.pairs, model=self.model_of(name))
                self.assertEqual(len(found["predictions"]), 1000)
                expected = errors[name][part]
                self.assertEqual(found["errors"]["wrong"], int(expected["wrong"]))
                self.assertEqual(found["errors"]["total"], int(expected["total"]))
                if "aux" in name:
                    digits = errors[name][part + "_digits"]
                    self.assertEqual(found["digit_errors"]["wrong"], int(digits["wrong"]))
                    self.assertEqual(found["digit_errors"]["total"], 2000)
                else:
                    self.assertNotIn("digit_errors", found)
                    self.assertNotIn("first_digit", found["predictions"][0])

    def test_every_format_gives_the_same(self):
        self.write("images", idx_bytes(self.images))
        expected = self.says("images")
        self.assertEqual(len(expected), 8)
        self.assertEqual(self.says(self.write("images.gz", gzip.compress(idx_bytes(self.images)))), expected)

        first = self.write("first", idx_bytes(self.images[::2]))
        second = self.write("second", idx_bytes(self.images[1::2]))
        self.assertEqual(self.says(first, f"--second={second}"), expected)

        pairs = self.images.reshape(8, 2, 28, 28)
        for dtype in "<f4", "u1", "<i8":
            name = self.write_npz("a.npz", test_input=pairs.astype(dtype), other=np.zeros(3, ">c8"))
            self.assertEqual(self.says(name), expected, dtype)
        small = pairs.reshape(8, 2, 14, 2, 14, 2).mean((3, 5), dtype=np.float32)
        self.assertEqual(self.says("--array=x", self.write_npz("b.npz", x=small)), expected)

        for kind, encode in {
            "png": png_bytes,
            "rgb.png": lambda image: png_bytes(np.stack([image] * 3, 2), 2),
            "16.png": lambda image: png_bytes(image.astype(int) * 257, bits=16),
            # What is white but for the ink's alpha.
            "alpha.png": lambda image: png_bytes(
                np.stack([np.full_like(image, 255), image], 2), 4
            ),
            "pgm": lambda image: b"P5\n28 28\n255\n" + image.tobytes(),
            "txt.pgm": lambda image: b"P2 28 28 255 " + " ".join(map(str, image.flat)).encode(),
        }.items():
            files = [self.write(f"{i}.{kind}", encode(image)) for i, image in enumerate(self.images)]
            found = self.predictions(*files)["predictions"]
            self.assertEqual(found[1]["first_file"], f"2.{kind}")
            said = self.says(*files)
            if kind == "alpha.png":
                np.testing.assert_allclose([s[0] for s in said], [e[0] for e in expected], rtol=1e-4)
            else:
                self.assertEqual(said, expected, kind)

    def test_black_on_white_is_inverted(self):
        expected = self.says(self.write("images", idx_bytes(self.images)))
        inverted = self.write("inverted", idx_bytes(255 - self.images))
        self.assertEqual(self.says("--invert", inverted), expected)
        self.predictions(inverted, warning="8 of 8 pairs are mostly white")
        self.predictions("--invert", "images", warning="leave --invert out")
        # Ink on what is transparent.
        files = []
        for i, image in enumerate(self.images):
            ink = np.stack([np.zeros_like(image), image], 2)
            files.append(self.write(f"{i}.png", png_bytes(ink, 4)))
        said = self.says("--invert", *files)
        np.testing.assert_allclose([s[0] for s in said], [e[0] for e in expected], rtol=1e-4)

    def test_labels_give_errors(self):
        self.write("images", idx_bytes(self.images))
        labels = self.write("labels", idx_bytes(self.labels))
        found = self.predictions("images", f"--labels={labels}")
        truth = [bool(a <= b) for a, b in self.labels.reshape(8, 2)]
        answers = [p["answer"] for p in found["predictions"]]
        self.assertEqual([p["target"] for p in found["predictions"]], truth)
        wrong = sum(a != t for a, t in zip(answers, truth))
        self.assertEqual(found["errors"], {"wrong": wrong, "total": 8})
        digits = [
            digit for p in found["predictions"] for digit in (p["first_digit"], p["second_digit"])
        ]
        self.assertEqual(
            found["digit_errors"], {"wrong": int(sum(digits != self.labels)), "total": 16}
        )
        first = self.write("first", idx_bytes(self.images[::2]))
        second = self.write("second", idx_bytes(self.images[1::2]))
        self.write("labels1", idx_bytes(self.labels[::2]))
        self.write("labels2", idx_bytes(self.labels[1::2]))
        self.assertEqual(
            self.predictions(first, f"--second={second}", "--labels=labels1", "--second_labels=labels2"),
            found,
        )
        # Targets alone are enough for the error.
        name = self.write_npz(
            "t.npz", x_input=self.images.reshape(8, 2, 28, 28), x_target=np.array(truth, int)
        )
        targets = self.predictions("--array=x_input", name)
        self.assertEqual(targets["errors"], found["errors"])
        self.assertNotIn("digit_errors", targets)

    def test_text_and_csv(self):
        self.write("images", idx_bytes(self.images))
        self.write("labels", idx_bytes(self.labels))
        arguments = [self.model, "images", "--labels=labels"]
        text = self.predict(*arguments)
        self.assertEqual(text.returncode, 0, text.stderr)
        lines = text.stdout.splitlines()
        self.assertRegex(lines[0], r"^pair +label1 +label2 +digit1 +p1 +digit2 +p2 +p\(<=\) +answer +truth +right$")
        self.assertRegex(lines[1], r"^ +0 +7 +2 +\d +[01]\.\d{3} +\d +[01]\.\d{3} +[01]\.\d{3} +[<>]")
        self.assertLessEqual(max(map(len, lines)), 80)
        self.assertRegex(text.stdout, r"\n\nerror: \d+\.\d\d % \(\d of 8 pairs\)\n")
        self.assertRegex(text.stdout, r"\ndigit error: \d+\.\d\d % \(\d+ of 16 digits\)\n$")

        found = self.predictions(*arguments[1:])
        table = self.predict("--format=csv", *arguments)
        self.assertRegex(table.stderr, r"^error: \d")
        rows = list(csv.DictReader(io.StringIO(table.stdout)))
        self.assertEqual(len(rows), 8)
        for row, prediction in zip(rows, found["predictions"]):
            self.assertEqual(int(row["pair"]), prediction["pair"])
            self.assertEqual(float(row["p(<=)"]), prediction["probability"])
            self.assertEqual(row["answer"] == "<=", prediction["answer"])
            self.assertEqual(row["right"] == "yes", prediction["answer"] == prediction["target"])

    def test_mistakes_exit_with_2(self):
        self.write("images", idx_bytes(self.images))
        self.write("a.png", png_bytes(self.images[0]))
        self.write_npz("a.npz", x=self.images)
        for message, arguments in [
            ("expected a model file and inputs", []),
            ("expected a model file and inputs", [self.model]),
            ('--format is "xml"; expected text, csv or json', ["--format=xml", self.model, "images"]),
            ("there are 1 images; expected an even number", [self.model, "a.png"]),
            ("a.npz is no IDX file; --second and --labels", ["--labels=x", self.model, "a.npz"]),
            ("--second_labels needs --second", ["--second_labels=x", self.model, "images"]),
            ("need each other", ["--second=x", "--labels=x", self.model, "images"]),
            ("a.png is one file too many", [self.model, "images", "a.png"]),
            ('there is no array "test_input"; expected one of x', [self.model, "a.npz"]),
            ("unknown command line flag 'outupt'", ["--outupt=x", self.model, "images"]),
        ]:
            with self.subTest(message):
                self.expect_refusal(2, message, *arguments)

    def test_wrong_files_exit_with_1(self):
        here = self.directory
        self.write("images", idx_bytes(self.images))
        self.write("odd", idx_bytes(self.images[:3]))
        self.write("labels", idx_bytes(self.labels[:5]))
        self.write("wide", idx_bytes(np.zeros((2, 28, 20), np.uint8)))
        self.write("none", idx_bytes(np.zeros((0, 28, 28), np.uint8)))
        self.write("text", b"hello")
        self.write("small.png", png_bytes(np.zeros((20, 20))))
        self.write("jpeg", b"\xff\xd8\xff\xe0abc")
        pairs = self.images.reshape(8, 2, 28, 28)
        self.write_npz("fortran.npz", test_input=np.asfortranarray(pairs))
        self.write_npz("big.npz", test_input=pairs.astype(">f4"))
        self.write_npz("double.npz", test_input=pairs.astype(float))
        self.write_npz("flat.npz", test_input=pairs.reshape(8, -1))
        self.write_npz("object.npz", test_input=np.array([{}], object))
        self.write_npz("normal.npz", test_input=np.float32(pairs) - 33)
        self.write_npz("nan.npz", test_input=np.float32(pairs) * np.nan)
        self.write_npz("t.npz", test_input=pairs, test_target=np.zeros(7, int))
        self.write_npz("two.npz", test_input=pairs, test_target=np.full(8, 2))
        self.write_npz("false.npz", test_input=pairs, test_target=np.ones(8, int), test_classes=self.labels.reshape(8, 2))
        self.write_npz("typo.npz", test_input=pairs, test_clases=self.labels.reshape(8, 2))
        self.write("letters", idx_bytes(np.full(16, 10, np.uint8)))
        for message, arguments in [
            ("no.model: cannot open", ["no.model", "images"]),
            (f"{here}/images is not a model file", ["images", self.model]),
            ("small.png is not a model file, but a PNG image", ["small.png", "images"]),
            (f"{self.trained}/records is not a model file: it holds a record", [f"{self.trained}/records", "images"]),
            (f"{here}/no: cannot open", [self.model, "no"]),
            (f"{here}/odd: there are 3 images; expected an even number", [self.model, "odd"]),
            (f"{here}/odd: there are 3 images; expected 16", ["--second=odd", self.model, "images"]),
            ("labels: the shape is [5]; expected [16], a label", ["--labels=labels", self.model, "images"]),
            ("labels: the shape is [5]; expected [N, 28, 28]", [self.model, "labels"]),
            ("wide: images are 28x20; expected 28x28", [self.model, "wide"]),
            ("none: there are no pairs", [self.model, "none"]),
            ("text: byte 0 (magic number): expected two zero bytes", [self.model, "text"]),
            ("small.png: images are 20x20; expected 28x28", [self.model, "small.png", "small.png"]),
            ("found a JPEG image", [self.model, "jpeg", "jpeg"]),
            ("it is in Fortran order; expected C order", [self.model, "fortran.npz"]),
            ("the type is >f4; expected float32 (<f4)", [self.model, "big.npz"]),
            ("the type is <f8; expected float32 (<f4)", [self.model, "double.npz"]),
            ('"test_input" has shape [8, 1568]; expected [N, 2, 14, 14]', [self.model, "flat.npz"]),
            ("the type is |O, Python objects in a pickle; expected float32 (<f4)", [self.model, "object.npz"]),
            ('normal.npz: array "test_input": a pixel is -33; expected values from 0 to 255', [self.model, "normal.npz"]),
            ('nan.npz: array "test_input": a pixel is nan; expected values from 0 to 255', [self.model, "nan.npz"]),
            ('"test_target" has shape [7]; expected [8]', [self.model, "t.npz"]),
            ('two.npz: array "test_target" has 2; expected 0 to 1', [self.model, "two.npz"]),
            ('"test_target" has 1 for pair 0, whose classes are 7 and 2; expected 0', [self.model, "false.npz"]),
            ('array "test_clases" is not one of a pair set; expected test_input, ', [self.model, "typo.npz"]),
            ("letters: a digit is 10; expected 0 to 9", ["--labels=letters", self.model, "images"]),
        ]:
            with self.subTest(message):
                self.expect_refusal(1, message, *arguments)
        with open(self.model, "rb") as file:
            model = file.read()
        self.write("cut.model", model[:-1])
        self.expect_refusal(1, "cut.model is cut short", "cut.model", "images")
        self.write("corrupt.model", model[:1000] + b"\0" + model[1001:])
        self.expect_refusal(1, "corrupt.model is corrupt: the checksum", "corrupt.model", "images")

    def test_next_to_nothing_is_warned_of(self):
        scaled = self.images.reshape(8, 2, 28, 28).astype(np.float32) / 255
        self.predictions(self.write_npz("a.npz", test_input=scaled), warning="no pixel is above 1")

    def test_full_disk_is_a_failure(self):
        self.write("images", idx_bytes(self.images))
        with open("/dev/full", "wb") as full:
            result = subprocess.run(
                [PREDICT, self.model, f"{self.directory}/images"], stdout=full, stderr=subprocess.PIPE, check=False
            )
        self.assertEqual(result.returncode, 1)
        self.assertIn(b"standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
