"""What PyTorch answers for an architecture message, with its own modules alone."""

import torch
from torch import nn

from tests.parity import networks, schemas


def load_architecture(path):
    return schemas.read(path, schemas.architecture_pb2.Architecture())


def make(architecture):
    """One PairNetwork, or as many as the architecture says in an nn.ModuleList, which names tensors as ours are."""
    count = max(1, architecture.networks)
    if count == 1:
        return networks.PairNetwork(architecture)
    return nn.ModuleList(networks.PairNetwork(architecture) for _ in range(count))


def shake(module, seed):
    """Gives all that is trained, running statistics too, values of which every one counts."""
    torch.manual_seed(seed)
    with torch.no_grad():
        for name, tensor in module.state_dict().items():
            if name.endswith("running_var"):
                tensor.uniform_(0.5, 2)
            elif tensor.dim() > 1:
                # Outputs about as large as inputs, in every layer.
                tensor.normal_(0, (tensor.shape[0] / tensor.numel())**0.5)
            elif tensor.is_floating_point():
                tensor.normal_(0.5, 0.3)
            else:
                tensor.fill_(1234)  # num_batches_tracked


def moved(images, down, right):
    """Images moved so far, with zeros where nothing comes from."""
    result = torch.zeros_like(images)
    height, width = images.shape[-2:]
    rows, columns = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    result[..., rows, columns] = images[..., max(-down, 0):height - max(down, 0), max(-right, 0):width - max(right, 0)]
    return result


def answers(module, architecture, pairs, mean, deviation):
    """The logits for pairs of pixels by the names of the program `answers`: after proto/architecture.proto."""
    shift = architecture.test_shift
    places = [(0, 0), (-shift, 0), (shift, 0), (0, -shift), (0, shift)] if shift else [(0, 0)]
    members = module if isinstance(module, nn.ModuleList) else [module]
    module.eval()
    with torch.no_grad():
        outputs = [
            member((moved(torch.from_numpy(pairs), *place) - mean) / deviation) for place in places for member in members
        ]
    result = {"comparison_logits": [comparison for comparison, _ in outputs]}
    if architecture.auxiliary_loss_weight:
        result["class_logits"] = [classes for _, classes in outputs]

    def average(logits):
        if len(logits) == 1:
            return logits[0]
        return torch.stack([each.softmax(-1) for each in logits]).mean(0).log()

    return {name: average(logits).numpy() for name, logits in result.items()}
