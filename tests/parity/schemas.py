"""The messages of architectures, studies, cases and goldens, in Python.

protoc makes the modules, anew each time. Import this from the top of the
repository, or of a test's runfiles.
"""

import importlib
import subprocess
import sys
import tempfile

from google.protobuf import text_format

with tempfile.TemporaryDirectory() as directory:
    protos = ["proto/architecture.proto", "proto/study.proto", "tests/parity/parity.proto"]
    subprocess.run(["protoc", "-I.", "--python_out=" + directory, *protos], check=True)
    # `proto` and `tests` are namespaces, of which this directory has a part too.
    sys.path.append(directory)
    architecture_pb2, study_pb2, parity_pb2 = (
        importlib.import_module(proto[:-len(".proto")].replace("/", ".") + "_pb2")
        for proto in protos)


def read(path, message):
    """Parses the file at `path`, in text format, into `message` and returns it."""
    with open(path, encoding="utf-8") as file:
        return text_format.Parse(file.read(), message)
