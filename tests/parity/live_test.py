#!/usr/bin/python3
"""The goldens against PyTorch as it is installed here, and a network in both.

The network is the one of the architecture file that is this test's argument,
live.textproto without one, in round 0 of the default study.
"""

import os
import subprocess
import sys
import unittest

try:
    import torch
except ImportError as error:
    sys.exit("live_test compares with PyTorch, which is not installed (%s). On Debian:\n"
             "  sudo apt-get install python3-torch" % error)

from tests.parity import make_golden, reference, rounds, schemas

ARCHITECTURE = "tests/parity/live.textproto"
STEPS = 40


def largest_difference(actual, expected):
    """In units of the largest expected value, or of 1 if that is more."""
    scale = max([1] + [abs(value) for value in expected])
    return max(abs(a - b) for a, b in zip(actual, expected)) / scale


class GoldenTest(unittest.TestCase):

    def check(self, name, tolerance):
        golden = schemas.read("%s/%s.textproto" % (make_golden.GOLDEN, name), schemas.parity_pb2.Golden())
        cases = make_golden.read_cases(name)
        self.assertEqual([case.name for case in cases], [result.name for result in golden.results])
        for case, expected in zip(cases, golden.results):
            with self.subTest(case.name):
                actual = reference.compute(case)
                self.assertEqual([(array.name, len(array.values), array.fingerprint) for array in actual.arrays],
                                 [(array.name, len(array.values), array.fingerprint) for array in expected.arrays])
                for a, b in zip(actual.arrays, expected.arrays):
                    # PyTorch's own floats depend on the processor.
                    self.assertLessEqual(largest_difference(a.values, b.values),
                                         1e-5 if a.name.endswith("_in_float") else tolerance, a.name)

    # Values have 13 digits; differences in the last bits of doubles grow from step to step.

    def test_modules(self):
        self.check("modules", 1e-12)

    def test_losses(self):
        self.check("losses", 1e-12)

    def test_initial_values(self):
        self.check("initial_values", 1e-12)

    def test_optimizers(self):
        self.check("optimizers", 1e-10)

    def test_training(self):
        self.check("training", 1e-8)


class NetworkTest(unittest.TestCase):

    def test_losses(self):
        printed = subprocess.run(["tests/parity/first_losses", ARCHITECTURE, "0", str(STEPS)],
                                 check=True, stdout=subprocess.PIPE, text=True)
        losses = [float(line) for line in printed.stdout.split()]
        architecture = schemas.read(ARCHITECTURE, schemas.architecture_pb2.Architecture())
        torch.set_num_threads(1)  # One order of sums.

        def first_losses(dtype):
            trained = rounds.Round(rounds.load_study(), architecture, 0, dtype)
            values = []
            while len(values) < STEPS:
                values.extend(trained.epoch())
            return values[:STEPS]

        exact = first_losses(torch.float64)
        in_float = first_losses(torch.float32)
        ours = [abs(a / b - 1) for a, b in zip(losses, exact)]
        theirs = [abs(a / b - 1) for a, b in zip(in_float, exact)]
        print("%s, relative to PyTorch in double precision, largest of %d steps:" % (ARCHITECTURE, STEPS))
        print("  ours %.1e, PyTorch's in single precision %.1e" % (max(ours), max(theirs)))
        # Ties make a network sensitive to rounding; theirs tells how much.
        self.assertLessEqual(max(ours), 1e-5 + 10 * max(theirs))


if __name__ == "__main__":
    if len(sys.argv) > 1 and os.path.isfile(sys.argv[1]):
        ARCHITECTURE = sys.argv.pop(1)
    unittest.main()
