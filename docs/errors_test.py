#!/usr/bin/python3
"""Checks that ERRORS.md has what the programs say of every mistake, and that none of them does harm."""

import difflib
import unittest

from docs import error_cases, update_errors


class ErrorsTest(unittest.TestCase):

    def test_tables_are_what_programs_print(self):
        with open(update_errors.PAGE, encoding="utf-8") as file:
            page = file.read()
        made = update_errors.with_tables(page)
        difference = "\n".join(difflib.unified_diff(page.splitlines(), made.splitlines(), "ERRORS.md", "made anew"))
        self.assertEqual(difference, "", "run `./bazelw run //docs:update_errors`")
        self.assertEqual(len(update_errors.TABLES.findall(page)), 1)

    def test_mistakes_change_nothing(self):
        for section, (_, _, cases) in enumerate(error_cases.SECTIONS):
            for number, case in enumerate(cases):
                with self.subTest(case.situation):
                    exit_code, message, changed = update_errors.make(section, number)
                    is_warning = case.situation.endswith("a warning")
                    self.assertIn(exit_code, [0] if is_warning else [1, 2], message)
                    self.assertNotEqual(message, "")
                    # A round that diverges is on record before the study stops.
                    self.assertEqual(changed, ["out.tfrecord"] if "on_divergence=stop`" in case.situation else [])
                    self.assertNotRegex(message, "[\0-\x1f\x7f]")


if __name__ == "__main__":
    unittest.main()
