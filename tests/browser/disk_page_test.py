#!/usr/bin/python3
"""The page of the disk program in a browser, against what the program prints.

Screenshots are among the test's outputs, to be looked at.
"""

import os
import re
import subprocess
import tempfile
import unittest

from tests.browser.browser import DESKTOP, PHONE, BrowserTest

DISK = os.path.abspath("experiments/disk")


class DiskPageTest(BrowserTest):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.page = os.path.join(directory.name, "disk.html")
        self.browser.set_window(DESKTOP)
        self.browser.set_media()

    def open_page(self, *flags):
        """Opens the page of a run; returns what the run printed."""
        result = subprocess.run([DISK, f"--plot={self.page}", *flags], capture_output=True, text=True, check=False)
        self.browser.open(self.page)
        self.assertEqual(self.browser.take_log(), [])
        self.assertEqual([url for url in self.browser.take_requests() if not url.startswith(("file:", "data:"))], [])
        return result.stdout

    def save_screenshot(self, name):
        self.browser.save_screenshot(os.path.join(self.outputs, f"disk_{name}.png"))

    def test_marks_are_the_points_and_the_mistakes(self):
        printed = self.open_page("--rounds=3", "--epochs=60")
        errors = [float(text) for text in re.findall(r"test error (.*)%", printed)]
        train_errors = [float(text) for text in re.findall(r"train error (.*)%,", printed)]
        self.assertEqual(self.browser.count("#region-plot .point"), 1000)
        self.assertEqual(self.browser.count("#region-plot .wrong"), round(10 * errors[0]))
        choose = """const select = document.getElementById(arguments[0]);
            select.value = arguments[1];
            select.dispatchEvent(new Event("change"));"""
        self.browser.run(choose, "region-seed", "2")
        self.assertEqual(self.browser.count("#region-plot .wrong"), round(10 * errors[2]))
        self.browser.run(choose, "region-points", "train")
        self.assertEqual(self.browser.count("#region-plot .wrong"), round(10 * train_errors[2]))
        self.assertEqual(self.browser.texts("#rounds-table tbody td:nth-child(2)"),
                         [f"{error:.2f}" for error in errors])
        mean, deviation = re.search(r"test error: (.*)% ± (.*)%", printed).groups()
        self.assertEqual(self.browser.text("#headline .claim"), f"A test error of {mean} ± {deviation} %.")
        self.save_screenshot("light")
        self.browser.set_media("dark")
        self.save_screenshot("dark")

    def test_curves_answer_the_keyboard(self):
        self.open_page("--rounds=2", "--epochs=5")
        # A line a round, and their mean.
        self.assertEqual(self.browser.count("#curves-plot .mark-line path"), 3)
        self.browser.run("document.getElementById('curves-plot').focus()")
        self.browser.press("End")
        self.assertIn("epoch 5", self.browser.text("#tooltip"))
        self.assertIn("2 rounds", self.browser.text("#tooltip"))

    def test_phone(self):
        self.browser.set_window(PHONE)
        self.open_page("--rounds=2", "--epochs=30")
        self.assertLessEqual(self.browser.run("return document.documentElement.scrollWidth"), PHONE[0])
        box = self.browser.box("#region-plot svg")
        self.assertAlmostEqual(box["width"], box["height"], delta=2)
        self.save_screenshot("phone")

    def test_one_round_of_one_epoch(self):
        printed = self.open_page("--epochs=1")
        error = re.search(r"test error: (.*)%", printed).group(1)
        self.assertEqual(self.browser.text("#headline .claim"), f"A test error of {error} % in the only round.")

    def test_divergence(self):
        self.open_page("--rounds=2", "--learning_rate=1e6")
        self.assertEqual(self.browser.text("#headline .claim"), "The training diverged in all 2 rounds.")
        self.assertEqual(self.browser.texts("#rounds-table tbody td:nth-child(2)"), ["n/a", "n/a"])
        self.assertEqual(self.browser.count("section:not([hidden])"), 1)


if __name__ == "__main__":
    unittest.main()
