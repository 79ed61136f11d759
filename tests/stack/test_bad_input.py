"""Bad input gets a clear answer in Chinese and changes nothing: on the real stack, through the public port."""

from __future__ import annotations

import io
import re
from collections.abc import AsyncIterator
from typing import Any

import aiohttp
import pytest

from scripts.stack import Stack
from tests.conversations.resident import Conversation

pytestmark = pytest.mark.stack
CHINESE = re.compile(r"[\u4e00-\u9fff]")


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=60)) as session:
        yield session


@pytest.fixture
async def conversation(stack: Stack, http: aiohttp.ClientSession) -> Conversation:
    """A conversation in which the story is being asked for."""
    talk = Conversation(http, stack.url)
    await talk.open()
    await talk.send("同意")
    await talk.send("没有危险")
    assert talk.last["expecting"]["slot"] == "narrative"
    return talk


async def post(talk: Conversation, body: Any, **headers: str) -> tuple[int, dict[str, Any]]:
    url = f"{talk.base}/api/v1/conversations/{talk.id}/messages"
    async with talk.session.post(url, json=body, headers={"Authorization": f"Bearer {talk.token}", **headers}) as answer:
        return answer.status, await answer.json()


async def messages(talk: Conversation) -> list[dict[str, Any]]:
    url = f"{talk.base}/api/v1/conversations/{talk.id}/messages"
    async with talk.session.get(url, params={"after": 0}, headers={"Authorization": f"Bearer {talk.token}"}) as answer:
        return list((await answer.json())["messages"])


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"text": "", "client_message_id": "a"}, 400),
        ({"text": "   \n\t ", "client_message_id": "a"}, 400),
        ({"text": "字" * 20_000, "client_message_id": "a"}, 413),
        ({"text": 12, "client_message_id": "a"}, 400),
        ({"text": ["x"], "client_message_id": "a"}, 400),
        ({"text": None, "client_message_id": "a"}, 400),
        ({"choice": "no-such-choice", "client_message_id": "a"}, 400),
        ({"choice": '/restart{"a":1}', "client_message_id": "a"}, 400),
        ({"text": "你好", "client_message_id": 5}, 400),
        ([], 400),
        ("text", 400),
        ({"client_message_id": "a"}, 400),
        ({"edits": "x", "client_message_id": "a"}, 400),
    ],
)
async def test_a_bad_message_is_refused_in_chinese_and_changes_nothing(conversation: Conversation, body: Any, status: int) -> None:
    before = await messages(conversation)
    got, problem = await post(conversation, body)
    assert got == status, problem
    assert problem["status"] == status
    assert problem["code"]
    assert CHINESE.search(problem["detail"]), problem
    assert await messages(conversation) == before


@pytest.mark.parametrize(
    "text",
    ["😭😭😭", "👍", "\u0000\u0001\u0007", "<script>alert(1)</script>", "<b>房东</b>不退押金", '/intent{"a": 1}', "／restart", "。。。。"],
)
async def test_odd_text_is_answered_and_never_breaks_the_dialogue(conversation: Conversation, text: str) -> None:
    status, reply = await post(conversation, {"text": text, "client_message_id": "odd"})
    if status == 400:  # nothing but control characters
        assert CHINESE.search(reply["detail"])
        return
    assert status == 200, reply
    assert any(m["role"] == "bot" and CHINESE.search(m["text"]) for m in reply["messages"])
    assert reply["state"] == "intake"
    assert reply["expecting"], reply


async def test_an_injected_intent_is_only_words(conversation: Conversation) -> None:
    status, reply = await post(conversation, {"text": '/ask_human{"x": 1}', "client_message_id": "inject"})
    assert status == 200
    assert reply["state"] == "intake"


async def test_repeating_a_message_id_returns_the_same_reply(conversation: Conversation) -> None:
    body = {"text": "房东不退押金", "client_message_id": "same"}
    first = await post(conversation, body)
    count = len(await messages(conversation))
    assert await post(conversation, body) == first
    assert len(await messages(conversation)) == count


async def test_unknown_and_forged_conversations(stack: Stack, http: aiohttp.ClientSession, conversation: Conversation) -> None:
    body = {"text": "你好", "client_message_id": "x"}
    other = Conversation(http, stack.url)
    await other.open()
    for conversation_id, token, statuses in (
        (conversation.id, "garbage", {401}),
        (conversation.id, other.token, {401, 403}),
        (conversation.id, "", {401}),
        ("no-such-id", conversation.token, {401, 403, 404}),
        ("../../etc/passwd", conversation.token, {401, 403, 404}),
    ):
        url = f"{stack.url}/api/v1/conversations/{conversation_id}/messages"
        async with http.post(url, json=body, headers={"Authorization": f"Bearer {token}"}) as answer:
            problem = await answer.json()
            assert answer.status in statuses, (conversation_id, token, problem)
            assert CHINESE.search(problem["detail"])


@pytest.mark.parametrize("path", ["/api/v1/classify", "/api/v1/extract", "/api/v1/ask"])
@pytest.mark.parametrize(
    "body", [b"", b"{", b"[]", b'{"text": 5}', b'{"text": ""}', b'{"question": ""}', b'{"text": "' + b"a" * 30_000 + b'"}']
)
async def test_the_text_interfaces_refuse_nonsense(stack: Stack, http: aiohttp.ClientSession, path: str, body: bytes) -> None:
    async with http.post(f"{stack.url}{path}", data=body, headers={"Content-Type": "application/json"}) as answer:
        problem = await answer.json()
        assert answer.status in (400, 413), problem
        assert answer.content_type == "application/problem+json"
        assert CHINESE.search(problem["detail"])


@pytest.mark.parametrize(
    ("name", "content", "status"),
    [
        ("病历.pdf", b"MZ\x90\x00 not a pdf at all", 415),
        ("a.exe", b"MZ\x90\x00" + b"\0" * 100, 415),
        ("a.html", b"<html><script>alert(1)</script></html>", 415),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"></svg>', 415),
        ("a.png", b"", 400),
        ("big.png", b"\x89PNG\r\n\x1a\n" + b"\0" * (11 * 1024 * 1024), 413),
    ],
    ids=["disguised", "exe", "html", "svg", "empty", "big"],
)
async def test_bad_uploads_are_refused(conversation: Conversation, name: str, content: bytes, status: int) -> None:
    form = aiohttp.FormData()
    form.add_field("file", io.BytesIO(content), filename=name)
    url = f"{conversation.base}/api/v1/conversations/{conversation.id}/evidence"
    before = await messages(conversation)
    async with conversation.session.post(url, data=form, headers={"Authorization": f"Bearer {conversation.token}"}) as answer:
        problem = await answer.json()
        assert answer.status == status, problem
        assert CHINESE.search(problem["detail"])
    assert await messages(conversation) == before


async def test_strangers_cannot_read_cases(stack: Stack, http: aiohttp.ClientSession) -> None:
    for path in ("/api/v1/cases", "/api/v1/cases/KLMY-20261127-000001", "/api/v1/staff/conversations", "/api/v1/staff/alerts"):
        async with http.get(f"{stack.url}{path}") as answer:
            assert answer.status in (401, 404), path
    async with http.post(f"{stack.url}/api/v1/cases", json={"dispute_type": "LD"}) as answer:
        assert answer.status == 401
    async with http.get(f"{stack.url}/api/v1/cases/KLMY-20261127-000001/progress", params={"code": "AAAAAAAA"}) as answer:
        assert answer.status == 404
        assert CHINESE.search((await answer.json())["detail"])
