"""Prints golden.h: what PyTorch computes for the tests beside this file.

  python3 tests/parity/make_golden.py > tests/parity/golden.h

It needs PyTorch, which the tests do not; golden.h was made with Debian 12's
python3-torch (1.13). Every function below draws all that it needs from
PyTorch's generator after torch.manual_seed; the test of the same name draws the
same numbers, in the same order, from a Generator of that seed, so that only
results are stored here. Numbers are floats' exact values, in hexadecimal.
"""

import math
import textwrap

import torch
from torch import nn


def literal(value):
    """`value` as a C++ float literal."""
    nearest = torch.tensor(value, dtype=torch.float32).item()
    mantissa, exponent = nearest.hex().split("p")
    if "." in mantissa:
        mantissa = mantissa.rstrip("0").rstrip(".")
    return "%sp%sf" % (mantissa, exponent)


def emit(name, values):
    """Prints the array golden::k<name>."""
    values = torch.as_tensor(values).flatten().tolist()
    numbers = ", ".join(literal(value) for value in values)
    lines = textwrap.wrap(numbers, 76)
    print("inline constexpr float k%s[] = {" % name)
    print(textwrap.indent("\n".join(lines), "    ") + "};\n")


def uniform(*shape):
    return torch.empty(*shape).uniform_(-1, 1)


def emit_step(name, module, input):
    """Emits a module's output, and gradients for a random output gradient."""
    input.requires_grad_()
    output = module(input)
    output.backward(uniform(*output.shape))
    emit(name + "Output", output)
    emit(name + "InputGradient", input.grad)
    for parameter, value in module.named_parameters():
        emit(name + parameter.capitalize() + "Gradient", value.grad)


def initial_values():
    torch.manual_seed(1)
    linear = nn.Linear(7, 5)
    emit("InitialLinearWeight", linear.weight)
    emit("InitialLinearBias", linear.bias)
    conv = nn.Conv2d(2, 3, 3)
    emit("InitialConv2dWeight", conv.weight)
    emit("InitialConv2dBias", conv.bias)


def layers():
    torch.manual_seed(2)
    emit_step("Linear", nn.Linear(7, 5), uniform(3, 7))
    for kernel_size, stride, padding in (
        (3, 1, 0), (3, 1, 1), (3, 2, 0), (2, 2, 1), (1, 3, 2),
    ):
        torch.manual_seed(3)
        emit_step(
            "Conv2dKernel%dStride%dPadding%d" % (kernel_size, stride, padding),
            nn.Conv2d(2, 3, kernel_size, stride=stride, padding=padding),
            uniform(2, 2, 7, 6),
        )
    for kernel_size, stride in ((2, 2), (3, 2), (2, 1), (1, 3)):
        torch.manual_seed(4)
        emit_step(
            "MaxPool2dKernel%dStride%d" % (kernel_size, stride),
            nn.MaxPool2d(kernel_size, stride),
            uniform(1, 2, 6, 5),
        )
    torch.manual_seed(5)
    emit_step("ReLU", nn.ReLU(), uniform(3, 8))
    torch.manual_seed(5)
    emit_step("Tanh", nn.Tanh(), uniform(3, 8))


def losses():
    torch.manual_seed(6)
    prediction = uniform(4, 3).requires_grad_()
    loss = nn.MSELoss()(prediction, uniform(4, 3))
    loss.backward()
    emit("LossMSE", loss)
    emit("LossMSEGradient", prediction.grad)

    torch.manual_seed(7)
    # From logits that say little to logits that say all.
    scales = torch.tensor([1.0, 2, 4, 16, 64, 256])
    logits = (uniform(6, 10) * scales[:, None]).requires_grad_()
    loss = nn.CrossEntropyLoss()(logits, torch.randperm(6))
    loss.backward()
    emit("LossCrossEntropy", loss)
    emit("LossCrossEntropyGradient", logits.grad)


def train(name, model, optimizer, loss, batches):
    """Emits the loss of each step; each takes one of `batches`."""
    values = []
    for input, target in batches:
        value = loss(model(input), target)
        optimizer.zero_grad()
        value.backward()
        optimizer.step()
        values.append(value.item())
    emit(name + "Losses", values)


def optimizers():
    """100 steps on a linear least-squares problem."""
    for name, make in (
        ("Sgd", lambda p: torch.optim.SGD(p, lr=0.1)),
        ("Momentum", lambda p: torch.optim.SGD(p, lr=0.05, momentum=0.9)),
        ("Adam", lambda p: torch.optim.Adam(p, lr=0.01)),
    ):
        torch.manual_seed(8)
        input, target = uniform(20, 4), uniform(20, 2)
        model = nn.Linear(4, 2)
        optimizer = make(model.parameters())
        train(name, model, optimizer, nn.MSELoss(), [(input, target)] * 100)
        emit(name + "Weight", model.weight)
        emit(name + "Bias", model.bias)


def disk_network():
    """20 steps, two epochs, of the disk's network."""
    for name, activation in (("ReLU", nn.ReLU), ("Tanh", nn.Tanh)):
        torch.manual_seed(0)
        points = torch.empty(1000, 2).uniform_()
        inside = (points.double() - 0.5).square().sum(1) < 1 / (2 * math.pi)
        targets = torch.eye(2)[inside.long()]
        model = nn.Sequential(
            nn.Linear(2, 25), activation(),
            nn.Linear(25, 25), activation(),
            nn.Linear(25, 25), activation(),
            nn.Linear(25, 2),
        )
        batches = []
        for _ in range(2):
            for rows in torch.randperm(1000).split(100):
                batches.append((points[rows], targets[rows]))
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        train("Disk" + name, model, optimizer, nn.MSELoss(), batches)


def convnet():
    """20 steps of the plain convolutional network on one batch of noise.

    Where the two largest values of a pooling window differ by no more than
    rounding, another order of summation moves the gradient to the other place,
    and Adam soon makes a whole step of it: of 100 images some window is that
    close in most steps, and PyTorch's own float results, with oneDNN, leave its
    double ones by 1e-4 in 20 steps. Hence few images, and of seeds 0 to 43 the
    one where no window of all steps comes closer than 1.7e-6.
    """
    torch.manual_seed(43)
    pairs = torch.empty(10, 2, 14, 14).uniform_().double()
    targets = torch.randperm(10) % 2
    model = nn.Sequential(
        nn.Conv2d(2, 32, 3), nn.MaxPool2d(2), nn.ReLU(),
        nn.Conv2d(32, 64, 3), nn.MaxPool2d(2), nn.ReLU(),
        nn.Flatten(),
        nn.Linear(256, 200), nn.ReLU(),
        nn.Linear(200, 2),
    ).double()
    optimizer = torch.optim.Adam(model.parameters(), lr=1e-3)
    batches = [(pairs, targets)] * 20
    train("Convnet", model, optimizer, nn.CrossEntropyLoss(), batches)


def main():
    torch.set_num_threads(1)  # One order of sums.
    print("// Printed by make_golden.py, PyTorch %s." % torch.__version__)
    print("#ifndef MINIDL_TESTS_PARITY_GOLDEN_H_")
    print("#define MINIDL_TESTS_PARITY_GOLDEN_H_\n")
    print("// clang-format off")
    print("namespace minidl::golden {\n")
    initial_values()
    layers()
    losses()
    optimizers()
    disk_network()
    convnet()
    print("}  // namespace minidl::golden\n")
    print("#endif  // MINIDL_TESTS_PARITY_GOLDEN_H_")


if __name__ == "__main__":
    main()
