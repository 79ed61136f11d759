"""Fine-tune the network on examples: all heads jointly, noise, character masking, averaged weights."""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from classifier.tokenizer import CharTokenizer
from classifier.training.augment import Noise, homophones
from classifier.training.examples import Examples
from classifier.training.network import Network


@dataclass(frozen=True)
class FinetuneConfig:
    """Every knob, checked when made. ``minutes`` > 0 ends by the clock instead of by ``epochs`` (a shared machine)."""

    epochs: float = 8.0
    batch: int = 32
    rate: float = 5e-4
    head_rate: float = 1e-3
    warm_up: float = 0.06
    weight_decay: float = 0.02
    dropout: float = 0.1
    masked_share: float = 0.06
    noise: float = 0.6
    joined_share: float = 0.08
    silent_share: float = 0.25
    longest: int = 190
    minutes: float = 0.0
    average: float = 0.997
    head_weights: dict[str, float] = field(default_factory=lambda: {"type": 1.0, "subtype": 0.7, "route": 0.6, "risk": 0.5, "intent": 1.0})
    threads: int = 2
    bf16: bool = True
    seed: int = 1

    def __post_init__(self) -> None:
        if self.epochs <= 0 or self.minutes < 0 or self.batch < 1 or not 16 <= self.longest <= 1000:
            raise ValueError("epochs and batch must be positive, longest between 16 and 1000")
        if not 0 <= self.masked_share < 0.5 or not 0 <= self.average < 1:
            raise ValueError("masked_share must lie in [0, 0.5), average in [0, 1)")


def window(tokenizer: CharTokenizer, clean: str, context: str = "", longest: int = 190) -> list[int]:
    """``[CLS] ([CTX:…]) characters [SEP]``, at most ``longest`` characters."""
    prefix = tokenizer.context_id(context) if context else None
    return [tokenizer.cls, *([] if prefix is None else [prefix]), *tokenizer.ids(clean[:longest]), tokenizer.sep]


def padded(rows: list[list[int]], multiple: int = 16) -> NDArray[np.int64]:
    """Rows of ids as one block; few different widths, because oneDNN compiles and keeps a kernel for each new shape."""
    longest = max(len(row) for row in rows)
    made = np.zeros((len(rows), -(-longest // multiple) * multiple), dtype=np.int64)
    for i, row in enumerate(rows):
        made[i, : len(row)] = row
    return made


class _Batches:
    """Shuffled batches of similar length, noised anew each time."""

    def __init__(self, examples: Examples, tokenizer: CharTokenizer, config: FinetuneConfig) -> None:
        self.examples, self.tokenizer, self.config = examples, tokenizer, config
        self.rng = np.random.default_rng(config.seed)
        self.noise = Noise(homophones(tokenizer.vocabulary), self.rng, config.noise)
        self.lengths = np.array([len(text) for text in examples.texts])
        self.disputes = np.flatnonzero(examples.weights["type"] > 0)

    def __iter__(self) -> Iterator[NDArray[np.int64]]:
        size = self.config.batch
        order = self.rng.permutation(len(self.examples))
        pools = [order[i : i + size * 40] for i in range(0, len(order), size * 40)]
        batches = []
        for pool in pools:
            pool = pool[np.argsort(self.lengths[pool] + self.rng.integers(0, 8, len(pool)))]
            batches += [pool[i : i + size] for i in range(0, len(pool), size)]
        self.rng.shuffle(batches)
        yield from batches

    def load(self, batch: NDArray[np.int64]) -> tuple[Tensor, dict[str, Tensor], dict[str, Tensor], dict[str, Tensor]]:
        """Ids, targets, weights, offsets of one batch."""
        examples = self.examples
        # Now and then the transformer must answer without the n-gram half, so that it learns to stand alone.
        heard = (self.rng.random((len(batch), 1)) >= self.config.silent_share).astype(np.float32)
        offsets = {head: values[batch] * heard for head, values in examples.offsets.items()}
        targets = {head: values[batch].copy() for head, values in examples.targets.items()}
        weights = {head: values[batch] for head, values in examples.weights.items()}
        rows = []
        for place, i in enumerate(batch):
            text = examples.texts[i]
            if weights["type"][place] > 0 and self.rng.random() < self.config.joined_share:
                text = self._join(text, place, targets, offsets, float(heard[place, 0]))
            if self.config.noise:
                text = self.noise(text)
            if len(text) > self.config.longest:
                begin = int(self.rng.integers(0, len(text) - self.config.longest + 1))
                text = text[begin : begin + self.config.longest]
            rows.append(window(self.tokenizer, text, examples.contexts[i], self.config.longest))
        ids = padded(rows)
        hidden = (self.rng.random(ids.shape) < self.config.masked_share) & (ids > self.tokenizer.mask)
        ids[hidden] = self.tokenizer.mask
        as_tensor = torch.from_numpy
        return (
            as_tensor(ids),
            {head: as_tensor(values) for head, values in targets.items()},
            {head: as_tensor(values) for head, values in weights.items()},
            {head: as_tensor(values) for head, values in offsets.items()},
        )

    def _join(
        self, text: str, place: int, targets: dict[str, NDArray[np.float32]], offsets: dict[str, NDArray[np.float32]], heard: float
    ) -> str:
        """Two stories in one: labels are shared 6 : 4; the risk is the first story's unless the second is worse."""
        other = int(self.rng.choice(self.disputes))
        second = self.examples.texts[other]
        risk = self.examples.targets["risk"]
        worse = risk[other].argmax() > targets["risk"][place].argmax()
        for head in ("type", "subtype", "route", "risk"):
            offsets[head][place] = 0.6 * offsets[head][place] + 0.4 * heard * self.examples.offsets[head][other]
            if head != "risk" and self.examples.weights[head][other] > 0:
                targets[head][place] = 0.6 * targets[head][place] + 0.4 * self.examples.targets[head][other]
        if worse:
            targets["risk"][place] = risk[other]
        return text + "，" + second if self.rng.random() < 0.7 else second + "，" + text


def loss_of(logits: dict[str, Tensor], targets: dict[str, Tensor], weights: dict[str, Tensor], shares: dict[str, float]) -> Tensor:
    """Weighted cross-entropy with soft targets, summed over heads."""
    total = torch.zeros(())
    for head, values in logits.items():
        each = -(targets[head] * F.log_softmax(values.float(), dim=-1)).sum(-1)
        total = total + shares.get(head, 1.0) * (each * weights[head]).sum() / len(each)
    return total


def _optimiser(network: Network, config: FinetuneConfig) -> torch.optim.AdamW:
    heads = {id(p) for p in network.heads.parameters()}
    groups = []
    for own, rate in ((False, config.rate), (True, config.head_rate)):
        chosen = [p for p in network.parameters() if (id(p) in heads) == own]
        groups.append({"params": [p for p in chosen if p.ndim > 1], "lr": rate, "weight_decay": config.weight_decay})
        groups.append({"params": [p for p in chosen if p.ndim <= 1], "lr": rate, "weight_decay": 0.0})
    return torch.optim.AdamW(groups, fused=True, betas=(0.9, 0.98))


def rate_at(done: float, warm_up: float) -> float:
    """Share of the peak rate when ``done`` (0–1) of the run is over: linear warm-up, cosine fall to a fiftieth."""
    return min(1.0, (done + 0.001) / warm_up) * (0.02 + 0.98 * 0.5 * (1 + math.cos(math.pi * min(1.0, done))))


def train(network: Network, examples: Examples, tokenizer: CharTokenizer, config: FinetuneConfig) -> Network:
    """Train and return the network with averaged weights."""
    torch.set_num_threads(config.threads)
    torch.manual_seed(config.seed)
    batches = _Batches(examples, tokenizer, config)
    steps = max(1, int(config.epochs * math.ceil(len(examples) / config.batch)))
    optimiser = _optimiser(network, config)

    rates = [group["lr"] for group in optimiser.param_groups]
    averaged = [p.detach().clone() for p in network.parameters()]
    network.train()
    begun, shown, step, done = time.time(), 0.0, 0, 0.0
    while done < 1.0:
        for batch in batches:
            ids, targets, weights, offsets = batches.load(batch)
            with torch.autocast("cpu", torch.bfloat16, enabled=config.bf16):
                logits = network(ids)
            logits = {head: values.float() + offsets[head] for head, values in logits.items()}
            for group, rate in zip(optimiser.param_groups, rates, strict=True):
                group["lr"] = rate * rate_at(done, config.warm_up)
            loss = loss_of(logits, targets, weights, config.head_weights)
            loss.backward()
            nn.utils.clip_grad_norm_(network.parameters(), 1.0)
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
            keep = min(config.average, (1 + step) / (10 + step))
            with torch.no_grad():
                torch._foreach_lerp_(averaged, list(network.parameters()), 1 - keep)
            step += 1
            shown += loss.item()
            spent = time.time() - begun
            done = spent / 60 / config.minutes if config.minutes else step / steps
            if step % 100 == 0:
                print(f"  step {step} ({done:.0%}) loss {shown / 100:.3f} {spent:.0f} s", flush=True)
                shown = 0.0
            if done >= 1.0:
                break
    with torch.no_grad():
        for parameter, mean in zip(network.parameters(), averaged, strict=True):
            parameter.copy_(mean)
    return network.eval()


@torch.no_grad()
def logits_of(
    network: Network, texts: list[str], tokenizer: CharTokenizer, contexts: list[str] | None = None, batch: int = 64, longest: int = 190
) -> dict[str, NDArray[np.float32]]:
    """Logits by head for normalised texts; long ones in windows, averaged (risk: the highest window)."""
    network.eval()
    contexts = contexts or [""] * len(texts)
    owner: list[int] = []
    rows: list[list[int]] = []
    for i, (text, context) in enumerate(zip(texts, contexts, strict=True)):
        for begin in window_starts(len(text), longest):
            owner.append(i)
            rows.append(window(tokenizer, text[begin:], context, longest))
    order = np.argsort([len(row) for row in rows], kind="stable")
    parts: dict[str, list[NDArray[np.float32]]] = {head: [] for head in network.labels.heads}
    for i in range(0, len(order), batch):
        made = network(torch.from_numpy(padded([rows[j] for j in order[i : i + batch]])))
        for head, values in made.items():
            parts[head].append(values.float().numpy())
    owners = np.array(owner)[order]
    result = {}
    for head, pieces in parts.items():
        flat = np.concatenate(pieces)
        total = np.zeros((len(texts), flat.shape[1]), dtype=np.float32)
        np.add.at(total, owners, flat)
        result[head] = (total / np.bincount(owners, minlength=len(texts))[:, None]).astype(np.float32)
    return result


def window_starts(length: int, longest: int = 190) -> list[int]:
    """Starts of windows that overlap by a quarter; the last one ends at the end."""
    if length <= longest:
        return [0]
    stride = longest * 3 // 4
    starts = list(range(0, length - longest, stride))
    return [*starts, length - longest]
