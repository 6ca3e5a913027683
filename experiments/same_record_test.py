#!/usr/bin/python3
"""A round's record file is the same on a processor with AVX-512 as on one without it."""

import os
import subprocess
import tempfile
import unittest

ARCHITECTURES = ["convnet", "convnet_aux", "convnet_shared", "convnet_shared_aux"]

# Of the small study, as study_settings writes it.
CONFIGURATION = """
study_name: "small"
study_seed: 1
architecture {
  %s
}
training {
  epochs: 2
  batch_size: 50
  adam { learning_rate: 0.01 }
  schedule: ONE_CYCLE
  input_normalization: MEAN_AND_DEVIATION
}
train_pairs: 200
test_pairs: 200
data_set: "mnist"
"""


def has_avx512():
    with open("/proc/cpuinfo", encoding="utf-8") as file:
        return " avx512f " in file.read()


class SameRecordTest(unittest.TestCase):

    def run_round(self, program, architecture):
        """The record file, and what the program says."""
        with tempfile.TemporaryDirectory() as directory:
            output = os.path.join(directory, "round.tfrecord")
            configuration = os.path.join(directory, "configuration.textproto")
            with open(f"experiments/architectures/{architecture}.textproto", encoding="utf-8") as file:
                text = CONFIGURATION % file.read()
            with open(configuration, "w", encoding="utf-8") as file:
                file.write(text)
            result = subprocess.run(
                [
                    program,
                    f"--configuration={configuration}",
                    "--round=1",
                    f"--output={output}",
                ],
                check=True,
                stderr=subprocess.PIPE,
                text=True,
                timeout=100,
            )
            with open(output, "rb") as file:
                return file.read(), result.stderr

    @unittest.skipUnless(has_avx512(), "this processor has no AVX-512")
    def test_avx512_changes_no_byte(self):
        for architecture in ARCHITECTURES:
            expected, _ = self.run_round("experiments/run_round", architecture)
            record, stderr = self.run_round("experiments/run_round_without_avx512", architecture)
            self.assertEqual(stderr, "AVX2\n")
            self.assertGreater(len(record), 5000)
            self.assertEqual(record, expected, architecture)


if __name__ == "__main__":
    unittest.main()
