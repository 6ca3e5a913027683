#!/usr/bin/python3
"""ONNX's own checker on graphs of every architecture, and what docs/MODELS.md says of them."""

import json
import re
import tempfile
import unittest

import onnx

from tests.interchange.trained import Trained, architecture_files

# Few: what a graph computes is another test's.
PAIRS = 20


class OnnxTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.trained = Trained(directory.name, epochs=1, pairs=PAIRS)

    def load(self, name):
        return onnx.load(self.trained.export(name, "onnx"))

    def test_checker(self):
        for name in self.trained.names:
            with self.subTest(name):
                model = self.load(name)
                onnx.checker.check_model(model, full_check=True)
                self.assertEqual(model.graph.name, name)
                self.assertEqual(model.producer_name, "minidl")
                self.assertEqual([(opset.domain, opset.version) for opset in model.opset_import], [("", 17)])
                # Names of nodes are what tools show.
                names = [node.name for node in model.graph.node]
                self.assertEqual(len(set(names)), len(names))

    def test_every_kind_of_layer_is_there(self):
        with open("proto/architecture.proto", encoding="utf-8") as file:
            (kinds,) = re.findall(r"message Layer \{\s*oneof kind \{(.*?)\}", file.read(), re.DOTALL)
        with open(architecture_files()["every_layer"], encoding="utf-8") as file:
            used = set(re.findall(r"(\w+) \{", file.read()))
        self.assertEqual(set(re.findall(r"(\w+) = ", kinds)) - used, set())

    def check_values(self, values, expected):
        shapes = {
            value.name: [dim.dim_param or dim.dim_value for dim in value.type.tensor_type.shape.dim] for value in values
        }
        self.assertEqual(shapes, expected)

    def test_inputs_and_outputs(self):
        comparison = {"comparison_logits": ["N", 2], "comparison_probabilities": ["N", 2]}
        classes = {"class_logits": ["N", 2, 10], "class_probabilities": ["N", 2, 10]}
        for name, outputs in {
                "convnet": comparison,
                "convnet_shared_aux": {**comparison, **classes},
                "best": {**comparison, **classes},
                # The branches give ten numbers for each image, which nobody trained to be digits.
                "analytic": comparison,
        }.items():
            with self.subTest(name):
                graph = self.load(name).graph
                self.check_values(graph.input, {"pairs": ["N", 2, 14, 14]})
                self.check_values(graph.output, outputs)

    def test_metadata(self):
        model = self.load("ensemble")
        self.assertRegex(model.doc_string, r"^Two networks, each with")
        metadata = {entry.key: entry.value for entry in model.metadata_props}
        self.assertEqual(
            set(metadata), {
                "architecture", "architecture_name", "build", "height", "input_deviation", "input_mean", "num_classes",
                "provenance", "width"
            })
        self.assertEqual(metadata["architecture_name"], "ensemble")
        self.assertEqual(json.loads(metadata["architecture"])["networks"], 2)
        self.assertEqual((metadata["height"], metadata["width"], metadata["num_classes"]), ("14", "14", "10"))
        # Digits are some fifth ink.
        self.assertTrue(20 < float(metadata["input_mean"]) < 50, metadata["input_mean"])
        self.assertTrue(50 < float(metadata["input_deviation"]) < 100, metadata["input_deviation"])
        provenance = json.loads(metadata["provenance"])
        self.assertEqual((provenance["study_name"], provenance["study_seed"], provenance["data_set"]),
                         ("interchange", "7", "mnist"))
        self.assertEqual(provenance["errors"]["test"]["total"], str(PAIRS))


if __name__ == "__main__":
    unittest.main()
