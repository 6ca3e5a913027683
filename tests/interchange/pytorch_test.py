#!/usr/bin/python3
"""PyTorch's networks of every architecture with our weights, and ours with PyTorch's."""

import json
import sys
import tempfile
import unittest

import numpy as np

try:
    import torch
except ImportError as error:
    sys.exit("pytorch_test compares with PyTorch, which is not installed (%s). On Debian:\n"
             "  sudo apt-get install python3-torch" % error)

from tests.interchange import make_golden, mnist_pairs, pytorch, tensor_file
from tests.interchange.trained import Trained, architecture_files, largest_difference, run

TOLERANCE = 1e-5


class PyTorchTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        torch.set_num_threads(1)
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.trained = Trained(directory.name)

    def check(self, actual, expected):
        self.assertEqual(set(actual), set(expected))
        return max(largest_difference(actual[name], expected[name]) for name in expected)

    def test_our_weights(self):
        for name, path in architecture_files().items():
            with self.subTest(name):
                arrays, metadata = tensor_file.read(self.trained.export(name, "safetensors"))
                architecture = pytorch.load_architecture(path)
                module = pytorch.make(architecture)
                module.load_state_dict({key: torch.tensor(array) for key, array in arrays.items()}, strict=True)
                theirs = pytorch.answers(module, architecture, self.trained.pairs(), float(metadata["input_mean"]),
                                         float(metadata["input_deviation"]))
                difference = self.check(self.trained.answers(self.trained.model(name)), theirs)
                print("%-24s our weights      %.1e" % (name, difference))
                self.assertLessEqual(difference, TOLERANCE)

    def test_pytorch_weights(self):
        for seed, (name, path) in enumerate(architecture_files().items()):
            with self.subTest(name):
                architecture = pytorch.load_architecture(path)
                module = pytorch.make(architecture)
                pytorch.shake(module, seed)
                file, model = self.trained.path("theirs"), self.trained.path("%s-theirs.model" % name)
                tensor_file.write(file, {key: tensor.numpy() for key, tensor in module.state_dict().items()})
                run("tools/import_model", "--architecture=" + path, "--input_mean=40", "--input_deviation=80", file,
                    model)
                theirs = pytorch.answers(module, architecture, self.trained.pairs(), 40, 80)
                difference = self.check(self.trained.answers(model), theirs)
                print("%-24s PyTorch's weights %.1e" % (name, difference))
                self.assertLessEqual(difference, TOLERANCE)

    def test_golden(self):
        """PyTorch as it is installed here gives what is in golden/."""
        for name, seed in make_golden.SEEDS.items():
            with self.subTest(name), open("%s/%s.json" % (make_golden.GOLDEN, name), encoding="utf-8") as file:
                golden = json.load(file)
                arrays, _ = tensor_file.read("%s/%s.safetensors" % (make_golden.GOLDEN, name))
                architecture = pytorch.load_architecture(architecture_files()[name])
                module = pytorch.make(architecture)
                pytorch.shake(module, seed)
                for key, tensor in module.state_dict().items():
                    self.assertTrue(np.array_equal(arrays[key], tensor.numpy()), key)
                answers = pytorch.answers(module, architecture, mnist_pairs.load(golden["pairs"]),
                                          golden["input_mean"], golden["input_deviation"])
                for key, values in answers.items():
                    expected = np.array(golden[key]).reshape(values.shape)
                    self.assertLessEqual(largest_difference(values, expected), TOLERANCE, key)


if __name__ == "__main__":
    unittest.main()
