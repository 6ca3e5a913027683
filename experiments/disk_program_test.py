#!/usr/bin/python3
"""What a user of the disk program meets."""

import json
import os
import re
import signal
import statistics
import subprocess
import tempfile
import unittest

import numpy as np

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
            r"^epoch 10/20: loss \d\.\d{5}\nepoch 20/20: loss \d\.\d{5}\n"
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

    def test_several_rounds_end_with_their_means(self):
        result = run("--rounds=3", "--epochs=2", "--seed=8")
        self.assertEqual(result.returncode, 0, result.stderr)
        lines = result.stdout.splitlines()
        self.assertEqual([line.split(":")[0] for line in lines[:3]], ["seed 8", "seed 9", "seed 10"])
        self.assertEqual(lines[3], "mean ± standard deviation (n-1) of 3 of 3 rounds:")
        for kind, line in zip(["train", "test"], lines[4:]):
            errors = [float(re.search(rf"{kind} error (.*?)%", line).group(1)) for line in lines[:3]]
            mean, deviation = (float(text) for text in re.match(rf"{kind} error: (.*)% ± (.*)%$", line).groups())
            self.assertAlmostEqual(mean, statistics.mean(errors), delta=0.0051)
            self.assertAlmostEqual(deviation, statistics.stdev(errors), delta=0.0051)

    def test_a_round_of_several_is_that_of_its_seed_alone(self):
        last = run("--rounds=2", "--epochs=2").stdout.splitlines()[1]
        alone = run("--seed=1", "--epochs=2").stdout
        self.assertEqual(re.search(r"test error (.*)", last).group(1), re.search(r"test error: (.*)", alone).group(1))

    def test_plot_is_a_page(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "disk.html")
            result = run("--rounds=2", "--epochs=2", "--plot=disk.html",
                         env={**os.environ, "BUILD_WORKING_DIRECTORY": directory})
            self.assertEqual(result.returncode, 0, result.stderr)
            self.assertIn(path, result.stderr)
            with open(path, encoding="utf-8") as file:
                page = file.read()
            data = json.loads(re.search(r'id="data">(.*?)</script>', page).group(1))
            self.assertEqual([round["seed"] for round in data["rounds"]], ["0", "1"])
            # A second run replaces it, but nothing else.
            self.assertEqual(run("--epochs=1", f"--plot={path}").returncode, 0)
            with open(path, "w", encoding="utf-8") as file:
                file.write("mine")
            result = run("--epochs=1", f"--plot={path}")
            self.assertEqual(result.returncode, 1)
            self.assertIn(path, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_trains_on_points_of_ones_own(self):
        with tempfile.TemporaryDirectory() as directory:
            env = {**os.environ, "BUILD_WORKING_DIRECTORY": directory}
            # Points below the diagonal, which no disk is like.
            generator = np.random.default_rng(0)
            arrays = {}
            for part, size in ("train", 300), ("test", 1000):
                points = generator.random((size, 2), np.float32)
                arrays[part + "_input"] = points
                arrays[part + "_target"] = (points[:, 0] > points[:, 1]).astype(np.int64)
            np.savez_compressed(directory + "/mine.npz", **arrays)
            result = run("--data=mine.npz", "--rounds=2", "--epochs=100", env=env)
            self.assertEqual(result.returncode, 0, result.stderr)
            lines = result.stdout.splitlines()
            self.assertEqual(lines[0], f"every round has the data of {directory}/mine.npz, and weights of its own")
            errors = re.findall(r"^seed \d: .*test error (.*)%", result.stdout, re.MULTILINE)
            self.assertEqual(len(errors), 2)
            self.assertLess(max(map(float, errors)), 5)
            self.assertNotEqual(*re.findall(r"^seed \d: loss (\S+),", result.stdout, re.MULTILINE))
            # With the labels of the test set the other way round, all that was right is wrong.
            arrays["test_target"] = 1 - arrays["test_target"]
            np.savez(directory + "/mine.npz", **arrays)
            result = run("--data=mine.npz", "--rounds=2", "--epochs=100", env=env)
            other = re.findall(r"^seed \d: .*test error (.*)%", result.stdout, re.MULTILINE)
            self.assertEqual([f"{100 - float(error):.2f}" for error in errors], other)

    def test_generated_points_are_those_that_are_drawn(self):
        with tempfile.TemporaryDirectory() as directory:
            env = {**os.environ, "BUILD_WORKING_DIRECTORY": directory}
            subprocess.run([os.path.abspath("data/generate_disk_sets"), "--n=100", "--seed=3"], check=True, env=env,
                           stdout=subprocess.DEVNULL)
            shown = []
            for flags in ["--data=disk.npz"], ["--points=100", "--seed=3"]:
                result = run("--epochs=1", "--plot=page.html", *flags, env=env)
                self.assertEqual(result.returncode, 0, result.stderr)
                with open(directory + "/page.html", encoding="utf-8") as file:
                    data = json.loads(re.search(r'id="data">(.*?)</script>', file.read()).group(1))
                points = [data["rounds"][0][part] for part in ("train", "test")]
                shown.append([[part[key] for key in ("x", "y", "labels")] for part in points])
            self.assertEqual(len(shown[0][0][0]), 100)
            self.assertEqual(*shown)

    def test_wrong_data_is_refused(self):
        with tempfile.TemporaryDirectory() as directory:
            np.savez(directory + "/wrong.npz", x=np.zeros((3, 2)))
            for flags, returncode, message in [
                (["--data=wrong.npz"], 1, directory + '/wrong.npz: array "train_input" is missing; expected train_in'),
                (["--data=none.npz"], 1, directory + "/none.npz: cannot open"),
                (["--data=wrong.npz", "--points=3"], 2, "--points is of points that are drawn"),
            ]:
                result = run(*flags, env={**os.environ, "BUILD_WORKING_DIRECTORY": directory})
                self.assertEqual(result.returncode, returncode)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.stdout, "")

    def test_mistakes_exit_with_two(self):
        for flag, message in [
            ("--epoch=3", "epoch"),
            ("--epochs=0", "--epochs is 0"),
            ("--batch_size=2000", "--batch_size is 2000"),
            ("--learning_rate=nan", "--learning_rate is nan"),
            ("--learning_rate=0", "--learning_rate is 0"),
            ("--activation=step", "--activation is step; expected relu, "),
            ("--optimizer=newton", "--optimizer is newton; expected sgd, "),
            ("--schedule=none", "--schedule is none; expected one_cycle, "),
            ("--weight_decay=-1", "--weight_decay is -1"),
            ("--optimizer=adam --momentum=0.9", "--momentum is 0.9"),
            ("--rounds=0", "--rounds is 0"),
            ("--rounds=101 --plot=disk.html", "--rounds is 101"),
            ("--log_every=0", "--log_every"),
            ("surplus", "surplus"),
        ]:
            result = run(*flag.split())
            self.assertEqual(result.returncode, 2, flag)
            self.assertIn(message, result.stderr)
            self.assertEqual(result.stdout, "")

    def test_divergence_exits_with_one(self):
        result = run("--learning_rate=1e6")
        self.assertEqual(result.returncode, 1)
        self.assertIn("diverged", result.stderr)
        self.assertNotIn("error:", result.stdout)

    def test_diverged_rounds_are_named_and_counted(self):
        # At this rate some rounds diverge and others do not.
        result = run("--rounds=8", "--epochs=3", "--activation=relu", "--schedule=constant", "--learning_rate=2")
        self.assertEqual(result.returncode, 0, result.stderr)
        diverged = re.findall(r"^seed \d: training diverged: the loss of epoch \d is ", result.stdout, re.MULTILINE)
        self.assertIn(f"of {8 - len(diverged)} of 8 rounds:", result.stdout)
        self.assertGreater(len(diverged), 0)

    def test_interrupted_rounds_keep_those_before(self):
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "disk.html")
            process = subprocess.Popen([PROGRAM, "--rounds=100", f"--plot={path}"],
                                       stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
            first = process.stdout.readline()
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=100)
            self.assertEqual(process.returncode, 130, stderr)
            rounds = len(re.findall("^seed ", first + stdout, re.MULTILINE))
            self.assertLess(rounds, 100)
            self.assertIn(f"of {rounds} of 100 rounds:\n", stdout)
            self.assertIn(f"disk: interrupted after {rounds} of 100 rounds\n", stderr)
            with open(path, encoding="utf-8") as file:
                page = json.loads(re.search(r'id="data">(.*?)</script>', file.read()).group(1))
            self.assertEqual(len(page["rounds"]), rounds)

    def test_interrupted_training_says_so(self):
        process = subprocess.Popen([PROGRAM, "--epochs=1000000", "--log_every=1"],
                                   stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        process.stdout.readline()
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=100)
        self.assertEqual(process.returncode, 130, stderr)
        self.assertRegex(stderr, r"^disk: interrupted in epoch \d+\n$")
        self.assertNotIn("error", stdout)

    def test_a_closed_pipe_ends_it(self):
        read, write = os.pipe()
        os.close(read)
        with os.fdopen(write, "w") as pipe:
            result = run("--epochs=1", stdout=pipe)
        self.assertNotEqual(result.returncode, 0)

    def test_full_disk_exits_with_one(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = run("--epochs=10", stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
