#!/usr/bin/python3
"""Runs the programs on files that are written here, without our code."""

import csv
import json
import os
import resource
import signal
import struct
import subprocess
import tempfile
import time
import unittest

from records import tfrecord
from tools.sanitized import is_sanitized

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


def fields(message):
    """What a protobuf message has: a list of values for each field's number."""
    result = {}
    position = 0

    def read_varint():
        nonlocal position
        value = shift = 0
        while True:
            byte = message[position]
            position += 1
            value |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return value

    while position < len(message):
        key = read_varint()
        if key & 7 == 0:
            value = read_varint()
        elif key & 7 == 2:
            size = read_varint()
            value = message[position:position + size]
            position += size
        else:
            form = {1: "<d", 5: "<f"}[key & 7]
            (value,) = struct.unpack_from(form, message, position)
            position += struct.calcsize(form)
        result.setdefault(key >> 3, []).append(value)
    return result


def run_record(architecture, round_number, test_wrong):
    """A RunRecord, by the field numbers of run_record.proto."""
    test_errors = field(1, test_wrong) + field(2, 1000)
    return (field(1, 1)  # schema_version
            + field(2, b"digit_pairs")  # study_name
            + (field(4, round_number) if round_number else b"")  # round
            + field(5, field(1, architecture.encode()))  # architecture
            + field(11, 70342)  # parameter_count
            + field(12, 1)  # status: FINISHED
            + field(14, field(2, test_errors))  # errors
            + field(1000, field(2, 1.5)))  # environment: training_seconds


def file_of(*payloads):
    return b"".join(tfrecord.frame(payload) for payload in payloads)


FIRST = file_of(run_record("convnet", 0, 160))
GOOD = FIRST + file_of(run_record("convnet", 1, 170))


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
        self.output = result.stdout or b""
        self.stdout = self.output.decode(errors="replace")
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
            "digit_pairs", "0", "mnist", path
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

    def test_names_do_nothing_to_the_terminal(self):
        # Clears the screen, in two ways; forges a line; turns the text around.
        name = "a\x1b[2J\x9b2J\nconvnet 3/3\r\u202eb"
        contents = file_of(run_record(name, 0, 160), run_record(name, 1, 170),
                           run_record("convnet", 0, 150))
        path = self.write("hostile.tfrecord", contents)
        contradiction = self.write("contradiction.tfrecord",
                                   contents + file_of(run_record(name, 1, 1)))
        for command in (["stats", path], ["stats", "--format=markdown", path],
                        ["stats", "--format=latex", path],
                        ["stats", "--format=csv", path],
                        ["stats", "--format=json", path],
                        ["stats", "--architectures=x", path],
                        ["stats", contradiction], ["records", "list", path],
                        ["records", "show", path], ["records", "export", path],
                        ["records", "replay", path],
                        ["records", "merge", "--output=/dev/null",
                         contradiction]):
            self.run_program(*command)
            printed = self.stdout + self.stderr
            self.assertRegex(printed, r"\\(x|u00|textbackslash\{\}x)1b", command)
            self.assertNotRegex(
                printed, "[\0-\x09\x0b-\x1f\x7f-\x9f\u202e]", command)
            # In CSV a field with several lines is one in quotes.
            if "export" not in command and "--format=csv" not in command:
                self.assertNotRegex(printed, "(?m)^ *convnet 3/3")

    @unittest.skipIf(is_sanitized("tools/stats"), "cannot be limited")
    def test_too_little_memory_is_an_error(self):
        path = self.write("good.tfrecord", GOOD * 10)

        def limit_memory():
            limit = 150 << 20
            resource.setrlimit(resource.RLIMIT_AS, (limit, limit))

        # A record of as many bytes as are allowed, all there.
        large = struct.pack("<Q", 250 << 20)
        with open(path, "ab") as file:
            file.write(large + struct.pack("<I", tfrecord.masked_crc32c(large)))
            file.truncate(251 << 20)
        self.assertEqual(
            self.run_program("stats", path, preexec_fn=limit_memory), 1)
        self.assertTrue(self.stderr.startswith("stats: out of memory; "),
                        self.stderr)

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
            (["records"], "no subcommand; there are: list, show, verify,"),
            (["records", "lst", "/none"],
             "unknown subcommand 'lst'; there are: list, show, verify,"),
            (["records", "list", "--output=x", "/none"],
             "--output means nothing to list"),
            (["records", "merge", "--output=x", "--format=csv", "/none"],
             "--format means nothing to merge"),
            (["records", "show", "--without=epochs", "/none"],
             "--without means nothing to show"),
            (["records", "merge", "--output=x", "--without=loss", "/none"],
             "--without names 'loss'"),
            (["records", "merge", "/none"], "no --output given"),
            (["records", "repair", "/none"], "no --output given"),
            (["records", "export", "--format=pdf", "/none"],
             "unknown format 'pdf'"),
            (["records", "list"], "no record file given"),
        ]:
            self.assertEqual(self.run_program(*arguments), 2, arguments)
            self.assertIn(message, self.stderr)
            self.assertEqual(self.stdout, "")

    def test_verify(self):
        good = self.write("good.tfrecord", GOOD)
        torn = self.write("torn.tfrecord", GOOD[:-1])
        corrupt = self.write("corrupt.tfrecord", b"x" + GOOD[1:])
        self.assertEqual(self.run_program("records", "verify", good), 0)
        self.assertEqual(
            self.stdout,
            "%s: 2 good records in %d bytes\n" % (good, len(GOOD)))
        self.assertEqual(
            self.run_program("records", "verify", "-", input=GOOD), 0)
        self.assertEqual(
            self.run_program("records", "verify", good, torn, corrupt), 1)
        self.assertIn("%s: record 1 at byte %d is incomplete" %
                      (torn, len(FIRST)), self.stdout)
        self.assertIn("%s: record 0 at byte 0 is corrupt" % corrupt,
                      self.stdout)
        self.assertEqual(self.stderr,
                         "records: 2 of 3 files are not good all through\n")

    def test_repair_from_a_fifo(self):
        fifo = os.path.join(self.directory.name, "fifo")
        output = os.path.join(self.directory.name, "out.tfrecord")
        os.mkfifo(fifo)
        with subprocess.Popen(["tee", fifo],
                              stdin=subprocess.PIPE,
                              stdout=subprocess.DEVNULL) as tee:
            tee.stdin.write(b"damage" + GOOD + GOOD[:30])
            tee.stdin.close()
            self.assertEqual(
                self.run_program("records", "repair", fifo,
                                 "--output=" + output), 0, self.stderr)
        with open(output, "rb") as file:
            self.assertEqual(file.read(), GOOD)
        self.assertIn("; 6 bytes are lost, the next good record is at byte 6\n",
                      self.stderr)
        self.assertIn("2 good records; 36 of ", self.stderr)

    def test_merge_in_a_pipeline(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(
            self.run_program("records", "merge", "--output=-", path, path), 0)
        self.assertEqual(self.output, GOOD)

    def test_interrupted_merge_leaves_nothing(self):
        output = os.path.join(self.directory.name, "out.tfrecord")
        with subprocess.Popen([
                os.path.abspath("tools/records"), "merge", "-",
                "--output=" + output
        ],
                              stdin=subprocess.PIPE,
                              stderr=subprocess.PIPE) as process:
            process.stdin.write(GOOD)
            process.stdin.flush()
            # The file that is being written.
            while not os.listdir(self.directory.name):
                time.sleep(0.01)
            process.send_signal(signal.SIGINT)
            process.stdin.write(GOOD)
            process.stdin.close()
            self.assertEqual(process.wait(timeout=30), 130)
            self.assertIn(b"has not been written", process.stderr.read())
        self.assertEqual(os.listdir(self.directory.name), [])

    def test_export_csv(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(self.run_program("records", "export", path), 0)
        rows = list(csv.DictReader(self.stdout.splitlines()))
        self.assertEqual([(row["round"], float(row["value"])) for row in rows
                          if row["metric"] == "test_error"],
                         [("0", 16.0), ("1", 17.0)])

    def test_export_json(self):
        path = self.write("good.tfrecord", GOOD)
        self.assertEqual(
            self.run_program("records", "export", "--format=jsonl", path), 0)
        records = [json.loads(line) for line in self.stdout.splitlines()]
        self.assertEqual(
            [record["errors"]["test"] for record in records],
            [{"wrong": "160", "total": "1000"},
             {"wrong": "170", "total": "1000"}])

    def test_export_tensorboard(self):
        path = self.write("good.tfrecord", GOOD)
        board = os.path.join(self.directory.name, "board")
        self.assertEqual(
            self.run_program("records", "export", "--format=tensorboard",
                             "--output=" + board, path), 0, self.stderr)
        runs = {}
        for directory, _, names in os.walk(board):
            for name in names:
                self.assertIn("tfevents", name)
                with open(os.path.join(directory, name), "rb") as file:
                    events = tfrecord.payloads(file.read())
                runs[os.path.relpath(directory, board)] = [
                    fields(event) for event in events
                ]
        self.assertEqual(sorted(runs), [
            "digit_pairs/seed_0/convnet/round_0",
            "digit_pairs/seed_0/convnet/round_1"
        ])
        first, last = runs["digit_pairs/seed_0/convnet/round_1"]
        # file_version, and the only tag of summary.value whose simple_value is
        # the test error: the numbers are those of TensorFlow's event.proto and
        # summary.proto.
        self.assertEqual(first[3], [b"brain.Event:2"])
        values = {}
        for value in fields(last[5][0])[1]:
            value = fields(value)
            values[value[1][0]] = value[2][0]
        self.assertEqual(values[b"round/test_error"], 17.0)
        self.assertEqual(values[b"round/diverged"], 0.0)
        self.assertEqual(values[b"round/training_seconds"], 1.5)

    @unittest.skipUnless(os.path.exists(FULL_DEVICE), "no " + FULL_DEVICE)
    def test_full_output_is_an_error(self):
        path = self.write("good.tfrecord", GOOD)
        for program in (["stats"], ["records", "list"], ["records", "show"],
                        ["records", "verify"], ["records", "export"],
                        ["records", "merge", "--output=-"]):
            with open(FULL_DEVICE, "wb") as full:
                self.assertEqual(
                    self.run_program(*program, path, stdout=full), 1)
            self.assertRegex(
                self.stderr,
                "standard output: cannot write: No space left|/dev/stdout")

    def test_closed_output_is_an_error(self):
        path = self.write("good.tfrecord", GOOD)
        for program in (["stats"], ["records", "list"], ["records", "show"],
                        ["records", "verify"], ["records", "export"],
                        ["records", "merge", "--output=-"]):
            reading, writing = os.pipe()
            os.close(reading)
            code = self.run_program(*program, path, stdout=writing)
            os.close(writing)
            # Stopped by the signal, as every program in a pipeline, or told.
            self.assertNotEqual(code, 0)


if __name__ == "__main__":
    unittest.main()
