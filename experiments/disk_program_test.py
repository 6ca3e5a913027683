#!/usr/bin/python3
"""What a user of the disk program meets."""

import os
import re
import subprocess
import unittest

PROGRAM = os.path.abspath("experiments/disk")


def run(*flags, **kwargs):
    return subprocess.run(
        [PROGRAM, *flags],
        stdin=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
        **{"stdout": subprocess.PIPE, **kwargs},
    )


class DiskTest(unittest.TestCase):

    def test_logs_the_loss_and_ends_with_the_errors(self):
        result = run("--epochs=20")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(
            result.stdout,
            r"^epoch 10/20: loss 0\.\d{5}\nepoch 20/20: loss 0\.\d{5}\n"
            r"train error: \d+\.\d\d%\ntest error: \d+\.\d\d%\n$",
        )

    def test_most_seeds_are_below_three_percent(self):
        errors = []
        for seed in range(5):
            stdout = run(f"--seed={seed}").stdout
            errors.append(float(re.search(r"test error: (.*)%", stdout).group(1)))
        self.assertGreaterEqual(sum(error <= 3 for error in errors), 3, errors)

    def test_same_seed_same_log(self):
        self.assertEqual(run("--epochs=10", "--seed=4").stdout, run("--epochs=10", "--seed=4").stdout)

    def test_mistakes_exit_with_two(self):
        for flag, message in [
            ("--epoch=3", "epoch"),
            ("--epochs=0", "--epochs is 0"),
            ("--batch_size=2000", "--batch_size is 2000"),
            ("--learning_rate=nan", "--learning_rate is nan"),
            ("--log_every=0", "--log_every"),
            ("surplus", "surplus"),
        ]:
            result = run(flag)
            self.assertEqual(result.returncode, 2, flag)
            self.assertIn(message, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_divergence_exits_with_one(self):
        result = run("--learning_rate=1e6")
        self.assertEqual(result.returncode, 1)
        self.assertIn("diverged", result.stderr)
        self.assertNotIn("error:", result.stdout)

    def test_full_disk_exits_with_one(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = run("--epochs=10", stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
