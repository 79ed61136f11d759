"""Danger heard in ordinary words, and innocent words that only sound alarming. Sentences are our own."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from common.enums import RiskLevel
from intake.normalise import normalise
from knowledge import Knowledge
from knowledge.cues import BEFORE, CueMatcher, squeeze
from tests.knowledge.risk_sentences import DANGER, INNOCENT, REFERENCE_CUES

AUTHORED = Path(__file__).resolve().parents[2] / "classifier/corpus/authored"


@pytest.fixture(scope="module")
def matcher(shipped: Knowledge) -> CueMatcher:
    return CueMatcher(shipped.risk)


@pytest.mark.parametrize("phrase", REFERENCE_CUES)
def test_every_cue_phrase_of_the_reference_is_heard(matcher: CueMatcher, phrase: str) -> None:
    assert matcher.level(normalise(phrase)[0]).rank >= 1


@pytest.mark.parametrize("sentence", DANGER)
def test_danger_reaches_r2(matcher: CueMatcher, sentence: str) -> None:
    assert matcher.level(normalise(sentence)[0]).at_least(RiskLevel.R2)


def test_innocent_alarming_words_rarely_do(matcher: CueMatcher) -> None:
    wrong = [s for s in INNOCENT if matcher.level(normalise(s)[0]).at_least(RiskLevel.R2)]
    assert len(wrong) / len(INNOCENT) <= 0.04, wrong


@pytest.mark.parametrize(
    ("sentence", "category", "level"),
    [
        ("他正在砸门，我和孩子躲在卫生间", "domestic_violence", "R3"),
        ("我不想活了", "self_harm", "R2"),
        ("我在楼顶，不想活了", "self_harm", "R3"),
        ("他拿着菜刀追我", "weapon", "R3"),
        ("我家煤气味特别大，头晕想吐", "fire_gas", "R3"),
        ("前男友天天跟着我下班", "stalking", "R2"),
        ("我们几十个人明天一起去堵路", "mass", "R2"),
        ("老人好几天没吃饭了，门锁着", "child_elder", "R3"),
        ("钱刚转过去人就没了", "fraud", "R2"),
        ("派出所来过两回了", "escalation", "R1"),
        ("我想要人身安全保护令", "domestic_violence", "R1"),
        ("你给我等着", "threat", "R1"),
    ],
)
def test_category_and_level(matcher: CueMatcher, sentence: str, category: str, level: str) -> None:
    assert (category, level) in {(hit.category, hit.level.value) for hit in matcher.find(normalise(sentence)[0])}


def test_denial_cancels_but_only_nearby(matcher: CueMatcher) -> None:
    assert matcher.level(squeeze("他从来没打过我，只是不顾家")) is RiskLevel.R0
    far = "他从来没打过我。" + "就是钱的事说不清楚" * (BEFORE // 6) + "。昨晚他喝了酒就打我"
    assert matcher.level(squeeze(far)).at_least(RiskLevel.R2)


@pytest.mark.parametrize(
    "sentence",
    [
        "他没有打过我",
        "她老公从来不打人",
        "我没有说要打死他",
        "差点打起来",
        "他还拿走了我的手机",
        "我想要人身安全保护令",
        "普法课上讲了喝农药的案例",
        "密室里有人拿着斧头追我，崴了脚",
        "二十年前他打过我一次",
        "他最少砍死四百",
        "我跟他砍到四百",
        "拍拍屁股走人",
        "票据压在箱子底下",
        "贴了张纸条写着电话",
        "像爆炸一样响",
        "热水器打不着火",
        "羊没人管喝了农药死了三只",
        "树枝砸我家屋顶上",
        "邻居的狗咬了我一口，已经打过疫苗",
    ],
)
def test_denial_near_miss_hearsay_and_things_do_not_stop_the_intake(matcher: CueMatcher, sentence: str) -> None:
    assert matcher.level(normalise(sentence)[0]).rank <= 1


def test_on_everyday_tellings_the_cues_keep_still(matcher: CueMatcher) -> None:
    rows = [row for path in sorted(AUTHORED.glob("*.jsonl")) for row in map(json.loads, path.read_text("utf-8").splitlines())]
    heard = {row["id"]: matcher.level(normalise(row["text"])[0]).rank >= 2 for row in rows}

    def share(*levels: str) -> float:
        chosen = [heard[row["id"]] for row in rows if row["risk"] in levels]
        return sum(chosen) / len(chosen)

    assert share("R0") <= 0.01
    assert share("R1") <= 0.12


def test_quoting_another_person_counts(matcher: CueMatcher) -> None:
    assert matcher.level(squeeze("他跟我妈说“要打死你女儿”")).at_least(RiskLevel.R2)


def test_offsets_point_at_the_words(matcher: CueMatcher) -> None:
    text = squeeze("物业气死我了。他说要打死我")
    hit = next(hit for hit in matcher.find(text) if hit.cue_id == "threat-kill")
    assert text[hit.start : hit.end] == "打死我"


def test_safety_texts_are_safe_for_every_category(shipped: Knowledge) -> None:
    categories = {cue.category for cue in shipped.risk.cues}
    for level in (RiskLevel.R2, RiskLevel.R3):
        texts = [text for text in shipped.risk.texts if text.level is level]
        assert categories <= {category for text in texts for category in text.categories}
        for text in texts:
            assert "110" in text.text
            assert len(text.text) <= 130
            assert not any(word in text.text for word in ("忍一忍", "保密", "消消气", "冷静点"))
    by_category = {(c, t.level.value): t for t in shipped.risk.texts for c in t.categories}
    assert {"110", "12338"} <= set(by_category["domestic_violence", "R2"].numbers)
    assert {"12356", "120", "110"} <= set(by_category["self_harm", "R3"].numbers)
    assert by_category["fire_gas", "R3"].numbers[0] == "119"
    assert by_category["injury", "R3"].numbers[0] == "120"
