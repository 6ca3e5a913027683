#!/usr/bin/python3
"""Runs the example of ../../examples."""

import os
import re
import subprocess
import unittest

XOR = ["0 xor 0 = 0", "0 xor 1 = 1", "1 xor 0 = 1", "1 xor 1 = 0"]


def check_output(test, output):
    """Fails `test` unless the example learnt."""
    losses = [float(loss) for loss in re.findall(r"loss (\S+)", output)]
    test.assertEqual(len(losses), 5, output)
    test.assertLess(losses[-1], 0.01)
    test.assertEqual(output.splitlines()[-4:], XOR)


class XorTest(unittest.TestCase):

    def test_learns(self):
        output = subprocess.run([os.path.abspath("examples/xor")],
                                stdout=subprocess.PIPE,
                                text=True,
                                check=True).stdout
        check_output(self, output)


if __name__ == "__main__":
    unittest.main()
