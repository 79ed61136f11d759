"""Continued masked-language-model pre-training of the encoder.

``python -m classifier.training.pretrain --minutes 60`` starts from ``--base`` (or resumes from ``--out``), reads the packed corpus,
saves a checkpoint every few minutes. The learning rate follows the wall clock, because the budget is minutes on a shared
machine, not steps.
"""

from __future__ import annotations

import argparse
import json
import lzma
import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from classifier.splits import HELD_OUT_AUTHORS, is_dev_question
from classifier.tokenizer import CharTokenizer
from classifier.training.encoder import MaskedLanguageModel, load_masked, save_masked

REPOSITORY = Path(__file__).resolve().parents[2]
_OPTION = re.compile(r"^[A-E1-9][:：、.]|甲|乙|下列|被告人|事实:|法条|证据|句子:|条款|文书:|场景:")
_LAY = re.compile(r"吗|怎么|咋|呢|我|请问|如何|多少|什么|能不能|\?|？")


@dataclass(frozen=True)
class PretrainConfig:
    """Every knob, checked when made."""

    data: Path
    base: Path
    out: Path
    questions: Path | None = None
    minutes: float = 60.0
    batch: int = 48
    length: int = 128
    masked_share: float = 0.28
    peak_rate: float = 1.2e-3
    warm_up_minutes: float = 1.5
    decay_from: float = 0.5
    weight_decay: float = 0.01
    save_every_minutes: float = 5.0
    threads: int = 2
    bf16: bool = True
    seed: int = 1
    dialogue_characters: int = 16_000_000
    law_characters: int = 3_000_000
    lay_copies: int = 4
    own_copies: int = 4

    def __post_init__(self) -> None:
        if not 0.05 <= self.masked_share <= 0.6:
            raise ValueError("masked_share must lie between 0.05 and 0.6")
        if self.minutes <= 0 or self.batch < 1 or self.length < 16:
            raise ValueError("minutes, batch and length must be positive")
        if not 0 <= self.decay_from < 1:
            raise ValueError("decay_from is a share of the run")


def _lines(path: Path) -> Iterator[str]:
    with lzma.open(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line := line.strip():
                yield line


def _blocks(lines: Iterator[str], per_block: int, most: int) -> list[list[str]]:
    """Consecutive lines stay together; stops after ``most`` characters."""
    blocks: list[list[str]] = []
    block: list[str] = []
    for line in lines:
        block.append(line[:600])
        most -= len(block[-1])
        if len(block) == per_block:
            blocks.append(block)
            block = []
        if most <= 0:
            break
    return [*blocks, block] if block else blocks


def is_lay_question(line: str) -> bool:
    """A question an ordinary person would type, as far as form shows (no exam options, no court papers)."""
    return 8 <= len(line) <= 200 and not _OPTION.search(line) and bool(_LAY.search(line))


def own_texts(config: PretrainConfig) -> list[str]:
    """Our corpus without the held-out authors, and the labelled questions without the development part."""
    texts: list[str] = []
    for path in sorted((REPOSITORY / "classifier/corpus/authored").glob("*.jsonl")):
        if path.stem not in HELD_OUT_AUTHORS:
            texts += [json.loads(line)["text"] for line in path.read_text(encoding="utf-8").splitlines()]
    if config.questions is not None and config.questions.exists():
        rows = (json.loads(line) for line in config.questions.read_text(encoding="utf-8").splitlines())
        texts += [row["text"] for row in rows if not is_dev_question(row["id"])]
    return texts


def gather(config: PretrainConfig, tokenizer: CharTokenizer) -> np.ndarray:
    """Pack the mix into rows of ``length`` ids, shuffled by block."""
    rng = np.random.default_rng(config.seed)
    held = set()
    if config.questions is not None and config.questions.exists():
        rows_ = (json.loads(line) for line in config.questions.read_text(encoding="utf-8").splitlines())
        held = {row["text"].strip() for row in rows_ if is_dev_question(row["id"])}
    legal = [line for line in _lines(config.data / "legal_questions_and_cases.txt.xz") if line not in held]
    lay = [line for line in legal if is_lay_question(line)]
    blocks = _blocks((line for line in legal if not is_lay_question(line)), 4, 10**9)
    blocks += [[line] for line in lay for _ in range(config.lay_copies)]
    blocks += [[line] for line in own_texts(config) for _ in range(config.own_copies)]
    dialogues = _blocks(_lines(config.data / "help_seeking_dialogues.txt.xz"), 16, 10**9)
    rng.shuffle(dialogues)
    share = config.dialogue_characters / max(1, sum(len(line) for block in dialogues for line in block))
    blocks += dialogues[: int(len(dialogues) * min(1.0, share))]
    laws = _blocks(_lines(config.data / "laws.txt.xz"), 8, 10**9)
    rng.shuffle(laws)
    share = config.law_characters / max(1, sum(len(line) for block in laws for line in block))
    blocks += laws[: int(len(laws) * min(1.0, share))]
    order = rng.permutation(len(blocks))
    stream: list[int] = []
    for i in order:
        for line in blocks[i]:
            stream += tokenizer.ids(tokenizer.clean(line))
            stream.append(tokenizer.sep)
    body = config.length - 1
    rows = len(stream) // body
    packed = np.empty((rows, config.length), dtype=np.uint16)
    packed[:, 0] = tokenizer.cls
    packed[:, 1:] = np.asarray(stream[: rows * body], dtype=np.uint16).reshape(rows, body)
    print(f"{len(lay)} lay questions, {rows} rows of {config.length}, {rows * body / 1e6:.1f} M characters", flush=True)
    return packed


def mask_batch(ids: Tensor, share: float, tokenizer: CharTokenizer, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """Hide short spans (1–3 characters, about a word): returns masked ids and flat positions to predict."""
    shape, mask, last_special = ids.shape, tokenizer.mask, max(tokenizer.sep, tokenizer.mask)
    spans = torch.rand(shape, generator=generator) < share / 1.75
    length = torch.rand(shape, generator=generator)
    hidden = spans.clone()
    hidden[:, 1:] |= spans[:, :-1] & (length[:, :-1] > 0.45)
    hidden[:, 2:] |= spans[:, :-2] & (length[:, :-2] > 0.80)
    hidden &= ids > last_special  # special tokens come first
    draw = torch.rand(shape, generator=generator)
    masked = torch.where(hidden & (draw < 0.85), torch.full_like(ids, mask), ids)
    noise = torch.randint(5, len(tokenizer.vocabulary), shape, generator=generator)
    masked = torch.where(hidden & (draw >= 0.93), noise, masked)
    where = hidden.flatten().nonzero().squeeze(1)
    # One size every time: oneDNN compiles and keeps a kernel for each new shape.
    size = int(0.9 * share * ids.numel())
    chosen = torch.randperm(len(where), generator=generator)[:size]
    return masked, where[chosen if len(chosen) == size else torch.randint(len(where), (size,), generator=generator)]


def rate_at(config: PretrainConfig, minute: float) -> float:
    """Warm up, hold, then fall linearly to a twentieth."""
    warm = min(1.0, minute / config.warm_up_minutes)
    done = min(1.0, minute / config.minutes)
    left = 1.0 if done < config.decay_from else max(0.05, (1 - done) / (1 - config.decay_from))
    return config.peak_rate * warm * left


def _optimisers(model: MaskedLanguageModel, config: PretrainConfig) -> tuple[torch.optim.Optimizer, ...]:
    """Muon for the matrices inside the layers (it needs about half of AdamW's tokens for the same loss), AdamW for the rest."""
    inside = {id(p) for name, p in model.named_parameters() if p.ndim == 2 and ".layers." in f".{name}"}
    if not inside:
        raise ValueError("no layer matrices found: the encoder's parameter names have changed")
    hidden = [p for p in model.parameters() if id(p) in inside]
    tables = [p for p in model.parameters() if p.ndim > 1 and id(p) not in inside]
    rest = [p for p in model.parameters() if p.ndim <= 1]
    groups = [{"params": tables, "weight_decay": config.weight_decay}, {"params": rest, "weight_decay": 0.0}]
    return (
        torch.optim.Muon(hidden, lr=config.peak_rate, weight_decay=config.weight_decay, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(groups, lr=config.peak_rate, betas=(0.9, 0.98), fused=True),
    )


def run(config: PretrainConfig) -> None:
    """Train until the minutes are used up; ``out/state.pt`` lets a killed run go on where it was."""
    torch.set_num_threads(config.threads)
    config.out.mkdir(parents=True, exist_ok=True)
    tokenizer = CharTokenizer(CharTokenizer.load(config.base).vocabulary, CharTokenizer.load(REPOSITORY / "classifier/model").simplified)
    cache = config.out / "packed.npy"
    if not cache.exists():
        np.save(cache, gather(config, tokenizer))
    packed = np.load(cache, mmap_mode="r")
    model = load_masked(config.base).train()
    optimisers = _optimisers(model, config)
    step, spent = 0, 0.0
    state = config.out / "state.pt"
    if state.exists():
        saved = torch.load(state)
        model.load_state_dict(saved["model"])
        for optimiser, own in zip(optimisers, saved["optimisers"], strict=True):
            optimiser.load_state_dict(own)
        step, spent = saved["step"], saved["minutes"]
    generator = torch.Generator().manual_seed(config.seed + step)
    start, saved_at, loss_sum, shown = time.time() - spent * 60, spent, 0.0, step
    per_epoch = len(packed) // config.batch
    while (minute := (time.time() - start) / 60) < config.minutes:
        epoch, place = divmod(step, per_epoch)
        order = np.random.default_rng(config.seed + epoch).permutation(len(packed))[place * config.batch : (place + 1) * config.batch]
        ids = torch.from_numpy(packed[np.sort(order)].astype(np.int64))
        masked, where = mask_batch(ids, config.masked_share, tokenizer, generator)
        for group in (group for optimiser in optimisers for group in optimiser.param_groups):
            group["lr"] = rate_at(config, minute)
        with torch.autocast("cpu", torch.bfloat16, enabled=config.bf16):
            logits = model(masked, where)
        loss = F.cross_entropy(logits.float(), ids.flatten()[where])
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimiser in optimisers:
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        step += 1
        loss_sum += loss.item()
        if step % 100 == 0:
            tokens = step * config.batch * config.length
            print(f"step {step} minute {minute:.1f} loss {loss_sum / (step - shown):.3f} tokens {tokens / 1e6:.1f}M", flush=True)
            loss_sum, shown = 0.0, step
        if minute - saved_at > config.save_every_minutes:
            _save(model, optimisers, config, step, minute)
            saved_at = minute
    _save(model, optimisers, config, step, config.minutes)


def _save(
    model: MaskedLanguageModel, optimisers: tuple[torch.optim.Optimizer, ...], config: PretrainConfig, step: int, minutes: float
) -> None:
    save_masked(model, config.out)
    vocabulary = CharTokenizer.load(config.base).vocabulary
    (config.out / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    temporary = config.out / "state.tmp"
    torch.save(
        {"model": model.state_dict(), "optimisers": [own.state_dict() for own in optimisers], "step": step, "minutes": minutes}, temporary
    )
    temporary.replace(config.out / "state.pt")


def main() -> None:
    shared = REPOSITORY.parent / "shared/data"
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=shared / "pretraining")
    parser.add_argument("--base", type=Path, default=shared / "encoder")
    parser.add_argument("--questions", type=Path, default=shared / "labelled_questions/questions.jsonl")
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--minutes", type=float, default=60.0)
    parser.add_argument("--threads", type=int, default=2)
    args = parser.parse_args()
    run(PretrainConfig(**vars(args)))


if __name__ == "__main__":
    main()
