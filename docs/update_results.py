#!/usr/bin/python3
"""Makes the tables in docs/RESULTS.md anew, from the records in docs/results.

    ./bazelw run //docs:update_results

A table stands between two comments, of which the first has the arguments of //tools:stats that make it:

    <!-- stats --table=architectures docs/results/four_way.tfrecord -->
    <!-- end -->

docs:results_test fails while the page is not what this program makes of it.
"""

import os
import re
import shlex
import subprocess
import sys

from docs import update_page

PAGE = "docs/RESULTS.md"
TABLE = re.compile(r"(?ms)^(<!-- stats ([^\n]*) -->\n)(.*?)^(<!-- end -->)$")


def run_stats(arguments):
    """What stats prints for the arguments in a comment, as Markdown."""
    result = subprocess.run(["tools/stats", "--format=markdown", *shlex.split(arguments)],
                            env={"BUILD_WORKING_DIRECTORY": os.getcwd()},
                            stdout=subprocess.PIPE,
                            stderr=subprocess.PIPE,
                            text=True)
    if result.returncode != 0:
        sys.exit("stats %s\n%s" % (arguments, result.stderr))
    return result.stdout


def with_tables(page):
    """The text of the page with its tables made anew."""
    return TABLE.sub(lambda match: match[1] + run_stats(match[2]) + match[4], page)


if __name__ == "__main__":
    update_page.update(PAGE, with_tables)
