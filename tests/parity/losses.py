"""PyTorch's losses for Loss messages."""

import torch
from torch import nn


def make_loss(message):
    """The module of a Loss message."""
    kind = message.WhichOneof("kind") or "cross_entropy"
    reduction = "sum" if message.reduction == message.SUM else "mean"
    if kind == "cross_entropy":
        options = message.cross_entropy
        weight = torch.tensor(options.class_weights, dtype=torch.float64) if options.class_weights else None
        return nn.CrossEntropyLoss(weight=weight,
                                   label_smoothing=options.label_smoothing,
                                   reduction=reduction)
    if kind == "mse":
        return nn.MSELoss(reduction=reduction)
    if kind == "bce_with_logits":
        return nn.BCEWithLogitsLoss(reduction=reduction)
    raise NotImplementedError(kind)


def make_class_loss(message):
    """A function of logits, N×C, and true classes, N.

    Losses that want a target for each logit get 1 for the true class and 0 for
    the others.
    """
    loss = make_loss(message)

    def value(logits, classes):
        if not isinstance(loss, nn.CrossEntropyLoss):
            classes = nn.functional.one_hot(classes, logits.shape[1]).to(logits.dtype)
        return loss.to(logits.dtype)(logits, classes)

    return value
