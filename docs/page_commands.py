"""Runs the commands of a page in Markdown, and compares what they print with what the page shows.

In its fenced blocks, `console` has commands, each after "$ ", and below them what they print, in which a line "…" stands
for lines left out; `python` has a program; and every other block is a file, whose name stands in backquotes before it.
"""

import os
import re
import subprocess

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


def write_bazelw(clone):
    """Makes a directory look as a clone does to commands."""
    with open(clone + "/bazelw", "w", encoding="utf-8") as file:
        file.write(BAZELW)
    os.chmod(clone + "/bazelw", 0o755)


def run_page(test, path, clone):
    """Does what the page says in the directory `clone`; `test` fails where something else comes out."""
    with open(path, encoding="utf-8") as file:
        page = file.read()
    for before, language, text in blocks(page):
        if language == "console":
            for command, shown in commands(text):
                run_command(test, clone, ["bash", "-euc", command], shown)
        elif language == "python":
            run_command(test, clone, ["/usr/bin/python3", "-c", text], ["…"])
        else:
            name = re.findall(r"`(\S+)`:\s*$", before)[0]
            with open(f"{clone}/{name}", "w", encoding="utf-8") as file:
                file.write(text)


def run_command(test, clone, command, shown):
    result = subprocess.run(
        command,
        cwd=clone,
        env={**os.environ, "BUILD_WORKING_DIRECTORY": clone},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=250,
        check=False,
    )
    test.assertEqual(result.returncode, 0, f"{command[-1]}\n{result.stdout}")
    printed = result.stdout.replace(os.path.realpath(clone), CLONE).splitlines()
    if not shows(normal(shown), normal(printed)):
        test.assertEqual("\n".join(shown), "\n".join(printed), command[-1])
