"""Killing any one of the three processes in mid-conversation loses nothing; danger is answered even when Rasa is away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from scripts.stack import Stack
from tests.conversations.resident import Conversation
from tests.conversations.test_conversations import staff_case

pytestmark = pytest.mark.stack

ANSWERS: dict[str, str] = {
    "consent": "同意",
    "safety": "没有危险",
    "narrative": "房东不退押金，说我把墙弄脏了",
    "counterparty": "房东王姐",
    "when": "这个月初退的房",
    "place": "南泉小区",
    "amount": "3000",
    "claim": "退押金",
    "contact_name": "何静 17709900011",
    "handling_mode": "预约，周六",
    "confirm": "提交",
}


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


async def healthy(stack: Stack, seconds: float = 90) -> None:
    await asyncio.to_thread(stack.wait_ready, seconds)


async def answer_until(conversation: Conversation, *stops: str) -> None:
    """Answer what is asked until one of ``stops`` (a slot or a state) is reached."""
    for _ in range(16):
        slot = (conversation.last.get("expecting") or {}).get("slot")
        if conversation.last["state"] in stops or slot in stops:
            return
        await conversation.send(ANSWERS.get(slot, "不知道"))
    raise AssertionError(f"never reached {stops}\n{conversation.transcript()}")


async def wait_for(conversation: Conversation, wanted: Any, seconds: float = 90) -> list[dict[str, Any]]:
    """Poll the replay until ``wanted(messages)``; returns all messages."""
    url = f"{conversation.base}/api/v1/conversations/{conversation.id}/messages"
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        try:
            async with conversation.session.get(
                url, params={"after": 0}, headers={"Authorization": f"Bearer {conversation.token}"}
            ) as answer:
                body = await answer.json()
            if wanted(body):
                conversation.last = {**conversation.last, **{k: body[k] for k in ("state", "expecting", "case_number") if k in body}}
                return list(body["messages"])
        except aiohttp.ClientError:
            pass
        await asyncio.sleep(0.5)
    raise AssertionError(f"did not come in {seconds} s: {body}")


async def filed_case(conversation: Conversation, stack: Stack) -> dict[str, Any]:
    number = conversation.last["case_number"]
    assert number, conversation.transcript()
    return await staff_case(conversation.session, stack, number)


@pytest.mark.parametrize("victim", ["rasa", "actions", "backend"])
async def test_a_killed_process_loses_nothing(victim: str, stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await conversation.open()
    await conversation.send(ANSWERS["narrative"])
    await answer_until(conversation, "claim")
    stack.kill(victim)
    await asyncio.sleep(1)
    await healthy(stack)
    await answer_until(conversation, "filed")
    case = await filed_case(conversation, stack)
    assert case["fields"]["counterparty"] == "房东王姐"
    assert case["fields"]["amount"] == 3000
    assert case["fields"]["contact_phone"] == "17709900011"
    assert "房东不退押金，说我把墙弄脏了" in case["narrative"]


async def test_words_said_while_rasa_is_down_are_answered_when_it_is_back(stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await conversation.open()
    await conversation.send("同意")
    stack.stop_one("rasa")
    try:
        await asyncio.sleep(0.5)
        turn = await conversation.send("没有危险")
        assert "存好" in turn.text, turn.text
        assert "转人工" in turn.text, turn.text
    finally:
        stack.start_one("rasa")
    await healthy(stack)
    await wait_for(conversation, lambda body: (body.get("expecting") or {}).get("slot") == "narrative")
    await answer_until(conversation, "filed")
    assert (await filed_case(conversation, stack))["dispute_type"] == "FW"


async def test_danger_is_answered_while_rasa_and_actions_are_down(stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await conversation.open()
    for name in ("rasa", "actions"):
        stack.stop_one(name)
    try:
        turn = await conversation.send("他拿着菜刀在砸门 我带着孩子躲在屋里")
        assert "110" in turn.text
        assert turn.reply["state"] == "crisis"
    finally:
        for name in ("rasa", "actions"):
            stack.start_one(name)
    await healthy(stack)


async def test_a_filing_that_cannot_reach_the_backend_is_sent_once_later(stack: Stack, http: aiohttp.ClientSession) -> None:
    """The same confirm delivered twice, and a backend restart right after it, give one case."""
    conversation = Conversation(http, stack.url)
    await conversation.open()
    await conversation.send(ANSWERS["narrative"])
    await answer_until(conversation, "confirm")
    body = {"text": "提交", "client_message_id": "the-one-and-only"}
    url = f"{stack.url}/api/v1/conversations/{conversation.id}/messages"
    headers = {"Authorization": f"Bearer {conversation.token}"}
    sending = asyncio.create_task(http.post(url, json=body, headers=headers))
    await asyncio.sleep(0.02)
    stack.kill("backend")
    with pytest.raises(aiohttp.ClientError):
        await sending
    await healthy(stack)
    answer = await http.post(url, json=body, headers=headers)
    assert answer.status == 200
    messages = await wait_for(conversation, lambda b: b.get("case_number") or any("KLMY-" in m["text"] for m in b["messages"]))
    numbers = {word for m in messages for word in m["text"].replace("，", " ").split() if word.startswith("KLMY-")}
    assert len(numbers) == 1, numbers
