"""A story with two disputes is cut where the second begins; one quarrel stays whole."""

from __future__ import annotations

import numpy as np
import pytest

from classifier.parts import cut_places, gains
from classifier.runtime import Classifier

TWO = [
    ("老板欠我三个月工资一直不给，另外我租的房子退租了房东押金也不退", ["LD", "FW"]),
    ("前天骑电动车被一辆小车撞了腿骨折对方保险公司不赔。还有个事，健身房办的年卡店关门了钱退不了", ["JT", "XF"]),
    ("我跟老公过不下去了想离婚，孩子归谁谈不拢，再一个我借给同学的五万块钱三年了他不还", ["HY", "JD"]),
]
ONE = [
    "老板欠我三个月工资，一共一万三，电话也不接，微信把我拉黑了，我还有两个工友也没拿到",
    "楼上卫生间漏水，把我家天花板泡坏了，找物业物业不管，找楼上他说不是他家的事，我想让他修好再赔点钱",
    "离婚的时候说好孩子归我，他每个月给一千二抚养费，现在半年没给了，还把孩子接走不让我见",
    "好",
    "😀😀😀",
]


@pytest.mark.parametrize(("story", "types"), TWO)
def test_two_disputes_are_told_apart(classifier: Classifier, story: str, types: list[str]) -> None:
    parts = classifier.split(story)
    assert [part.dispute_type for part in parts] == types
    assert "".join(part.text for part in parts) == story
    assert all(part.subtype.startswith(part.dispute_type) for part in parts)


@pytest.mark.parametrize("story", ONE)
def test_one_quarrel_stays_whole(classifier: Classifier, story: str) -> None:
    assert [(part.start, part.end) for part in classifier.split(story)] == [(0, len(story))]


def test_nothing_said_has_no_part(classifier: Classifier) -> None:
    assert classifier.split(" \n") == ()


def test_a_very_long_story_is_cut_at_a_bounded_number_of_places(classifier: Classifier) -> None:
    story = "他说过的话都不算数，" * 3000
    assert len(cut_places(story, 0, len(story))) <= 30
    assert classifier.split(story)[-1].end == len(story)


def test_two_labels_must_explain_more_than_one() -> None:
    before = np.array([[0.9, 0.1], [0.5, 0.5]], dtype=np.float32)
    after = np.array([[0.1, 0.9], [0.6, 0.4]], dtype=np.float32)
    gain, smaller = gains(before, after, [])
    assert gain[0] > 2.0
    assert smaller[0] == pytest.approx(0.9)
    assert gain[1] < 0.5
    ignored, _ = gains(before, after, [1])
    assert ignored[0] == -np.inf
