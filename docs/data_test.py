#!/usr/bin/python3
"""Does what DATA.md says."""

import tempfile
import unittest

from docs import page_commands


class DataTest(unittest.TestCase):

    maxDiff = None

    def test_everything_in_it(self):
        with tempfile.TemporaryDirectory() as clone:
            page_commands.write_bazelw(clone)
            page_commands.run_page(self, "docs/DATA.md", clone)


if __name__ == "__main__":
    unittest.main()
