"""Normalisation: what it undoes, that it can be traced back, and that it is stable."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from intake.normalise import HOMOPHONES, fold, normalise, original_span


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("他说要打 死 你", "他说要打死你"),
        ("打-死-你", "打死你"),
        ("我想自*杀", "我想自杀"),
        ("他要弄4你", "他要弄死你"),
        ("老闆欠我１２，８００元", "老板欠我12，800元"),
        ("没起诉 他打我", "没起诉，他打我"),
        ("他说：“再闹就打死你！！”我怕", "他说，再闹就打死你。我怕"),
        ("跳搂", "跳楼"),
        ("zisha", "自杀"),
        ("", ""),
        ("……！！", ""),
    ],
)
def test_meaning_is_restored(typed: str, meant: str) -> None:
    assert normalise(typed)[0] == meant


def test_offsets_lead_back_to_what_was_typed() -> None:
    typed = "哎，他说要“弄 4 你”全家"
    text, offsets = normalise(typed)
    start = text.index("弄死你")
    low, high = original_span(offsets, start, start + 3)
    assert typed[low:high] == "弄 4 你"


def test_homophones_end_in_words_that_are_not_homophones() -> None:
    for meant in HOMOPHONES.values():
        assert normalise(meant)[0] == meant


@given(st.text())
def test_fold_keeps_the_length(text: str) -> None:
    assert len(fold(text)) == len(text)


@given(st.text(alphabet=st.one_of(st.characters(), st.sampled_from("打死你自杀 -*，。4si弄zha气油")), max_size=60))
def test_normalising_twice_changes_nothing(text: str) -> None:
    once, offsets = normalise(text)
    assert len(once) == len(offsets)
    assert all(0 <= offset < len(text) for offset in offsets)
    assert offsets == sorted(offsets)
    assert normalise(once)[0] == once
