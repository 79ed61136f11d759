"""What the story says is not asked again."""

from __future__ import annotations

import pytest

from intake.inference import fill_from_story
from intake.state import IntakeState, prediction_to_dict
from tests.intake.talk import known
from tests.intake.talk_helpers import prediction


def told(story: str, code: str, subtype: str, *flags: str) -> IntakeState:
    state = IntakeState(story=[story], dispute_type=code, subtype=subtype, flags=list(flags))
    state.prediction = prediction_to_dict(prediction((code, 0.95), subtype=subtype))
    fill_from_story(state, known())
    return state


@pytest.mark.parametrize(
    ("story", "code", "subtype", "slot", "value"),
    [
        ("被轿车撞了腿骨折，交警说对方全责", "JT", "JT01", "traffic_ruling", "对方全责"),
        ("借了三万，有转账记录，没写条子", "JD", "JD01", "loan_proof", "有转账记录"),
        ("楼上漏水，是公共管道坏了", "LL", "LL02", "pipe_owner", "公共管道"),
    ],
)
def test_a_title_in_the_story_answers(story: str, code: str, subtype: str, slot: str, value: str) -> None:
    state = told(story, code, subtype)
    assert state.fields[slot].text == value
    assert state.fields[slot].source == "told"


@pytest.mark.parametrize(
    ("story", "code", "subtype", "slot"),
    [
        ("撞了我，对方全责还是同等责任他跟我争", "JT", "JT01", "traffic_ruling"),
        ("没有转账记录，给的现金", "JD", "JD01", "loan_proof"),
        ("楼上漏水", "LL", "LL02", "pipe_owner"),
    ],
)
def test_doubt_is_asked(story: str, code: str, subtype: str, slot: str) -> None:
    assert slot not in told(story, code, subtype).fields


def test_a_building_site_answers_where_somebody_works() -> None:
    state = told("在工地干活没给工资", "LD", "LD01", "construction_site")
    question = next(q for q in known().questions_for("LD", "LD01") if q.slot == "worksite")
    raised = [value for value, flags in question.sets_flags.items() if [flag.value for flag in flags] == ["construction_site"]]
    assert [state.fields["worksite"].value] == raised
