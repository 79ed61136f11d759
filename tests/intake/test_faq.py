"""Law answers come from the store with their articles, or not at all."""

from __future__ import annotations

import pytest

from intake.faq import FaqIndex, grams
from tests.intake.talk import known


@pytest.fixture(scope="module")
def index() -> FaqIndex:
    return FaqIndex(known())


@pytest.mark.parametrize(
    ("asked", "about"),
    [
        ("起诉离婚要交多少钱", "交多少钱"),
        ("离婚冷静期是多少天", "冷静期"),
        ("楼上漏水泡了我家该谁赔", "漏水"),
        ("借钱没借条能要回来吗", "借条"),
        ("没签劳动合同怎么赔双倍工资", "劳动合同"),
        ("七天无理由开封了还能退吗", "七天无理由"),
    ],
)
def test_what_the_store_knows_is_answered(index: FaqIndex, asked: str, about: str) -> None:
    found = index.answer(asked)
    assert found is not None
    assert about in found.entry.question
    assert 0.5 <= found.confidence <= 1.0


@pytest.mark.parametrize(
    "asked",
    ["怀孕能不能被开除", "你看我这能告赢吗", "律师费能让对方出吗", "今天天气咋样", "羊羔子还在肚子里 也能算钱不", "", "？？？", "吗"],
)
def test_what_it_does_not_know_is_refused(index: FaqIndex, asked: str) -> None:
    assert index.answer(asked) is None


def test_an_answer_names_its_articles_and_is_no_legal_advice(index: FaqIndex) -> None:
    found = index.answer("离婚冷静期是多少天")
    text = index.text(found)
    assert "《民法典》第1077条" in text
    assert "不是律师意见" in text
    assert text.count("具体以官方答复和生效法律为准") == 1


def test_a_refusal_gives_the_free_hotline(index: FaqIndex) -> None:
    assert "12348" in index.text(None)


def test_only_the_words_that_matter_are_compared() -> None:
    assert grams("请问一下，离婚怎么办呢？") == ["离", "婚", "离婚"]
