#!/usr/bin/python3
"""Runs the programs on files that are written here, without our code."""

import os
import struct
import subprocess
import tempfile
import unittest

from records import tfrecord

FULL_DEVICE = "/dev/full"


def varint(value):
    data = bytearray()
    while value >= 0x80:
        data.append(value & 0x7F | 0x80)
        value >>= 7
    data.append(value)
    return bytes(data)


def field(number, value):
    """A field of a protobuf message, in its wire format."""
    if isinstance(value, float):
        return varint(number << 3 | 1) + struct.pack("<d", value)
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    return varint(number << 3 | 2) + varint(len(value)) + value


def run_record(architecture, round_number, test_wrong):
    """A RunRecord, by the field numbers of run_record.proto."""
    test_errors = field(1, test_wrong) + field(2, 1000)
    return (field(1, 1)  # schema_version
            + field(2, b"digit_pairs")  # study_name
            + field(4, round_number)  # round
            + field(5, field(1, architecture.encode()))  # architecture
            + field(11, 70342)  # parameter_count
            + field(12, 1)  # status: FINISHED
            + field(14, field(2, test_errors))  # errors
            + field(1000, field(2, 1.5)))  # environment: training_seconds


def file_of(*payloads):
    return b"".join(tfrecord.frame(payload) for payload in payloads)


GOOD = file_of(run_record("convnet", 0, 160), run_record("convnet", 1, 170))


class CommandLinesTest(unittest.TestCase):

    def setUp(self):
        self.directory = tempfile.TemporaryDirectory()
        self.addCleanup(self.directory.cleanup)

    def write(self, name, contents):
        path = os.path.join(self.directory.name, name)
        with open(path, "wb") as file:
            file.write(contents)
        return path

    def run_program(self, *arguments, **kwargs):
        kwargs.setdefault("stdout", subprocess.PIPE)
        result = subprocess.run([os.path.abspath("tools/" + arguments[0])] +
                                list(arguments[1:]),
                                stderr=subprocess.PIPE,
                                timeout=30,
                                **kwargs)
        self.stdout = (result.stdout or b"").decode()
        self.stderr = result.stderr.decode()
        return result.returncode

    def test_stats(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(self.run_program("stats", path), 0, self.stderr)
        self.assertIn("convnet          2/2  70,342  16.50 ± 0.71",
                      self.stdout)
        self.assertEqual(self.stderr, "")

    def test_list(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(self.run_program("records", "list", path), 0)
        lines = self.stdout.splitlines()
        self.assertEqual(len(lines), 3)
        self.assertEqual(lines[2].split(), [
            "1", "convnet", "1", "finished", "17.00", "n/a", "n/a", "1.50",
            "digit_pairs", "0", path
        ])

    def test_show(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(self.run_program("records", "show", path), 0)
        self.assertEqual(self.stdout.count("schema_version: 1\n"), 2)
        self.assertIn("    wrong: 170\n", self.stdout)

    def test_relative_paths_are_the_users(self):
        path = self.write("good.tfrecord", GOOD)
        environment = dict(os.environ,
                           BUILD_WORKING_DIRECTORY=self.directory.name)
        self.assertEqual(
            self.run_program("records", "list", "good.tfrecord",
                             env=environment), 0, self.stderr)
        self.assertIn(path, self.stdout)

    def test_standard_input(self):
        for name in "-", "/dev/stdin":
            self.assertEqual(self.run_program("stats", name, input=GOOD), 0)
            self.assertIn("2/2", self.stdout)

    def test_torn_tail_is_a_warning(self):
        path = self.write("torn.tfrecord", GOOD[:-1])
        for program in ["stats"], ["records", "list"], ["records", "show"]:
            self.assertEqual(self.run_program(*program, path), 0)
            self.assertIn("convnet", self.stdout)
            self.assertTrue(
                self.stderr.startswith("%s: warning: %s: record 1 at byte" %
                                       (program[0], path)), self.stderr)

    def test_corruption_is_an_error(self):
        path = self.write("corrupt.tfrecord",
                          GOOD[:-1] + bytes([GOOD[-1] ^ 1]))
        for program in ["stats"], ["records", "list"], ["records", "show"]:
            self.assertEqual(self.run_program(*program, path), 1)
            self.assertIn("%s: record 1 at byte" % path, self.stderr)
            self.assertIn("corrupt", self.stderr)

    def test_missing_file_is_an_error(self):
        path = os.path.join(self.directory.name, "none.tfrecord")
        self.assertEqual(self.run_program("stats", path), 1)
        self.assertEqual(
            self.stderr,
            "stats: %s: cannot open: No such file or directory\n" % path)

    def test_mistakes_exit_with_2(self):
        for arguments, message in [
            (["stats"], "no record file given"),
            (["stats", "--format=pdf", "/none"], "unknown format 'pdf'"),
            (["stats", "--fromat=csv", "/none"], "fromat"),
            (["records"], "no subcommand; there are: list, show"),
            (["records", "lst", "/none"],
             "unknown subcommand 'lst'; there are: list, show"),
            (["records", "list"], "no record file given"),
        ]:
            self.assertEqual(self.run_program(*arguments), 2, arguments)
            self.assertIn(message, self.stderr)
            self.assertEqual(self.stdout, "")

    def test_help_fits_one_screen(self):
        for program in "stats", "records":
            self.assertEqual(self.run_program(program, "--help"), 0)
            lines = self.stdout.splitlines()
            self.assertTrue(lines[0].startswith("Usage: " + program))
            self.assertLessEqual(len(lines), 24)
            self.assertLessEqual(max(map(len, lines)), 80)

    @unittest.skipUnless(os.path.exists(FULL_DEVICE), "no " + FULL_DEVICE)
    def test_full_output_is_an_error(self):
        path = self.write("good.tfrecord", GOOD)
        for program in ["stats"], ["records", "list"], ["records", "show"]:
            with open(FULL_DEVICE, "wb") as full:
                self.assertEqual(
                    self.run_program(*program, path, stdout=full), 1)
            self.assertIn("standard output: cannot write: No space left",
                          self.stderr)

    def test_closed_output_is_an_error(self):
        path = self.write("good.tfrecord", GOOD)
        for program in ["stats"], ["records", "list"], ["records", "show"]:
            reading, writing = os.pipe()
            os.close(reading)
            code = self.run_program(*program, path, stdout=writing)
            os.close(writing)
            # Stopped by the signal, as every program in a pipeline, or told.
            self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
