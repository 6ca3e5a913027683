#!/usr/bin/python3
"""Runs generate_disk_sets and opens what it writes with NumPy."""

import hashlib
import os
import subprocess
import tempfile
import unittest

import numpy as np

PROGRAM = os.path.abspath("data/generate_disk_sets")

# SHA-256 of each array's bytes, from PyTorch 1.13:
#
#   torch.manual_seed(0)
#   for part in 'train', 'test':
#       x = torch.empty(1000, 2).uniform_()
#       y = (x.double().sub(.5).pow(2).sum(1) < 1 / (2 * math.pi)).long()
#       for array in x, y:
#           print(hashlib.sha256(array.numpy().tobytes()).hexdigest())
PYTORCH_SHA256 = {
    "train_input": "30e5b6e7396251b8a108a3693a5d88c3e65ab1fa25943b30a8d29cb3a20d47d9",
    "train_target": "ae9d859ee8bab2cb11d52c6e99c97355cf9851b629acd7c4739b1ac078648897",
    "test_input": "e37894c66096d29d891879d484382d1b421be820d56128622a25f424fe1090cd",
    "test_target": "a57c6eb13b00bf3b15ea52db22af7371be5a1ccd5515a1abd5d81ed4d54e1ab6",
}


class GenerateDiskSetsTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *flags, **environment):
        """Runs the program as `bazel run` would in self.directory."""
        return subprocess.run(
            [PROGRAM, *flags],
            env={**os.environ, "BUILD_WORKING_DIRECTORY": self.directory, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    def generate(self, *flags, **environment):
        """The path of the archive that a successful run writes."""
        path = os.path.join(self.directory, "disk.npz")
        result = self.run_program(*flags, **environment)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith(path + ": "), result.stdout)
        self.assertEqual(result.stdout.count("\n"), 1)
        return path

    def test_defaults_are_pytorchs_numbers(self):
        with np.load(self.generate()) as archive:
            self.assertEqual(archive.files, list(PYTORCH_SHA256))
            for name, sha256 in PYTORCH_SHA256.items():
                self.assertEqual(hashlib.sha256(archive[name].tobytes()).hexdigest(), sha256, name)

    def test_types_shapes_and_values(self):
        with np.load(self.generate("--n=5000", "--seed=4294967295")) as archive:
            for part in "train", "test":
                inputs = archive[part + "_input"]
                targets = archive[part + "_target"]
                self.assertEqual(inputs.dtype, np.float32)
                self.assertEqual(inputs.shape, (5000, 2))
                self.assertEqual(targets.dtype, np.int64)
                squares = ((inputs.astype(float) - 0.5)**2).sum(1)
                np.testing.assert_array_equal(targets, squares < 1 / (2 * np.pi))

    def test_same_seed_same_bytes(self):
        contents = []
        for flags in [{}, {"TZ": "UTC-14"}]:
            with open(self.generate("--n=10", **flags), "rb") as file:
                contents.append(file.read())
        self.assertEqual(contents[0], contents[1])
        with open(self.generate("--n=10", "--seed=2"), "rb") as file:
            self.assertNotEqual(file.read(), contents[0])

    def test_mistakes_leave_no_file(self):
        for returncode, flags, message in [
            (2, ["--n=0"], "--n=0: expected 1 to 10000000 points"),
            (2, ["--n=10000001"], "--n=10000001: expected 1 to"),
            (2, ["--seed=-1"], "--seed=-1: expected 0 to 4294967295"),
            (2, ["--seed=4294967296"], "--seed=4294967296: expected 0 to"),
            (2, ["--output="], "--output is empty"),
            (2, ["--points=3"], "points"),
            (2, ["n=3"], "unexpected argument 'n=3'"),
            (1, ["--output=none/disk.npz"], self.directory + "/none/disk.npz: cannot create"),
            (1, ["--output=/dev/full"], "/dev/full: cannot write"),
        ]:
            with self.subTest(flags=flags):
                result = self.run_program(*flags)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.returncode, returncode, result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertEqual(os.listdir(self.directory), [])

    def test_help_fits_one_screen(self):
        result = self.run_program("--help")
        self.assertEqual(result.returncode, 0)
        lines = result.stdout.splitlines()
        self.assertLessEqual(len(lines), 24)
        self.assertLessEqual(max(map(len, lines)), 80)


if __name__ == "__main__":
    unittest.main()
