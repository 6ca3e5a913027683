#!/usr/bin/python3
"""Checks that RESULTS.md has the tables that stats makes of the records in results/."""

import difflib
import glob
import os
import re
import subprocess
import tempfile
import unittest

from docs import update_results

LARGEST_FILE = 1_000_000  # Bytes: they stay in the repository for ever.


def read_page():
    with open(update_results.PAGE, encoding="utf-8") as file:
        return file.read()


def has_fused_multiply_adds():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " fma " in file.read()


class ResultsTest(unittest.TestCase):

    def test_tables_are_those_of_the_records(self):
        page = read_page()
        made = update_results.with_tables(page)
        difference = "\n".join(difflib.unified_diff(page.splitlines(), made.splitlines(), "RESULTS.md", "made anew"))
        self.assertEqual(difference, "", "run `./bazelw run //docs:update_results`")

    def test_every_comment_is_one_of_a_table(self):
        page = read_page()
        self.assertEqual(len(update_results.TABLE.findall(page)), len(re.findall("<!-- stats", page)))
        self.assertEqual(len(update_results.TABLE.findall(page)), len(re.findall("<!-- end -->", page)))

    def test_records_are_small_and_used(self):
        page = read_page()
        paths = glob.glob("docs/results/*.tfrecord")
        self.assertNotEqual(paths, [])
        for path in paths:
            self.assertLess(os.path.getsize(path), LARGEST_FILE, path)
            self.assertIn(path, page)
            shown = subprocess.run(["tools/records", "show", path], stdout=subprocess.PIPE, check=True, text=True).stdout
            self.assertNotIn("\nenvironment {", shown, path)

    @unittest.skipUnless(has_fused_multiply_adds(), "other processors have other bits")
    def test_the_code_still_gives_the_four_way_table(self):
        replayed = subprocess.run([
            "tools/records", "replay", "--architectures=convnet_shared_aux", "--only_round=0",
            "docs/results/four_way.tfrecord"
        ], stdout=subprocess.PIPE, text=True)
        self.assertEqual(replayed.returncode, 0, replayed.stdout)

    def test_program_changes_tables_alone(self):
        page = read_page()
        with tempfile.TemporaryDirectory() as directory:
            os.mkdir(os.path.join(directory, "docs"))
            path = os.path.join(directory, update_results.PAGE)
            with open(path, "w", encoding="utf-8") as file:
                file.write(update_results.TABLE.sub(lambda match: match[1] + match[4], page))
            for printed in "has been changed", "is up to date":
                result = subprocess.run(["docs/update_results.py"],
                                        env={"BUILD_WORKSPACE_DIRECTORY": directory, "PYTHONPATH": "."},
                                        stdout=subprocess.PIPE,
                                        check=True,
                                        text=True)
                self.assertEqual(result.stdout, update_results.PAGE + " " + printed + "\n")
                with open(path, encoding="utf-8") as file:
                    self.assertEqual(file.read(), update_results.with_tables(page))


if __name__ == "__main__":
    unittest.main()
