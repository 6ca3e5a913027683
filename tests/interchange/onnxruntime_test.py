#!/usr/bin/python3
"""ONNX Runtime, as browsers run it, gives for our graphs what our networks give."""

import os
import tempfile
import unittest

import numpy as np

from tests.interchange import npm
from tests.interchange.trained import Trained, largest_difference, run

TOLERANCE = 1e-5


def softmax(logits):
    exp = np.exp(logits - logits.max(axis=-1, keepdims=True), dtype=np.float64)
    return exp / exp.sum(axis=-1, keepdims=True)


class OnnxRuntimeTest(unittest.TestCase):

    def test_outputs(self):
        with tempfile.TemporaryDirectory() as directory:
            modules = npm.install(directory)
            trained = Trained(directory)
            pairs = trained.pairs()
            (pairs / np.float32(255)).tofile(trained.path("pairs.f32"))
            models = {name: trained.export(name, "onnx") for name in trained.names}
            run("node", "tests/interchange/run_onnx.mjs", modules, trained.path("pairs.f32"), str(len(pairs)),
                *models.values())
            for name, model in models.items():
                expected = trained.answers(trained.model(name))
                expected["comparison_probabilities"] = softmax(expected["comparison_logits"])
                if "class_logits" in expected:
                    expected["class_probabilities"] = softmax(expected["class_logits"])
                with self.subTest(name):
                    written = [file for file in os.listdir(directory) if file.startswith("%s.onnx." % name)]
                    self.assertEqual(set(written), {"%s.onnx.%s" % (name, output) for output in expected})
                    differences = []
                    for output, values in expected.items():
                        actual = np.fromfile("%s.%s" % (model, output), np.float32).reshape(values.shape)
                        differences.append(largest_difference(actual, values))
                        self.assertLessEqual(differences[-1], TOLERANCE, output)
                        # The network does not say the same of all pairs.
                        self.assertGreater(np.ptp(values[..., 0]), 1000 * TOLERANCE, output)
                    print("%-24s %.1e" % (name, max(differences)))


if __name__ == "__main__":
    unittest.main()
