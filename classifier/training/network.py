"""The transformer half of the network: encoder, pooling, one linear layer a head. The n-gram table joins it in ``export``."""

from __future__ import annotations

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn

from classifier.training.encoder import Encoder, EncoderConfig

DISPUTE_HEADS = ("type", "subtype", "route", "risk")
INTENT_HEAD = "intent"


@dataclass(frozen=True)
class Labels:
    """Label lists by head, and the intake contexts (a context is a token ``[CTX:name]`` right after ``[CLS]``)."""

    heads: dict[str, tuple[str, ...]]
    contexts: tuple[str, ...] = ()
    index: dict[str, dict[str, int]] = field(init=False)

    def __post_init__(self) -> None:
        index = {head: {label: i for i, label in enumerate(labels)} for head, labels in self.heads.items()}
        object.__setattr__(self, "index", index)


class Network(nn.Module):
    """Encoder with mean, max and first-token pooling and one linear layer a head."""

    def __init__(self, config: EncoderConfig, labels: Labels, dropout: float = 0.1, body: nn.Module | None = None) -> None:
        super().__init__()
        self.labels = labels
        self.encoder = body or Encoder(config, dropout)
        self.dropout = nn.Dropout(0.2)
        # "to_": ModuleDict refuses names of its own methods, "type" among them.
        self.heads = nn.ModuleDict({f"to_{head}": nn.Linear(3 * config.hidden_size, len(names)) for head, names in labels.heads.items()})

    def pool(self, ids: Tensor) -> Tensor:
        """(batch, length) ids → (batch, 3 × hidden): mean, maximum, first token; padding (id 0) never counts."""
        mask = (ids != 0).float()
        states = self.encoder(ids, mask).float()
        weights = mask.unsqueeze(-1)
        mean = (states * weights).sum(1) / weights.sum(1).clamp(min=1.0)
        highest = (states - (1 - weights) * 1e4).amax(1)
        return torch.cat((mean, highest, states[:, 0]), dim=-1)

    def forward(self, ids: Tensor) -> dict[str, Tensor]:
        pooled = self.pool(ids)
        return {head: self.heads[f"to_{head}"](self.dropout(pooled)) for head in self.labels.heads}
