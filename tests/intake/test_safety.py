"""The safety screen: on a small book for its rules, on the real book for recall, false alarms and speed."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import knowledge
from common.enums import RiskLevel
from common.payloads import LabelScore
from intake.cue_index import IndexedMatcher, split
from intake.normalise import normalise
from intake.safety import ModelRisk, Screen
from knowledge.cues import CueMatcher
from knowledge.models import ModelThresholds, RiskBook

R0, R1, R2, R3 = RiskLevel.R0, RiskLevel.R1, RiskLevel.R2, RiskLevel.R3
_SOURCE = {"mark": "D"}
SMALL = RiskBook.model_validate(
    {
        "version": "test",
        "figures_of_speech": ["(热|累|气|烦|笑|冷)(得要)?死(我|了)?"],
        "cues": [
            {"id": "kill", "category": "threat", "level": "R2", "patterns": ["(打|弄|砍|整)死(你|我|他)"], "unless": ["没(说|有)", "不会"], "source": _SOURCE},
            {"id": "knife", "category": "weapon", "level": "R3", "patterns": ["(拿|提|带)了?(着)?(菜)?刀", "拿刀(砍|捅)"], "unless": ["切菜"], "source": _SOURCE},
            {"id": "die", "category": "self_harm", "level": "R2", "patterns": ["不想活|自杀|跳楼"], "source": _SOURCE},
            {"id": "hot", "category": "impulse", "level": "R1", "patterns": ["咽不下这口气|你等着"], "source": _SOURCE},
        ],
        "texts": [
            {"categories": ["threat", "weapon"], "level": "R2", "text": "先到安全的地方。", "numbers": ["110"]},
            {"categories": ["self_harm"], "level": "R2", "text": "您不用一个人扛着。", "numbers": ["12356", "110"]},
            {"categories": ["threat", "weapon"], "level": "R3", "text": "马上打110。", "numbers": ["110", "120"]},
        ],
        "numbers": {"110": "报警", "120": "急救", "12356": "心理援助"},
    }
)  # fmt: skip


@pytest.mark.parametrize(
    ("text", "level", "cues"),
    [
        ("他说要打死我", R2, ["打死我"]),
        ("他说要打 死 我", R2, ["打 死 我"]),
        ("他要弄4你全家", R2, ["弄4你"]),
        ("他没有说打死我", R0, []),
        ("他天天骂人，没说过好话。昨晚说要砍死我", R2, ["砍死我"]),
        ("热死我了，这天气", R0, []),
        ("他帶了刀來", R3, ["帶了刀"]),
        ("拿刀切菜呢", R0, []),
        ("我咽不下这口气", R1, ["咽不下这口气"]),
        ("我想自*杀", R2, ["自*杀"]),
        ("", R0, []),
    ],
)
def test_cues_with_the_words_as_typed(text: str, level: RiskLevel, cues: list[str]) -> None:
    found = Screen(SMALL).assess(text)
    assert (found.level, [cue.text for cue in found.cues]) == (level, cues)
    assert all(text[cue.start : cue.end] == cue.text for cue in found.cues)


SURE, HALF_SURE, NOW, CALM = ModelRisk(0.97, 0.92, 0.1), ModelRisk(0.9, 0.6, 0.2), ModelRisk(0.99, 0.98, 0.95), ModelRisk(0.2, 0.05, 0.01)


@pytest.mark.parametrize(
    ("text", "model", "level", "cues"),
    [
        ("羊都分给侄子了", None, R0, []),
        ("羊都分给侄子了", CALM, R0, []),
        ("羊都分给侄子了", ModelRisk(0.8, 0.3, 0.0), R1, []),  # heated, not dangerous: marked, nothing asked
        ("羊都分给侄子了", HALF_SURE, R1, [("羊都分给侄子了", "general", R1)]),
        (" 羊都分给侄子了\n", SURE, R2, [("羊都分给侄子了", "general", R2)]),
        ("羊都分给侄子了", NOW, R3, [("羊都分给侄子了", "general", R3)]),
        ("你等着", HALF_SURE, R1, [("你等着", "impulse", R1), ("你等着", "general", R1)]),
        ("你等着", SURE, R2, [("你等着", "impulse", R1), ("你等着", "general", R2)]),
        ("他要弄死我", CALM, R2, [("弄死我", "threat", R2)]),
        ("他要弄死我", NOW, R3, [("弄死我", "threat", R2)]),
        ("拿刀砍我", CALM, R3, [("拿刀砍", "weapon", R3)]),
    ],
)
def test_the_louder_of_cues_and_model_counts(
    text: str, model: ModelRisk | None, level: RiskLevel, cues: list[tuple[str, str, RiskLevel]]
) -> None:
    found = Screen(SMALL).assess(text, model)
    assert found.level is level
    assert [(cue.text, cue.category, cue.level) for cue in found.cues] == cues
    assert all(text[cue.start : cue.end] == cue.text for cue in found.cues)


def test_of_other_scripts_and_signs_the_model_knows_nothing() -> None:
    screen = Screen(SMALL)
    for text in ("'; DROP TABLE messages; --", "13899112233", "👍👍", "hello there"):
        assert screen.assess(text, NOW).level is R0
    assert screen.assess("拿刀砍我 help me please I am here", NOW).level is R3  # cues count all the same


def test_a_short_message_must_be_surer_to_stop() -> None:
    book = SMALL.model_copy(update={"model": ModelThresholds(ask_at=0.2, stop_at=0.5, short=10, short_stop_at=0.8)})
    screen, half = Screen(book), ModelRisk(0.9, 0.6, 0.1)
    assert screen.assess("羊都分给侄子了", half).level is R1
    assert screen.assess("羊都分给侄子了，钥匙在门墩子底下", half).level is R2
    assert screen.assess("羊都分给侄子了", SURE).level is R2


def test_probabilities_of_the_risk_head() -> None:
    scores = [LabelScore(code, code, p) for code, p in (("R2", 0.5), ("R3", 0.3), ("R1", 0.15))]
    found = ModelRisk.of(scores)
    assert (found.heated, found.severe, found.now) == pytest.approx((0.95, 0.8, 0.3))
    assert ModelRisk.of([]) == ModelRisk()


def test_what_only_the_model_hears_gets_the_general_text() -> None:
    screen = Screen(knowledge.load().risk)
    for model, numbers in ((SURE, ["110", "120", "12356"]), (NOW, ["110", "120", "119", "12356"])):
        text, shown = screen.text_for(screen.assess("羊都分给侄子了，钥匙在门墩子底下", model))
        assert shown == numbers
        assert "现在安全吗" in text or model is NOW


def test_text_goes_by_level_then_category() -> None:
    screen = Screen(SMALL)
    assert screen.text_for(screen.assess("不想活了")) == ("您不用一个人扛着。", ["12356", "110"])
    assert screen.text_for(screen.assess("他拿刀砍我，我不想活了")) == ("马上打110。", ["110", "120"])
    assert screen.text_for(screen.assess("不想活了", NOW)) == ("马上打110。", ["110", "120"])
    assert screen.text_for(screen.assess("你等着")) == ("", [])
    assert screen.text_for(screen.assess("多谢")) == ("", [])


def test_splitting_keeps_groups_and_classes_whole() -> None:
    assert split(r"a(b|c)|[|(]d|e\|f") == [r"a(b|c)", "[|(]d", r"e\|f"]


@settings(max_examples=60, deadline=None)
@given(
    st.lists(
        st.sampled_from(["打死", "弄死你", "拿刀", "不想活", "我", "，", "没有", "切菜", "带", "了刀", "跳楼", "你等着"]), max_size=10
    ).map("".join)
)
def test_the_index_finds_what_plain_matching_finds(text: str) -> None:
    assert IndexedMatcher(SMALL).level(text) is CueMatcher(SMALL).level(text)


def test_real_book_examples_reach_their_level() -> None:
    book = knowledge.load().risk
    screen = Screen(book)
    low = [(cue.id, example) for cue in book.cues for example in cue.examples if not screen.assess(example).level.at_least(cue.level)]
    assert low == []
    plain, indexed = CueMatcher(book), IndexedMatcher(book)
    texts = [normalise(example)[0] for cue in book.cues for example in [*cue.examples, *cue.counter_examples]]
    assert [indexed.level(t) for t in texts] == [plain.level(t) for t in texts]
    assert all(screen.text_for(screen.assess(example))[1] for cue in book.cues if cue.level.rank >= 2 for example in cue.examples)
