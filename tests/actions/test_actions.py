"""The actions as Rasa calls them: through the executor, with trackers as Rasa sends them, the real engine and knowledge."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
import yaml

from actions.backend import Backend
from actions.outbox import Outbox
from actions.parts import Parts
from actions.server import QuietExecutor, all_actions
from common.settings import ROOT
from intake.faq import FaqIndex
from tests.intake.talk import engine, known, model

TODAY = "2026-11-27"


@pytest.fixture
async def parts(tmp_path: Path, unused_tcp_port: int) -> AsyncIterator[Parts]:
    """Everything real; nobody listens where the backend should be."""
    backend = Backend(f"http://127.0.0.1:{unused_tcp_port}", "t")
    yield Parts(known(), model(), engine(), FaqIndex(known()), backend, Outbox(tmp_path / "outbox", backend))
    await backend.close()


class Conversation:
    """What Rasa does in a turn: extraction, then the form's validation, then the ask action; slots live on."""

    def __init__(self, parts: Parts) -> None:
        self.executor = QuietExecutor()
        for action in all_actions(parts):
            self.executor.register_action(action)
        self.slots: dict[str, Any] = {}
        self.count = 0

    async def call(self, action: str, text: str, metadata: dict[str, Any]) -> dict[str, Any]:
        message = {"text": text, "intent": {"name": "inform", "confidence": 0.3}, "entities": [], "metadata": metadata}
        tracker = {
            "sender_id": "conversation-0",
            "slots": dict(self.slots),
            "latest_message": message,
            "events": [{"event": "user", "text": text, "message_id": metadata.get("message_id")}],
            "paused": False,
            "followup_action": None,
            "active_loop": {},
            "latest_action_name": "action_listen",
        }
        result = await self.executor.run({"next_action": action, "sender_id": "conversation-0", "tracker": tracker, "domain": DOMAIN})
        answer: dict[str, Any] = json.loads(result.model_dump_json())
        for event in answer["events"]:
            if event["event"] == "slot":
                self.slots[event["name"]] = event["value"]
        return answer

    async def say(self, text: str, **given: Any) -> list[dict[str, Any]]:
        """A turn; the ``custom`` payloads that came of it."""
        self.count += 1
        metadata = {"message_id": f"m{self.count}", "conversation_id": "conversation", "today": TODAY, "risk": "R0", **given}
        responses = (await self.call("action_extract_details", text, metadata))["responses"]
        responses += (await self.call("validate_dispute_form", text, metadata))["responses"]
        wanted = self.slots["requested_slot"]
        action = f"action_ask_dispute_form_{wanted}" if wanted else "action_file_case"
        responses += (await self.call(action, text, metadata))["responses"]
        return [response["custom"] for response in responses]


DOMAIN: dict[str, Any] = yaml.safe_load((ROOT / "domain.yml").read_text(encoding="utf-8"))


@pytest.fixture
def conversation(parts: Parts) -> Conversation:
    return Conversation(parts)


def test_every_action_of_the_domain_exists_and_no_other(parts: Parts) -> None:
    assert {action.name() for action in all_actions(parts)} == set(DOMAIN["actions"])


def test_every_slot_of_the_form_can_be_asked() -> None:
    asked = {name.removeprefix("action_ask_dispute_form_") for name in DOMAIN["actions"] if name.startswith("action_ask_")}
    assert asked == set(DOMAIN["forms"]["dispute_form"]["required_slots"]) - {"heard"}


async def test_a_turn_is_one_message_with_the_whole_reply(conversation: Conversation) -> None:
    said = await conversation.say("楼上漏水把我家天花板泡了")
    assert len(said) == 1
    assert said[0]["expecting"] == {"slot": "consent", "kind": "choice", "optional": False}
    assert said[0]["state"] == "intake"
    assert [choice["value"] for choice in said[0]["choices"]] == ["yes", "no"]
    assert said[0]["draft"]["narrative"] == "楼上漏水把我家天花板泡了"
    assert conversation.slots["requested_slot"] == "consent"


async def test_extracting_a_message_twice_changes_nothing(conversation: Conversation) -> None:
    await conversation.say("楼上漏水把我家天花板泡了")
    again = await conversation.call("action_extract_details", "楼上漏水把我家天花板泡了", {"message_id": "m1", "today": TODAY})
    assert again["events"] == []


async def test_danger_that_only_the_model_heard_is_asked_about(conversation: Conversation) -> None:
    await conversation.say("同意", choice="yes")
    await conversation.say("没有危险", choice="safe")
    faint = {"text": "羊都分给侄子了", "start": 0, "end": 7, "category": "general", "level": "R1"}
    said = await conversation.say("羊都分给侄子了，就跟你说一声", risk="R1", cues=[faint])
    assert "现在有没有人会受伤" in said[0]["text"]
    assert said[0]["expecting"]["slot"] == "safety"


async def test_a_choice_wins_over_the_words(conversation: Conversation) -> None:
    said = await conversation.say("不同意，只想问问", choice="yes")
    assert said[0]["expecting"]["slot"] == "safety"


async def test_a_type_specific_question_is_asked_through_the_general_slot(conversation: Conversation) -> None:
    for text in ("楼上漏水把我家天花板泡了", "同意", "没有", "楼上503的老王", "上个月在天山路街道", "两万"):
        said = await conversation.say(text)
    assert said[0]["expecting"]["slot"] == "still_leaking"
    assert conversation.slots["requested_slot"] == "detail"


async def test_a_confirmed_case_waits_in_the_outbox_while_nobody_listens(conversation: Conversation, parts: Parts) -> None:
    for text in ("我叫王明电话13899512345，楼上503的老王上个月漏水泡了我家天山路街道友谊小区，修一修花了两万块", "同意", "没有"):
        said = await conversation.say(text)
    while said[0]["expecting"]["slot"] != "confirm":
        said = await conversation.say("跳过")
    said = await conversation.say("对")
    assert len(said) == 1
    assert said[0]["state"] == "filed"
    assert said[0]["case_number"] is None
    assert "还没有出编号" in said[0]["text"]
    assert parts.outbox.waiting() == ["conversation-0"]
    body = json.loads((parts.outbox._folder / "conversation-0.json").read_text(encoding="utf-8"))["body"]
    assert body["conversation_id"] == "conversation"
    assert body["fields"]["contact_phone"] == "13899512345"
    assert body["fields"]["amount"] == 20000


async def test_edits_come_with_the_metadata(conversation: Conversation) -> None:
    for text in ("我叫王明电话13899512345，楼上503的老王上个月漏水泡了我家，修一修花了两万块", "同意", "没有"):
        said = await conversation.say(text)
    while said[0]["expecting"]["slot"] != "confirm":
        said = await conversation.say("跳过")
    said = await conversation.say("继续", edits={"amount": "三万五"})
    assert said[0]["expecting"]["slot"] == "confirm"
    assert said[0]["draft"]["fields"]["amount"] == 35000


async def test_danger_in_the_metadata_stops_the_questions(conversation: Conversation) -> None:
    said = await conversation.say("他现在在砸门", risk="R3")
    assert said[0]["state"] == "crisis"
    assert said[0]["expecting"] is None
    assert conversation.slots["requested_slot"] == "follow_up"


@pytest.mark.parametrize(
    "metadata",
    [{"today": "morgen"}, {"risk": "R9"}, {"edits": "x"}, {"edits": []}, {"uploads": [1]}, {"choice": 5}, {"contact_channel": None}],
)
async def test_malformed_metadata_is_no_reason_to_be_silent(conversation: Conversation, metadata: dict[str, Any]) -> None:
    said = await conversation.say("楼上漏水", **metadata)
    assert said[0]["text"]


async def test_a_lost_turn_still_speaks(conversation: Conversation) -> None:
    """Slots without a pending reply (an older state): the open question is asked."""
    answer = await conversation.call("action_reply", "喂", {"message_id": "x"})
    assert answer["responses"][0]["custom"]["expecting"]["slot"] == "consent"


async def test_a_law_question_is_answered_before_the_question(conversation: Conversation, parts: Parts) -> None:
    from actions.lookups import Lookups
    from intake.state import IntakeState

    text = (await Lookups(parts).look("answer_law", {"question": "天上为什么会下雨夹雪"}, IntakeState())).text
    assert text == known().phrase("law.refused")


async def test_progress_while_the_backend_is_away_is_said_honestly(parts: Parts) -> None:
    from actions.lookups import Lookups
    from intake.state import IntakeState

    text = (await Lookups(parts).look("case_status", {"number": "KLMY-20261127-000001", "code": "ABCD2345"}, IntakeState())).text
    assert text == known().phrase("outage.lookup")


async def test_two_disputes_wait_in_the_outbox_as_two_linked_filings(conversation: Conversation, parts: Parts) -> None:
    for text in ("老板欠我三个月工资，我租的房子房东又不退押金", "同意", "没有"):
        said = await conversation.say(text)
    assert said[0]["expecting"]["slot"] == "split"
    said = await conversation.say("分开办", choice="two")
    while said[0]["expecting"]["slot"] != "confirm":
        said = await conversation.say("跳过")
    said = await conversation.say("对")
    assert "还没有出编号" in said[0]["text"]
    assert parts.outbox.waiting() == ["conversation-0"]
    filings = json.loads((parts.outbox._folder / "conversation-0.json").read_text(encoding="utf-8"))["filings"]
    assert [filing["key"] for filing in filings] == ["conversation-0", "conversation-0.m2"]
    assert [filing["body"]["dispute_type"] for filing in filings] == ["LD", "FW"]
    assert {filing["body"]["link"] for filing in filings} == {"conversation-0"}
    assert len({filing["body"]["narrative"] for filing in filings}) == 1
