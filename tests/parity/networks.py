"""PyTorch's networks for architecture messages.

Modules are created in the order in which this framework creates them, so that
the same seed gives the same initial values, and named alike.
"""

import torch
from torch import nn

from tests.parity import schemas


class SharedDropout(nn.Module):
    """nn.Dropout with this framework's random numbers.

    PyTorch draws what it drops in a way of its own; here, as in nn/dropout.h,
    an element stays whose uniform number is not below the probability.
    """

    def __init__(self, probability, generator):
        super().__init__()
        self.probability = probability
        self.generator = generator

    def forward(self, input):
        if not self.training:
            return input
        uniform = torch.empty(input.shape).uniform_(generator=self.generator)
        kept = uniform >= torch.tensor(self.probability)
        return input * (kept.to(input.dtype) / (1 - self.probability))


class Residual(nn.Module):
    """layers(x) + shortcut(x)."""

    def __init__(self, layers, shortcut):
        super().__init__()
        self.layers = layers
        self.shortcut = shortcut

    def forward(self, input):
        return self.layers(input) + self.shortcut(input)


def initialize(module, initialization):
    """`module`, made by skip_init, with initial values after the enum's name."""
    if initialization == "PYTORCH_DEFAULT":
        module.reset_parameters()
    else:
        fill = getattr(nn.init, initialization.lower() + "_")
        if initialization.startswith("KAIMING"):
            fill(module.weight, nonlinearity="relu")
        else:
            fill(module.weight)
        nn.init.zeros_(module.bias)
    return module


class Builder:
    """Makes modules of Layer messages."""

    def __init__(self, dropout_generator=None, initialization=0):
        """`initialization` is of the layers that do not say another one."""
        self.dropout_generator = dropout_generator
        self.initialization = initialization

    def make_linear_or_conv2d(self, module, options, *arguments, **more):
        initialization = options.initialization or self.initialization or schemas.architecture_pb2.PYTORCH_DEFAULT
        return initialize(nn.utils.skip_init(module, *arguments, **more),
                          schemas.architecture_pb2.Initialization.Name(initialization))

    def make_layer(self, layer, shape):
        """The module of a Layer message, for examples of `shape`.

        Fields of value 0 have a default, of which the messages tell.
        """
        kind = layer.WhichOneof("kind")
        options = getattr(layer, kind)
        if kind == "linear":
            return self.make_linear_or_conv2d(nn.Linear, options, shape[0], options.out_features)
        if kind == "conv2d":
            return self.make_linear_or_conv2d(nn.Conv2d, options, shape[0], options.out_channels,
                                              options.kernel_size, stride=options.stride or 1,
                                              padding=options.padding, dilation=options.dilation or 1)
        if kind == "max_pool2d":
            return nn.MaxPool2d(options.kernel_size, options.stride or None)
        if kind == "avg_pool2d":
            return nn.AvgPool2d(options.kernel_size, options.stride or None, options.padding)
        if kind == "relu":
            return nn.ReLU()
        if kind == "leaky_relu":
            return nn.LeakyReLU(options.negative_slope or 0.01)
        if kind == "gelu":
            return nn.GELU()
        if kind == "tanh":
            return nn.Tanh()
        if kind == "sigmoid":
            return nn.Sigmoid()
        if kind == "flatten":
            return nn.Flatten()
        if kind == "dropout":
            return SharedDropout(options.probability, self.dropout_generator)
        if kind in ("batch_norm1d", "batch_norm2d"):
            norm = nn.BatchNorm1d if kind == "batch_norm1d" else nn.BatchNorm2d
            return norm(shape[0], eps=options.epsilon or 1e-5, momentum=options.momentum or 0.1)
        if kind == "layer_norm":
            return nn.LayerNorm(list(options.normalized_shape or shape), eps=options.epsilon or 1e-5)
        if kind == "residual":
            return Residual(self.make_layers(options.layers, shape), self.make_layers(options.shortcut, shape))
        if kind == "sequential":
            return self.make_layers(options.layers, shape)
        raise NotImplementedError(kind)

    def make_layers(self, layers, shape):
        """The nn.Sequential of Layer messages, for examples of `shape`."""
        modules = []
        for layer in layers:
            modules.append(self.make_layer(layer, shape))
            shape = output_shape(modules[-1], shape)
        return nn.Sequential(*modules)


def output_shape(module, shape):
    """The shape of an example's output, for an input of `shape`."""
    module.eval()
    with torch.no_grad():
        output = module(torch.zeros(1, *shape))
    module.train()
    return output.shape[1:]


class AnalyticHead(nn.Module):
    """ln P(first > second) and ln P(first <= second) from both images' class logits."""

    def forward(self, input):
        first, second = input.chunk(2, 1)
        joint = (first.log_softmax(1).unsqueeze(2) + second.log_softmax(1).unsqueeze(1)).flatten(1)
        classes = first.shape[1]
        less_equal = torch.ones(classes, classes).triu().flatten().bool()
        return torch.stack([joint[:, ~less_equal].logsumexp(1), joint[:, less_equal].logsumexp(1)], 1)


class PairNetwork(nn.Module):
    """The network of an Architecture message, for N×2×14×14 pairs of digits.

    Its output is the comparison's logits, N×2, and where the branches give
    logits of the ten digits those as well, N×2×10; otherwise None.
    """

    SIDE = 14
    CLASSES = 10

    def __init__(self, architecture, dropout_generator=None):
        super().__init__()
        builder = Builder(dropout_generator, architecture.initialization)
        self.branches = architecture.Branches.Name(architecture.branches)
        channels = 2 if self.branches == "JOINT" else 1
        shape = (channels, self.SIDE, self.SIDE)

        def make_branch():
            return builder.make_layers(architecture.branch, shape)

        if self.branches == "SEPARATE":
            self.branch = nn.ModuleList([make_branch(), make_branch()])
            features = 2 * output_shape(self.branch[0], shape)[0]
        else:
            self.branch = make_branch()
            features = output_shape(self.branch, shape)[0] * (2 if self.branches == "SHARED" else 1)
        if architecture.HasField("analytic_head"):
            self.head = AnalyticHead()
        else:
            self.head = builder.make_layers(architecture.head, (features,))

    def forward(self, pairs):
        count = pairs.shape[0]
        if self.branches == "SEPARATE":
            features = torch.cat([branch(pairs[:, i:i + 1]) for i, branch in enumerate(self.branch)], 1)
        elif self.branches == "SHARED":
            # As one batch of 2N images, which is what BatchNorm and dropout see.
            features = self.branch(pairs.reshape(2 * count, 1, self.SIDE, self.SIDE)).reshape(count, -1)
        else:
            features = self.branch(pairs)
        comparison = self.head(features)
        if features.shape[1] != 2 * self.CLASSES:
            return comparison, None
        return comparison, features.reshape(count, 2, self.CLASSES)
