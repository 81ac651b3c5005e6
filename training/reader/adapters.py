"""Low-rank adapters: what the stance and direction heads need of the encoder beside what attribution needs.

A frozen map ``W x`` becomes ``W x + B A x`` with ``A`` [rank, inputs] and ``B`` [outputs, rank] (Hu et al. 2021, LoRA,
arXiv:2106.09685). Attribution is read without them, so its weights and scores stay as they are.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from training.reader.model import Dense, Reader

#: Maps of a layer that get an adapter.
ADAPTED = ("query", "key", "value", "out", "up", "down")


class Adapted(nn.Module):
    """A frozen map with an adapter."""

    def __init__(self, map_: Dense, rank: int, dropped: float) -> None:
        super().__init__()
        self.weight = nn.Parameter(map_.weight.to(torch.bfloat16), requires_grad=False)
        self.bias = nn.Parameter(map_.bias.detach(), requires_grad=False)
        outputs, inputs = map_.weight.shape
        self.inner = nn.Parameter(torch.randn(rank, inputs) / inputs**0.5)
        self.outer = nn.Parameter(torch.zeros(outputs, rank))
        self.dropped = dropped

    def forward(self, x: Tensor) -> Tensor:
        """The map and its adapter."""
        low = F.dropout(F.linear(x, self.inner), self.dropped, self.training)
        return F.linear(x, self.weight, self.bias) + F.linear(low, self.outer)


def add_adapters(reader: Reader, rank: int, layers: int, dropped: float = 0.05) -> list[nn.Parameter]:
    """Freeze the encoder and put an adapter on each map of its top layers; the adapters' parameters."""
    reader.encoder.requires_grad_(False)
    found: list[nn.Parameter] = []
    for layer in reader.encoder.layers[-layers:]:
        for name in ADAPTED:
            adapted = Adapted(getattr(layer, name), rank, dropped)
            setattr(layer, name, adapted)
            found += [adapted.inner, adapted.outer]
    return found
