#!/usr/bin/python3
"""Makes the tables in docs/ERRORS.md anew, by making all those mistakes (error_cases.py).

    ./bazelw run //docs:update_errors

docs:errors_test fails while the page is not what this program makes of it.
"""

import functools
import os
import re
import subprocess
import sys
import tempfile

from docs import error_cases, update_page

PAGE = "docs/ERRORS.md"
TABLES = re.compile(r"(?ms)^(<!-- errors -->\n)(.*?)^(<!-- end -->)$")
TIMEOUT = 60  # Seconds; no case takes one.


def run(command, directory):
    return subprocess.run([os.path.abspath(command[0]), *command[1:]],
                          env={**os.environ, "BUILD_WORKING_DIRECTORY": directory, "LC_ALL": "C.UTF-8"},
                          stdin=subprocess.DEVNULL,
                          stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE,
                          timeout=TIMEOUT,
                          errors="replace",
                          text=True)


def files_below(directory):
    """The contents of all files, by their paths."""
    contents = {}
    for path, _, names in os.walk(directory):
        for name in names:
            with open(os.path.join(path, name), "rb") as file:
                contents[os.path.relpath(os.path.join(path, name), directory)] = file.read()
    return contents


def message_of(result, directory):
    """What it prints of the mistake, as if the directory were the user's."""
    text = (result.stderr.strip() or result.stdout.strip()).replace(directory + "/", "")
    # What comes before is about other things, and gflags tells of a mistake twice.
    return text.splitlines()[-1].strip() if text else ""


@functools.lru_cache(maxsize=None)
def make(section, number):
    """The exit code and the message of a case, and what it has changed: names of files."""
    case = error_cases.SECTIONS[section][2][number]
    with tempfile.TemporaryDirectory() as directory:
        directory = os.path.realpath(directory)
        error_cases.write_files(case.files, directory)
        if case.before:
            result = run(case.before, directory)
            if result.returncode != 0:
                sys.exit("%s: %s" % (case.situation, result.stderr))
        before = files_below(directory)
        result = run(case.command, directory)
        after = files_below(directory)
        changed = [name for name in {**before, **after} if before.get(name) != after.get(name)]
        return result.returncode, message_of(result, directory), changed


def code(text):
    """`text` as code in a cell, which may have code in it."""
    return ("`` %s ``" if "`" in text else "`%s`") % text.replace("|", "\\|")


def table(section):
    lines = ["| situation | message | exit code | what to do |", "| --- | --- | ---: | --- |"]
    for number, case in enumerate(error_cases.SECTIONS[section][2]):
        exit_code, message, _ = make(section, number)
        lines.append("| %s | %s | %d | %s |" % (case.situation, code(message), exit_code, case.advice))
    return "\n".join(lines) + "\n"


def with_tables(page):
    """The text of the page with its tables made anew."""
    sections = "\n".join("## %s\n\n%s\n\n%s" % (title, text, table(section))
                         for section, (title, text, _) in enumerate(error_cases.SECTIONS))
    return TABLES.sub(lambda match: match[1] + "\n" + sections + "\n" + match[3], page)


if __name__ == "__main__":
    update_page.update(PAGE, with_tables)
