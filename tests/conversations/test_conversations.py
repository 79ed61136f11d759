"""Conversations through the public API on the real stack: Rasa, the action server, the backend, the shipped model."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from scripts.stack import Stack
from tests.conversations.elsewhere import follow, move
from tests.conversations.resident import Conversation, Script, all_scripts, play

pytestmark = pytest.mark.stack
SCRIPTS = all_scripts()


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


async def staff_case(http: aiohttp.ClientSession, stack: Stack, number: str) -> dict[str, Any]:
    """The filed case as staff see it, identity included."""
    login = {"username": "admin", "password": stack.env["JIEFEN_ADMIN_PASSWORD"]}
    async with http.post(f"{stack.url}/api/v1/login", json=login) as answer:
        token = (await answer.json())["token"]
    async with http.get(f"{stack.url}/api/v1/cases/{number}", headers={"Authorization": f"Bearer {token}"}) as answer:
        assert answer.status == 200, await answer.text()
        return dict(await answer.json())


def as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def check_field(slot: str, wanted: Any, fields: dict[str, Any], told: str) -> None:
    """``wanted``: the value itself, or {contains: text} / {any: true}."""
    got = fields.get(slot)
    if isinstance(wanted, dict) and "contains" in wanted:
        assert wanted["contains"] in str(got), f"{slot}: {wanted['contains']!r} not in {got!r}\n{told}"
    elif isinstance(wanted, dict) and wanted.get("any"):
        assert got not in (None, ""), f"{slot} is missing\n{told}"
    else:
        assert got == wanted, f"{slot}: {got!r} instead of {wanted!r}\n{told}"


def test_there_are_enough_conversations() -> None:
    assert len(SCRIPTS) >= 25


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda s: s.id)
async def test_conversation(script: Script, stack: Stack, http: aiohttp.ClientSession) -> None:
    conversation = Conversation(http, stack.url)
    await play(conversation, script, move)
    await follow(conversation, script, stack)
    told, expect = conversation.transcript(), script.expect
    assert conversation.last["state"] in as_list(expect["state"]), told
    for word in expect.get("says", []):
        assert word in conversation.said_by_bot(), f"never said {word!r}\n{told}"
    for word in ("太晚", "过期了", "先忍一忍", "保证能", "一定能", *expect.get("never_says", [])):
        assert word not in conversation.said_by_bot(), f"said {word!r}\n{told}"
    number = next((t.reply["case_number"] for t in reversed(conversation.turns) if t.reply.get("case_number")), None)
    if "dispute_type" not in expect:
        assert expect.get("filed", False) == bool(number), told
        return
    assert number, f"no case number\n{told}"
    case = await staff_case(http, stack, number)
    check_case(case, expect, told)
    linked = expect.get("linked", [])
    assert len(case["linked"]) == len(linked), f"linked with {case['linked']}\n{told}"
    for other_number, other in zip(case["linked"], linked, strict=True):
        other_case = await staff_case(http, stack, other_number)
        assert number in other_case["linked"], told
        assert other_case["tracking_code"] != case["tracking_code"], told
        check_case(other_case, other, told)


def check_case(case: dict[str, Any], expect: dict[str, Any], told: str) -> None:
    assert case["dispute_type"] in as_list(expect["dispute_type"]), f"{case['dispute_type']}/{case['subtype']}\n{told}"
    if "subtype" in expect:
        assert case["subtype"] in as_list(expect["subtype"]), f"{case['subtype']}\n{told}"
    if "route" in expect:
        assert case["route"] in as_list(expect["route"]), f"{case['route']} {case['reasons']}\n{told}"
    if "secondary" in expect:  # one of these
        assert set(case["secondary"]) & set(expect["secondary"]), f"{case['secondary']}\n{told}"
    for slot, wanted in expect.get("fields", {}).items():
        check_field(slot, wanted, case["fields"], told)
    for words in expect.get("narrative_contains", []):
        assert words in case["narrative"], told
