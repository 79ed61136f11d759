"""``make train`` = ``python -m classifier.training``: repeat the whole training and write a model folder.

Stages: ``pretrain`` (skipped with ``--pretrain-minutes 0`` or another ``--base``), ``held-out`` (the honest run, without
the held-out authors: blends, threshold, figures), ``ship`` (goes on from there with every author, exports). ``all`` runs them
in turn.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import torch

from classifier.evaluate import Figures, table
from classifier.splits import HELD_OUT_AUTHORS, is_calibration_text
from classifier.tokenizer import CharTokenizer
from classifier.training.bases import is_ours
from classifier.training.data import PRETRAINING, QUESTIONS, REPOSITORY, Row, read_all
from classifier.training.export import Blend
from classifier.training.finetune import FinetuneConfig
from classifier.training.intents import Utterance, read_utterances
from classifier.training.pipeline import (
    HeldOut,
    Trained,
    fit,
    honest_sets,
    judge,
    judge_shipped_form,
    kept_apart,
    labels_for,
    ship,
    training_part,
)

MODEL = REPOSITORY / "classifier/model"
SHARED = REPOSITORY.parent / "shared/data"
HELD_OUT_INTENT_AUTHOR = "I3"


@dataclass(frozen=True)
class TrainConfig:
    """What ``make train`` does."""

    base: str
    out: Path
    work: Path
    questions: Path
    pretraining: Path
    pretrain_minutes: float
    stage: str
    finetune: FinetuneConfig
    ship_epochs: float = 3.0
    most_rows: int = 0
    start: Path | None = None

    def __post_init__(self) -> None:
        if self.stage not in ("all", "pretrain", "held-out", "ship", "direct"):
            raise ValueError("stage is one of all, pretrain, held-out, ship, direct")
        if self.pretrain_minutes < 0 or self.most_rows < 0:
            raise ValueError("minutes and rows cannot be negative")


def encoder_for(config: TrainConfig) -> str:
    """The base to fine-tune: the pre-training run's checkpoint when there is one, else ``--base``."""
    checkpoint = config.work / "mlm"
    if config.pretrain_minutes and is_ours(config.base) and (checkpoint / "model.safetensors").exists():
        return str(checkpoint)
    return config.base


def pretrain(config: TrainConfig) -> None:
    """Continue the masked language model, where our encoder is the base and the texts are on this machine."""
    from classifier.training.pretrain import PretrainConfig, run

    if not config.pretrain_minutes or not is_ours(config.base):
        return
    if not config.pretraining.is_dir():
        print(f"no pre-training texts at {config.pretraining}: going on with {config.base} as it is", flush=True)
        return
    minutes, threads = config.pretrain_minutes, config.finetune.threads
    run(PretrainConfig(config.pretraining, Path(config.base), config.work / "mlm", config.questions, minutes=minutes, threads=threads))


def held_out(config: TrainConfig, rows: list[Row], said: list[Utterance], shipped: CharTokenizer) -> HeldOut:
    """Train without the held-out authors and judge on them; the result is kept in ``work/held_out.json``."""
    labels = labels_for(rows, said)
    kept = [row for row in training_part_of_honest(rows)]
    heard = [utterance for utterance in said if utterance.author != HELD_OUT_INTENT_AUTHOR]
    trained = fit(_few(kept, config), _few(heard, config), labels, encoder_for(config), shipped, config.finetune)
    config.work.mkdir(parents=True, exist_ok=True)
    torch.save(trained.network.state_dict(), config.work / "held_out.pt")
    unheard = [utterance for utterance in said if utterance.author == HELD_OUT_INTENT_AUTHOR]
    sets = honest_sets(rows)
    found = judge_shipped_form(config.work / "held_out_model", trained, kept, sets, judge(trained, sets, unheard))
    (config.work / "held_out.json").write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")
    print(table(found.tables), f"\nintents by {HELD_OUT_INTENT_AUTHOR}: {found.intent_accuracy}\nblends {found.blends}", flush=True)
    return found


def direct(config: TrainConfig, rows: list[Row], said: list[Utterance], shipped: CharTokenizer) -> None:
    """Train on every author at once and ship; blends and threshold come from the texts kept apart (``--stage direct``).

    Half the time of an honest run and a ship run, and more passes over all texts; what it cannot say is how it does on an author of
    the corpus left out entirely (the benchmarks of tests/holdout are by other authors still).
    """
    kept = training_part(rows)
    heard = [utterance for utterance in said if not is_calibration_text(utterance.text)]
    unheard = [utterance for utterance in said if is_calibration_text(utterance.text)]
    labels = labels_for(rows, said)
    finetune = replace(config.finetune, rate=config.finetune.rate * 0.6) if config.start else config.finetune
    trained = fit(_few(kept, config), _few(heard, config), labels, encoder_for(config), shipped, finetune, config.start)
    config.work.mkdir(parents=True, exist_ok=True)
    torch.save(trained.network.state_dict(), config.work / "direct.pt")
    sets = kept_apart(rows)
    found = judge_shipped_form(config.work / "direct_model", trained, kept, sets, judge(trained, sets, unheard))
    (config.work / "held_out.json").write_text(json.dumps(asdict(found), ensure_ascii=False), encoding="utf-8")
    print(table(found.tables), f"\nintents: {found.intent_accuracy}\nblends {found.blends}", flush=True)
    write(config, trained, found, rows, len(kept))


def write(config: TrainConfig, trained: Trained, found: HeldOut, rows: list[Row], texts: int) -> None:
    """Write the model folder, and the float model's answers for the test that int8 says the same."""
    reference = (REPOSITORY / "tests/classifier" if config.out == MODEL else config.work) / "float_reference.json"
    about = {"date": f"{datetime.now(ZoneInfo('Asia/Shanghai')):%Y-%m-%d}", "trained_on": texts, "base": Path(encoder_for(config)).name}
    ship(config.out, trained, found, rows, about, reference)
    print(f"written: {config.out}", flush=True)


def training_part_of_honest(rows: Sequence[Row]) -> list[Row]:
    """What the shipped model may read, less the held-out authors."""
    unseen = {row.id for part in honest_sets(rows).values() for row in part}
    return [row for row in training_part(rows) if row.id not in unseen and row.author not in HELD_OUT_AUTHORS]


def load_held_out(work: Path) -> HeldOut:
    """What an earlier honest run found.

    Raises:
        FileNotFoundError: it has not run yet.
    """
    raw = json.loads((work / "held_out.json").read_text(encoding="utf-8"))
    blends = {head: Blend(**values) for head, values in raw["blends"].items()}
    tables = [Figures(**row) for row in raw["tables"]]
    return HeldOut(blends, raw["abstain_below"], raw["risk_caution"], tables, raw["curve"], raw["intent_accuracy"])


def _few(items: list[Row] | list[Utterance], config: TrainConfig) -> list:  # type: ignore[type-arg]
    """All of them, or an even sample (``--most-rows``, for trying the path out)."""
    step = max(1, len(items) // config.most_rows) if config.most_rows else 1
    return list(items[::step])


def run(config: TrainConfig) -> None:
    shipped = CharTokenizer.load(MODEL)
    rows = read_all(config.questions, config.pretraining)
    said = read_utterances()
    print(f"{len(rows)} labelled texts, {len(said)} utterances", flush=True)
    if config.stage in ("all", "pretrain"):
        pretrain(config)
    if config.stage in ("all", "held-out"):
        held_out(config, rows, said, shipped)
    if config.stage in ("all", "ship"):
        found = load_held_out(config.work)
        kept = _few(training_part(rows), config)
        start = config.work / "held_out.pt"
        further = config.ship_epochs > 0
        finetune = replace(config.finetune, epochs=config.ship_epochs or 1.0, rate=config.finetune.rate * 0.7)
        trained = fit(kept, _few(said, config), labels_for(rows, said), encoder_for(config), shipped, finetune, start, further)
        torch.save(trained.network.state_dict(), config.work / "shipped.pt")
        write(config, trained, found, rows, len(kept))
    if config.stage == "direct":
        direct(config, rows, said, shipped)


def parse(arguments: Sequence[str]) -> TrainConfig:
    parser = argparse.ArgumentParser(prog="python -m classifier.training", description=__doc__)
    parser.add_argument("--base", default=str(SHARED / "encoder"), help="our encoder folder, or a Hugging Face checkpoint name or folder")
    parser.add_argument("--out", type=Path, default=MODEL)
    parser.add_argument("--work", type=Path, default=REPOSITORY / "checkpoints", help="checkpoints and intermediate results")
    parser.add_argument("--questions", type=Path, default=QUESTIONS, help="labelled real questions; trained without when absent")
    parser.add_argument("--pretraining", type=Path, default=PRETRAINING)
    parser.add_argument("--pretrain-minutes", type=float, default=70.0)
    parser.add_argument("--stage", default="all")
    parser.add_argument("--epochs", type=float, default=8.0)
    parser.add_argument(
        "--ship-epochs", type=float, default=3.0, help="passes over all authors after the honest run; 0: the transformer stays as it is"
    )
    parser.add_argument("--minutes", type=float, default=0.0, help="end each fine-tuning by the clock instead of by epochs")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--start", type=Path, help="with --stage direct: go on from this fine-tuned network (an earlier direct.pt)")
    parser.add_argument("--most-rows", type=int, default=0, help="try the path out on about this many texts")
    given = vars(parser.parse_args(arguments))
    finetune = FinetuneConfig(
        epochs=given.pop("epochs"), minutes=given.pop("minutes"), threads=given.pop("threads"), seed=given.pop("seed")
    )
    return TrainConfig(finetune=finetune, **given)


if __name__ == "__main__":
    run(parse(sys.argv[1:]))
