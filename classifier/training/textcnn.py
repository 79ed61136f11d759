"""TextCNN (Kim 2014) on characters, as a baseline: embeddings from scratch, filters of 2 to 5 characters, the highest of each, four heads."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.tokenizer import CharTokenizer
from classifier.training.data import Row
from classifier.training.examples import from_rows
from classifier.training.finetune import loss_of, padded, rate_at
from classifier.training.network import DISPUTE_HEADS, Labels

WIDTHS = (2, 3, 4, 5)
LONGEST = 300


class TextCnn(nn.Module):
    """(batch, length) ids → logits by head."""

    def __init__(self, vocabulary: int, labels: Labels, embedding: int = 192, filters: int = 192) -> None:
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, embedding, padding_idx=0)
        self.filters = nn.ModuleList([nn.Conv1d(embedding, filters, width, padding=width - 1) for width in WIDTHS])
        self.dropout = nn.Dropout(0.5)
        self.heads = nn.ModuleDict({f"to_{head}": nn.Linear(filters * len(WIDTHS), len(labels.heads[head])) for head in DISPUTE_HEADS})

    def forward(self, ids: Tensor) -> dict[str, Tensor]:
        embedded = nn.functional.dropout(self.embedding(ids), 0.2, self.training).transpose(1, 2)
        pooled = torch.cat([conv(embedded).relu().amax(2) for conv in self.filters], dim=1)
        return {head: self.heads[f"to_{head}"](self.dropout(pooled)) for head in DISPUTE_HEADS}


def train_textcnn(
    rows: Sequence[Row], labels: Labels, tokenizer: CharTokenizer, epochs: int = 10, batch: int = 32, seed: int = 1, threads: int = 2
) -> TextCnn:
    """Train on the labelled rows; same soft targets and head weights as the shipped network."""
    torch.set_num_threads(threads)
    torch.manual_seed(seed)
    rng = np.random.default_rng(seed)
    examples = from_rows(rows, labels, tokenizer)
    ids = [tokenizer.ids(text[:LONGEST]) or [tokenizer.unk] for text in examples.texts]
    model = TextCnn(len(tokenizer.vocabulary), labels).train()
    optimiser = torch.optim.AdamW(model.parameters(), lr=1e-3, weight_decay=0.01)
    steps = epochs * -(-len(ids) // batch)
    step = 0
    for epoch in range(epochs):
        order = rng.permutation(len(ids))
        shown = 0.0
        for begin in range(0, len(order), batch):
            chosen = order[begin : begin + batch]
            for group in optimiser.param_groups:
                group["lr"] = 1e-3 * rate_at(step / steps, 0.05)
            targets = {head: torch.from_numpy(examples.targets[head][chosen]) for head in DISPUTE_HEADS}
            weights = {head: torch.from_numpy(examples.weights[head][chosen]) for head in DISPUTE_HEADS}
            loss = loss_of(
                model(torch.from_numpy(padded([ids[i] for i in chosen]))), targets, weights, {"subtype": 0.7, "route": 0.6, "risk": 0.5}
            )
            loss.backward()
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            step += 1
            shown += loss.item()
        print(f"  TextCNN epoch {epoch + 1}/{epochs}, loss {shown * batch / len(order):.3f}", flush=True)
    return model.eval()


@torch.no_grad()
def logits_of_textcnn(model: TextCnn, texts: Sequence[str], tokenizer: CharTokenizer, batch: int = 64) -> dict[str, NDArray[np.float32]]:
    """Logits by head for normalised texts, in their order."""
    parts: dict[str, list[NDArray[np.float32]]] = {head: [] for head in DISPUTE_HEADS}
    for begin in range(0, len(texts), batch):
        ids = padded([tokenizer.ids(text[:LONGEST]) or [tokenizer.unk] for text in texts[begin : begin + batch]])
        for head, values in model(torch.from_numpy(ids)).items():
            parts[head].append(values.numpy())
    return {head: np.concatenate(pieces) for head, pieces in parts.items()}
