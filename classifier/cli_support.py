"""What ``jiefen classify`` and ``jiefen intents`` do: stream JSON lines, in bounded memory, resumable, bad lines kept aside."""

from __future__ import annotations

import json
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import IO, Any

from classifier.public_intents import public_name
from classifier.runtime import Classifier
from common.payloads import LabelScore, Prediction

BATCH = 256
MOST_CHARACTERS = 20_000

Record = dict[str, Any]
Handler = Callable[[list[Record]], list[Record]]


@dataclass
class StreamReport:
    """What happened: lines written in this run, lines found done from an earlier run, bad lines (numbers go to the side file)."""

    written: int = 0
    resumed: int = 0
    bad: int = 0
    seconds: float = 0.0


def classify_stream(classifier: Classifier, source: Path, target: Path, *, text_field: str = "text", progress: bool = True) -> StreamReport:
    """Classify every line of ``source`` into ``target``.

    Each output line is the input object plus dispute_type, dispute_types, secondary, subtype, route, routes, risk,
    abstained and model_version.

    Args:
        text_field: the field that holds the words.
        progress: print a line to standard error now and then.

    Returns:
        Counts; bad lines are in ``target`` + ``.bad`` as ``{"line", "reason", "raw"}``. A killed run goes on where it stopped.
    """

    def handle(records: list[Record]) -> list[Record]:
        predictions = classifier.predict_many([record[text_field] for record in records])
        return [{**record, **classified(p, classifier)} for record, p in zip(records, predictions, strict=True)]

    return run_stream(source, target, handle, text_field=text_field, progress=progress)


def intents_stream(classifier: Classifier, source: Path, target: Path, *, text_field: str = "text", progress: bool = True) -> StreamReport:
    """Add ``intent`` (public label), ``intent_probability`` and ``intents`` (top 3) to every line; ``context`` is optional."""

    def handle(records: list[Record]) -> list[Record]:
        contexts = [str(record.get("context") or "free") for record in records]
        return [
            {**record, **intent_of(classifier, scores)}
            for record, scores in zip(
                records,
                classifier.intent_many([record[text_field] for record in records], contexts),
                strict=True,
            )
        ]

    return run_stream(source, target, handle, text_field=text_field, progress=progress)


def classified(prediction: Prediction, classifier: Classifier) -> Record:
    """The public fields of a prediction (design.md, command line ``classify``)."""
    return {
        "dispute_type": prediction.dispute_types[0].code,
        "dispute_types": [_score(s) for s in prediction.dispute_types],
        "secondary": list(classifier.secondary(prediction)),
        "subtype": prediction.subtypes[0].code,
        "subtypes": [_score(s) for s in prediction.subtypes],
        "route": prediction.routes[0].code,
        "routes": [_score(s) for s in prediction.routes],
        "risk": prediction.risk[0].code,
        "abstained": prediction.abstained,
        "model_version": prediction.model_version,
    }


def intent_of(classifier: Classifier, scores: list[Any]) -> Record:
    """Finer intents added up into the public ones."""
    total: dict[str, float] = {}
    for score in scores:
        name = public_name(score.name, classifier.meta.public_intents)
        total[name] = total.get(name, 0.0) + score.probability
    best = sorted(total.items(), key=lambda item: -item[1])[:3]
    return {
        "intent": best[0][0],
        "intent_probability": round(best[0][1], 4),
        "intents": [{"name": name, "probability": round(value, 4)} for name, value in best],
    }


def _score(score: LabelScore) -> Record:
    return {"code": score.code, "name": score.name, "probability": round(score.probability, 4)}


def run_stream(source: Path, target: Path, handle: Handler, *, text_field: str = "text", progress: bool = True) -> StreamReport:
    """Read, handle in batches, append; memory holds one batch.

    Bad lines are written before the good ones of their batch, each with its number, so a resumed run knows where to go on.

    Raises:
        FileNotFoundError: ``source`` does not exist.
        ValueError: ``source`` and ``target`` are the same file.
    """
    if source.resolve() == target.resolve():
        raise ValueError("input and output must be different files")
    aside = target.with_name(target.name + ".bad")
    report = StreamReport()
    begun = shown = time.monotonic()
    with source.open("rb") as lines:
        report.resumed = _lines_done(target, aside)
        deque(islice(lines, report.resumed), maxlen=0)  # skipped without being kept
        with target.open("a", encoding="utf-8") as out, aside.open("a", encoding="utf-8") as bad:
            for batch in _batches(lines, report.resumed):
                _one_batch(batch, handle, text_field, out, bad, report)
                if progress and time.monotonic() - shown > 2:
                    shown = time.monotonic()
                    rate = (report.written + report.bad) / (shown - begun)
                    print(f"\r{report.resumed + report.written + report.bad} lines, {rate:.0f}/s", end="", file=sys.stderr)
    report.seconds = time.monotonic() - begun
    if progress:
        print(f"\r{report.written} written, {report.bad} bad, {report.resumed} from before, {report.seconds:.1f} s", file=sys.stderr)
    if not report.bad and aside.stat().st_size == 0:
        aside.unlink()
    return report


def _lines_done(target: Path, aside: Path) -> int:
    """How many input lines an earlier run finished: its good lines, and the bad ones among and right after them.

    Bad lines further on belong to a batch whose good lines were never written; they are dropped and will be found again.
    """
    done = _whole_lines(target)
    if not _whole_lines(aside):
        return done
    kept = []
    for line in aside.read_text(encoding="utf-8").splitlines(keepends=True):
        if json.loads(line)["line"] > done + 1:
            break
        done += 1
        kept.append(line)
    aside.write_text("".join(kept), encoding="utf-8")
    return done


def _whole_lines(path: Path) -> int:
    """Complete lines of a file; a half-written last line (killed run) is cut off."""
    if not path.exists():
        return 0
    count, end = 0, 0
    with path.open("rb") as file:
        for line in file:
            if not line.endswith(b"\n"):
                break
            count += 1
            end += len(line)
    with path.open("rb+") as file:
        file.truncate(end)
    return count


def _batches(lines: IO[bytes], done: int) -> Iterator[list[tuple[int, bytes]]]:
    numbered = enumerate(lines, start=done + 1)
    while batch := list(islice(numbered, BATCH)):
        yield batch


def _one_batch(batch: list[tuple[int, bytes]], handle: Handler, text_field: str, out: IO[str], bad: IO[str], report: StreamReport) -> None:
    good: list[Record] = []
    for number, raw in batch:
        try:
            good.append(_parse(raw, text_field))
        except ValueError as problem:
            kept = {"line": number, "reason": str(problem), "raw": raw.decode("utf-8", "replace").rstrip("\r\n")[:2000]}
            bad.write(json.dumps(kept, ensure_ascii=False) + "\n")
            report.bad += 1
    bad.flush()
    for record in handle(good) if good else []:
        out.write(json.dumps(record, ensure_ascii=False) + "\n")
        report.written += 1
    out.flush()


def _parse(raw: bytes, text_field: str) -> Record:
    """One input line.

    Raises:
        ValueError: not UTF-8, not a JSON object, or without words; the message says which.
    """
    try:
        record = json.loads(raw.decode("utf-8-sig"))
    except UnicodeDecodeError:
        raise ValueError("not UTF-8") from None
    except json.JSONDecodeError as problem:
        raise ValueError(f"not JSON: {problem.msg}") from None
    if not isinstance(record, dict):
        raise ValueError("not a JSON object")
    text = record.get(text_field)
    if not isinstance(text, str):
        raise ValueError(f"field {text_field!r} is missing or not a string")
    if len(text) > MOST_CHARACTERS:
        raise ValueError(f"longer than {MOST_CHARACTERS} characters")
    return record
