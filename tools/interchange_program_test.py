#!/usr/bin/python3
"""Runs //tools:import_model and //tools:export_model as users do, and as they should not."""

import json
import os
import struct
import subprocess
import tempfile
import unittest

from tools.sanitized import is_sanitized

ARCHITECTURE = """\
name: "small"
branches: JOINT
branch { flatten {} }
branch { linear { out_features: 2 } }
"""

SHAPES = {"branch.1.weight": [2, 2 * 14 * 14], "branch.1.bias": [2]}


def file_bytes(shapes, header=None):
    """A safetensors file of these shapes, all values 0."""
    entries = {}
    end = 0
    for name, shape in shapes.items():
        begin = end
        end += 4 * (shape[0] if len(shape) == 1 else shape[0] * shape[1])
        entries[name] = {"dtype": "F32", "shape": shape, "data_offsets": [begin, end]}
    text = json.dumps({**entries, **(header or {})}).encode()
    return struct.pack("<Q", len(text)) + text + bytes(end)


class InterchangeProgramTest(unittest.TestCase):

    def setUp(self):
        directory = tempfile.TemporaryDirectory()
        self.addCleanup(directory.cleanup)
        self.directory = directory.name
        self.write("small.textproto", ARCHITECTURE.encode())
        self.write("small.safetensors", file_bytes(SHAPES))

    def path(self, name):
        return os.path.join(self.directory, name)

    def write(self, name, contents):
        with open(self.path(name), "wb") as file:
            file.write(contents)

    def read(self, name):
        with open(self.path(name), "rb") as file:
            return file.read()

    def files(self):
        return set(os.listdir(self.directory))

    def run_program(self, program, *arguments, expect=0, limit=None):
        """Runs it as `bazel run` would in the directory, with so many KiB of address space at most."""
        command = [os.path.abspath("tools/" + program), *arguments]
        if limit and not is_sanitized(command[0]):
            command = ["bash", "-c", "ulimit -v %d; exec \"$@\"" % limit, "bash", *command]
        done = subprocess.run(command, env={**os.environ, "BUILD_WORKING_DIRECTORY": self.directory},
                              capture_output=True, encoding="utf-8", timeout=100, check=False)
        self.assertEqual(done.returncode, expect, done.stderr)
        self.assertEqual(done.stdout if expect else "", "")
        return done.stdout if "--help" in arguments else done.stderr

    def import_small(self):
        return self.run_program("import_model", "--architecture=small.textproto", "--input_mean=33", "--input_deviation=78",
                                "small.safetensors", "small.model")

    def test_there_and_back(self):
        self.assertEqual(self.import_small(), "model: %s\n" % self.path("small.model"))
        stderr = self.run_program("export_model", "small.model", "--onnx=small.onnx", "--safetensors=again.safetensors")
        self.assertRegex(stderr, r"^/.*/small\.onnx: [\d.]+ KiB\n/.*/again\.safetensors: [\d.]+ KiB\n$")
        # The second file says its architecture itself.
        self.run_program("import_model", "again.safetensors", "again.model")
        self.assertEqual(self.read("again.model"), self.read("small.model"))

    def test_wrong_command_lines(self):
        before = self.files()
        for arguments, message in [
            (["export_model"], "expected one model file; see --help"),
            (["export_model", "a", "b", "--onnx=c"], "expected one model file; see --help"),
            (["export_model", "a"], "expected --onnx=FILE or --safetensors=FILE"),
            (["export_model", "a", "--onyx=b"], "unknown command line flag 'onyx'"),
            (["import_model", "a"], "expected a safetensors file and the model file to write"),
            (["import_model", "a", "b", "--input_mean=1"],
             "--input_mean and --input_deviation belong together, and --input_deviation is missing"),
            (["import_model", "a", "b", "--input_deviation=1"], "and --input_mean is missing"),
            (["import_model", "a", "b", "--input_mean=nan", "--input_deviation=1"],
             "--input_mean is nan; expected a finite number"),
            (["import_model", "a", "b", "--input_mean=1", "--input_deviation=-1"],
             "--input_deviation is -1; expected 0 or a positive number"),
            (["import_model", "small.safetensors", "b"],
             "small.safetensors: its metadata do not say the architecture; name the architecture's file (--arch"),
            (["import_model", "small.safetensors", "b", "--architecture=small.textproto"],
             "or 0 and 1 for a network that takes the pixels as they are (--architecture, --input_mean and "),
        ]:
            with self.subTest(arguments):
                self.assertIn(message, self.run_program(*arguments, expect=2))
        self.write("wrong.textproto", ARCHITECTURE.replace("out_features: 2", "out_features: 0").encode())
        stderr = self.run_program("import_model", "--architecture=wrong.textproto", "small.safetensors", "b", expect=2)
        self.assertIn("/wrong.textproto:4:19: branch[1].linear.out_features is 0; expected at least 1", stderr)
        self.assertEqual(self.files(), before | {"wrong.textproto"})

    def test_wrong_inputs(self):
        self.write("text.model", b"text")
        self.write("cut.safetensors", file_bytes(SHAPES)[:-1])
        self.write("small.model", b"there")
        before = self.files()
        for arguments, message in [
            (["export_model", "none.model", "--onnx=o"], "none.model: cannot open: No such file"),
            (["export_model", "text.model", "--onnx=o"], "text.model is not a model file"),
            (["export_model", ".", "--onnx=o"], "cannot read: Is a directory"),
            (["import_model", "none.safetensors", "o"], "none.safetensors: cannot open: No such file"),
            (["import_model", "small.textproto", "o", "--architecture=small.textproto"],
             "small.textproto: it is no safetensors file, or a corrupt one: its first 8 bytes say"),
            (["import_model", "cut.safetensors", "o", "--architecture=small.textproto"],
             'cut.safetensors: it is no safetensors file, or a corrupt one: tensor "branch.1.bias" has'),
            (["import_model", "small.safetensors", "small.model", "--architecture=small.textproto", "--input_mean=0",
              "--input_deviation=1"], "small.model: exists already, and is not overwritten"),
        ]:
            with self.subTest(arguments):
                self.assertIn(message, self.run_program(*arguments, expect=1))
        self.assertEqual(self.files(), before)
        self.assertEqual(self.read("small.model"), b"there")

    def test_outputs_that_cannot_be_written(self):
        self.import_small()
        self.write("there", b"mine")
        before = self.files()
        for arguments, message in [
            (["export_model", "small.model", "--onnx=/dev/full"], "/dev/full: cannot write: No space left"),
            (["export_model", "small.model", "--safetensors=/dev/full"], "/dev/full: cannot write: No space left"),
            (["export_model", "small.model", "--onnx=none/o"], "none/o: cannot create"),
            # Of two files, neither is there if one cannot be.
            (["export_model", "small.model", "--onnx=o", "--safetensors=there"], "there: exists already"),
            (["export_model", "small.model", "--onnx=o", "--safetensors=/dev/full"], "/dev/full: cannot write"),
            (["import_model", "small.safetensors", "/dev/full", "--architecture=small.textproto", "--input_mean=0",
              "--input_deviation=1"], "/dev/full: cannot write: No space left"),
        ]:
            with self.subTest(arguments):
                self.assertIn(message, self.run_program(*arguments, expect=1))
        self.assertEqual(self.files(), before)
        self.assertEqual(self.read("there"), b"mine")

    def test_strangers_files_take_no_memory(self):
        limit = 300_000  # KiB; the program itself takes a tenth of that.
        huge = {"dtype": "F32", "shape": [1 << 50], "data_offsets": [0, 1 << 52]}
        architecture = {"branches": "JOINT", "branch": [{"flatten": {}}, {"linear": {"out_features": 65536}}],
                        "head": [{"linear": {"out_features": 1024}}, {"linear": {"out_features": 2}}]}
        metadata = {"architecture": json.dumps(architecture), "input_mean": "0", "input_deviation": "1"}
        for contents, message in [
            (struct.pack("<Q", 10**8) + b"{", "it is cut short"),
            (struct.pack("<Q", 2**64 - 1) + b"{", "at most 100000000 are allowed"),
            (file_bytes({}, {"branch.1.weight": huge}), "but the file has 0 bytes of data"),
            (file_bytes({}, {"__metadata__": metadata}),
             "architecture: branch[1].linear: the weight has shape [65536, 392]; expected at most 1048576 elements"),
            (file_bytes({}, {"__metadata__": {**metadata, "height": "1024", "width": "1025"}}),
             "width is 1025; expected 1 to 1024"),
        ]:
            with self.subTest(message):
                self.write("hostile", contents)
                self.assertIn(message, self.run_program("import_model", "hostile", "o", expect=1, limit=limit))
        self.assertNotIn("o", self.files())


if __name__ == "__main__":
    unittest.main()
