"""Models of every architecture file here and in experiments/architectures, just trained, and what they answer."""

import os
import subprocess

import numpy as np

from tests.interchange import mnist_pairs

PAIRS = 100


def architecture_files():
    """Path by name, which is that of the file."""
    files = {}
    for directory in ("experiments/architectures", "tests/interchange/architectures"):
        for file in sorted(os.listdir(directory)):
            files[file.removesuffix(".textproto")] = os.path.abspath(os.path.join(directory, file))
    return files


def run(*command):
    """The program's stderr; an error that shows it unless the program succeeds."""
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise RuntimeError("%s: exit code %d\n%s%s" % (command, done.returncode, done.stdout, done.stderr))
    return done.stderr


class Trained:
    """Networks of all architectures, trained on few pairs."""

    def __init__(self, directory, epochs=8, pairs=200):
        """Keeps its files in `directory`. After few steps a network may still say the same of all pairs."""
        self.directory = directory
        self.names = list(architecture_files())
        study = self.path("study.textproto")
        with open(study, "w", encoding="utf-8") as file:
            file.write("""
                name: "interchange" seed: 7 rounds: 1 train_pairs: %d test_pairs: %d
                training { epochs: %d batch_size: 20 adam { learning_rate: 0.005 }
                           input_normalization: MEAN_AND_DEVIATION }
                """ % (pairs, pairs, epochs))
            for path in architecture_files().values():
                file.write('architecture_files: "%s"\n' % path)
        run("experiments/digit_pairs", "--study=" + study, "--models=" + directory, "--output=" + self.path("records"))
        self.pairs_file = self.path("pairs.npz")
        np.savez(self.pairs_file, test_input=self.pairs())

    def path(self, name):
        return os.path.join(self.directory, name)

    def model(self, name):
        return self.path(name + "-0.model")

    def pairs(self):
        """N×2×14×14, of which 0 is paper and 255 is ink."""
        return mnist_pairs.load(PAIRS)

    def export(self, name, file_format):
        """The path of the model called `name` in another format."""
        path = self.path("%s.%s" % (name, file_format))
        if not os.path.exists(path):
            run("tools/export_model", "--%s=%s" % (file_format, path), self.model(name))
        return path

    def answers(self, model):
        """By their names, what the network in the file `model` gives for pairs()."""
        output = self.path("answers.npz")
        run("tests/interchange/answers", model, self.pairs_file, output)
        with np.load(output) as arrays:
            return dict(arrays)


def largest_difference(actual, expected):
    """In units of each expected value, or of 1 where that is more."""
    if actual.shape != expected.shape:
        raise AssertionError("shape %s; expected %s" % (actual.shape, expected.shape))
    return (np.abs(actual - expected) / np.maximum(1, np.abs(expected))).max()
