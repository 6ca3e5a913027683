#!/usr/bin/python3
"""--config=cache with nginx: what a second machine gets, and what happens when the cache is lost."""

import os
import tempfile
import unittest

from tests.distributed.bazel_workspace import BazelWorkspace
from tests.distributed.loopback_server import LoopbackServer

ROUNDS = ["convnet/0", "convnet/1", "convnet_aux/0", "convnet_aux/1"]
HIT = "remote cache hit"


class CacheTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.server = LoopbackServer(
            "tools/distributed/cache_server", os.path.join(directory.name, "cache")
        )
        self.addCleanup(self.server.kill)
        self.workspace = BazelWorkspace(directory.name)
        self.addCleanup(self.workspace.close)
        self.command = [
            "build",
            "//experiments:study",
            "--config=cache",
            f"--remote_cache=http://127.0.0.1:{self.server.port}",
        ]

    def build(self, machine, *flags):
        """Builds the study on a machine; what Bazel says."""
        code, _, stderr = self.workspace.run(*self.command, *flags, base=machine)
        self.assertEqual(code, 0, stderr)
        return stderr

    def test_what_one_machine_has_run_others_do_not(self):
        self.build("first")
        self.assertEqual(sorted(self.workspace.rounds("first")), ROUNDS)
        self.assertNotIn(HIT, self.workspace.rounds("first").values())
        # MNIST, the settings, four rounds, their merging and the report.
        self.assertIn(" 8 remote cache hit,", self.build("second"))
        self.assertEqual(self.workspace.rounds("second"), dict.fromkeys(ROUNDS, HIT))
        for name in ROUNDS:
            self.assertEqual(
                self.workspace.record(name, "second"), self.workspace.record(name, "first")
            )
        self.build("second", "--//experiments:rounds=3")
        new = {name for name, where in self.workspace.rounds("second").items() if where != HIT}
        self.assertEqual(new, {"convnet/2", "convnet_aux/2"})

    def test_damaged_files_of_the_cache_are_not_used(self):
        self.build("first")
        contents = os.path.join(self.workspace.directory, "cache/data/cas")
        for name in os.listdir(contents):
            with open(os.path.join(contents, name), "r+b") as file:
                file.seek(100)
                file.write(b"damage")
        self.assertIn("does not match received digest", self.build("second"))
        self.assertNotIn(HIT, self.workspace.rounds("second").values())
        for name in ROUNDS:
            self.assertEqual(
                self.workspace.record(name, "second"), self.workspace.record(name, "first")
            )

    def test_loss_of_the_cache(self):
        self.workspace.make_rounds_long()
        more = "--//experiments:rounds=4"
        process = self.workspace.start(*self.command, more, base="first")
        self.workspace.wait_for_records(3, "first")
        self.server.kill()
        self.assertLess(self.workspace.num_records("first"), 8)

        # The build goes on, and says why it is slower than it might be.
        _, stderr = process.communicate(timeout=250)
        self.assertEqual(process.returncode, 0, stderr)
        self.assertIn("Remote Cache", stderr)
        self.assertEqual(len(self.workspace.rounds("first")), 8)
        self.build("first", more)
        self.assertEqual(self.workspace.rounds("first"), {})

        # What was in the cache still is.
        self.server.start()
        self.build("second", more)
        hits = [name for name, where in self.workspace.rounds("second").items() if where == HIT]
        self.assertGreaterEqual(len(hits), 1)
        self.assertLess(len(hits), 8)


if __name__ == "__main__":
    unittest.main()
