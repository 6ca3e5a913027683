#!/usr/bin/python3
"""Does what TUTORIAL.md says: writes its files, runs its commands, and compares what they print with what it shows."""

import os
import re
import subprocess
import tempfile
import unittest

from data import png_testutil

TOP = os.getcwd()

# Stands in for bazelw: runs what has been built.
BAZELW = f"""#!/bin/bash
set -euo pipefail
[[ $1 == run && $2 == //*:* ]] || {{ echo "not a command of the tutorial: $*" >&2; exit 3; }}
program=${{2#//}}
program={TOP}/${{program/:/\\/}}
shift 2
[[ ${{1:---}} == -- ]] || {{ echo "flags of bazel: $*" >&2; exit 3; }}
shift
cd {TOP}
exec "$program" "$@"
"""

# What the page writes for the clone's directory.
CLONE = "/home/you/minidl"


def blocks(page):
    """Its fenced blocks in their order: the words before, the language and the text."""
    found = re.findall(r"(?ms)^```(\w*)\n(.*?)^```$", page)
    before = re.split(r"(?ms)^```\w*\n.*?^```$", page)
    return [(words, *block) for words, block in zip(before, found)]


def commands(console):
    """Each command of a block, and the lines that it shows below."""
    found = []
    for line in console.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        else:
            found[-1][1].append(line)
    return found


def normal(lines):
    """Lines without what differs from run to run and from one machine to another: widths of columns, and times."""
    result = []
    in_table = False
    for line in lines:
        line = " ".join(line.split())
        if re.search(r" (time s|s a round)$", line):
            in_table = True
        elif not line:
            in_table = False
        elif in_table:
            line = re.sub(r" \S+$", " TIME", line)
        line = re.sub(r"about .* with --jobs=\d+", "about TIME with --jobs=N", line)
        result.append(line)
    return result


def parts(lines):
    """The lines between those that say that some are left out."""
    result = [[]]
    for line in lines:
        if line == "…":
            result.append([])
        else:
            result[-1].append(line)
    return result


def shows(shown, printed):
    """Whether what is shown is what was printed, but for what is left out."""
    first, *others = parts(shown)
    if printed[:len(first)] != first:
        return False
    if not others:
        return printed == first
    position = len(first)
    for part in others[:-1]:
        while printed[position:position + len(part)] != part:
            position += 1
            if position > len(printed):
                return False
        position += len(part)
    last = others[-1]
    return position + len(last) <= len(printed) and printed[len(printed) - len(last):] == last


def has_fused_multiply_adds():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " fma " in file.read()


class TutorialTest(unittest.TestCase):

    maxDiff = None

    @unittest.skipUnless(has_fused_multiply_adds(), "other processors have other bits")
    def test_everything_in_it(self):
        with open("docs/TUTORIAL.md", encoding="utf-8") as file:
            page = file.read()
        with tempfile.TemporaryDirectory() as clone:
            os.symlink(TOP + "/experiments", clone + "/experiments")
            with open(clone + "/bazelw", "w", encoding="utf-8") as file:
                file.write(BAZELW)
            os.chmod(clone + "/bazelw", 0o755)
            for before, language, text in blocks(page):
                if language == "textproto":
                    path = re.findall(r"`(\S+)`:\s*$", before)[0]
                    with open(f"{clone}/{path}", "w", encoding="utf-8") as file:
                        file.write(text)
                    continue
                self.assertEqual(language, "console", "no test runs this: " + text)
                for command, shown in commands(text):
                    self.run_command(clone, command, shown)
            drawn = re.findall(r"!\[.*?\]\((.*?)\)", page)
            self.assertEqual(len(drawn), 1)
            in_page = png_testutil.read_png(f"docs/{drawn[0]}")
            made = png_testutil.read_png(f"{clone}/my_study/{os.path.basename(drawn[0])}")
            self.assertEqual((in_page.shape, in_page.tobytes()), (made.shape, made.tobytes()))

    def run_command(self, clone, command, shown):
        result = subprocess.run(
            ["bash", "-euc", command],
            cwd=clone,
            env={**os.environ, "BUILD_WORKING_DIRECTORY": clone},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=250,
            check=False,
        )
        self.assertEqual(result.returncode, 0, f"{command}\n{result.stdout}")
        printed = normal(result.stdout.replace(os.path.realpath(clone), CLONE).splitlines())
        if not shows(normal(shown), printed):
            self.assertEqual("\n".join(shown), "\n".join(printed), command)

    def test_what_is_left_out(self):
        for shown, printed, expected in [
            ("a b", "a b", True),
            ("a", "a b", False),
            ("a …", "a b c", True),
            ("a … c", "a b c", True),
            ("a … d", "a b c", False),
            ("… b …", "a b c", True),
            ("… d …", "a b c", False),
            ("… b … b", "a b", False),
            ("b …", "a b", False),
            ("", "a", False),
            ("…", "a b", True),
        ]:
            self.assertEqual(shows(shown.split(), printed.split()), expected, shown)


if __name__ == "__main__":
    unittest.main()
