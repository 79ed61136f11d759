"""Words that leave no doubt, whatever the model says; and what the model may not do alone."""

from __future__ import annotations

import pytest

from intake.moves import Move, certain, is_no, is_yes, modelled, move_of
from intake.state import IntakeState, Stage


@pytest.mark.parametrize(
    "text", ["嗯呐", "对头", "1", "👌", "要得", "没问题，提交吧", "是的", "好 好", "得行", "昂", "可以可以", "OK", "没错！", "行，提交"]
)
def test_yes(text: str) -> None:
    assert is_yes(text)


@pytest.mark.parametrize("text", ["不得行", "没得", "不是", "❌", "没有", "不要", "不对不对", "木有"])
def test_no(text: str) -> None:
    assert is_no(text)
    assert not is_yes(text)


@pytest.mark.parametrize("text", ["对方是老王", "可以先问一下要多少钱吗", "不对，是三万", "没有发工资", "行李被扣了"])
def test_neither(text: str) -> None:
    assert not is_yes(text)
    assert not is_no(text)


@pytest.mark.parametrize(
    ("text", "move"),
    [
        ("转人工", Move.HUMAN),
        ("人工", Move.HUMAN),
        ("给我换个真人", Move.HUMAN),
        ("好了别问了，转人工！", Move.HUMAN),
        ("跳过", Move.SKIP),
        ("我真不知道", Move.SKIP),
        ("不方便说", Move.SKIP),
        ("记不清了", Move.SKIP),
        ("为啥要问这个", Move.WHY),
        ("你问这个干嘛", Move.WHY),
        ("要我电话干什么用？", Move.WHY),
        ("算了先不弄了", Move.CANCEL),
        ("取消", Move.CANCEL),
        ("重新开始", Move.RESTART),
        ("从头来", Move.RESTART),
        ("撤回上一条", Move.UNDO),
        ("刚才那条不算", Move.UNDO),
        ("再说一遍", Move.REPEAT),
        ("没看懂", Move.REPEAT),
        ("等一下", Move.WAIT),
        ("继续刚才的", Move.RESUME),
        ("接着填", Move.RESUME),
        ("你个傻子", Move.INSULT),
        ("ياردەم كېرەك", Move.OTHER_LANGUAGE),
        ("Hello I need help with my boss", Move.OTHER_LANGUAGE),
        ("asdfgh", Move.GARBAGE),
        ("。。。", Move.GARBAGE),
        ("🙏", Move.THANKS),
    ],
)
def test_certain(text: str, move: Move) -> None:
    assert certain(text) is move


@pytest.mark.parametrize(
    "text",
    [
        "你是真人吗",
        "人工智障",
        "别给我转人工",
        "他骂我是傻子",
        "老板不知道从哪找的人",
        "我不想跟他过了",
        "他为什么不给我工资是不是犯法",
        "物业停水了",
        "13899512345",
    ],
)
def test_told_facts_are_no_commands(text: str) -> None:
    assert certain(text) is None


def test_heavy_moves_need_a_sure_model_and_a_short_message() -> None:
    assert modelled("cancel", 0.5, "不想要了") is Move.UNKNOWN
    assert modelled("cancel", 0.9, "不想要了") is Move.CANCEL
    assert modelled("ask_human", 0.9, "我" * 60) is Move.UNKNOWN
    assert modelled("thanks", 0.5, "多谢") is Move.THANKS
    assert modelled("thanks", 0.3, "多谢") is Move.UNKNOWN
    assert modelled("no_such_intent", 0.9, "多谢") is Move.UNKNOWN
    assert modelled(None, 0.0, "多谢") is Move.UNKNOWN


def test_urging_at_the_card_means_yes() -> None:
    state = IntakeState(stage=Stage.CONFIRMING)
    assert move_of(state, "快点给我交上去", "urge_case", 0.9) is Move.AFFIRM


def test_a_case_number_asks_for_progress() -> None:
    assert move_of(IntakeState(), "KLMY-20261127-000123 AB2CD3EF", "inform", 0.9) is Move.STATUS


@pytest.mark.parametrize(
    ("words", "move"),
    [
        ("还钱", Move.UNKNOWN),
        ("赔我两千", Move.UNKNOWN),
        ("起诉离婚要交多少钱", Move.LAW),
        ("打官司贵不贵", Move.LAW),
        ("调解要钱吗", Move.COST),
        ("收不收费", Move.COST),
        ("多钱", Move.COST),
    ],
)
def test_only_a_question_asks_what_we_cost_and_courts_are_law(words: str, move: Move) -> None:
    assert modelled("ask_cost", 0.8, words) is move
