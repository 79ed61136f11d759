"""The loader: what is there, how fast, and that each kind of mistake is told by file, line and reason."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

import knowledge
from common.enums import Route
from common.errors import KnowledgeError
from knowledge.loader import version


def test_everything_is_there(shipped: knowledge.Knowledge) -> None:
    assert len(shipped.types) == 22
    assert len(shipped.subtypes) == 140
    assert set(shipped.routes) == set(Route)
    assert len(shipped.statutes) >= 75
    assert len(shipped.faq) >= 30
    assert shipped.type_of("LD01") == "LD"
    assert re.fullmatch(r"[0-9a-f]{12}", shipped.version)


def test_importing_reads_nothing() -> None:
    code = "import knowledge, gc; print(any(type(o).__name__ == 'Knowledge' for o in gc.get_objects()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def test_version_follows_the_content(copy: Path, shipped: knowledge.Knowledge) -> None:
    assert version(copy) == shipped.version
    spoil(copy, "phrases.yml", "您好，请说。", "您好，请讲。")
    assert version(copy) != shipped.version


def spoil(folder: Path, file: str, old: str, new: str) -> int:
    """Replace the first ``old``; returns the line where it stood."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{file} no longer contains {old!r}"
    at = text.index(old)
    path.write_text(text[:at] + new + text[at + len(old) :], encoding="utf-8")
    return text.count("\n", 0, at) + 1


# file, what to replace, with what, lines between the replaced text and the reported line, the reason in words
MISTAKES = [
    ("questions.yml", "label: 同意登记", "label: [同意登记", None, "YAML 写法有误"),
    ("questions.yml", "label: 同意登记", "lable: 同意登记", 0, "不认识的字段“lable”"),
    ("questions.yml", "kind: choice", "kind: dropdown", 0, "不在允许的范围"),
    ("questions.yml", "rank: 2", "rank: 二", 0, "应当是整数"),
    ("questions.yml", "  why: 个人信息要经过您同意才能记。不同意也可以不留姓名地问问题。\n", "", -7, "缺少必填的字段“why”"),
    ("questions.yml", "also: [place]", "also: [plaze]", 0, "没有名为“plaze”的问题"),
    ("questions.yml", "slot: safety", "slot: consent", 0, "问题“consent”重复了"),
    ("questions.yml", "{title: 没有危险, value: safe}", "{title: 没有危险, value: yes}", 0, "应当是文字"),
    ("routes.yml", "organisation_kinds: [P1,", "organisation_kinds: [P9,", 0, "没有机构种类“P9”"),
    ("routes.yml", "code: RM", "code: RR", 0, "不在允许的范围"),
    ("organisation_kinds.yml", "law: 人民调解法, article: 第8条", "law: 调解法, article: 第8条", 0, "没有“调解法”"),
    ("organisation_kinds.yml", "article: 第8条", "article: 第9条", 0, "没有列第9条"),
    ("organisation_kinds.yml", "- code: P2", "- code: P1", 0, "机构种类“P1”重复了"),
    ("organisation_kinds.yml", 'phone: "110"', 'phone: "0990-110"', 0, "全国统一的号码"),
    ("organisation_kinds.yml", 'phone: "110"', "phone: 110", 0, "应当是文字"),
    ("divisions.yml", 'parent: "650200"', 'parent: "650999"', 0, "没有上级区划“650999”"),
    ("organisations/karamay.yml", "kind: P2", "kind: P22", 0, "没有机构种类“P22”"),
    ("organisations/karamay.yml", 'division_code: "650202"', 'division_code: "650299"', 0, "没有区划“650299”"),
    ("organisations/karamay.yml", "parent: centre-650200", "parent: centre-0", 0, "没有上级机构“centre-0”"),
    ("organisations/karamay.yml", "note: 门牌上的名称待确认，也可能叫综治中心", 'phone: "0990-1234567"', 0, "示例机构"),
    ("routing.yml", "dispute_types: [HY], flags_any", "dispute_types: [HH], flags_any", 0, "没有类型或细类“HH”"),
    ("routing.yml", "subtypes: [HY08]", "subtypes: [HY99]", 0, "没有类型或细类“HY99”"),
    ("routing.yml", "flags_any: [fraud_now]", "flags_any: [fraud]", 0, "不在允许的范围"),
    ("routing.yml", "contact: {hours: 1,", "contact: {hours: 1, days: 1,", 0, "恰好写一个"),
    ("routing.yml", "id: L2-over-30", "id: L1-danger-now", 0, "规则编号“L1-danger-now”重复了"),
    ("routing.yml", "when: {risk_at_least: R3}", "when: {}", -1, "后面的规则永远用不上"),
    ("legality.yml", "doors: [X-110, X-119", "doors: [X-111, X-119", 0, "没有机构种类“X-111”"),
    ("statutes.yml", "[第16条,", "[16,", 0, "应当是文字"),
    ("statutes.yml", "in_force_from: 2021-01-01", "in_force_from: 很久以前", 0, "日期"),
    ("phrases.yml", "{centre}的登记助手", "{center}的登记助手", 0, "没有登记的占位“{center}”"),
    ("phrases.yml", "{centre}的登记助手", "{centre的登记助手", 0, "花括号不成对"),
    ("phrases.yml", "\nopening.free:", "\nopening.greeting:", 1, "写了两次"),
    ("phrases.yml", "\nopening.free:", "\n12345:", 1, "字段名必须是文字"),
    ("taxonomy/LD.yml", "  - code: LD02", "  - code: LD01", 0, "细类“LD01”重复了"),
    ("taxonomy/LD.yml", "code: LD\n", "code: LX\n", None, "应当以“LX”开头"),
    ("faq/work.yml", "related: [faq-contractor-ran", "related: [faq-nobody", 0, "没有问答“faq-nobody”"),
    ("faq/work.yml", "mark: V", "mark: U", 0, "没有核实的内容"),
    ("risk_cues.yml", "    level: R2", "    level: R9", 0, "不在允许的范围"),
]


@pytest.mark.parametrize(("file", "old", "new", "offset", "reason"), MISTAKES)
def test_a_mistake_is_told_with_file_line_and_reason(copy: Path, file: str, old: str, new: str, offset: int | None, reason: str) -> None:
    line = spoil(copy, file, old, new)
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    told = caught.value.detail.split("\n")
    assert all(re.match(r"^knowledge/[a-z_/A-Z]+(\.yml)?:\d+: .+", one) for one in told), told
    about = [one for one in told if one.startswith(f"knowledge/{file}:") and reason in one]
    assert about, told
    if offset is not None:
        assert f"knowledge/{file}:{line + offset}: " in about[0], (about, line)


def test_a_pattern_that_does_not_compile_stops_the_start(copy: Path) -> None:
    path = copy / "risk_cues.yml"
    lines = path.read_text(encoding="utf-8").split("\n")
    at = next(i for i, text in enumerate(lines) if text == "    patterns:") + 1
    lines[at] = "      - '(又动手打我'"
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(KnowledgeError, match=rf"^knowledge/risk_cues\.yml:{at + 1}: 正则表达式写错了"):
        knowledge.load(copy)


def test_cue_examples_are_held_to_their_cue(copy: Path) -> None:
    line = spoil(copy, "risk_cues.yml", "examples: ['他喝了酒就打我'", "examples: ['今天天气不错'")
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    assert caught.value.detail == f"knowledge/risk_cues.yml:{line}: 例子“今天天气不错”没有被线索“dv-beating”认出来"


def test_counter_examples_are_held_too(copy: Path) -> None:
    line = spoil(copy, "risk_cues.yml", "counter_examples: ['打我电话没人接'", "counter_examples: ['他喝了酒就打我'")
    with pytest.raises(KnowledgeError) as caught:
        knowledge.load(copy)
    assert caught.value.detail == f"knowledge/risk_cues.yml:{line}: 反例“他喝了酒就打我”被线索“dv-beating”误认了"


def test_a_missing_file_and_a_lost_type_are_told(copy: Path) -> None:
    (copy / "taxonomy" / "QT.yml").unlink()
    with pytest.raises(KnowledgeError, match="应当有 22 个纠纷类型、140 个细类，现在是 21 和 136"):
        knowledge.load(copy)
    (copy / "legality.yml").unlink()
    with pytest.raises(KnowledgeError, match=r"^knowledge/legality\.yml:1: 缺少这个文件$"):
        knowledge.load(copy)


def test_command_line_says_ok_or_where_it_fails(copy: Path) -> None:
    run = [sys.executable, "-m", "knowledge"]
    good = subprocess.run(run, capture_output=True, text=True, check=False)
    assert good.returncode == 0
    assert good.stdout.startswith("OK ")
    assert "细类 140" in good.stdout
    spoil(copy, "routes.yml", "code: RM", "code: RR")
    bad = subprocess.run([*run, str(copy)], capture_output=True, text=True, check=False)
    assert bad.returncode == 1
    assert bad.stderr.startswith("knowledge/routes.yml:3: “code”的值“RR”不在允许的范围")
