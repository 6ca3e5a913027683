#!/usr/bin/python3
"""--help, and a flag that does not exist, of every program."""

import os
import subprocess
import unittest

PROGRAMS = [
    "benchmarks/training",
    "data/generate_disk_sets",
    "data/generate_pair_sets",
    "data/show_pairs",
    "experiments/digit_pairs",
    "experiments/disk",
    "experiments/run_round",
    "tools/export_model",
    "tools/gradcheck",
    "tools/import_model",
    "tools/predict",
    "tools/records",
    "tools/stats",
    "tools/summary",
]
COLUMNS = 80
LINES = 24
# Of programs with more flags than fit a small screen, and with fewer.
OTHER_LINES = {
    "benchmarks/training": 23,
    "data/show_pairs": 32,
    "experiments/digit_pairs": 30,
    "experiments/disk": 40,
}
# What some say.
PARTS = {
    "benchmarks/training": ["--workloads"],
    "data/generate_pair_sets": ["--n  ", "[1000]", "--seed  ", "--output  ", "[pairs.npz]"],
    "experiments/digit_pairs": ["--study", "--mnist_dir", "--only_round", "--on_divergence"],
    "tools/export_model": ["Usage: export_model [flags] MODEL\n", "--onnx", "--safetensors"],
    "tools/import_model": [
        "Usage: import_model [flags] SAFETENSORS MODEL\n", "--architecture", "--input_mean", "--input_deviation"
    ],
    "tools/predict": ["--invert"],
}
FULL_DEVICE = "/dev/full"


def run(program, flag, stdout=subprocess.PIPE):
    return subprocess.run([program, flag], stdout=stdout, stderr=subprocess.PIPE, encoding="utf-8", check=False)


class CommonFlagsTest(unittest.TestCase):

    def test_help_fits_one_screen(self):
        for program in PROGRAMS:
            with self.subTest(program):
                result = run(program, "--help")
                self.assertEqual((result.returncode, result.stderr), (0, ""))
                lines = result.stdout.splitlines()
                self.assertRegex(lines[0], "^Usage: %s( |$)" % os.path.basename(program))
                self.assertIn("  --", result.stdout)
                self.assertLessEqual(len(lines), OTHER_LINES.get(program, LINES))
                self.assertLessEqual(max(map(len, lines)), COLUMNS)
                for part in PARTS.get(program, []):
                    self.assertIn(part, result.stdout)

    @unittest.skipUnless(os.path.exists(FULL_DEVICE), "no " + FULL_DEVICE)
    def test_help_that_cannot_be_written(self):
        for program in PROGRAMS:
            with self.subTest(program), open(FULL_DEVICE, "wb") as full:
                result = run(program, "--help", stdout=full)
                self.assertEqual(result.returncode, 1)
                self.assertIn("standard output", result.stderr)

    def test_unknown_flag(self):
        for program in PROGRAMS:
            with self.subTest(program):
                result = run(program, "--nonsense=1")
                self.assertEqual((result.returncode, result.stdout), (2, ""))
                self.assertIn("'nonsense'", result.stderr)


if __name__ == "__main__":
    unittest.main()
