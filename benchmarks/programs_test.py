#!/usr/bin/python3
"""The programs that measure, on next to nothing, so that they keep working."""

import json
import os
import subprocess
import unittest


def run(program, *flags):
    return subprocess.run(
        [os.path.abspath("benchmarks/" + program), *flags],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        timeout=100,
    )


class TrainingTest(unittest.TestCase):

    def test_measures_every_workload(self):
        result = run("training", "--repetitions=1", "--epochs=1", "--images=256")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"peak of fused multiply-adds: \d+\.\d GFLOP/s \(\w+\)")
        number = r" +\d[\d,]*(\.\d+)?"
        for workload, parameters in [
            ("w1", "70,906"),
            ("w2", "46,678"),
            ("w1_digits", "70,906"),
            ("w3_batch1", "1,427"),
            ("w4", "140,820"),
            ("lenet_2threads", "61,706"),
        ]:
            self.assertRegex(result.stdout, rf"(?m)^{workload} +{parameters}({number})+$")
        # Of scale: eight times the images, four times the width, small batches.
        for images, width, batch in [(256, 1, 128), (32, 4, 128), (32, 1, 8)]:
            self.assertRegex(result.stdout, rf"(?m)^ +{images} +{width} +{batch}({number}){{4}}$")

    def test_mistakes_exit_with_two(self):
        for flag, message in [
            ("--workloads=w1,w9", 'no workload "w9"'),
            ("--repetitions=0", "--repetitions is 0"),
            ("--epochs=-1", "--epochs is -1"),
            ("--images=0", "--images is 0"),
            ("surplus", "surplus"),
        ]:
            result = run("training", flag)
            self.assertEqual(result.returncode, 2, flag)
            self.assertIn(message, result.stderr)

class KernelsTest(unittest.TestCase):

    def test_runs_every_benchmark(self):
        result = run("kernels", "--benchmark_min_time=0", "--benchmark_format=json")
        self.assertEqual(result.returncode, 0, result.stderr)
        benchmarks = {benchmark["name"]: benchmark for benchmark in json.loads(result.stdout)["benchmarks"]}
        self.assertIn("SgdStep/625", benchmarks)
        for name in ["ConvPoolReluForward/w1_conv2", "ConvNormBackward/w4_conv2", "LinearBackward/lenet_fc1"]:
            self.assertGreater(benchmarks[name]["GFLOP/s"], 0)
            self.assertGreater(benchmarks[name]["%peak"], 0)

    def test_unknown_flags_exit_with_two(self):
        self.assertEqual(run("kernels", "--benchmark_what=1").returncode, 2)


if __name__ == "__main__":
    unittest.main()
