#!/usr/bin/python3
"""Runs the programs over architecture files."""

import json
import os
import subprocess
import tempfile
import unittest

ARCHITECTURE = """\
name: "small"
branches: JOINT
branch { flatten {} }
branch { linear { out_features: 3 } }
branch { relu {} }
branch { linear { out_features: 2 } }
"""


class ArchitectureProgramsTest(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)
        self.write(ARCHITECTURE)

    def write(self, text):
        self.path = os.path.join(self.directory.name, "small.textproto")
        with open(self.path, "w", encoding="utf-8") as file:
            file.write(text)

    def run_program(self, program, *arguments):
        """Runs it as `bazel run` would where the file is."""
        environment = dict(os.environ,
                           BUILD_WORKING_DIRECTORY=self.directory.name)
        result = subprocess.run([os.path.abspath("tools/" + program)] +
                                list(arguments),
                                stdout=subprocess.PIPE,
                                stderr=subprocess.PIPE,
                                env=environment,
                                timeout=60)
        self.stdout = result.stdout.decode()
        self.stderr = result.stderr.decode()
        return result.returncode

    def test_summary(self):
        code = self.run_program("summary", "--batch_size=7", "small.textproto")
        self.assertEqual(code, 0, self.stderr)
        self.assertTrue(self.stdout.startswith("small, a batch of 7 pairs\n"))
        # 392 × 3 + 3 + 3 × 2 + 2.
        self.assertIn("\nparameters         1,187\n", self.stdout)
        self.assertEqual(self.stderr, "")

    def test_summary_of_the_default_study(self):
        self.assertEqual(self.run_program("summary", "--format=json"), 0)
        networks = json.loads(self.stdout)
        self.assertEqual([network["architecture"] for network in networks], [
            "convnet", "convnet_shared", "convnet_aux", "convnet_shared_aux"
        ])
        # The README's.
        self.assertEqual([network["parameters"] for network in networks],
                         ["70342", "70938", "70342", "70938"])
        self.assertEqual(networks[0]["batch_size"], "50")

    def test_gradcheck(self):
        code = self.run_program("gradcheck", "--samples=3", "small.textproto")
        self.assertEqual(code, 0, self.stderr)
        lines = self.stdout.splitlines()
        self.assertEqual(lines[0], "small, the loss of 4 pairs")
        self.assertEqual(sorted(line.split()[0] for line in lines[2:]), [
            "branch.1.bias", "branch.1.weight", "branch.3.bias",
            "branch.3.weight", "input"
        ])
        errors = [float(line.split()[-2]) for line in lines[2:]]
        self.assertEqual(errors, sorted(errors, reverse=True))
        self.assertLess(errors[0], 1e-6)

    def test_mistakes_have_their_place(self):
        self.write(ARCHITECTURE.replace("branch { flatten {} }\n", ""))
        for program in "summary", "gradcheck":
            self.assertEqual(self.run_program(program, "small.textproto"), 2)
            self.assertEqual(
                self.stderr.splitlines()[0],
                f"{program}: {self.path}:3:10: branch[0].linear needs inputs of "
                "shape [F], not [2, 14, 14]; put flatten {} before it")
            self.assertEqual(self.stdout, "")
            self.assertEqual(self.run_program(program, "none.textproto"), 1)
            self.assertIn(self.directory.name + "/none.textproto", self.stderr)
        self.assertEqual(self.run_program("gradcheck"), 2)
        self.assertEqual(self.run_program("summary", "--batch_size=0"), 2)


if __name__ == "__main__":
    unittest.main()
