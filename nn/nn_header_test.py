#!/usr/bin/python3
"""Checks that nn.h has every header of this folder that is meant for it."""

import glob
import re
import unittest

# What stands behind the public headers, and what is about architecture files.
NOT_IN_IT = {
    "analytic_head",
    "branches",
    "build_layers",
    "build_loss",
    "build_optimizer",
    "fused_conv_norms",
    "fused_convolutions",
    "fused_modules",
    "fused_run",
    "nn",
    "pair_ensemble",
    "pair_loss",
    "pair_network",
    "validate_training",
}


class NnHeaderTest(unittest.TestCase):

    def test_every_header_is_in_it_or_is_not_meant_for_it(self):
        with open("nn/nn.h", encoding="utf-8") as file:
            included = set(re.findall(r'#include "nn/(\w+)\.h"', file.read()))
        headers = set(re.findall(r"nn/(\w+)\.h", " ".join(glob.glob("nn/*.h"))))
        headers = {name for name in headers if not name.endswith("_testutil")}
        self.assertIn("linear", headers)
        self.assertEqual(sorted(included), sorted(headers - NOT_IN_IT))


if __name__ == "__main__":
    unittest.main()
