#!/usr/bin/python3
"""Interrupts programs in every way, and looks for what is lost.

    crash_test.py [--kills=N] [--seed=N]

kills digit_pairs N times.
"""

import argparse
import fcntl
import glob
import os
import random
import re
import resource
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest

from records import tfrecord
from tools.sanitized import has_sanitizer

DIGIT_PAIRS = os.path.abspath("experiments/digit_pairs")
RECORDS = os.path.abspath("tools/records")
STUDY = os.path.abspath("tests/crash/study.textproto")
NUM_ROUNDS = 20  # Of the study, with both of its configurations.
TIMEOUT = 60
OPTIONS = argparse.Namespace(kills=6, seed=None)


def read(path):
    with open(path, "rb") as file:
        return file.read()


def whole_records(contents):
    """The size of the records that `contents` begins with."""
    size = 0
    while size + 16 <= len(contents):
        (length,) = struct.unpack_from("<Q", contents, size)
        if size + 16 + length > len(contents):
            break
        size += 16 + length
    return size


def write_data_set(directory):
    """A data set that takes no time to read, of what looks like anything."""
    generator = random.Random(0)
    for name, count in ("train", 250), ("t10k", 60):
        for kind, header, size in [("images-idx3", [count, 28, 28], 28 * 28), ("labels-idx1", [count], 1)]:
            with open("%s/%s-%s-ubyte" % (directory, name, kind), "wb") as file:
                file.write(struct.pack(">BBBB%dI" % len(header), 0, 0, 8, len(header), *header))
                file.write(bytes(generator.randrange(256 if size > 1 else 10) for _ in range(count * size)))


class CrashTest(unittest.TestCase):

    @classmethod
    def setUpClass(cls):
        directory = tempfile.TemporaryDirectory()
        cls.addClassCleanup(directory.cleanup)
        cls.data_set = directory.name
        write_data_set(cls.data_set)
        # What comes of the study if nothing happens.
        cls.undisturbed = cls.data_set + "/undisturbed"
        os.mkdir(cls.undisturbed)
        subprocess.run(cls.command(cls.undisturbed), check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    @classmethod
    def command(cls, directory, *flags):
        return [
            DIGIT_PAIRS, "--study=" + STUDY, "--mnist_dir=" + cls.data_set, "--output=" + directory + "/out.tfrecord",
            "--models=" + directory + "/models", "--html=" + directory + "/page.html", *flags
        ]

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.output = self.directory + "/out.tfrecord"

    def run_program(self, *arguments, **kwargs):
        return subprocess.run(arguments, stdin=subprocess.DEVNULL, capture_output=True, timeout=TIMEOUT, text=True,
                              **kwargs)

    def start(self, *flags, **kwargs):
        return subprocess.Popen(self.command(self.directory, *flags), stdout=subprocess.DEVNULL,
                                stderr=subprocess.PIPE, text=True, **kwargs)

    def read_output(self):
        return read(self.output) if os.path.exists(self.output) else b""

    def comparable(self, directory):
        """The records of a study's file, without what differs from run to run, in one order."""
        merged = self.directory + "/merged.tfrecord"
        result = self.run_program(RECORDS, "merge", "--without=environment", "--output=" + merged,
                                  directory + "/out.tfrecord")
        self.assertEqual(result.returncode, 0, result.stderr)
        payloads = tfrecord.payloads(read(merged))
        os.remove(merged)
        return sorted(payloads)

    def finish(self):
        """Runs what is missing, and compares all with what comes of the study if nothing happens."""
        result = self.run_program(*self.command(self.directory, "--resume"))
        self.assertEqual(result.returncode, 0, result.stderr)
        found = self.comparable(self.directory)
        self.assertEqual(len(found), NUM_ROUNDS)
        self.assertEqual(found, self.comparable(self.undisturbed))
        self.assertRegex(read(self.directory + "/page.html"), b'"state":"FINISHED","done":%d,' % NUM_ROUNDS)
        self.compare_models(NUM_ROUNDS)

    def compare_models(self, number):
        paths = glob.glob(self.directory + "/models/*.model")
        self.assertEqual(len(paths), number)
        for path in paths:
            self.assertEqual(read(path), read("%s/models/%s" % (self.undisturbed, os.path.basename(path))), path)

    def test_killed_at_any_moment(self):
        seed = OPTIONS.seed if OPTIONS.seed is not None else random.randrange(2**32)
        print("--seed=%d" % seed, file=sys.stderr)
        choose = random.Random(seed)
        kills = torn = studies = 0
        while kills < OPTIONS.kills:
            with self.subTest(seed=seed, kills=kills):
                self.setUp()
                before = b""
                while kills < OPTIONS.kills and self.count_finished() < NUM_ROUNDS:
                    kills += 1
                    self.kill_once(choose, before)
                    before = self.read_output()
                    # As a crash of the whole machine can leave it.
                    if len(before) > 0 and choose.random() < 0.2:
                        before = before[:choose.randrange(len(before))] if choose.random() < 0.1 else before[:-choose.
                                                                                                           randrange(1, 100)]
                        os.truncate(self.output, len(before))
                        torn += 1
                    # A torn end is cut off, sooner or later.
                    before = before[:whole_records(before)]
                self.finish()
                studies += 1
        print("%d kills, %d torn files, %d studies" % (kills, torn, studies), file=sys.stderr)

    def count_finished(self):
        return len(tfrecord.payloads(self.read_output()[:whole_records(self.read_output())]))

    def kill_once(self, choose, before):
        """Starts the study, stops it at a random moment, and checks that nothing is lost of `before` and what came."""
        process = self.start("--resume", "--jobs=%d" % choose.choice([1, 2]))
        time.sleep(choose.uniform(0, 0.25))
        process.send_signal(choose.choice([signal.SIGKILL, signal.SIGKILL, signal.SIGTERM, signal.SIGINT]))
        _, told = process.communicate(timeout=TIMEOUT)
        self.assertIn(process.returncode, [0, 130, -signal.SIGKILL, -signal.SIGTERM, -signal.SIGINT], told)
        after = self.read_output()
        self.assertEqual(after[:len(before)], before)
        shown = self.run_program(RECORDS, "list", self.output).stdout if after else ""
        for name, number in re.findall(r"(?m)^\[\d+/\d+\] (\w+) round (\d+): test error", told):
            self.assertRegex(shown, r"(?m)^ *\d+ +%s +%s +finished " % (name, number))
        # A page is one, or none.
        page = self.directory + "/page.html"
        if os.path.exists(page):
            self.assertTrue(read(page).endswith(b"</html>\n"), page)

    @unittest.skipIf(has_sanitizer(DIGIT_PAIRS, "tsan"), "its tables are in a file, which the limit stops as well")
    def test_disk_that_fills_up(self):
        """As far as a limit of files' sizes goes, which the superuser has too, and which stops a write half-way."""
        size = os.path.getsize(self.undisturbed + "/out.tfrecord")
        flags = ["--models=", "--html="]
        for part in 0.0, 0.31, 0.32, 0.77:
            limit = int(part * size)

            def limit_size():
                signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
                resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

            before = self.read_output()
            result = self.run_program(*self.command(self.directory, *flags, "--resume"), preexec_fn=limit_size)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(self.output + ": cannot write: File too large", result.stderr)
            after = self.read_output()
            self.assertEqual(after[:len(before)], before)
            self.assertEqual(whole_records(after), len(after), "the end of the file is torn")
            self.assertGreaterEqual(len(after), limit - size // 10)
        result = self.run_program(*self.command(self.directory, *flags, "--resume"))
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(self.comparable(self.directory), self.comparable(self.undisturbed))

    def test_place_that_cannot_be_written_to(self):
        """Where not even the superuser can."""
        for place in "/sys", "/dev/null", self.directory + "/none":
            for flag in "--output", "--html", "--models":
                flags = ["--output=" + self.output, "--html=", "--models="]
                result = self.run_program(*self.command(self.directory, *flags, "%s=%s/x" % (flag, place)))
                self.assertEqual(result.returncode, 1, result.stderr)
                self.assertRegex(result.stderr, "digit_pairs: %s/x.*: cannot" % place)
                # Before any round.
                self.assertNotIn("[1/", result.stderr)
                self.assertEqual(os.listdir(self.directory), [])

    def test_second_writer_is_refused(self):
        first = self.start("--epochs=2000", "--jobs=1")
        first.stderr.readline()  # It has the file.
        for flags, message in [
            (["--resume"], "another program is writing this file; wait until it ends, or name another file"),
            ([], "exists; add --resume"),
        ]:
            result = self.run_program(*self.command(self.directory, *flags))
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(message, result.stderr)
        self.assertIsNone(first.poll())
        first.send_signal(signal.SIGKILL)
        first.communicate()
        # The lock went with the program.
        result = self.run_program(*self.command(self.directory, "--resume", "--epochs=2000", "--rounds=1", "--html="))
        self.assertEqual(result.returncode, 0, result.stderr)

    def test_lock_is_the_one_of_flock(self):
        """So that others, on this machine, can hold a file."""
        with open(self.output, "wb") as file:
            fcntl.flock(file, fcntl.LOCK_EX)
            result = self.run_program(*self.command(self.directory, "--resume"))
        self.assertEqual(result.returncode, 1)
        self.assertIn("another program is writing this file", result.stderr)

    def test_file_that_shrinks_while_it_is_read(self):
        contents = read(self.undisturbed + "/out.tfrecord")
        for command in ["show"], ["export", "--format=jsonl"]:
            with open(self.output, "wb") as file:
                file.write(contents * 30)
            with subprocess.Popen([RECORDS, *command, self.output], stdout=subprocess.PIPE,
                                  stderr=subprocess.PIPE) as process:
                process.stdout.read(10)  # It waits for us to read on.
                os.truncate(self.output, 10 * len(contents) - 5)
                process.communicate(timeout=TIMEOUT)
                self.assertEqual(process.returncode, 0)

    def test_reader_that_goes_away(self):
        """`records show ... | head -1`, and the same with all that digit_pairs prints."""
        with subprocess.Popen([RECORDS, "show", self.undisturbed + "/out.tfrecord"], stdout=subprocess.PIPE) as process:
            self.assertIn(b"record 0", process.stdout.readline())
            process.stdout.close()
            self.assertEqual(process.wait(timeout=TIMEOUT), -signal.SIGPIPE)

        with subprocess.Popen(self.command(self.directory), stdout=subprocess.PIPE,
                              stderr=subprocess.DEVNULL) as process:
            process.stdout.close()
            self.assertEqual(process.wait(timeout=TIMEOUT), -signal.SIGPIPE)
        self.assertEqual(self.count_finished(), NUM_ROUNDS)
        self.finish()

        self.setUp()
        with subprocess.Popen(self.command(self.directory, "--jobs=1"), stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT) as process:
            for line in process.stdout:
                if line.startswith(b"[2/"):
                    break
            process.stdout.close()
            self.assertEqual(process.wait(timeout=TIMEOUT), -signal.SIGPIPE)
        # What it wanted to tell of is there.
        self.assertGreaterEqual(self.count_finished(), 3)
        self.finish()


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--kills", type=int, default=OPTIONS.kills)
    parser.add_argument("--seed", type=int)
    OPTIONS, rest = parser.parse_known_args()
    unittest.main(argv=sys.argv[:1] + rest)
