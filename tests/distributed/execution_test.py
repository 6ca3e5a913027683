#!/usr/bin/python3
"""--config=remote with Bazel's test worker: what it runs, and what happens when it is lost."""

import os
import tempfile
import unittest

from tests.distributed.bazel_workspace import BazelWorkspace
from tests.distributed.loopback_server import LoopbackServer

ROUNDS = ["convnet/0", "convnet/1", "convnet_aux/0", "convnet_aux/1"]


class ExecutionTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.server = LoopbackServer(
            "tools/distributed/execution_server", os.path.join(directory.name, "worker")
        )
        self.addCleanup(self.server.kill)
        self.workspace = BazelWorkspace(directory.name)
        self.addCleanup(self.workspace.close)
        self.command = [
            "build",
            "//experiments:study",
            "--config=remote",
            f"--remote_executor=grpc://127.0.0.1:{self.server.port}",
            "--jobs=4",
        ]

    def build(self, machine, *flags):
        """Builds the study for a machine."""
        code, _, stderr = self.workspace.run(*self.command, *flags, base=machine)
        self.assertEqual(code, 0, stderr)

    def test_rounds_alone_are_run_by_workers(self):
        self.build("first")
        self.assertEqual(self.workspace.rounds("first"), dict.fromkeys(ROUNDS, "remote"))
        others = [s for s in self.workspace.spawns("first") if s["mnemonic"] != "DigitPairsRound"]
        self.assertEqual(len(others), 4)
        for spawn in others:
            self.assertRegex(spawn["runner"], "sandbox|local")

        # Whoever comes second gets what the first one's workers have made.
        self.build("second")
        self.assertEqual(
            self.workspace.rounds("second"), dict.fromkeys(ROUNDS, "remote cache hit")
        )

        # It is what this machine makes.
        code, _, stderr = self.workspace.run("build", "//experiments:study", base="third")
        self.assertEqual(code, 0, stderr)
        for name in ROUNDS:
            self.assertEqual(
                self.workspace.record(name, "third"), self.workspace.record(name, "first")
            )
        for ending in ["tfrecord", "txt", "json", "html"]:
            self.assertEqual(
                self.workspace.output("study." + ending, "third"),
                self.workspace.output("study." + ending, "first"),
                ending,
            )

    def test_loss_of_the_worker(self):
        self.workspace.make_rounds_long()
        more = "--//experiments:rounds=4"
        process = self.workspace.start(*self.command, more, base="first")
        self.workspace.wait_for_records(2, "first")
        self.server.kill()

        # The build goes on here.
        _, stderr = process.communicate(timeout=250)
        self.assertEqual(process.returncode, 0, stderr)
        where = list(self.workspace.rounds("first").values())
        self.assertEqual(len(where), 8)
        self.assertIn("remote", where)
        self.assertIn("local", where)

        # No worker is needed for what is done.
        self.server.start()
        self.build("first", more)
        self.assertEqual(self.workspace.rounds("first"), {})

    def test_loss_of_the_worker_without_fallback(self):
        self.workspace.make_rounds_long()
        flags = ["--//experiments:rounds=4", "--noremote_local_fallback"]
        process = self.workspace.start(*self.command, *flags, base="first")
        self.workspace.wait_for_records(2, "first")
        self.server.kill()

        # The build stops and says why; the next one runs the rest.
        _, stderr = process.communicate(timeout=250)
        self.assertNotEqual(process.returncode, 0)
        self.assertIn("UNAVAILABLE", stderr)
        finished = self.workspace.num_records("first")
        self.server.start()
        self.build("first", *flags)
        self.assertLessEqual(len(self.workspace.rounds("first")), 8 - finished)


if __name__ == "__main__":
    unittest.main()
