#!/usr/bin/python3
"""Runs the commands and the Python programs of RECORDS.md."""

import csv
import glob
import os
import re
import subprocess
import sys
import tempfile
import unittest

TOP = os.getcwd()
BAZEL_RUN = "./bazelw run //tools:records -- "


class RecordsTest(unittest.TestCase):

    def test_examples(self):
        with open("docs/RECORDS.md", encoding="utf-8") as file:
            text = file.read()
        commands = re.findall("(?m)^    " + re.escape(BAZEL_RUN) + "(.*)", text)
        programs = re.findall(r"(?ms)^```python\n(.*?)^```", text)
        self.assertEqual((len(commands), len(programs)), (8, 2))

        with tempfile.TemporaryDirectory() as directory:

            def run(*command):
                return subprocess.run(command,
                                      cwd=directory,
                                      check=True,
                                      stdout=subprocess.PIPE,
                                      text=True,
                                      timeout=100).stdout

            run(TOP + "/experiments/digit_pairs", "--rounds=2", "--epochs=1",
                "--architectures=convnet", "--output=study.tfrecord")
            for command in commands:
                run(TOP + "/tools/records", *command.split())
            protos = glob.glob("proto/*.proto")
            run("protoc", "-I" + TOP, "--python_out=" + directory, *protos)

            with open(directory + "/study.csv", encoding="ascii") as file:
                expected = sorted(
                    "%s %s %.2f %%\n" % (row["architecture"], row["round"],
                                         float(row["value"]))
                    for row in csv.DictReader(file)
                    if row["metric"] == "test_error" and not row["epoch"])
            self.assertEqual(len(expected), 2)
            for program in programs:
                printed = run(sys.executable, "-c", program)
                self.assertEqual(sorted(printed.splitlines(True)), expected)


if __name__ == "__main__":
    unittest.main()
