#!/usr/bin/python3
"""Hugging Face's own library reads the headers of our safetensors files."""

import json
import subprocess
import tempfile
import unittest

from tests.interchange import npm, tensor_file
from tests.interchange.trained import Trained


class HuggingFaceTest(unittest.TestCase):

    def test_headers(self):
        with tempfile.TemporaryDirectory() as directory:
            trained = Trained(directory, epochs=1, pairs=20)
            files = [trained.export(name, "safetensors") for name in trained.names]
            printed = subprocess.run(["node", "tests/interchange/read_headers.mjs", npm.install(directory), *files],
                                     stdout=subprocess.PIPE, check=True).stdout
            for name, file, result in zip(trained.names, files, json.loads(printed), strict=True):
                with self.subTest(name):
                    arrays, metadata = tensor_file.read(file)
                    header = result["header"]
                    self.assertEqual(header.pop("__metadata__"), metadata)
                    self.assertEqual({key: (entry["dtype"], entry["shape"]) for key, entry in header.items()},
                                     {key: ("F32", list(array.shape)) for key, array in arrays.items()})
                    self.assertEqual(result["parameterCount"], {"F32": sum(array.size for array in arrays.values())})


if __name__ == "__main__":
    unittest.main()
