#!/usr/bin/python3
"""Does what TUTORIAL.md says: writes its files, runs its commands, and compares what they print with what it shows."""

import os
import re
import tempfile
import unittest

from data.png_testutil import read_png
from docs import page_commands


def has_fused_multiply_adds():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " fma " in file.read()


class TutorialTest(unittest.TestCase):

    maxDiff = None

    @unittest.skipUnless(has_fused_multiply_adds(), "other processors have other bits")
    def test_everything_in_it(self):
        with tempfile.TemporaryDirectory() as clone:
            page_commands.write_bazelw(clone)
            os.symlink(page_commands.TOP + "/experiments", clone + "/experiments")
            page_commands.run_page(self, "docs/TUTORIAL.md", clone)
            # The picture in it is the one that its command draws.
            in_page = read_png("docs/tutorial/mistakes.png")
            made = read_png(clone + "/my_study/mistakes.png")
            self.assertEqual((in_page.shape, in_page.tobytes()), (made.shape, made.tobytes()))

    def test_picture_is_in_it(self):
        with open("docs/TUTORIAL.md", encoding="utf-8") as file:
            self.assertEqual(re.findall(r"!\[.*?\]\((.*?)\)", file.read()), ["tutorial/mistakes.png"])


class PageCommandsTest(unittest.TestCase):

    def test_what_is_left_out(self):
        for shown, printed, expected in [
            ("a b", "a b", True),
            ("a", "a b", False),
            ("a …", "a b c", True),
            ("a … c", "a b c", True),
            ("a … d", "a b c", False),
            ("… b …", "a b c", True),
            ("… d …", "a b c", False),
            ("… b … b", "a b", False),
            ("b …", "a b", False),
            ("", "a", False),
            ("…", "a b", True),
        ]:
            self.assertEqual(page_commands.shows(shown.split(), printed.split()), expected, shown)


if __name__ == "__main__":
    unittest.main()
