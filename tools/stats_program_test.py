#!/usr/bin/python3
"""Reads what stats prints with what others read it with: csv, json, LaTeX."""

import csv
import io
import json
import os
import re
import shutil
import subprocess
import tempfile
import unittest

from records import tfrecord

SCHEMAS = ":".join("proto/%s_proto-descriptor-set.proto.bin" % name
                   for name in ("architecture", "study", "run_record"))

# All that LaTeX, CSV or Markdown gives a meaning.
ODD_NAME = 'odd_%#&{}$~^|<>,"\\name'

WRONG = {
    "convnet": [151, 151, 153, 173, 156, 159, 154, 166, 142, 156],
    ODD_NAME: [140, 108, 120, 127, 127, 122, 123, 120, 110, 122],
}

RECORD = """
schema_version: 1
study_name: "digit_pairs"
study_seed: 18446744073709551615
round: %d
architecture { name: %s }
test_pairs: 1000
data_hash: %d
parameter_count: 70342
status: FINISHED
errors { test { wrong: %d total: 1000 } }
environment { training_seconds: 1.5 }
"""


def payload(text):
    """The RunRecord of `text` in protobuf's text format, by its compiler."""
    return subprocess.run([
        "protoc", "--descriptor_set_in=" + SCHEMAS,
        "--encode=minidl.proto.RunRecord"
    ], input=text.encode(), stdout=subprocess.PIPE, check=True).stdout


class StatsProgramTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.path = os.path.join(self.directory, "records.tfrecord")
        with open(self.path, "wb") as file:
            for name, errors in WRONG.items():
                for number, wrong in enumerate(errors):
                    file.write(tfrecord.frame(payload(
                        RECORD % (number, json.dumps(name), number + 1, wrong))))

    def stats(self, *flags):
        result = subprocess.run(
            ["tools/stats", self.path] + list(flags), stdout=subprocess.PIPE,
            stderr=subprocess.PIPE, timeout=30, check=True)
        self.stderr = result.stderr.decode()
        return result.stdout.decode()

    def test_csv(self):
        rows = list(csv.DictReader(io.StringIO(self.stats("--format=csv"))))
        self.assertEqual([row["architecture"] for row in rows], list(WRONG))
        self.assertEqual(float(rows[0]["test_error_mean"]), 15.61)
        self.assertEqual(rows[0]["digit_error_mean"], "")
        self.assertEqual(self.stderr.count("note: test errors of"), 2)
        for table, length in ("comparisons", 1), ("contrasts", 0), (
                "rounds", 20), ("lints", 2):
            lines = list(csv.reader(io.StringIO(
                self.stats("--format=csv", "--table=" + table))))
            self.assertEqual(len(lines), 1 + length, table)
            self.assertEqual({len(line) for line in lines}, {len(lines[0])})

    def test_json(self):
        statistics = json.loads(self.stats("--format=json"))
        self.assertEqual(statistics["seeds"], ["18446744073709551615"])
        comparison, = statistics["comparisons"]
        self.assertEqual(comparison["architecture"], ODD_NAME)
        self.assertAlmostEqual(comparison["effect"]["difference"]["mean"],
                               -3.42, places=12)
        self.assertEqual(comparison["effect"]["test"]["p"], 2**-9)
        self.assertEqual(
            [round["difference"] for round in comparison["effect"]["rounds"]],
            [(after - before) / 10
             for before, after in zip(WRONG["convnet"], WRONG[ODD_NAME])])
        self.assertNotIn("digit_error", statistics["architectures"][0])

    def test_markdown_has_as_many_cells_in_every_row(self):
        tables = re.findall(r"(?:^\|.*\n)+", self.stats("--format=markdown"),
                            re.MULTILINE)
        self.assertEqual(len(tables), 3)
        for table in tables:
            cells = {len(re.findall(r"(?<!\\)\|", row))
                     for row in table.splitlines()}
            self.assertEqual(len(cells), 1, table)

    @unittest.skipUnless(shutil.which("pdflatex"), "no pdflatex")
    def test_latex_compiles(self):
        with open(os.path.join(self.directory, "stats.tex"), "w",
                  encoding="utf-8") as file:
            file.write(self.stats("--format=latex"))
        with open(os.path.join(self.directory, "main.tex"), "w",
                  encoding="utf-8") as file:
            file.write("\\documentclass{article}\n\\usepackage{booktabs}\n"
                       "\\begin{document}\n\\input{stats}\n\\end{document}\n")
        result = subprocess.run(
            ["pdflatex", "-draftmode", "-halt-on-error",
             "-interaction=nonstopmode", "main.tex"],
            cwd=self.directory, timeout=60, stdout=subprocess.PIPE,
            env=dict(os.environ, HOME=self.directory,
                     TEXMFVAR=self.directory))
        output = result.stdout.decode(errors="replace")
        self.assertEqual(result.returncode, 0, output)
        self.assertNotIn("Missing character", output)


if __name__ == "__main__":
    unittest.main()
