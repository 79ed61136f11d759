"""Danger on the real stack: answered at once, shown to staff, never asked twice, kept on the case."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from scripts.stack import Stack
from tests.conversations.resident import Conversation
from tests.conversations.test_conversations import staff_case
from tests.stack.test_resilience import answer_until

pytestmark = pytest.mark.stack


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


async def staff_get(http: aiohttp.ClientSession, stack: Stack, path: str) -> Any:
    login = {"username": "admin", "password": stack.env["JIEFEN_ADMIN_PASSWORD"]}
    async with http.post(f"{stack.url}/api/v1/login", json=login) as answer:
        token = (await answer.json())["token"]
    async with http.get(f"{stack.url}{path}", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 200, await answer.text()
        return await answer.json()


async def test_a_threat_is_looked_at_then_filed_with_its_mark(stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await conversation.open()
    turn = await conversation.send("房东不退押金，还说我再去要就打断我的腿")
    assert turn.reply["state"] == "crisis"
    assert "110" in turn.text
    values = {choice["value"] for message in turn.reply["messages"] for choice in message["choices"]}
    assert {"safe", "handoff"} <= values
    queue = await staff_get(http, stack, "/api/v1/staff/conversations?queue=crisis")
    assert any(item.get("id", item.get("conversation_id")) == conversation.id for item in queue["items"]), queue
    turn = await conversation.send({"choose": "safe"})
    assert turn.reply["state"] == "intake"
    await answer_until(conversation, "filed")
    case = await staff_case(http, stack, conversation.last["case_number"])
    assert case["risk_level"] == "R2"
    assert case["dispute_type"] == "FW"
    assert "打断我的腿" in case["narrative"], "what was said before the alarm must not be told twice"
    assert case["fields"]["contact_phone"] == "17709900011"


async def test_after_danger_now_only_a_human_resumes(stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await conversation.open()
    turn = await conversation.send("我男人拿刀砍我 流血了")
    assert turn.reply["state"] == "crisis"
    assert "110" in turn.text
    assert "120" in turn.text
    again = await conversation.send("我躲到邻居家了")
    assert again.reply["state"] == "crisis"
    assert again.reply["expecting"] is None or again.reply["expecting"]["slot"] == "safety"
    detail = await staff_get(http, stack, f"/api/v1/staff/conversations/{conversation.id}")
    said = [m["text"] for m in detail["messages"] if m["role"] == "resident"]
    assert said == ["我男人拿刀砍我 流血了", "我躲到邻居家了"]
