#!/usr/bin/python3
"""What a user of show_pairs meets."""

import os
import subprocess
import tempfile
import unittest

import numpy as np

from data.png_testutil import read_png

GENERATE_PAIR_SETS = os.path.abspath("data/generate_pair_sets")
SHOW_PAIRS = os.path.abspath("data/show_pairs")

WRONG = (200, 0, 0)


class ShowPairsTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *flags, program=SHOW_PAIRS, **kwargs):
        return subprocess.run(
            [program, *flags],
            env={**os.environ, "BUILD_WORKING_DIRECTORY": self.directory},
            stderr=subprocess.PIPE,
            text=True,
            check=False,
            **{"stdout": subprocess.PIPE, **kwargs},
        )

    def show(self, *flags):
        """The pixels of a sheet, and what was printed after its path."""
        path = self.directory + "/pairs.png"
        result = self.run_program(*flags)
        self.assertEqual((result.stderr, result.returncode), ("", 0))
        self.assertTrue(result.stdout.startswith(path + ": "), result.stdout)
        pixels = read_png(path)
        os.remove(path)
        printed = result.stdout[len(path) + 2:]
        self.assertTrue(printed.endswith(f", {pixels.shape[1]}x{pixels.shape[0]} pixels\n"), printed)
        return pixels, printed

    def write(self, name, text):
        with open(f"{self.directory}/{name}", "w", encoding="utf-8") as file:
            file.write(text)

    def answers(self, name, answers):
        lines = [f"{pair},{answer}\n" for pair, answer in enumerate(answers)]
        self.write(name, "pair,answer\n" + "".join(lines))

    def assert_has_image(self, pixels, image):
        """Images are drawn, at --scale=1, as they are in the archive."""
        grey = np.floor(image + 0.5)
        windows = np.lib.stride_tricks.sliding_window_view(pixels[:, :, 0], image.shape)
        self.assertTrue((windows == grey).all((2, 3)).any())

    def generate(self, *flags):
        result = self.run_program(*flags, program=GENERATE_PAIR_SETS)
        self.assertEqual(result.returncode, 0, result.stderr)
        with np.load(self.directory + "/pairs.npz") as archive:
            return dict(archive)

    def test_drawn_pairs_are_those_of_the_archive(self):
        for data_set, part in ("mnist", "train"), ("fashion_mnist", "test"):
            arrays = self.generate("--n=20", "--seed=3", f"--data_set={data_set}")
            flags = ["--scale=1", "--max_pairs=12", f"--array={part}_input"]
            drawn, printed = self.show("--n=20", "--seed=3", f"--data_set={data_set}", *flags)
            self.assertTrue(printed.startswith("12 of 20 pairs, "), printed)
            for pair in 0, 11:
                for image in arrays[part + "_input"][pair]:
                    self.assert_has_image(drawn, image)
            read, _ = self.show("--pairs=pairs.npz", *flags)
            # But for the title.
            np.testing.assert_array_equal(drawn[40:], read[40:])

    def test_errors_are_marked_and_chosen(self):
        truth = self.generate("--n=30")["test_target"]
        right = ["<=" if target else ">" for target in truth]
        self.answers("right.csv", right)
        pixels, _ = self.show("--pairs=pairs.npz", "--predictions=right.csv")
        self.assertFalse((pixels == WRONG).all(2).any())
        wrong = [">" if i in (4, 17) else answer for i, answer in enumerate(right)]
        wrong[4], wrong[17] = ("<=" if right[i] == ">" else ">" for i in (4, 17))
        self.answers("wrong.csv", wrong)
        pixels, _ = self.show("--pairs=pairs.npz", "--predictions=wrong.csv")
        marked = (pixels == WRONG).all(2).sum()
        self.assertGreater(marked, 2000)
        only, printed = self.show("--pairs=pairs.npz", "--predictions=wrong.csv", "--only_errors")
        self.assertTrue(printed.startswith("2 of 2 wrong pairs, "), printed)
        self.assertEqual((only == WRONG).all(2).sum(), marked)
        first, printed = self.show("--pairs=pairs.npz", "--predictions=wrong.csv", "--only_errors", "--max_pairs=1")
        self.assertTrue(printed.startswith("1 of 2 wrong pairs, "), printed)
        self.assertLess((first == WRONG).all(2).sum(), marked)
        result = self.run_program("--pairs=pairs.npz", "--predictions=right.csv", "--only_errors")
        self.assertEqual(result.returncode, 1)
        self.assertIn("pairs.npz, test_input: all 30 answers are right; no errors to show", result.stderr)

    def test_columns_and_scale(self):
        np.savez(self.directory + "/pairs.npz", test_input=np.zeros((40, 2, 14, 14), np.uint8))
        for columns, scale in (5, 4), (10, 4), (5, 8):
            pixels, _ = self.show("--pairs=pairs.npz", f"--columns={columns}", f"--scale={scale}")
            self.assertEqual(pixels.shape[1] - 24, columns * (2 * 14 * scale + 4 + 14))

    def test_mistakes_leave_no_file(self):
        np.savez(self.directory + "/pairs.npz", test_input=np.zeros((2, 2, 14, 14), np.uint8), other=np.zeros(3, np.float32))
        self.answers("two.csv", ["<=", ">"])
        self.write("text.csv", "hello\n")
        self.write("false.csv", "pair,answer,label1\n0,<=,1\n")
        before = sorted(os.listdir(self.directory))
        here = self.directory
        for returncode, flags, message in [
            (2, ["--pairs=pairs.npz", "--seed=0"], "--seed is of pairs that are drawn; leave it out with --pairs"),
            (2, ["--array=x"], "--array is x; expected train_input or test_input, unless --pairs"),
            (2, ["--seed=-1"], "--seed=-1: expected 0 to 4294967295"),
            (2, ["--n=0"], "n = 0: expected at least 1 pair"),
            (2, ["--data_set=cifar"], "data_set is cifar; expected mnist or fashion_mnist"),
            (2, ["--max_pairs=0"], "--max_pairs is 0; expected at least 1"),
            (2, ["--only_errors"], "--only_errors needs --predictions"),
            (2, ["--pairs=pairs.npz", "--columns=-1"], "--columns is -1; expected at least 1, or 0"),
            (2, ["--scale=32", "--max_pairs=1000"], "lower --scale or --max_pairs"),
            (2, ["--output="], "--output is empty"),
            (2, ["--pairs=pairs.npz", "--array=x"], 'there is no array "x"; expected one of test_input, other'),
            (2, ["pairs.npz"], "unexpected argument 'pairs.npz'"),
            (2, ["--pair=x"], "unknown command line flag"),
            (1, ["--pairs=none.npz"], here + "/none.npz: cannot open"),
            (1, ["--pairs=two.csv"], here + "/two.csv: expected an .npz archive of NumPy"),
            (1, ["--pairs=pairs.npz", "--array=other"], 'array "other" has shape [3]; expected [N, 2, 14, 14]'),
            (1, ["--pairs=pairs.npz", "--only_errors", "--predictions=two.csv"], "nothing says which answers are wrong"),
            (1, ["--pairs=pairs.npz", "--predictions=none.csv"], here + "/none.csv: cannot open"),
            (1, ["--pairs=pairs.npz", "--predictions=text.csv"], '/text.csv:1: expected names of columns, with "pair" among them'),
            (1, ["--n=1", "--predictions=false.csv"], "/false.csv:2: label1 is \"1\", which is not so of pair 0"),
            (1, ["--mnist_dir=none"], here + "/none is not a directory"),
            (1, ["--pairs=pairs.npz", "--output=none/x.png"], here + "/none/x.png: cannot create"),
            (1, ["--pairs=pairs.npz", "--output=/dev/full"], "/dev/full: cannot write"),
        ]:
            with self.subTest(flags=flags):
                result = self.run_program(*flags)
                self.assertIn(message, result.stderr)
                self.assertEqual(result.returncode, returncode, result.stderr)
                self.assertEqual(result.stdout, "")
                self.assertEqual(sorted(os.listdir(self.directory)), before)

    def test_full_disk_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = self.run_program("--n=3", stdout=full)
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)


if __name__ == "__main__":
    unittest.main()
