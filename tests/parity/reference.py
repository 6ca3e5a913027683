"""What PyTorch computes for a Case message (parity.proto)."""

import statistics

import torch
from torch import nn

from tests.parity import losses, networks, optimization, rounds, schemas

# How many values accompany a fingerprint.
FIRST_VALUES = 4


def uniform(*shape):
    """Numbers of [-1, 1) that are drawn as floats, in double precision."""
    return torch.empty(*shape).uniform_(-1, 1).double()


def fingerprint(values):
    """Fingerprint of base/fingerprint.h: FNV-1a."""
    result = 0xcbf29ce484222325
    for byte in values.numpy().tobytes():
        result = (result ^ byte) * 0x100000001b3 % 2**64
    return result


def module(case):
    options = case.module
    network = networks.Builder().make_layers(options.layers, options.input[1:]).double()
    torch.manual_seed(case.seed)
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.copy_(uniform(*parameter.shape))
    for step, mode in enumerate(options.steps or [options.TRAINING]):
        network.train(mode == options.TRAINING)
        network.zero_grad()
        input = uniform(*options.input).requires_grad_()
        output = network(input)
        output.backward(uniform(*output.shape))
        yield "%d.output" % step, output
        yield "%d.input_gradient" % step, input.grad
        for name, parameter in network.named_parameters():
            yield "%d.gradient.%s" % (step, name), parameter.grad
        for name, buffer in network.named_buffers():
            if not name.endswith("num_batches_tracked"):
                yield "%d.%s" % (step, name), buffer


def initial_values(case):
    options = case.initial_values
    torch.manual_seed(case.seed)
    if options.WhichOneof("network") == "architecture_file":
        network = networks.PairNetwork(rounds.load_architecture(options.architecture_file))
    else:
        network = networks.Builder().make_layers(options.layers.layers, options.layers.input)
    for name, parameter in network.named_parameters():
        yield name, parameter


def loss(case):
    options = case.loss
    torch.manual_seed(case.seed)
    prediction = uniform(*options.prediction)
    rows = torch.arange(len(prediction)).double()
    prediction = (prediction * (options.growth or 1)**rows[:, None]).requires_grad_()
    if options.target == options.CLASSES:
        classes = torch.randperm(len(prediction)) % prediction.shape[1]
        value = losses.make_class_loss(options.loss)(prediction, classes)
    else:
        value = losses.make_loss(options.loss)(prediction, (uniform(*options.prediction) + 1) / 2)
    value.backward()
    yield "value", value
    yield "gradient", prediction.grad


def trajectory(case):
    options = case.trajectory
    torch.manual_seed(case.seed)
    network = networks.Builder().make_layers(options.layers, (options.features,)).double()
    inputs = uniform(options.examples, options.features)
    targets = uniform(options.examples, network(inputs).shape[1])
    batch_size = options.training.batch_size
    optimizer = optimization.Optimizer(options.training, network.parameters(),
                                       -(-options.examples // batch_size))
    values = []
    for _ in range(options.training.epochs):
        for rows in torch.randperm(options.examples).split(batch_size):
            value = nn.functional.mse_loss(network(inputs[rows]), targets[rows])
            optimizer.step(value)
            values.append(value.item())
    yield "losses", values
    for name, parameter in network.named_parameters():
        yield name, parameter


def pair_training(case):
    options = case.pair_training
    for name, dtype in ("losses", torch.float64), ("losses_in_float", torch.float32):
        trained = rounds.Round(rounds.load_study(), rounds.load_architecture(options.architecture_file),
                               options.round, dtype)
        values = []
        while len(values) < options.steps:
            values.extend(trained.epoch())
        yield name, values[:options.steps]


def final_error(case):
    options = case.final_error
    study = rounds.load_study()
    wrong = []
    for run in range(options.runs):
        trained = rounds.Round(study, rounds.load_architecture(options.architecture_file), options.round,
                               torch.float32, disturbance=run or None)
        values = [statistics.fmean(trained.epoch()) for _ in range(study.training.epochs)]
        if run == 0:
            yield "losses_of_epochs", values[:2]
        wrong.append(trained.test_errors())
    yield "wrong", wrong


# By the kind of a case: the names and values of its arrays.
KINDS = {
    "module": module,
    "initial_values": initial_values,
    "loss": loss,
    "trajectory": trajectory,
    "pair_training": pair_training,
    "final_error": final_error,
}


def compute(case):
    """The Result message of a Case message."""
    torch.set_num_threads(1)  # One order of sums.
    kind = case.WhichOneof("kind")
    result = schemas.parity_pb2.Result(name=case.name)
    for name, values in KINDS[kind](case):
        values = torch.as_tensor(values).detach().flatten()
        array = result.arrays.add(name=name)
        if kind == "initial_values":
            array.fingerprint = fingerprint(values)
            values = values[:FIRST_VALUES]
        array.values.extend(values.tolist())
    return result
