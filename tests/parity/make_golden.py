#!/usr/bin/python3
"""Writes golden/NAME.textproto: what PyTorch computes for cases/NAME.textproto.

  tests/parity/make_golden.py             all of them, which takes half an hour
  tests/parity/make_golden.py modules     only these

It needs PyTorch, which the tests do not. What is committed was made with Debian
12's python3-torch (1.13); each file says when and how.
"""

import argparse
import datetime
import os
import platform
import subprocess
import sys
import textwrap

if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(__file__), "../.."))
    sys.path.insert(0, "")

from google.protobuf import text_format

from tests.parity import schemas

CASES = "tests/parity/cases"
GOLDEN = "tests/parity/golden"


def names():
    return sorted(file[:-len(".textproto")] for file in os.listdir(CASES))


def provenance(name):
    import torch
    package = subprocess.run(["dpkg-query", "-W", "python3-torch"], capture_output=True, text=True)
    capability = [line for line in torch.__config__.show().splitlines() if "CPU capability" in line]
    return schemas.parity_pb2.Provenance(
        pytorch=" ".join(["PyTorch", torch.__version__, *package.stdout.split()]),
        processor=" ".join([platform.machine(), *capability[0].split()[1:]]),
        command="tests/parity/make_golden.py " + name,
        date=datetime.date.today().isoformat())


def read_cases(name):
    return schemas.read("%s/%s.textproto" % (CASES, name), schemas.parity_pb2.Cases()).cases


def to_text(golden):
    """A Golden message in text format, in lines of up to 80 characters."""
    lines = ["# proto-file: tests/parity/parity.proto", "# proto-message: minidl.parity.Golden"]
    text = text_format.MessageToString(golden, use_short_repeated_primitives=True, double_format=".13g")
    for line in text.splitlines():
        indent = line[:len(line) - len(line.lstrip())]
        lines += textwrap.wrap(line, 80, subsequent_indent=indent + "    ",
                               break_long_words=False) if "[" in line else [line]
    return "\n".join(lines) + "\n"


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawTextHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="NAME", help=" ".join(names()))
    arguments = parser.parse_args()
    for unknown in set(arguments.names) - set(names()):
        parser.error("%s: there is no %s/%s.textproto" % (unknown, CASES, unknown))

    from tests.parity import reference
    for name in arguments.names or names():
        golden = schemas.parity_pb2.Golden(provenance=provenance(name))
        for case in read_cases(name):
            print("%s: %s" % (name, case.name), flush=True)
            golden.results.append(reference.compute(case))
        with open("%s/%s.textproto" % (GOLDEN, name), "w", encoding="utf-8") as file:
            file.write(to_text(golden))


if __name__ == "__main__":
    main()
