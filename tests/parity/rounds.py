"""Rounds of studies of digit pairs (experiments/round.h) in PyTorch."""

import gzip

import numpy as np
import torch
from torch import nn

from tests.parity import losses, networks, optimization, schemas

# Of experiments/seeds.h.
DATA, INITIALIZATION, SHUFFLING, DROPOUT = range(1, 5)

# What of Training is known here.
TRAINING_FIELDS = {
    "epochs", "batch_size", "sgd", "adam", "adamw", "rmsprop", "schedule", "step_decay", "warm_up_epochs",
    "max_gradient_norm", "max_gradient_value", "input_normalization"
}


def stream_seed(study_seed, round_number, purpose):
    """StreamSeed of experiments/seeds.h."""

    def mix64(x):
        x = (x + 0x9e3779b97f4a7c15) % 2**64
        x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9 % 2**64
        x = (x ^ (x >> 27)) * 0x94d049bb133111eb % 2**64
        return x ^ (x >> 31)

    def mix32(x):
        x = (x ^ (x >> 16)) * 0x85ebca6b % 2**32
        x = (x ^ (x >> 13)) * 0xc2b2ae35 % 2**32
        return x ^ (x >> 16)

    key = mix64(mix64(study_seed) + purpose)
    return mix32(round_number ^ (key % 2**32)) ^ (key >> 32)


def read_idx(name):
    with gzip.open("data/mnist/%s.gz" % name) as file:
        data = file.read()
    shape = np.frombuffer(data, ">i4", count=data[3], offset=4)
    return torch.from_numpy(np.frombuffer(data, np.uint8, offset=4 + 4 * data[3]).reshape(shape).copy())


def pair_set(name, count):
    """`count` pairs: N×2×14×14 images, N targets and N×2 digits."""
    images = read_idx(name + "-images-idx3-ubyte").unsqueeze(1).float()
    labels = read_idx(name + "-labels-idx1-ubyte").long()
    rows = torch.randperm(len(images))[:2 * count]
    images = nn.functional.avg_pool2d(images[rows], 2)
    classes = labels[rows].view(count, 2)
    return images.view(count, 2, 14, 14), (classes[:, 0] <= classes[:, 1]).long(), classes


class Round:
    """Round `number` of an architecture in a study, up to its first step.

    `dtype` is that of parameters and of all that is computed from them; random
    numbers are drawn as floats. A seed as `disturbance` changes two thirds of the
    initial values by 2^-23 of themselves.
    """

    def __init__(self, study, architecture, number, dtype, disturbance=None):

        def generator(purpose):
            return torch.Generator().manual_seed(stream_seed(study.seed, number, purpose))

        unknown = {field.name for field, _ in study.training.ListFields()} - TRAINING_FIELDS
        if unknown:
            raise NotImplementedError(", ".join(unknown))
        self.training = study.training
        self.comparison_loss = losses.make_class_loss(architecture.comparison_loss)
        self.auxiliary_loss = losses.make_class_loss(architecture.auxiliary_loss)
        self.auxiliary_loss_weight = architecture.auxiliary_loss_weight
        # What makes the pairs, and the modules, uses PyTorch's own generator.
        torch.manual_seed(stream_seed(study.seed, number, DATA))
        self.train = pair_set("train", study.train_pairs)
        self.test = pair_set("t10k", study.test_pairs)
        self.standardize(dtype)
        torch.manual_seed(stream_seed(study.seed, number, INITIALIZATION))
        self.network = networks.PairNetwork(architecture, generator(DROPOUT)).to(dtype)
        if disturbance is not None:
            torch.manual_seed(disturbance)
            with torch.no_grad():
                for parameter in self.network.parameters():
                    parameter *= 1 + torch.randint(-1, 2, parameter.shape) * 2.0**-23
        self.shuffling = generator(SHUFFLING)
        batches = -(-study.train_pairs // self.training.batch_size)
        self.optimizer = optimization.Optimizer(self.training, self.network.parameters(), batches)

    def standardize(self, dtype):
        assert self.training.input_normalization == self.training.MEAN_AND_DEVIATION
        training = self.train[0].double()
        mean, deviation = training.mean(), training.std()

        def standardized(pairs):
            return ((pairs[0].double() - mean) / deviation).float().to(dtype), *pairs[1:]

        self.train, self.test = standardized(self.train), standardized(self.test)

    def epoch(self):
        """Trains for an epoch, and yields the loss of each of its steps."""
        self.network.train()
        order = torch.randperm(len(self.train[1]), generator=self.shuffling)
        for rows in order.split(self.training.batch_size):
            inputs, targets, classes = (tensor[rows] for tensor in self.train)
            comparison, digits = self.network(inputs)
            loss = self.comparison_loss(comparison, targets)
            if self.auxiliary_loss_weight:
                loss = loss + self.auxiliary_loss_weight * sum(
                    self.auxiliary_loss(digits[:, i], classes[:, i]) for i in range(2))
            self.optimizer.step(loss)
            yield loss.item()

    def test_errors(self):
        """How many test pairs the network gets wrong."""
        self.network.eval()
        with torch.no_grad():
            comparison, _ = self.network(self.test[0])
        return (comparison.argmax(1) != self.test[1]).sum().item()


def load_study():
    return schemas.read("experiments/studies/default.textproto", schemas.study_pb2.Study())


def load_architecture(file):
    return schemas.read("experiments/architectures/" + file, schemas.architecture_pb2.Architecture())
