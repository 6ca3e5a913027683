#!/usr/bin/python3
"""Builds and runs the example in its own workspace, with a Bazel of its own."""

import os
import subprocess
import unittest

from tests.examples import xor_test


class WorkspaceTest(unittest.TestCase):

    def test_example_runs_in_its_own_workspace(self):
        # The source tree behind the runfiles.
        workspace = os.path.dirname(os.path.realpath("examples/WORKSPACE"))
        self.assertTrue(os.path.exists(os.path.join(workspace, "../WORKSPACE")))
        result = subprocess.run(
            [
                "bazel",
                "--batch",
                "--output_user_root=" + os.environ["TEST_TMPDIR"] + "/bazel",
                "run",
                # What another run compiled.
                "--disk_cache=" + os.path.expanduser("~/.cache/minidl-bazel"),
                # Leaves nothing in the source tree.
                "--symlink_prefix=/",
                "//:xor",
            ],
            cwd=workspace,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        self.assertEqual(result.returncode, 0, result.stderr)
        xor_test.check_output(self, result.stdout)


if __name__ == "__main__":
    unittest.main()
