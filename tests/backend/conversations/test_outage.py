"""Rasa down, slow, broken or silent: the words are kept, said so honestly, delivered once when it is back, in order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said, values
from tests.backend.conversations.rasa import Rasa, reply


def kept(turn: dict[str, Any]) -> None:
    assert "存好" in said(turn)
    assert len(turn["messages"]) == 1
    assert values(turn["messages"][0]) == ["handoff"]
    assert turn["state"] == "intake"


async def test_rasa_down_keeps_the_words_and_delivers_them_when_it_is_back(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    turn = await chat.say("楼上漏水把我家泡了", client_message_id="w")
    kept(turn)
    assert turn["expecting"] == chat.opened["expecting"]
    assert await chat.say("楼上漏水把我家泡了", client_message_id="w") == turn
    await rasa.start()
    lines = await chat.until(lambda ls: "记下了" in ls[-1]["text"])
    assert lines[-1]["text"].endswith("记下了：楼上漏水把我家泡了")
    assert "恢复" in lines[-1]["text"]
    assert rasa.texts == ["楼上漏水把我家泡了"]
    assert await chat.say("楼上漏水把我家泡了", client_message_id="w") == turn
    assert len(rasa.received) == 1


async def test_words_that_pile_up_are_delivered_in_order_and_once(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    turns = [await chat.say(text) for text in ("第一句", "第二句", "第三句")]
    kept(turns[0])
    assert said(turns[1]) == said(turns[2])
    assert len(said(turns[1])) < len(said(turns[0]))  # briefly, not the same excuse three times
    await rasa.start()
    await chat.until(lambda ls: ls[-1]["text"].endswith("记下了：第三句"))
    assert rasa.texts == ["第一句", "第二句", "第三句"]
    assert len(set(rasa.effects)) == 3


async def test_a_new_message_finds_rasa_back_at_once(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    await chat.say("第一句")
    await rasa.start()
    turn = await chat.say("第二句")
    assert said(turn) == "记下了：第二句"
    assert rasa.texts == ["第一句", "第二句"]


@pytest.mark.parametrize("fault", ["http", "empty", "garbage", "break"])
async def test_errors_keep_the_words_and_are_tried_again(chat: Chat, rasa: Rasa, fault: str) -> None:
    rasa.fault = fault
    kept(await chat.say("工地欠我三万"))
    rasa.fault = None
    await chat.until(lambda ls: ls[-1]["text"].endswith("记下了：工地欠我三万"))
    assert len({r["metadata"]["message_id"] for r in rasa.received}) == 1
    assert len(rasa.effects) == 1


async def test_a_reply_that_did_not_come_in_time_has_one_effect_only(chat: Chat, rasa: Rasa) -> None:
    rasa.fault = "hang"
    begin = asyncio.get_running_loop().time()
    kept(await chat.say("工地欠我三万"))
    assert asyncio.get_running_loop().time() - begin < 3
    rasa.fault = None
    await chat.until(lambda ls: ls[-1]["text"].endswith("记下了：工地欠我三万"))
    assert len(rasa.received) == 2
    assert rasa.effects == [f"{chat.id}-2"]


async def test_messages_behind_one_that_hangs_do_not_wait_for_time_outs_of_their_own(chat: Chat, rasa: Rasa) -> None:
    rasa.fault = "hang"
    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*(chat.say(f"第{i}句") for i in range(6)))
    assert asyncio.get_running_loop().time() - begin < 3.5  # six time-outs of one second and more would be longer
    rasa.fault = None
    last = [m["text"] for m in await chat.lines() if m["role"] == "resident"][-1]
    await chat.until(lambda ls: ls[-1]["text"].endswith(f"记下了：{last}"), 20)
    assert rasa.effects == [f"{chat.id}-{seq}" for seq in range(2, 8)]


async def test_one_conversation_that_hangs_does_not_hold_up_others(api: Api, rasa: Rasa, chat: Chat) -> None:
    rasa.fault = "hang"
    slow = asyncio.create_task(chat.say("我这里很慢"))
    await asyncio.sleep(0.2)
    rasa.fault = None
    other = await Chat(api).open()
    assert said(await other.say("我这里很快")) == "记下了：我这里很快"
    await slow


async def test_danger_is_answered_while_words_wait(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    kept(await chat.say("邻居半夜放音响"))
    turn = await chat.say("他现在拿着菜刀在门口说要砍死我")
    assert turn["state"] == "crisis"
    await rasa.start()
    await asyncio.sleep(1.5)
    assert rasa.received == []  # nothing is asked while safety comes first


async def test_what_can_never_be_delivered_is_shown_to_staff(chat: Chat, api: Api, rasa: Rasa, clock: Any) -> None:
    rasa.fault = "empty"
    await chat.say("这句谁也答不了")
    for _ in range(8):
        clock.forward(minutes=2)
        await asyncio.sleep(0.7)
    lines = await chat.until(lambda ls: len([x for x in ls if x["role"] == "bot"]) == 3)
    assert values(lines[-1]) == ["handoff"]
    answer = await api.client.get("/api/v1/staff/alerts", headers=await api.login())
    [alert] = (await answer.json())["items"]
    assert (alert["kind"], alert["conversation_id"]) == ("undelivered", chat.id)
    rasa.fault = None
    assert said(await chat.say("那这句呢")) == "记下了：那这句呢"


async def test_a_restarted_backend_goes_on_where_it_was(make_api: Callable[..., Awaitable[Api]], rasa: Rasa) -> None:
    await rasa.stop()
    first = await make_api(rasa_url=rasa.url)
    chat = await Chat(first).open()
    kept(await chat.say("楼上漏水"))
    await first.client.close()
    await rasa.start()
    second = await make_api(rasa_url=rasa.url)
    chat.api = second
    lines = await chat.until(lambda ls: ls[-1]["text"].endswith("记下了：楼上漏水"))
    assert [x["role"] for x in lines] == ["bot", "resident", "bot", "bot"]
    assert rasa.texts == ["楼上漏水"]


async def test_restart_drops_what_waited(chat: Chat, rasa: Rasa) -> None:
    await rasa.stop()
    await chat.say("不对我重来")
    await chat.say(choice="restart")
    await rasa.start()
    rasa.script.append([reply("好。")])
    assert said(await chat.say("新的事")) == "好。"
    assert rasa.texts == ["新的事"]
