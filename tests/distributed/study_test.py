#!/usr/bin/python3
"""Which rounds Bazel runs, what they may read, and what they write. Runs a Bazel of its own."""

import os
import subprocess
import tempfile
import unittest

from records import tfrecord
from tests.distributed.bazel_workspace import BazelWorkspace

ROUNDS = ["convnet/0", "convnet/1", "convnet_aux/0", "convnet_aux/1"]
TARGET = "//experiments:study"


def varint(data, position):
    """The number at `position`, and where it ends."""
    result = shift = 0
    while True:
        byte = data[position]
        position += 1
        result |= (byte & 0x7F) << shift
        shift += 7
        if byte < 0x80:
            return result, position


def without_environment(payload):
    """A serialized RunRecord without its field 1000.

    https://protobuf.dev/programming-guides/encoding
    """
    result = b""
    position = 0
    while position < len(payload):
        start = position
        tag, position = varint(payload, position)
        kind = tag & 7
        if kind == 0:
            _, position = varint(payload, position)
        elif kind == 1:
            position += 8
        elif kind == 2:
            length, position = varint(payload, position)
            position += length
        elif kind == 5:
            position += 4
        else:
            raise ValueError(f"wire type {kind}")
        if tag >> 3 != 1000:
            result += payload[start:position]
    return result


class StudyTest(unittest.TestCase):
    workspace: BazelWorkspace

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.workspace = BazelWorkspace(directory.name)
        self.addCleanup(self.workspace.close)

    def build(self, *flags, command="build"):
        """Builds the study; its output."""
        code, stdout, stderr = self.workspace.run(command, TARGET, *flags)
        self.assertEqual(code, 0, stderr)
        return stdout

    def expect_mistake(self, *messages, flags=()):
        """Builds the study, which does not come to any round."""
        code, _, stderr = self.workspace.run("build", TARGET, *flags)
        self.assertEqual(code, 1, stderr)
        for message in messages:
            self.assertIn(message, stderr)
        self.assertEqual(self.workspace.num_records(), 0)

    def run_by_hand(self, *flags):
        """The payloads that digit_pairs writes, without environment."""
        output = os.path.join(self.workspace.directory, "by_hand.tfrecord")
        study = self.workspace.path("experiments/tiny.textproto")
        subprocess.run(
            ["experiments/digit_pairs", f"--study={study}", f"--output={output}", *flags],
            check=True,
            capture_output=True,
            timeout=100,
        )
        with open(output, "rb") as file:
            records = [without_environment(p) for p in tfrecord.payloads(file.read())]
        os.remove(output)
        return records

    def test_rounds_that_are_run(self):
        # One Bazel for all steps: it takes longest to start.
        self.build()
        self.assertEqual(sorted(self.workspace.rounds()), ROUNDS)
        records = {name: self.workspace.record(name) for name in ROUNDS}

        with self.subTest("a round may read its own inputs alone"):
            for entry in self.workspace.spawns():
                if entry["mnemonic"] != "DigitPairsRound":
                    continue
                (output,) = entry["listedOutputs"]
                architecture, number = output[:-len(".tfrecord")].split("/")[-2:]
                bin_directory = output.split("/experiments/")[0]
                self.assertEqual(
                    sorted(file["path"] for file in entry["inputs"]),
                    sorted([
                        f"{bin_directory}/data/mnist/unpacked/t10k-images-idx3-ubyte",
                        f"{bin_directory}/data/mnist/unpacked/t10k-labels-idx1-ubyte",
                        f"{bin_directory}/data/mnist/unpacked/train-images-idx3-ubyte",
                        f"{bin_directory}/data/mnist/unpacked/train-labels-idx1-ubyte",
                        f"{bin_directory}/experiments/study_rounds/{architecture}/configuration.textproto",
                        "experiments/run_round.program",
                    ]),
                )
                self.assertIn(number, entry["commandArgs"])
                self.assertNotIn("2", entry["commandArgs"])
                self.assertEqual(entry["environmentVariables"], [])

        with self.subTest("bytes are those of a round by hand"):
            for name in ROUNDS:
                architecture, number = name.split("/")
                (payload,) = self.run_by_hand(
                    f"--architectures={architecture}", f"--only_round={number}"
                )
                self.assertEqual(tfrecord.frame(payload), records[name], name)
            study = self.run_by_hand("--jobs=1")
            self.assertEqual(b"".join(map(tfrecord.frame, study)), self.workspace.output("study.tfrecord"))

        with self.subTest("nothing is run again, and the table is printed"):
            stdout = self.build(command="run")
            self.assertEqual(self.workspace.rounds(), {})
            self.assertRegex(stdout, r"(?m)^convnet +2/2 +70,342 ")
            records_line = [line for line in stdout.splitlines() if line.startswith("records: /")]
            self.assertEqual(len(records_line), 1)
            self.assertTrue(os.path.exists(records_line[0][len("records: "):]))
            for name in ["study.json", "study.html"]:
                text = self.workspace.output(name)
                self.assertIn(b"convnet_aux", text)
                # A path, or a time, would be another one on another machine.
                self.assertNotIn(self.workspace.directory.encode(), text)

        with self.subTest("more rounds by flag run the new ones alone"):
            self.build("--//experiments:rounds=3")
            self.assertEqual(sorted(self.workspace.rounds()), ["convnet/2", "convnet_aux/2"])

        with self.subTest("so do more rounds in the study"):
            self.workspace.replace("experiments/tiny.textproto", "rounds: 2", "rounds: 4")
            self.workspace.replace("experiments/BUILD", "rounds = 2", "rounds = 4")
            self.build()
            self.assertEqual(sorted(self.workspace.rounds()), ["convnet/3", "convnet_aux/3"])

        with self.subTest("an edited architecture runs its rounds alone"):
            self.workspace.replace(
                "experiments/architectures/convnet_aux.textproto", "weight: 1", "weight: 0.5"
            )
            self.build()
            self.assertEqual(
                sorted(self.workspace.rounds()), [f"convnet_aux/{i}" for i in range(4)]
            )
            self.assertEqual(self.workspace.record("convnet/0"), records["convnet/0"])
            self.assertNotEqual(self.workspace.record("convnet_aux/0"), records["convnet_aux/0"])

        with self.subTest("a variant runs its rounds alone"):
            self.workspace.replace("experiments/tiny.textproto", "data_set", """
variants {
  name: "small_batch"
  architecture_file: "architectures/convnet.textproto"
  training { batch_size: 20 }
}
data_set""")
            self.workspace.replace("experiments/BUILD", "rounds = 4,", 'rounds = 4, variants = ["small_batch"],')
            self.build()
            self.assertEqual(
                sorted(self.workspace.rounds()), [f"small_batch/{i}" for i in range(4)]
            )
            (payload,) = self.run_by_hand("--architectures=small_batch", "--only_round=1")
            self.assertEqual(tfrecord.frame(payload), self.workspace.record("small_batch/1"))

        with self.subTest("so does an edited one"):
            self.workspace.replace("experiments/tiny.textproto", "batch_size: 20", "batch_size: 25")
            self.build()
            self.assertEqual(
                sorted(self.workspace.rounds()), [f"small_batch/{i}" for i in range(4)]
            )

        with self.subTest("what only others say runs nothing"):
            # The study's batch size is that of the other two.
            self.workspace.replace("experiments/tiny.textproto", "batch_size: 50", "batch_size: 40")
            self.build()
            self.assertNotIn("small_batch/0", self.workspace.rounds())
            self.workspace.replace("experiments/tiny.textproto", "For tests", "For all tests")
            self.build()
            self.assertEqual(self.workspace.rounds(), {})

        with self.subTest("a removed architecture runs nothing"):
            self.workspace.replace(
                "experiments/tiny.textproto",
                'architecture_files: "architectures/convnet_aux.textproto"',
                "",
            )
            self.workspace.replace(
                "experiments/BUILD", ', "architectures/convnet_aux.textproto"', ""
            )
            self.build()
            self.assertEqual(self.workspace.rounds(), {})

        with self.subTest("another seed runs all rounds"):
            self.build("--//experiments:seed=18446744073709551615", "--//experiments:rounds=1")
            self.assertEqual(sorted(self.workspace.rounds()), ["convnet/0", "small_batch/0"])
            (payload,) = self.run_by_hand(
                "--seed=18446744073709551615", "--only_round=0", "--architectures=convnet"
            )
            self.assertEqual(tfrecord.frame(payload), self.workspace.record("convnet/0"))

    def test_mistakes_stop_before_any_round(self):
        with self.subTest("rounds"):
            self.workspace.replace("experiments/BUILD", "rounds = 2", "rounds = 3")
            self.expect_mistake(
                "experiments/tiny.textproto:7:1: rounds is 2, but the Bazel target says 3"
            )
            self.workspace.replace("experiments/BUILD", "rounds = 3", "rounds = 2")

        with self.subTest("an architecture that only the study has"):
            self.workspace.replace(
                "experiments/BUILD", ', "architectures/convnet_aux.textproto"', ""
            )
            self.expect_mistake(
                "experiments/tiny.textproto:5:1: architecture_files",
                "only the study has experiments/architectures/convnet_aux.textproto",
            )

            self.workspace.replace(
                "experiments/BUILD",
                '"architectures/convnet.textproto"',
                '"architectures/convnet.textproto", "architectures/convnet_aux.textproto"',
            )

        with self.subTest("a variant that only the target has"):
            self.workspace.replace("experiments/BUILD", "rounds = 2,", 'rounds = 2, variants = ["large"],')
            self.expect_mistake(
                "experiments/tiny.textproto:1:1: variants", "only the target has large"
            )
            self.workspace.replace("experiments/BUILD", "large", "convnet")
            self.expect_mistake("two architectures or variants have the name convnet")
            self.workspace.replace("experiments/BUILD", 'variants = ["convnet"],', "")

        with self.subTest("another data set"):
            self.workspace.replace("experiments/tiny.textproto", '"mnist"', '"fashion_mnist"')
            self.expect_mistake(
                "data_set is fashion_mnist, but the Bazel target says mnist",
            )
            self.workspace.replace("experiments/tiny.textproto", '"fashion_mnist"', '"mnist"')

        with self.subTest("no study"):
            self.workspace.replace("experiments/tiny.textproto", "epochs: 1", "epoch: 1")
            self.expect_mistake('experiments/tiny.textproto:', '"epoch"')

        with self.subTest("flags"):
            for flag, message in [
                ("rounds=-1", "rounds is -1; expected at least 1"),
                ("seed=one", "seed"),
            ]:
                self.expect_mistake(message, flags=["--//experiments:" + flag])

    def test_wildcards_train_nothing(self):
        code, _, stderr = self.workspace.run("build", "//experiments:all")
        self.assertEqual(code, 0, stderr)
        self.assertEqual(self.workspace.spawns(), [])

    def test_killed_bazel_loses_no_finished_round(self):
        self.workspace.make_rounds_long()
        cache = "--disk_cache=" + os.path.join(self.workspace.directory, "disk_cache")
        process = self.workspace.start("build", TARGET, cache, "--//experiments:rounds=4")
        self.workspace.wait_for_records(3)
        self.workspace.kill()
        process.communicate(timeout=100)
        finished = self.workspace.num_records()
        self.assertLess(finished, 8)
        self.build(cache, "--//experiments:rounds=4")
        run = [name for name, where in self.workspace.rounds().items() if "hit" not in where]
        # One on each of two processors may have ended and not been noted.
        self.assertLessEqual(len(run), 8 - finished + 2)


if __name__ == "__main__":
    unittest.main()
