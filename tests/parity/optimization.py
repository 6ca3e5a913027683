"""PyTorch's optimizers, schedules and clipping for Training messages."""

import warnings

import torch
from torch.optim import lr_scheduler

# Of SequentialLR, about itself.
warnings.filterwarnings("ignore", "The epoch parameter in `scheduler.step")


def make_optimizer(training, parameters):
    """The torch.optim.Optimizer that a Training message names."""
    kind = training.WhichOneof("optimizer")
    options = getattr(training, kind)
    if kind == "sgd":
        return torch.optim.SGD(parameters,
                               lr=options.learning_rate,
                               momentum=options.momentum,
                               dampening=options.dampening,
                               weight_decay=options.weight_decay,
                               nesterov=options.nesterov)
    if kind in ("adam", "adamw"):
        more = {}
        if kind == "adam" or options.HasField("weight_decay"):
            more["weight_decay"] = options.weight_decay
        return (torch.optim.Adam if kind == "adam" else torch.optim.AdamW)(
            parameters,
            lr=options.learning_rate,
            betas=(options.beta1 or 0.9, options.beta2 or 0.999),
            eps=options.epsilon or 1e-8,
            **more)
    if kind == "rmsprop":
        return torch.optim.RMSprop(parameters,
                                   lr=options.learning_rate,
                                   alpha=options.alpha or 0.99,
                                   eps=options.epsilon or 1e-8,
                                   momentum=options.momentum,
                                   weight_decay=options.weight_decay,
                                   centered=options.centered)
    raise NotImplementedError(kind)


def make_scheduler(training, optimizer, batches):
    """What is to be called after each step, of which an epoch has `batches`."""
    steps = training.epochs * batches
    warm_up = training.warm_up_epochs * batches
    if training.schedule == training.ONE_CYCLE:
        return lr_scheduler.OneCycleLR(optimizer,
                                       optimizer.defaults["lr"],
                                       steps,
                                       cycle_momentum=False)
    if training.schedule == training.STEP:
        scheduler = lr_scheduler.StepLR(optimizer, training.step_decay.epochs * batches,
                                        training.step_decay.factor)
    elif training.schedule == training.COSINE:
        scheduler = lr_scheduler.CosineAnnealingLR(optimizer, steps - warm_up)
    else:
        scheduler = lr_scheduler.ConstantLR(optimizer, factor=1)
    if not warm_up:
        return scheduler
    # From 1 / warm_up of the learning rate; the schedule starts after the step with all of it.
    linear = lr_scheduler.LinearLR(optimizer, start_factor=1 / warm_up, total_iters=warm_up - 1)
    return lr_scheduler.SequentialLR(optimizer, [linear, scheduler], milestones=[warm_up])


class Optimizer:
    """The optimizer of a Training message, its schedule and clipping."""

    def __init__(self, training, parameters, batches):
        """`batches` are the steps of an epoch."""
        self.training = training
        self.parameters = list(parameters)
        self.optimizer = make_optimizer(training, self.parameters)
        self.scheduler = make_scheduler(training, self.optimizer, batches)

    def step(self, loss):
        self.optimizer.zero_grad()
        loss.backward()
        if self.training.max_gradient_norm:
            torch.nn.utils.clip_grad_norm_(self.parameters, self.training.max_gradient_norm)
        if self.training.max_gradient_value:
            torch.nn.utils.clip_grad_value_(self.parameters, self.training.max_gradient_value)
        self.optimizer.step()
        self.scheduler.step()
