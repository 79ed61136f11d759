"""The command line as its users run it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from backend.cli import main, parser
from backend.commands.admin import settings_markdown
from common import settings
from tests.backend.conftest import filing

Run = Callable[..., int]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run ``jiefen …`` in this process with a data folder of its own."""
    monkeypatch.setenv("JIEFEN_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.delenv("JIEFEN_DATABASE_URL", raising=False)

    def call(*words: str | Path) -> int:
        with pytest.raises(SystemExit) as ended:
            main([str(word) for word in words])
        code = ended.value.code
        return code if isinstance(code, int) else 1 if code else 0

    return call


def write(path: Path, *rows: Any) -> Path:
    path.write_text(
        "".join((row if isinstance(row, str) else json.dumps(row, ensure_ascii=False)) + "\n" for row in rows), encoding="utf-8"
    )
    return path


def read(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_classify(run: Run, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl",
        {"id": 1, "text": "包工头欠我三个月工资不给"},
        "kaputt",
        {"id": 3, "text": "他拿着菜刀在门口，要砍死我"},
    )
    target = tmp_path / "out.jsonl"
    assert run("classify", "--input", source, "--output", target, "--quiet") == 0
    wages, danger = read(target)
    assert (wages["id"], wages["dispute_type"], wages["route"], wages["risk"]) == (1, "LD", "LW", "R0")
    assert wages["subtype"] == "LD01"
    assert [len(wages[name]) for name in ("dispute_types", "routes")] == [3, 3]
    assert danger["risk"] == "R3"
    assert [(row["line"], row["raw"]) for row in read(tmp_path / "out.jsonl.bad")] == [(2, "kaputt")]


def test_a_second_run_starts_over_unless_told_to_resume(run: Run, tmp_path: Path) -> None:
    target = tmp_path / "out.jsonl"
    run("classify", "--input", write(tmp_path / "a.jsonl", {"text": "楼上漏水"}), "--output", target, "--quiet")
    other = write(tmp_path / "b.jsonl", {"text": "医院误诊了"}, {"text": "欠钱不还"})
    run("classify", "--input", other, "--output", target, "--quiet")
    assert [row["text"] for row in read(target)] == ["医院误诊了", "欠钱不还"]
    target.write_text(target.read_text(encoding="utf-8").splitlines()[0] + "\n", encoding="utf-8")
    run("classify", "--input", other, "--output", target, "--quiet", "--resume")
    assert [row["text"] for row in read(target)] == ["医院误诊了", "欠钱不还"]


def test_intents_read_the_context(run: Run, tmp_path: Path) -> None:
    source = write(tmp_path / "in.jsonl", {"text": "转人工"}, {"text": "三万", "context": "asked_amount"})
    assert run("intents", "--input", source, "--output", tmp_path / "out.jsonl", "--quiet") == 0
    assert [row["intent"] for row in read(tmp_path / "out.jsonl")] == ["ask_human", "inform"]


def test_extract(run: Run, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl",
        {"text": "每月四千五欠了仨月", "today": "2026-11-27"},
        {"text": "上礼拜三", "expecting": "when", "today": "2026-11-27"},
        {"text": "你好", "today": "morgen"},
        {"text": "你好"},
    )
    assert run("extract", "--input", source, "--output", tmp_path / "out.jsonl", "--quiet") == 0
    wages, date, nothing = read(tmp_path / "out.jsonl")
    assert wages["amount"] == 13500
    assert {"amount", "people", "phone", "name", "counterparty", "place", "date", "claim", "fields"} <= set(wages)
    assert date["date"] == "2026-11-18"
    assert (nothing["amount"], nothing["fields"]) == (None, [])
    assert read(tmp_path / "out.jsonl.bad")[0]["line"] == 3


def test_ask(run: Run, tmp_path: Path) -> None:
    source = write(
        tmp_path / "in.jsonl", {"question": "股市会涨吗"}, {"turns": ["离婚冷静期几天", {"role": "user", "text": "股市会涨吗"}]}, {"x": 1}
    )
    assert run("ask", "--input", source, "--output", tmp_path / "out.jsonl", "--quiet") == 0
    first, second = read(tmp_path / "out.jsonl")
    assert first["refused"] is True
    assert first["citations"] == []
    assert second["answer"]
    assert read(tmp_path / "out.jsonl.bad")[0]["line"] == 3


@pytest.mark.parametrize("command", ["classify", "intents", "extract", "ask"])
def test_wrong_files_are_said(run: Run, tmp_path: Path, command: str) -> None:
    assert run(command, "--input", tmp_path / "none.jsonl", "--output", tmp_path / "out.jsonl") == 1
    same = write(tmp_path / "same.jsonl", {"text": "x", "question": "x"})
    assert run(command, "--input", same, "--output", same) == 1
    assert read(same) == [{"text": "x", "question": "x"}]


def test_every_command_of_the_contract_exists() -> None:
    names = [
        "classify",
        "extract",
        "intents",
        "ask",
        "chat",
        "evaluate",
        "train",
        "serve",
        "db",
        "users",
        "settings",
        "import",
        "export",
        "retention",
    ]
    for name in names:
        with pytest.raises(SystemExit) as ended:
            parser().parse_args([name, "--help"] if name != "train" else ["--help"])
        assert ended.value.code == 0


def test_database_and_users(run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert run("db", "upgrade") == 0
    assert "newest" in capsys.readouterr().out
    assert run("users", "add", "xiaoli", "--role", "operator", "--generate") == 0
    assert "密码" in capsys.readouterr().out
    assert run("users", "add", "xiaoli", "--generate") == 1
    assert run("users", "disable", "xiaoli") == 1  # the last account that could log in as administrator must exist first
    capsys.readouterr()
    assert run("users", "list") == 0
    assert capsys.readouterr().out.split()[:2] == ["xiaoli", "operator"]


def test_import_export(run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    source = write(tmp_path / "cases.jsonl", filing(), filing(dispute_type="XX"), filing(narrative="=SUM(1)", risk_level="R1"))
    assert run("import", "--input", source) == 1
    assert "第 2 行没有导入" in capsys.readouterr().err
    assert run("import", "--input", source) == 1
    assert "导入 0 个案件，2 个以前导入过，1 行有误" in capsys.readouterr().err

    assert run("export", "--format", "jsonl", "--output", tmp_path / "out.jsonl") == 0
    rows = read(tmp_path / "out.jsonl")
    assert [row["dispute_type"] for row in rows] == ["LD", "LD"]
    assert (tmp_path / "out.jsonl").stat().st_mode & 0o777 == 0o600
    written = (tmp_path / "out.jsonl").read_text(encoding="utf-8")
    assert not [secret for secret in ("13899012345", "阿依古丽", "马建军") if secret in written]

    assert run("export", "--format", "csv", "--identity", "--output", tmp_path / "out.csv") == 0
    with (tmp_path / "out.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    assert table[0]["contact_phone"] == "13899012345"
    assert table[1]["narrative"] == "'=SUM(1)"  # a spreadsheet must not run what a resident wrote


def test_settings_are_all_documented(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("settings") == 0
    shown = capsys.readouterr().out
    for setting in settings.SETTINGS:
        assert f"{setting.name}=" in shown
        assert f"`{setting.name}`" in settings_markdown()
    assert (settings.ROOT / "docs" / "settings.md").read_text(encoding="utf-8") == settings_markdown(), (
        "run: jiefen settings --markdown > docs/settings.md"
    )


def test_secrets_are_not_shown(run: Run, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JIEFEN_SECRET_KEY", "ganz-geheim")
    run("settings")
    assert "ganz-geheim" not in capsys.readouterr().out


def test_chat_without_a_backend_says_what_to_do(run: Run, capsys: pytest.CaptureFixture[str]) -> None:
    assert run("chat", "--url", "http://127.0.0.1:1") == 1
    assert "make run" in capsys.readouterr().err


def test_the_installed_command_starts_quickly_from_anywhere(tmp_path: Path) -> None:
    command = Path(sys.prefix) / "bin" / "jiefen"
    ended = subprocess.run([command, "--help"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=60)
    assert ended.returncode == 0, ended.stderr
    assert "classify" in ended.stdout


def test_evaluate_prints_the_table_of_a_labelled_file(
    run: Run, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("classifier.evaluate.BENCHMARKS", {})  # its 1,400 texts are scored in tests/classifier
    row = {"id": "x1", "dispute_type": "LD", "secondary": [], "subtype": "LD01", "route": "LW", "acceptable": ["LW", "ZY"], "risk": "R0"}
    labelled = write(tmp_path / "mine.jsonl", {**row, "text": "包工头欠我三个月工资不给"}, {**row, "id": "x2", "text": "老板不发工资"})
    assert run("evaluate", "--questions", tmp_path / "none", "--corpus", tmp_path / "none", "--input", labelled) == 0
    shown = capsys.readouterr().out
    assert "| mine | 2 | 100.0" in shown
    assert run("evaluate", "--questions", tmp_path / "none", "--corpus", tmp_path / "none") == 1
