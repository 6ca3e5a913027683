#!/usr/bin/python3
"""Networks from PyTorch's state_dict, and back, as safetensors files: see make_golden.py."""

import json
import os
import tempfile
import unittest

import numpy as np

from tests.interchange import mnist_pairs, tensor_file
from tests.interchange.trained import largest_difference, run

TOLERANCE = 1e-5
GOLDEN = "tests/interchange/golden"


class SafetensorsTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def path(self, name):
        return os.path.join(self.directory, name)

    def import_golden(self, name, golden):
        model = self.path(name + ".model")
        run("tools/import_model", "--architecture=tests/interchange/architectures/%s.textproto" % name,
            "--input_mean=%r" % golden["input_mean"], "--input_deviation=%r" % golden["input_deviation"],
            "%s/%s.safetensors" % (GOLDEN, name), model)
        return model

    def test_state_dicts(self):
        for name in ("ensemble", "every_layer"):
            with self.subTest(name), open("%s/%s.json" % (GOLDEN, name), encoding="utf-8") as file:
                golden = json.load(file)
                model = self.import_golden(name, golden)

                # It answers what PyTorch answers.
                np.savez(self.path("pairs.npz"), test_input=mnist_pairs.load(golden["pairs"]))
                run("tests/interchange/answers", model, self.path("pairs.npz"), self.path("answers.npz"))
                with np.load(self.path("answers.npz")) as answers:
                    self.assertEqual(set(answers), {"comparison_logits", "class_logits"})
                    for key, values in answers.items():
                        expected = np.array(golden[key]).reshape(values.shape)
                        self.assertLessEqual(largest_difference(values, expected), TOLERANCE, key)
                        # Not everything is the same.
                        self.assertGreater(np.ptp(expected[..., 0]), 1000 * TOLERANCE, key)

                # Written again, its tensors are PyTorch's to the bit, but for what BatchNorm counts.
                exported = self.path(name + ".safetensors")
                run("tools/export_model", "--safetensors=" + exported, model)
                ours, metadata = tensor_file.read(exported)
                theirs, _ = tensor_file.read("%s/%s.safetensors" % (GOLDEN, name))
                theirs = {key: array for key, array in theirs.items() if not key.endswith("num_batches_tracked")}
                self.assertEqual(set(ours), set(theirs))
                for key, array in theirs.items():
                    self.assertEqual((ours[key].shape, ours[key].tobytes()), (array.shape, array.tobytes()), key)

                # Such a file says all that it takes: the same model comes of it.
                self.assertEqual((metadata["architecture_name"], metadata["format"]), (name, "pt"))
                again = self.path(name + "_again")
                run("tools/import_model", exported, again + ".model")
                run("tools/export_model", "--safetensors=" + again, again + ".model")
                with open(exported, "rb") as first, open(again, "rb") as second:
                    self.assertEqual(first.read(), second.read())


if __name__ == "__main__":
    unittest.main()
