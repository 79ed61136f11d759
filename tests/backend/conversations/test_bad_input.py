"""Whatever is sent gets a clear Chinese answer and, when refused, changes nothing."""

from __future__ import annotations

from typing import Any

import pytest

from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said
from tests.backend.conversations.rasa import Rasa


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        ({"text": ""}, 400, "bad_input"),
        ({"text": " \n\t　"}, 400, "bad_input"),
        ({"text": "\u200b\u0007\u202e"}, 400, "bad_input"),
        ({"text": "///"}, 400, "bad_input"),
        ({"text": "我" * 5_001}, 413, "too_large"),
        ({"text": "我" * 20_000}, 413, "too_large"),
        ({"text": 5}, 400, "bad_input"),
        ({"text": ["你好"]}, 400, "bad_input"),
        ({"text": {"a": 1}}, 400, "bad_input"),
        ({"text": None}, 400, "bad_input"),
        ({}, 400, "bad_input"),
        ({"choice": ""}, 400, "bad_input"),
        ({"choice": "没有这个"}, 400, "bad_input"),
        ({"choice": "/intent{}"}, 400, "bad_input"),
        ({"choice": 1}, 400, "bad_input"),
        ({"text": "你好", "choice": "yes"}, 400, "bad_input"),
        ({"text": "你好", "client_message_id": ""}, 400, "bad_input"),
        ({"text": "你好", "client_message_id": "x" * 129}, 400, "bad_input"),
        ({"text": "你好", "client_message_id": 7}, 400, "bad_input"),
        ({"text": "你好", "unknown": 1}, 400, "bad_input"),
        ({"edits": {}}, 400, "bad_input"),
        ({"edits": {"DROP TABLE": "x"}}, 400, "bad_input"),
        ({"edits": {"amount": {"x": 1}}}, 400, "bad_input"),
        ({"edits": ["amount"]}, 400, "bad_input"),
        ({"edits": {"narrative": "我" * 5_001}}, 413, "too_large"),
    ],
)
async def test_refused_messages_change_nothing(chat: Chat, rasa: Rasa, body: dict[str, Any], status: int, code: str) -> None:
    answer = await chat.api.client.post(f"{chat.url}/messages", json=body, headers=chat.auth)
    problem = await answer.json()
    assert (answer.status, problem["code"]) == (status, code)
    assert answer.content_type == "application/problem+json"
    assert any("\u4e00" <= c <= "\u9fff" for c in problem["detail"])
    assert len(await chat.lines()) == 1
    assert rasa.received == []


async def test_a_long_story_is_told_what_to_do(chat: Chat) -> None:
    _, problem = await chat.post(text="我" * 20_000)
    assert "5000" in problem["detail"]
    assert "分几次" in problem["detail"]


async def test_five_thousand_characters_are_taken_whole(chat: Chat, rasa: Rasa) -> None:
    story = "他欠我钱不还。" * 714 + "啊啊"
    assert len(story) == 5_000
    await chat.say(story)
    assert rasa.texts == [story]
    assert (await chat.lines())[1]["text"] == story


@pytest.mark.parametrize("raw", [b"", b"[]", b'"text"', b"null", b"{", b"\xff\xfe", b'{"text": NaN}', b'{"text": "\\ud800"}', b"[" * 3000])
async def test_bodies_that_are_not_objects(chat: Chat, raw: bytes) -> None:
    answer = await chat.api.client.post(f"{chat.url}/messages", data=raw, headers={**chat.auth, "Content-Type": "application/json"})
    assert (answer.status, (await answer.json())["code"]) == (400, "bad_input")
    assert len(await chat.lines()) == 1


@pytest.mark.parametrize(
    ("typed", "reaches"),
    [
        ('/inform{"amount": 1}', 'inform{"amount": 1}'),
        ("／restart", "restart"),
        (" \u200b/ /／ 你好", "你好"),
        ("你好\x00\x1b[31m世界", "你好[31m世界"),
        ("<script>alert(1)</script>", "<script>alert(1)</script>"),
        ("打\u200d架\ufe0f了", "打架了"),
        ("'; DROP TABLE messages; --", "'; DROP TABLE messages; --"),
    ],
)
async def test_odd_words_are_kept_as_typed_and_cleaned_for_the_dialogue(chat: Chat, rasa: Rasa, typed: str, reaches: str) -> None:
    await chat.say(typed)
    assert rasa.texts == [reaches]
    assert (await chat.lines())[1]["text"] == typed.replace("\x00", "␀")


@pytest.mark.parametrize("emoji", ["👍", "😭😭😭", "❤️", "👨‍👩‍👧 🙏🏽"])
async def test_emoji_are_answered_kindly_and_the_question_stays(chat: Chat, rasa: Rasa, emoji: str) -> None:
    turn = await chat.say(emoji)
    assert "表情" in said(turn)
    assert turn["expecting"] == chat.opened["expecting"]
    assert turn["messages"][0]["choices"] == chat.opened["messages"][0]["choices"]
    assert rasa.received == []
    assert (await chat.lines())[1]["text"] == emoji


async def test_opening_refuses_wrong_channels(api: Api) -> None:
    for body in ({"contact_channel": "fax"}, {"contact_channel": 1}, [], {"x": 1}):
        answer = await api.client.post("/api/v1/conversations", json=body)
        assert (answer.status, (await answer.json())["code"]) == (400, "bad_input"), body


async def test_tokens_and_unknown_conversations(api: Api, chat: Chat) -> None:
    other = await Chat(api).open()
    path = f"{chat.url}/messages"

    async def status(path: str, token: str | None) -> tuple[int, str]:
        headers = {} if token is None else {"Authorization": f"Bearer {token}"}
        answer = await api.client.post(path, json={"text": "你好"}, headers=headers)
        return answer.status, (await answer.json())["code"]

    assert await status(path, None) == (401, "unauthorized")
    assert await status(path, "x") == (401, "unauthorized")
    assert await status(path, other.token) == (401, "unauthorized")
    assert await status(path, chat.token[:-1] + ("A" if chat.token[-1] != "A" else "B")) == (401, "unauthorized")
    assert await status(path, chat.token.replace(chat.id, other.id)) == (401, "unauthorized")
    for unknown in ("0" * 32, "nope", "..", "1' OR '1'='1"):
        assert (await status(f"/api/v1/conversations/{unknown}/messages", chat.token))[0] in (404, 405), unknown
    assert await status(f"/api/v1/conversations/{'0' * 32}/messages", chat.token) == (404, "not_found")
    assert len(await chat.lines()) == 1


async def test_tokens_live_as_long_as_they_are_used(api: Api, chat: Chat, clock: Any) -> None:
    clock.forward(hours=71)
    await chat.say("我还在")
    clock.forward(hours=71)
    assert (await chat.replay())["state"] == "intake"
    clock.forward(hours=73)
    status, problem = await chat.post(text="回来了")
    assert (status, problem["code"]) == (401, "token_expired")


async def test_too_many_messages_are_told_when_to_come_back(make_api: Any, rasa: Rasa) -> None:
    api = await make_api(rasa_url=rasa.url, messages_per_minute=3, create_per_hour=2)
    chat = await Chat(api).open()
    for i in range(3):
        await chat.say(f"第{i}句")
    answer = await api.client.post(f"{chat.url}/messages", json={"text": "再来"}, headers=chat.auth)
    assert (answer.status, (await answer.json())["code"]) == (429, "too_many_requests")
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    await Chat(api).open()
    answer = await api.client.post("/api/v1/conversations", json={"contact_channel": "web"})
    assert answer.status == 429
    assert int(answer.headers["Retry-After"]) > 60
