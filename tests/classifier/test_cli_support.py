"""Streams of JSON lines: what ``jiefen classify`` and ``jiefen intents`` do."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from classifier.cli_support import BATCH, classify_stream, intents_stream, run_stream
from classifier.public_intents import PUBLIC, public_name
from classifier.runtime import Classifier


def write(path: Path, lines: list[str]) -> Path:
    path.write_text("".join(line + "\n" for line in lines), encoding="utf-8")
    return path


def read(path: Path) -> list[dict]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_every_good_line_is_classified_in_order_and_keeps_its_fields(classifier: Classifier, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", [json.dumps({"id": i, "text": "老板欠我三个月工资"}, ensure_ascii=False) for i in range(300)])
    report = classify_stream(classifier, source, tmp_path / "out.jsonl", progress=False)
    rows = read(tmp_path / "out.jsonl")
    assert [row["id"] for row in rows] == list(range(300))
    first = rows[0]
    assert (first["dispute_type"], first["subtype"], first["route"], first["risk"]) == ("LD", "LD01", "LW", "R0")
    assert [set(score) for score in first["dispute_types"]] == [{"code", "name", "probability"}] * 3
    assert first["routes"][0]["name"] == "劳动监察与仲裁"
    assert first["secondary"] == []
    assert (report.written, report.bad, report.resumed) == (300, 0, 0)
    assert not (tmp_path / "out.jsonl.bad").exists()


def test_bad_lines_are_kept_aside_with_number_and_reason(classifier: Classifier, tmp_path: Path) -> None:
    source = tmp_path / "in.jsonl"
    good = json.dumps({"text": "楼上漏水没人管"}, ensure_ascii=False).encode()
    source.write_bytes(
        b"\n".join([good, b"{broken", b"[1]", b'{"text": 5}', b"\xff\xfe", b"", json.dumps({"text": "长" * 20_001}).encode(), good]) + b"\n"
    )
    report = classify_stream(classifier, source, tmp_path / "out.jsonl", progress=False)
    assert (report.written, report.bad) == (2, 6)
    bad = read(tmp_path / "out.jsonl.bad")
    assert [row["line"] for row in bad] == [2, 3, 4, 5, 6, 7]
    assert [row["reason"].split(":")[0] for row in bad][:4] == [
        "not JSON",
        "not a JSON object",
        "field 'text' is missing or not a string",
        "not UTF-8",
    ]
    assert all(len(row["raw"]) <= 2000 for row in bad)


def test_a_killed_run_goes_on_without_losing_or_repeating(tmp_path: Path) -> None:
    lines = [json.dumps({"text": str(i)}) if i % 10 else "broken" for i in range(3 * BATCH)]
    source, target = write(tmp_path / "in.jsonl", lines), tmp_path / "out.jsonl"
    calls = 0

    def dies_in_the_second_batch(records: list[dict]) -> list[dict]:
        nonlocal calls
        calls += 1
        if calls == 2:
            raise KeyboardInterrupt
        return records

    with pytest.raises(KeyboardInterrupt):
        run_stream(source, target, dies_in_the_second_batch, progress=False)
    with target.open("a", encoding="utf-8") as file:
        file.write('{"text": "half a li')  # what a power cut leaves
    report = run_stream(source, target, lambda records: records, progress=False)
    assert [row["text"] for row in read(target)] == [str(i) for i in range(3 * BATCH) if i % 10]
    assert [row["line"] for row in read(tmp_path / "out.jsonl.bad")] == [i + 1 for i in range(3 * BATCH) if i % 10 == 0]
    assert report.resumed >= BATCH
    again = run_stream(source, target, lambda records: records, progress=False)
    assert (again.written, again.bad) == (0, 0)


def test_input_and_output_must_differ(tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", ["{}"])
    with pytest.raises(ValueError, match="different"):
        run_stream(source, source, lambda records: records, progress=False)


def test_intents_are_public_and_use_the_context(classifier: Classifier, tmp_path: Path) -> None:
    lines = [
        {"text": "转人工"},
        {"text": "五万", "context": "asked_amount"},
        {"text": "要钱不", "context": "free"},
        {"text": "对", "context": "confirm_summary"},
    ]
    source = write(tmp_path / "in.jsonl", [json.dumps(line, ensure_ascii=False) for line in lines])
    intents_stream(classifier, source, tmp_path / "out.jsonl", progress=False)
    rows = read(tmp_path / "out.jsonl")
    assert [row["intent"] for row in rows] == ["ask_human", "inform", "ask_process", "affirm"]
    assert all(row["intent"] in PUBLIC and 0 < row["intent_probability"] <= 1 for row in rows)


@pytest.mark.parametrize(
    ("intent", "mapping", "public"),
    [
        ("inform", {}, "inform"),
        ("ask_cost", {"ask_cost": "ask_process"}, "ask_process"),
        ("ask_process_fee", {}, "ask_process"),
        ("unheard_of", {}, "out_of_scope"),
    ],
)
def test_finer_intents_map_onto_public_ones(intent: str, mapping: dict[str, str], public: str) -> None:
    assert public_name(intent, mapping) == public


def test_every_intent_the_model_knows_has_a_public_name(classifier: Classifier) -> None:
    for intent in classifier.meta.heads["intent"]:
        assert intent in PUBLIC or intent in classifier.meta.public_intents, intent
