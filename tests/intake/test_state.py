"""The state survives a round trip through JSON and undoes what was said last."""

from __future__ import annotations

import json

from intake.state import FieldValue, IntakeState, Stage, higher_risk


def filled() -> IntakeState:
    return IntakeState(
        stage=Stage.CONFIRMING,
        consent={"version": "2026-11", "at": "2026-11-27T08:00:00+00:00"},
        story=["老板欠我工资", "三个月了"],
        fields={"amount": FieldValue(18000, "每月六千欠了仨月", "told", 0.9)},
        flags=["group"],
        asked={"when": 1},
        prediction={"types": [["LD", 0.9]], "subtypes": [], "routes": [], "abstained": False, "version": "x"},
    )


def test_round_trip_through_json() -> None:
    state = filled()
    assert IntakeState.from_dict(json.loads(json.dumps(state.to_dict()))) == state


def test_defaults_are_left_out_and_unknown_keys_are_ignored() -> None:
    assert IntakeState().to_dict() == {}
    assert IntakeState.from_dict({"something_newer": 1}) == IntakeState()
    assert IntakeState.from_dict(None) == IntakeState()


def test_a_copy_shares_nothing() -> None:
    state = filled()
    copy = IntakeState.from_dict(state.to_dict())
    copy.story.append("还有押金")
    copy.asked["amount"] = 1
    assert state.story == ["老板欠我工资", "三个月了"]
    assert state.asked == {"when": 1}


def test_undo_restores_the_value_before() -> None:
    state = filled()
    state.remember()
    state.fields["amount"] = FieldValue(8000, "八千", "corrected")
    assert state.take_back() == ["amount"]
    assert state.value("amount") == 18000


def test_undo_skips_turns_that_changed_nothing() -> None:
    state = filled()
    state.remember()
    state.fields["place"] = FieldValue("胜利路", "胜利路")
    state.remember()
    assert state.take_back() == ["place"]
    assert "place" not in state.fields


def test_undo_takes_a_part_of_the_story_back() -> None:
    state = filled()
    state.remember()
    state.story.append("说错了的一段")
    assert state.take_back() == ["narrative"]
    assert state.story == ["老板欠我工资", "三个月了"]


def test_nothing_to_undo() -> None:
    assert IntakeState().take_back() == []


def test_only_the_last_turns_are_kept() -> None:
    state = filled()
    for number in range(9):
        state.remember()
        state.fields["people"] = FieldValue(number, str(number))
    assert len(state.undo) == 5


def test_an_unanswered_question_may_be_asked_as_if_new() -> None:
    state = IntakeState(expecting="when", asked={"when": 2, "amount": 1})
    state.unask()
    assert state.asked == {"when": 1, "amount": 1}
    state.unask()
    assert state.asked == {"amount": 1}


def test_risk_only_rises() -> None:
    assert higher_risk("R1", "R3") == "R3"
    assert higher_risk("R2", "R0") == "R2"
