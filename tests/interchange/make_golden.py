#!/usr/bin/python3
"""Writes golden/NAME.safetensors, a state_dict of PyTorch's, and golden/NAME.json, what its network answers.

  tests/interchange/make_golden.py

It needs PyTorch, which the test of these files does not. What is committed was made with Debian 12's python3-torch
(1.13); each JSON file says when and how.
"""

import datetime
import json
import os
import sys

if __name__ == "__main__":
    os.chdir(os.path.join(os.path.dirname(__file__), "../.."))
    sys.path.insert(0, "")

import torch

from tests.interchange import mnist_pairs, pytorch, tensor_file

GOLDEN = "tests/interchange/golden"
# By the name of the architecture: what its weights are drawn from.
SEEDS = {"ensemble": 1, "every_layer": 2}
PAIRS = 20
# Near to those of MNIST.
MEAN, DEVIATION = 33.5, 75.25


def make(name, seed):
    architecture = pytorch.load_architecture("tests/interchange/architectures/%s.textproto" % name)
    module = pytorch.make(architecture)
    pytorch.shake(module, seed)
    state = {key: tensor.numpy() for key, tensor in module.state_dict().items()}
    tensor_file.write("%s/%s.safetensors" % (GOLDEN, name), state)
    answers = pytorch.answers(module, architecture, mnist_pairs.load(PAIRS), MEAN, DEVIATION)
    golden = {
        "pytorch": torch.__version__,
        "command": "tests/interchange/make_golden.py",
        "date": datetime.date.today().isoformat(),
        "input_mean": MEAN,
        "input_deviation": DEVIATION,
        "pairs": PAIRS,
        **{key: [float("%.9g" % value) for value in values.flatten()] for key, values in answers.items()},
    }
    with open("%s/%s.json" % (GOLDEN, name), "w", encoding="utf-8") as file:
        fields = ",\n".join("%s: %s" % (json.dumps(key), json.dumps(value)) for key, value in golden.items())
        file.write("{\n%s\n}\n" % fields)


if __name__ == "__main__":
    os.makedirs(GOLDEN, exist_ok=True)
    for name, seed in SEEDS.items():
        make(name, seed)
