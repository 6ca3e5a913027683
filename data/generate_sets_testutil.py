"""What the tests of the programs that generate sets have in common."""

import hashlib
import os
import subprocess
import tempfile
import unittest


class GenerateSetsTestCase(unittest.TestCase):
    """Runs a program in a directory of its own, as `bazel run` would."""

    program = None  # Its path.
    archive = None  # What it calls its file.

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name

    def run_program(self, *flags, **environment):
        return subprocess.run(
            [self.program, *flags],
            env={**os.environ, "BUILD_WORKING_DIRECTORY": self.directory, **environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
            check=False,
        )

    def generate(self, *flags, **environment):
        """The path of the archive that a successful run writes."""
        path = os.path.join(self.directory, self.archive)
        result = self.run_program(*flags, **environment)
        self.assertEqual(result.stderr, "")
        self.assertEqual(result.returncode, 0)
        self.assertTrue(result.stdout.startswith(path + ": "), result.stdout)
        self.assertEqual(result.stdout.count("\n"), 1)
        return path

    def generate_bytes(self, *flags, **environment):
        with open(self.generate(*flags, **environment), "rb") as file:
            return file.read()

    def assert_arrays(self, archive, sha256):
        """An open archive has arrays of these names, in this order, whose bytes have these SHA-256."""
        self.assertEqual({name: hashlib.sha256(archive[name].tobytes()).hexdigest() for name in archive.files}, sha256)
        self.assertEqual(archive.files, list(sha256))

    def assert_bytes_depend_on_the_seed_alone(self):
        first = self.generate_bytes("--n=10", "--seed=1")
        # Neither the clock nor its time zone matters.
        self.assertEqual(self.generate_bytes("--n=10", "--seed=1", TZ="UTC-14"), first)
        self.assertNotEqual(self.generate_bytes("--n=10", "--seed=2"), first)

    def assert_refused(self, returncode, flags, message):
        """A run fails with a message and leaves no file."""
        with self.subTest(flags=flags):
            result = self.run_program(*flags)
            self.assertIn(message, result.stderr)
            self.assertEqual(result.returncode, returncode, result.stderr)
            self.assertEqual(result.stdout, "")
            self.assertEqual(os.listdir(self.directory), [])
