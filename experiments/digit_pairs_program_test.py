#!/usr/bin/python3
"""What a user of digit_pairs meets: flags, files, exit codes, interruption."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import tempfile
import termios
import time
import unittest

from records import tfrecord

PROGRAM = os.path.abspath("experiments/digit_pairs")
RECORDS = os.path.abspath("tools/records")
DEFAULT_STUDY = "experiments/studies/default.textproto"
QUICK = ["--rounds=2", "--epochs=1", "--jobs=2"]


class DigitPairsTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.output = os.path.join(self.directory, "out.tfrecord")
        # The default study on few pairs, elsewhere than where the user works.
        studies = tempfile.TemporaryDirectory()
        self.addCleanup(studies.cleanup)
        self.study = os.path.join(studies.name, "small.textproto")
        self.write_study()

    def write_study(self, optimizer=None):
        """Writes self.study, with another optimizer than the default study's."""
        with open(DEFAULT_STUDY, encoding="utf-8") as file:
            text = file.read()
        text = text.replace("../architectures", os.path.abspath("experiments/architectures"))
        text = text.replace("_pairs: 1000", "_pairs: 100")
        if optimizer:
            text = re.sub(r"adam \{.*?\}", optimizer, text)
        with open(self.study, "w", encoding="utf-8") as file:
            file.write(text)

    def run_program(self, *flags, **kwargs):
        return subprocess.run(
            [PROGRAM, f"--study={self.study}", *flags],
            env={**os.environ, "BUILD_WORKING_DIRECTORY": self.directory},
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=100,
            **kwargs,
        )

    def expect_mistake(self, message, *flags):
        """A wrong command line: exit 2, the message, and nothing done."""
        result = self.run_program(*flags)
        self.assertEqual(result.returncode, 2, result.stderr)
        self.assertIn(message, result.stderr)
        self.assertEqual(result.stdout, "")
        self.assertEqual(os.listdir(self.directory), [])

    def read_output(self):
        with open(self.output, "rb") as file:
            return file.read()

    def show(self, name):
        """The records of a file as text."""
        return subprocess.run(
            [RECORDS, "show", os.path.join(self.directory, name)],
            check=True,
            capture_output=True,
            text=True,
        ).stdout

    def records(self, name):
        """The records of a file, sorted, without what differs from run to run."""
        shown = self.show(name)
        shown = re.sub(r"environment \{[^}]*\}", "", shown)
        return sorted(record.strip() for record in re.split(r"(?m)^#.*\n", shown)[1:])

    def test_default_study_runs_and_prints_a_table(self):
        # The last --study counts; empty is the default one.
        result = self.run_program("--study=", *QUICK, "--output=out.tfrecord")
        self.assertEqual(result.returncode, 0, result.stderr)
        for name in ["convnet", "convnet_shared", "convnet_aux", "convnet_shared_aux"]:
            self.assertRegex(result.stdout, rf"(?m)^{name} +2/2 +7\d,\d{{3}} +\d+\.\d\d ± ")
        self.assertIn(f"records: {self.output}\n", result.stdout)
        # Every round has its line.
        self.assertEqual(len(re.findall(r"(?m)^\[\d/8\]", result.stderr)), 8)
        self.assertNotIn("\x1b", result.stderr)

    def test_default_output_is_named_and_in_the_users_directory(self):
        result = self.run_program(*QUICK, "--architectures=convnet")
        self.assertEqual(result.returncode, 0, result.stderr)
        (name,) = os.listdir(self.directory)
        self.assertRegex(name, r"^digit_pairs-\d{8}T\d{6}\.tfrecord$")
        self.assertIn(f"records: {self.directory}/{name}\n", result.stdout)

    def test_records_depend_on_neither_jobs_nor_company(self):
        flags = ["--epochs=1", "--rounds=3"]
        self.run_program(*flags, "--jobs=1", "--output=one")
        self.run_program(*flags, "--jobs=3", "--output=three")
        one = self.records("one")
        self.assertEqual(len(one), 12)
        self.assertEqual(self.records("three"), one)

        self.run_program(
            *flags, "--architectures=convnet_aux", "--only_round=1", "--output=alone"
        )
        (alone,) = self.records("alone")
        self.assertIn(alone, one)

    def test_fashion_mnist_by_flag(self):
        flags = [*QUICK, "--architectures=convnet"]
        result = self.run_program(*flags, "--data_set=fashion_mnist", "--output=fashion")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn('data_set: "fashion_mnist"', self.records("fashion")[0])
        result = self.run_program(*flags, "--output=fashion", "--resume")
        self.assertEqual(result.returncode, 1)
        self.assertIn("data_set differs", result.stderr)
        self.run_program(*flags, "--output=digits")
        hashes = [
            re.search(r"(?m)^data_hash: .*", record).group()
            for name in ["digits", "fashion"]
            for record in self.records(name)
        ]
        self.assertEqual(len(set(hashes)), 4)

    def test_mistakes_stop_before_any_work(self):
        self.expect_mistake("--data_set=cifar: data_set is cifar; expected", "--data_set=cifar")
        self.expect_mistake("round", "--round=3")
        self.expect_mistake("many", "--rounds=many")
        self.expect_mistake("--rounds=0: rounds is 0", "--rounds=0")
        self.expect_mistake("rounds is -1", "--rounds=-1")
        self.expect_mistake("--epochs=0: training.epochs is 0", "--epochs=0")
        self.expect_mistake("--jobs is -1", "--jobs=-1")
        self.expect_mistake("--only_round is 10", "--only_round=10")
        self.expect_mistake("--only_round is -1", "--only_round=-1")
        self.expect_mistake('no architecture "convnot"', "--architectures=convnot")
        self.expect_mistake("named twice", "--architectures=convnet,convnet")
        self.expect_mistake("--on_divergence", "--on_divergence=explode")
        self.expect_mistake("--resume needs", "--resume")
        self.expect_mistake("--resume_any_build needs --resume", "--resume_any_build")
        self.expect_mistake("rounds is 0", "--rounds=0", "--print_plan")
        self.expect_mistake("unexpected argument 'rounds=3'", "rounds=3")

    def test_failures_name_the_file(self):
        for flags, message in [
            (["--study=none.textproto"], f"{self.directory}/none.textproto"),
            (["--mnist_dir=none"], f"{self.directory}/none"),
            (["--output=none/out"], f"{self.directory}/none/out"),
        ]:
            result = self.run_program(*QUICK, *flags)
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(message, result.stderr)
        self.assertEqual(os.listdir(self.directory), [])

    def test_full_disk_is_a_failure(self):
        result = self.run_program(*QUICK, "--output=/dev/full")
        self.assertEqual(result.returncode, 1)
        self.assertIn("/dev/full", result.stderr)
        self.assertIn("No space left", result.stderr)

    def test_table_that_cannot_be_written_is_a_failure(self):
        with open("/dev/full", "w", encoding="utf-8") as full:
            result = subprocess.run(
                [PROGRAM, f"--study={self.study}", *QUICK, f"--output={self.output}"],
                stdout=full,
                stderr=subprocess.PIPE,
                text=True,
                timeout=100,
                check=False,
            )
        self.assertEqual(result.returncode, 1)
        self.assertIn("standard output", result.stderr)

    def test_closed_streams_take_no_file_with_them(self):
        """A file gets the lowest free descriptor: that of standard output, where it is closed."""
        self.run_program(*QUICK, "--output=expected")
        for descriptor, code in ((0, 0), (1, 1), (2, 0)):
            with self.subTest(descriptor=descriptor):
                result = self.run_program(
                    *QUICK,
                    f"--output=closed{descriptor}",
                    preexec_fn=lambda: os.close(descriptor),
                )
                self.assertEqual(result.returncode, code, result.stderr)
                self.assertEqual("standard output" in result.stderr, descriptor == 1)
                self.assertEqual(self.records(f"closed{descriptor}"), self.records("expected"))

    def test_page_has_the_rounds(self):
        html = os.path.join(self.directory, "page.html")
        flags = [*QUICK, "--architectures=convnet", "--output=out.tfrecord"]
        result = self.run_program(*flags, "--html=page.html")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"page: {html}\n", result.stderr)
        with open(html, encoding="utf-8") as file:
            self.assertIn('"state":"FINISHED","done":2,"total":2', file.read())

    def test_page_that_cannot_be_written_stops_before_any_work(self):
        flags = ["--epochs=100000", "--output=out.tfrecord"]
        self.expect_mistake("--html and --output", *flags, "--html=out.tfrecord")
        other = os.path.join(self.directory, "other")
        with open(other, "w", encoding="utf-8") as file:
            file.write("precious")
        for html, message in [
            ("none/page.html", f"{self.directory}/none/page.html"),
            ("/dev/full", "No space left"),
            ("other", f"{other} exists and is not a page"),
        ]:
            result = self.run_program(*flags, f"--html={html}")
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(message, result.stderr)
        with open(other, encoding="utf-8") as file:
            self.assertEqual(file.read(), "precious")
        self.assertEqual(os.listdir(self.directory), ["other"])

    def test_interrupt_is_on_the_page(self):
        html = os.path.join(self.directory, "page.html")
        process = self.start(
            f"--output={self.output}", f"--html={html}", stderr=subprocess.PIPE
        )
        for line in process.stderr:
            if line.startswith("[2/"):
                break
        # As it was before the first round's end, or later.
        with open(html, encoding="utf-8") as file:
            self.assertIn('"state":"RUNNING"', file.read())
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=100)
        with open(html, encoding="utf-8") as file:
            self.assertRegex(file.read(), '"state":"INTERRUPTED","done":[0-9]+,"total":4000')

    def test_results_are_not_overwritten(self):
        flags = [*QUICK, "--architectures=convnet", f"--output={self.output}"]
        self.assertEqual(self.run_program(*flags).returncode, 0)
        before = self.read_output()
        result = self.run_program(*flags)
        self.assertEqual(result.returncode, 1)
        self.assertIn("--resume", result.stderr)
        self.assertEqual(self.read_output(), before)

    def test_resume_runs_what_is_missing(self):
        flags = ["--epochs=1", "--architectures=convnet", "--jobs=1", f"--output={self.output}"]
        self.run_program(*flags, "--rounds=1")
        # As a killed run leaves it: half of a record at the end.
        whole = self.read_output()
        with open(self.output, "ab") as file:
            file.write(whole[: len(whole) // 2])
        result = self.run_program(*flags, "--rounds=3", "--resume")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("cut off", result.stderr)
        self.assertIn("2 of 3 rounds to run", result.stderr)
        self.assertRegex(result.stdout, r"(?m)^convnet +3/3 ")

        self.run_program(*flags[:-1], "--rounds=3", "--output=fresh")
        self.assertEqual(len(self.records("fresh")), 3)
        self.assertEqual(self.records(self.output), self.records("fresh"))

    def test_resume_refuses_another_study(self):
        flags = [*QUICK, "--architectures=convnet", f"--output={self.output}"]
        self.run_program(*flags)
        before = self.read_output()
        result = self.run_program(*flags, "--resume", "--seed=77")
        self.assertEqual(result.returncode, 1)
        self.assertIn("seed differs", result.stderr)
        self.assertEqual(self.read_output(), before)

    def test_resume_refuses_another_build(self):
        flags = ["--epochs=1", "--architectures=convnet", f"--output={self.output}"]
        self.run_program(*flags, "--rounds=1")
        (payload,) = tfrecord.payloads(self.read_output())
        build_id = re.search(r'(?m)^ +id: "(\w+)"$', self.show("out.tfrecord")).group(1)
        other_id = build_id[::-1]
        with open(self.output, "wb") as file:
            file.write(tfrecord.frame(payload.replace(build_id.encode(), other_id.encode())))
        before = self.read_output()
        result = self.run_program(*flags, "--rounds=2", "--resume")
        self.assertEqual(result.returncode, 1)
        self.assertRegex(
            result.stderr, f"another build of the program: build {other_id}.*, while this is build {build_id}"
        )
        self.assertIn("--resume_any_build", result.stderr)
        result = self.run_program(*flags, "--rounds=2", "--resume", "--print_plan")
        self.assertEqual(result.returncode, 1)
        self.assertEqual(self.read_output(), before)

        result = self.run_program(*flags, "--rounds=2", "--resume", "--resume_any_build")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertRegex(result.stdout, r"(?m)^convnet +2/2 ")

    def test_plan_writes_nothing(self):
        start = time.monotonic()
        result = self.run_program("--study=", "--jobs=2", "--print_plan")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertEqual(result.stderr, "")
        self.assertEqual(os.listdir(self.directory), [])
        # Two seconds on a machine that does nothing else.
        self.assertLess(time.monotonic() - start, 20)
        self.assertIn("study weight_sharing: ", result.stdout)
        self.assertIn("seed 1, rounds 0 to 9;", result.stdout)
        for name, branches in [("convnet", "separate"), ("convnet_shared_aux", "shared")]:
            self.assertRegex(
                result.stdout,
                rf"(?m)^{name} +{branches} +\d +7\d,\d{{3}} +1,000 +25 +50 +10 +\d+\.\d\d$",
            )
        self.assertRegex(result.stdout, r"(?m)^40 rounds to run, about .*\d s with --jobs=2\.")

    def test_plan_tells_what_is_left_to_run(self):
        flags = ["--epochs=1", "--architectures=convnet,convnet_aux", f"--output={self.output}"]
        self.run_program(*flags, "--rounds=1")
        # A torn record is one to run, and stays as it is.
        whole = self.read_output()
        with open(self.output, "wb") as file:
            file.write(whole[:-1])
        result = self.run_program(*flags, "--rounds=3", "--resume", "--print_plan")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("\n5 rounds to run", result.stdout)
        self.assertIn(f"\n1 more are in {self.output}.\n", result.stdout)
        self.assertEqual(self.read_output(), whole[:-1])

    def test_models_are_written_with_the_records(self):
        flags = [*QUICK, "--architectures=convnet,convnet_aux"]
        result = self.run_program(*flags, "--output=with", "--models=models")
        self.assertEqual(result.returncode, 0, result.stderr)
        models = os.path.join(self.directory, "models")
        self.assertIn(f"models: {models}\n", result.stdout)
        names = [f"convnet{aux}-{round}.model" for aux in ["", "_aux"] for round in [0, 1]]
        self.assertEqual(sorted(os.listdir(models)), names)
        # The records are the same without them, and so are models of one job.
        self.run_program(*flags, "--output=without")
        self.assertEqual(self.records("with"), self.records("without"))
        self.run_program(*flags, "--output=again", "--models=again_models", "--jobs=1")
        for name in names:
            with open(f"{models}/{name}", "rb") as one:
                with open(f"{self.directory}/again_models/{name}", "rb") as other:
                    self.assertEqual(one.read(), other.read())

        # What is there is not overwritten, and nothing else is left.
        before = sorted(os.listdir(self.directory))
        result = self.run_program(*flags, "--output=other", "--models=models")
        self.assertEqual(result.returncode, 1)
        self.assertIn(f"{models}/convnet-0.model exists", result.stderr)
        self.assertEqual(sorted(os.listdir(self.directory)), before)

        # Rounds that are on record are not run again for their models.
        os.remove(f"{models}/convnet-1.model")
        result = self.run_program(
            *flags, "--rounds=3", "--output=with", "--models=models", "--resume"
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"{models} has no model of 1 rounds in", result.stderr)
        self.assertIn("2 of 6 rounds to run", result.stderr)
        names = [*names, "convnet-2.model", "convnet_aux-2.model"]
        names.remove("convnet-1.model")
        self.assertEqual(sorted(os.listdir(models)), sorted(names))

    def test_models_directory_is_checked_before_any_work(self):
        flags = ["--epochs=100000", "--output=out.tfrecord"]
        for models, message in [
            ("none/models", f"{self.directory}/none/models: cannot make: No such file"),
            ("/dev/null", "/dev/null is not a directory"),
        ]:
            result = self.run_program(*flags, f"--models={models}")
            self.assertEqual(result.returncode, 1, result.stderr)
            self.assertIn(message, result.stderr)
        # Nor does it stay where a later check fails.
        result = self.run_program(*flags, "--models=models", "--html=none/page.html")
        self.assertEqual(result.returncode, 1, result.stderr)
        self.assertEqual(os.listdir(self.directory), [])

    def start(self, *flags, **kwargs):
        return subprocess.Popen(
            [PROGRAM, f"--study={self.study}", "--rounds=1000", "--epochs=1", "--jobs=1", *flags],
            stdout=subprocess.PIPE,
            text=True,
            **kwargs,
        )

    def test_interrupt_keeps_what_is_done(self):
        flags = ["--architectures=convnet", "--epochs=300", f"--output={self.output}"]
        process = self.start(*flags, stderr=subprocess.PIPE)
        for line in process.stderr:
            if line.startswith("[2/"):
                break
        time.sleep(0.1)  # Into the next round, which takes longer.
        process.send_signal(signal.SIGINT)
        stdout, stderr = process.communicate(timeout=100)
        self.assertEqual(process.returncode, 130)
        self.assertIn("--resume", stderr)
        self.assertRegex(stdout, r"(?m)^convnet +\d")
        records = self.records(self.output)
        self.assertGreaterEqual(len(records), 3)

        # What was in flight is on record, and --resume runs it again.
        interrupted = [record for record in records if "status: INTERRUPTED" in record]
        self.assertEqual(len(interrupted), 1)
        self.assertRegex(interrupted[0], r"(?m)^stopped_epoch: \d+\nstopped_step: \d+$")
        result = self.run_program(*flags, f"--rounds={len(records)}", "--resume")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn(f"1 of {len(records)} rounds to run", result.stderr)
        self.assertRegex(result.stdout, rf"(?m)^convnet +{len(records)}/{len(records)} ")

    def test_interrupt_before_any_round_leaves_no_file(self):
        process = self.start(
            "--epochs=100000", f"--output={self.output}", stderr=subprocess.PIPE
        )
        process.stderr.readline()  # What is to run; training follows.
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=100)
        self.assertEqual(process.returncode, 130)
        self.assertFalse(os.path.exists(self.output))

    def terminal_text(self, kind, columns, expected):
        """What a program writes to such a terminal, up to what matches, whereupon it is interrupted."""
        terminal, program_side = pty.openpty()
        self.addCleanup(os.close, terminal)
        fcntl.ioctl(program_side, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        process = self.start(f"--output={self.output}", stderr=program_side,
                             env={**os.environ, "TERM": kind})
        os.close(program_side)
        written = b""
        text = ""
        deadline = time.monotonic() + 100
        while not re.search(expected, text) and time.monotonic() < deadline:
            try:
                written += os.read(terminal, 1000)
            except OSError:  # Nobody has the other side any more.
                self.fail(f"it ended with {process.wait()} after {text!r}")
            text = written.decode(errors="ignore")
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=100)
        os.remove(self.output)
        self.assertRegex(text, expected)
        return text

    def assert_line_changes(self, columns, expected):
        """A terminal shows a line that matches, in place of others."""
        text = self.terminal_text("xterm", columns, expected)
        self.assertNotIn("\x1b", text)
        # What comes before is a line of its own.
        lines = text.split("\n")[-1].split("\r")
        self.assertRegex("\r".join(lines), expected)
        for line in lines:
            self.assertLess(len(line), columns)

    def test_terminal_gets_a_line_that_changes(self):
        self.assert_line_changes(
            120,
            r"\r\d+ of 4000 rounds \[-+\] \| convnet_aux round \d+ "
            r"\| test error \d+\.\d\d ± \d+\.\d\d % \| about \d[\d a-z]* left *\r",
        )
        self.assert_line_changes(40, r"\r\d+/4000 \| convnet_aux \d+ \| \d[\d a-z]* *\r")

    def test_dumb_terminal_gets_lines(self):
        text = self.terminal_text("dumb", 80, r"\[2/")
        self.assertIn("\r\n[1/4000] convnet round 0: test error ", text)

    def test_divergence_is_counted_or_stops(self):
        self.write_study(optimizer="sgd { learning_rate: 1e30 }")
        flags = [*QUICK, "--jobs=1", "--architectures=convnet"]
        result = self.run_program(*flags, f"--output={self.output}")
        self.assertEqual(result.returncode, 0, result.stderr)
        self.assertIn("convnet round 1: diverged in epoch 1, step", result.stderr)
        self.assertRegex(result.stdout, r"(?m)^convnet +0/2 ")
        result = self.run_program(*flags, "--on_divergence=stop", "--output=other")
        self.assertEqual(result.returncode, 1)
        self.assertIn("convnet round 0: diverged", result.stderr)
        self.assertNotIn("round 1", result.stderr)


if __name__ == "__main__":
    unittest.main()
