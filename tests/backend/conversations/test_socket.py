"""Live lines: proof first, then what was missed, then what comes; nothing twice, nothing for strangers."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from aiohttp import ClientWebSocketResponse, WSMsgType, WSServerHandshakeError

from backend.http.conversation_keys import PARTS
from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat
from tests.backend.conversations.rasa import Rasa

Socket = ClientWebSocketResponse[Any]


async def connect(chat: Chat, after: int = 0, **options: Any) -> Socket:
    page = await chat.api.client.ws_connect(f"{chat.url}/ws?after={after}", **options)
    return page


async def ready(chat: Chat, after: int = 0) -> Socket:
    page = await connect(chat, after)
    await page.send_json({"type": "auth", "token": chat.token})
    first = await page.receive_json(timeout=5)
    assert first["type"] == "ready"
    assert first["state"] == "intake"
    return page


async def lines(page: Socket, count: int) -> list[tuple[int, str]]:
    got = []
    while len(got) < count:
        event = await page.receive_json(timeout=5)
        if event["type"] == "message":
            got.append((event["message"]["seq"], event["message"]["role"]))
    return got


async def test_replays_what_was_missed_then_follows(chat: Chat) -> None:
    await chat.say("第一句")
    page = await ready(chat, after=1)
    assert await lines(page, 2) == [(2, "resident"), (3, "bot")]
    await chat.say("第二句")
    assert await lines(page, 2) == [(4, "resident"), (5, "bot")]
    await page.close()


async def test_after_may_come_with_the_proof(chat: Chat) -> None:
    await chat.say("第一句")
    page = await connect(chat)
    await page.send_json({"type": "auth", "token": chat.token, "after": 2})
    assert (await page.receive_json(timeout=5))["type"] == "ready"
    assert await lines(page, 1) == [(3, "bot")]
    await page.close()


async def test_the_subprotocol_may_carry_the_token(chat: Chat) -> None:
    page = await connect(chat, protocols=("jiefen.v1", f"token.{chat.token}"))
    assert page.protocol == "jiefen.v1"
    assert (await page.receive_json(timeout=5))["type"] == "ready"
    await page.close()


@pytest.mark.parametrize("first", ["nonsense", "[]", '{"type": "auth"}', '{"type": "auth", "token": "v1.x"}', '{"type": "ping"}'])
async def test_no_proof_no_lines(chat: Chat, first: str) -> None:
    page = await connect(chat)
    await page.send_str(first)
    error = await page.receive_json(timeout=5)
    assert (error["type"], error["code"]) == ("error", "unauthorized")
    assert (await page.receive(timeout=5)).type is WSMsgType.CLOSE
    assert page.close_code == 4401


async def test_another_conversations_token_opens_nothing(api: Api, chat: Chat) -> None:
    other = await Chat(api).open()
    page = await connect(chat)
    await page.send_json({"type": "auth", "token": other.token})
    assert (await page.receive_json(timeout=5))["code"] == "unauthorized"


@pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Origin": "null"}, {"Sec-Fetch-Site": "cross-site"}])
async def test_other_sites_may_not_connect(chat: Chat, headers: dict[str, str]) -> None:
    with pytest.raises(WSServerHandshakeError) as refused:
        await connect(chat, headers=headers)
    assert refused.value.status == 403


async def test_replies_that_come_later_are_pushed(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    await chat.say("楼上漏水")
    page = await ready(chat, after=3)
    await rasa.start()
    assert await lines(page, 1) == [(4, "bot")]
    await page.close()


async def test_listeners_are_forgotten_when_pages_go(chat: Chat, api: Api) -> None:
    hub = api.client.server.app[PARTS].hub  # type: ignore[union-attr]
    page = await ready(chat)
    assert hub.listeners(chat.id) == 1
    await page.close()
    for _ in range(50):
        if hub.listeners(chat.id) == 0:
            break
        await asyncio.sleep(0.05)
    assert hub.listeners(chat.id) == 0


async def test_only_so_many_pages(chat: Chat) -> None:
    pages = [await ready(chat) for _ in range(8)]
    with pytest.raises(WSServerHandshakeError) as refused:
        await connect(chat)
    assert refused.value.status == 429
    for page in pages:
        await page.close()


async def test_staff_hear_of_danger_at_once(chat: Chat, api: Api) -> None:
    staff = await api.login()
    console = await api.client.ws_connect("/api/v1/staff/ws", headers=staff)
    assert (await console.receive_json(timeout=5))["type"] == "ready"
    await chat.say("他现在拿着菜刀在门口说要砍死我")
    while (event := await console.receive_json(timeout=5))["type"] != "alert":
        assert event["type"] == "conversation"
    assert (event["alert"]["level"], event["alert"]["conversation_id"]) == ("R3", chat.id)
    page = await connect(chat)
    await page.send_json({"type": "auth", "token": chat.token})
    await page.send_json({"type": "typing"})
    while (event := await console.receive_json(timeout=5))["type"] != "typing":
        pass
    assert event == {"type": "typing", "role": "resident", "conversation_id": chat.id}
    await page.close()
    await console.close()


async def test_a_slow_listener_is_cut_off_and_loses_nothing(chat: Chat, api: Api) -> None:
    hub = api.client.server.app[PARTS].hub  # type: ignore[union-attr]
    with hub.listen(chat.id) as queue:
        for i in range(300):
            hub.publish(chat.id, {"type": "typing", "n": i})
        assert await queue.get() is None
    assert hub.listeners(chat.id) == 0
