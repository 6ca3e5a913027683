#!/usr/bin/python3
"""Runs the Python program of MODELS.md, on a model that it trains."""

import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOP = os.getcwd()


def fnv1a(data):
    """The 64-bit hash FNV-1a, as base/fingerprint.h describes it."""
    value = 0xCBF29CE484222325
    for byte in data:
        value = ((value ^ byte) * 0x100000001B3) % 2**64
    return value


class ModelsTest(unittest.TestCase):

    def test_program(self):
        with open("docs/MODELS.md", encoding="utf-8") as file:
            (program,) = re.findall(r"(?ms)^```python\n(.*?)^```", file.read())

        with tempfile.TemporaryDirectory() as directory:

            def run(*command):
                return subprocess.run(
                    command,
                    cwd=directory,
                    check=True,
                    stdout=subprocess.PIPE,
                    text=True,
                    timeout=100,
                ).stdout

            run(
                TOP + "/experiments/digit_pairs",
                "--rounds=1",
                "--epochs=1",
                "--architectures=convnet_aux",
                "--output=records",
                "--models=models",
            )
            protos = glob.glob("proto/*.proto")
            run("protoc", "-I" + TOP, "--python_out=" + directory, *protos)
            lines = run(sys.executable, "-c", program).splitlines()
            # Two branches of two convolutions and two layers each, and a head.
            self.assertRegex(lines[0], r"^branch\.0\.0\.weight \d+ 1 3 3$")
            self.assertRegex(lines[-1], r"^head\.\d\.bias 2$")

            # The parameters are those whose hash is on record.
            parameters = run(
                sys.executable,
                "-c",
                program + "import sys; sys.stdout.write(' '.join("
                "state[t.name].tobytes().hex() for t in model.parameters))",
            )
            data = bytes.fromhex(parameters[parameters.rindex("\n") + 1:])
            record = json.loads(run(TOP + "/tools/records", "export", "--format=jsonl", "records"))
            self.assertEqual(len(data), 4 * int(record["parameter_count"]))
            self.assertEqual(fnv1a(data), int(record["trained_hash"]))
            size = os.path.getsize(directory + "/models/convnet_aux-0.model")
            self.assertTrue(270_000 < size < 290_000, size)
            with open(directory + "/models/convnet_aux-0.model", "rb") as file:
                self.assertEqual(file.read()[14:26], b"minidl model")


if __name__ == "__main__":
    unittest.main()
