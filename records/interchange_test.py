#!/usr/bin/python3
"""Files of RecordWriter, read by an independent program."""

import os
import subprocess
import tempfile
import unittest

from records import tfrecord


class InterchangeTest(unittest.TestCase):

    def test_checksum_of_the_independent_program(self):
        # RFC 3720, appendix B.4, and the catalogues' check value.
        self.assertEqual(tfrecord.crc32c(bytes(32)), 0x8A9136AA)
        self.assertEqual(tfrecord.crc32c(b"123456789"), 0xE3069283)

    def test_our_files_are_read(self):
        expected = ["", "a", "123456789", "x" * 1000, "", "\u00b1" * 77]
        with tempfile.TemporaryDirectory() as directory:
            path = os.path.join(directory, "a.tfrecord")
            subprocess.run(["records/write_payloads", path] + expected,
                           check=True)
            with open(path, "rb") as file:
                data = file.read()
        self.assertEqual([p.decode() for p in tfrecord.payloads(data)],
                         expected)
        # Nothing but the frames.
        self.assertEqual(
            data, b"".join(tfrecord.frame(p.encode()) for p in expected))


if __name__ == "__main__":
    unittest.main()
