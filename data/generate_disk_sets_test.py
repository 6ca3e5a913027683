#!/usr/bin/python3
"""Runs generate_disk_sets and opens what it writes with NumPy."""

import os
import unittest

import numpy as np

from data.generate_sets_testutil import GenerateSetsTestCase

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


class GenerateDiskSetsTest(GenerateSetsTestCase):

    program = os.path.abspath("data/generate_disk_sets")
    archive = "disk.npz"

    def test_defaults_are_pytorchs_numbers(self):
        with np.load(self.generate()) as archive:
            self.assert_arrays(archive, PYTORCH_SHA256)

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
        self.assert_bytes_depend_on_the_seed_alone()

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
            self.assert_refused(returncode, flags, message)


if __name__ == "__main__":
    unittest.main()
