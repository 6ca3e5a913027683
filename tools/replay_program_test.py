#!/usr/bin/python3
"""Replays the records of a small study, and of one that has been changed."""

import os
import re
import signal
import subprocess
import tempfile
import unittest

from records import tfrecord

RECORDS = os.path.abspath("tools/records")
SCHEMAS = ":".join("proto/%s_proto-descriptor-set.proto.bin" % name
                   for name in ("architecture", "study", "run_record"))


def protoc(action, data):
    """Decodes a RunRecord to protobuf's text format or encodes it, by its compiler."""
    return subprocess.run([
        "protoc", "--descriptor_set_in=" + SCHEMAS,
        "--%s=minidl.proto.RunRecord" % action
    ], input=data, stdout=subprocess.PIPE, check=True).stdout


class ReplayProgramTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.directory = directory.name
        cls.path = os.path.join(directory.name, "study.tfrecord")
        subprocess.run([
            "experiments/digit_pairs", "--rounds=2", "--epochs=1", "--jobs=1",
            "--architectures=convnet", "--output=" + cls.path
        ], check=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    def replay(self, *arguments):
        return subprocess.run([RECORDS, "replay", *arguments],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True, timeout=100)

    def test_the_same(self):
        result = self.replay(self.path)
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stdout.splitlines(), [
            self.path + ": record 0, convnet round 0: the same",
            self.path + ": record 1, convnet round 1: the same",
            "2 records replayed: 2 the same, 0 differ"
        ])
        self.assertIn("[2/2] convnet round", result.stderr)

    def test_a_digit_that_was_changed(self):
        with open(self.path, "rb") as file:
            payloads = tfrecord.payloads(file.read())
        text = protoc("decode", payloads[1]).decode()
        errors = re.search(r"(?s)errors \{.*?test \{\s*wrong: (\d+)", text)
        wrong = errors.group(1)
        changed = str(int(wrong) ^ 1)
        text = (text[:errors.start(1)] + changed + text[errors.end(1):])
        path = os.path.join(self.directory, "changed.tfrecord")
        with open(path, "wb") as file:
            file.write(tfrecord.frame(payloads[0]) +
                       tfrecord.frame(protoc("encode", text.encode())))
        result = self.replay("--jobs=1", path)
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(result.stdout.splitlines(), [
            path + ": record 0, convnet round 0: the same",
            path + ": record 1, convnet round 1: differs in "
            "errors.test.wrong: %s -> %s" % (changed, wrong),
            "2 records replayed: 1 the same, 1 differs"
        ])
        self.assertIn("records: 1 of 2 records did not come out again\n",
                      result.stderr)
        self.assertEqual(self.replay("--only_round=0", path).returncode, 0)

    def test_interruption(self):
        files = [self.path] * 2
        # More epochs than anyone waits for.
        with open(self.path, "rb") as file:
            payloads = tfrecord.payloads(file.read())
        text = re.sub(r"(?s)(training \{\s*epochs: )1\b", r"\g<1>1000000",
                      protoc("decode", payloads[1]).decode())
        path = os.path.join(self.directory, "long.tfrecord")
        with open(path, "wb") as file:
            file.write(tfrecord.frame(protoc("encode", text.encode())))
        with subprocess.Popen([RECORDS, "replay", "--jobs=1", *files, path],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              text=True) as process:
            for line in process.stderr:
                if line.startswith("[2/3]"):
                    break
            process.send_signal(signal.SIGINT)
            stdout, stderr = process.communicate(timeout=100)
        self.assertEqual(process.returncode, 130)
        self.assertIn("records: interrupted", stderr)
        self.assertIn("4 records replayed: 4 the same, 0 differ; 1 not run",
                      stdout)

    def test_mistakes_exit_with_2(self):
        for arguments, message in [
            (["--only_round=7", self.path], "no record is chosen"),
            (["--jobs=-1", self.path], "--jobs is -1"),
            (["--output=x", self.path], "--output means nothing to replay"),
        ]:
            result = self.replay(*arguments)
            self.assertEqual(result.returncode, 2, arguments)
            self.assertIn(message, result.stderr)
            self.assertEqual(result.stdout, "")


if __name__ == "__main__":
    unittest.main()
