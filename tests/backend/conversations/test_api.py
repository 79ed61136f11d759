"""The contract of the conversation API, line by line."""

from __future__ import annotations

import asyncio

from tests.backend.conftest import Api
from tests.backend.conversations.conftest import Chat, said
from tests.backend.conversations.rasa import Rasa, reply


async def test_opening_greets_and_asks_for_consent_without_rasa(api: Api, rasa: Rasa) -> None:
    await rasa.stop()
    chat = await Chat(api).open(contact_channel="terminal")
    assert chat.opened["state"] == "intake"
    assert chat.opened["expecting"]["slot"] == "consent"
    [greeting] = chat.opened["messages"]
    assert (greeting["seq"], greeting["role"]) == (1, "bot")
    assert greeting["text"].startswith("您好，我是")
    assert greeting["choices"]
    assert rasa.received == []


async def test_a_message_reaches_rasa_with_everything_agreed_and_comes_back_as_one(chat: Chat, rasa: Rasa) -> None:
    expecting = {"slot": "amount", "kind": "amount", "optional": True}
    choices = [{"title": "跳过", "value": "skip"}]
    rasa.script.append(
        [reply("人民调解不收钱。"), reply("对方欠您多少钱？", expecting=expecting, choices=choices, draft={"claim": "还钱"})]
    )
    turn = await chat.say("老王借了我三万不还", client_message_id="a-1")
    assert turn == {
        "messages": [
            {
                "seq": 3,
                "role": "bot",
                "text": "人民调解不收钱。\n\n对方欠您多少钱？",
                "choices": choices,
                "card": None,
                "created_at": turn["messages"][0]["created_at"],
            }
        ],
        "expecting": expecting,
        "state": "intake",
        "case_number": None,
    }
    [request] = rasa.received
    assert request["sender"] == f"{chat.id}-1"
    assert request["message"] == "老王借了我三万不还"
    assert request["token"]
    metadata = request["metadata"]
    assert metadata["conversation_id"] == chat.id
    assert metadata["message_id"] == f"{chat.id}-2"
    assert metadata["choice"] is None
    assert metadata["edits"] is None
    assert metadata["context"] == "free"
    assert metadata["risk"] == "R0"
    assert metadata["cues"] == []
    assert metadata["contact_channel"] == "web"
    assert metadata["today"] == "2026-11-27"
    await chat.say("三万")
    assert rasa.received[1]["metadata"]["context"] == "asked_amount"


async def test_repeating_a_client_message_id_gives_the_stored_reply(chat: Chat, rasa: Rasa) -> None:
    first = await chat.say("楼上漏水", client_message_id="same")
    again = await chat.say("楼上漏水", client_message_id="same")
    assert again == first
    assert len(rasa.received) == 1
    assert [m["seq"] for m in await chat.lines()] == [1, 2, 3]


async def test_a_repeat_while_the_first_is_under_way_waits_for_its_reply(chat: Chat, rasa: Rasa) -> None:
    rasa.delay_s = 0.3
    first, again = await asyncio.gather(chat.say("楼上漏水", client_message_id="x"), chat.say("楼上漏水", client_message_id="x"))
    assert first == again
    assert len(rasa.received) == 1


async def test_fifty_simultaneous_messages_are_answered_in_order(chat: Chat, rasa: Rasa) -> None:
    rasa.delay_s = 0.01
    turns = await asyncio.gather(*(chat.say(f"第{i}句") for i in range(50)))
    order = [m["text"] for m in await chat.lines() if m["role"] == "resident"]
    assert len(order) == 50
    assert rasa.texts == order
    assert rasa.overlapping == 1
    assert sorted(said(t) for t in turns) == sorted(f"记下了：{text}" for text in order)
    replies = [m["text"] for m in await chat.lines() if m["role"] == "bot"][1:]
    assert replies == [f"记下了：{text}" for text in order]


async def test_two_conversations_do_not_wait_for_each_other(api: Api, rasa: Rasa) -> None:
    rasa.delay_s = 0.4
    chats = [await Chat(api).open() for _ in range(8)]
    begin = asyncio.get_running_loop().time()
    await asyncio.gather(*(c.say("漏水") for c in chats))
    assert asyncio.get_running_loop().time() - begin < 2.0  # one after the other would take 3.2 s


async def test_replay_gives_everything_after_a_number(chat: Chat) -> None:
    await chat.say("第一句")
    await chat.say("第二句")
    all_of_it = await chat.replay()
    assert [(m["seq"], m["role"]) for m in all_of_it["messages"]] == [(1, "bot"), (2, "resident"), (3, "bot"), (4, "resident"), (5, "bot")]
    assert [m["seq"] for m in (await chat.replay(3))["messages"]] == [4, 5]
    assert (await chat.replay(5))["messages"] == []
    assert all_of_it["state"] == "intake"
    assert all_of_it["has_more"] is False


async def test_a_button_must_be_one_that_is_shown(chat: Chat, rasa: Rasa) -> None:
    rasa.script.append(
        [reply("是哪一种？", choices=[{"title": "漏水", "value": "XL03"}], expecting={"slot": "dispute_type", "kind": "choice"})]
    )
    status, refused = await chat.post(choice="XL03")
    assert (status, refused["code"], refused["field"]) == (400, "bad_input", "choice")
    assert len(await chat.lines()) == 1
    await chat.say("邻居的事")
    turn = await chat.say(choice="XL03")
    assert said(turn) == "记下了：漏水"
    assert rasa.received[-1]["metadata"]["choice"] == "XL03"
    assert (await chat.lines())[-2]["text"] == "漏水"


async def test_edits_of_the_card_go_through_and_are_screened(chat: Chat, rasa: Rasa) -> None:
    await chat.say(edits={"amount": 30000, "counterparty": "/王建国", "evidence": ["借条", "转账记录"]})
    assert rasa.received[0]["metadata"]["edits"] == {"amount": 30000, "counterparty": "王建国", "evidence": ["借条", "转账记录"]}
    turn = await chat.say(edits={"narrative": "他说他要拿菜刀来找我，还说要打死我"})
    assert turn["state"] == "crisis"


async def test_restart_opens_a_fresh_case_with_a_fresh_sender(chat: Chat, rasa: Rasa) -> None:
    await chat.say("邻居漏水")
    turn = await chat.say(choice="restart")
    assert turn["expecting"]["slot"] == "consent"
    assert said(turn) == chat.opened["messages"][0]["text"]
    await chat.say("其实是欠钱")
    assert [r["sender"] for r in rasa.received] == [f"{chat.id}-1", f"{chat.id}-2"]


async def test_the_engine_may_start_a_new_case_itself(chat: Chat, rasa: Rasa) -> None:
    rasa.script.append([{**reply("再登记一件新的。"), "new_case": True}])
    await chat.say("再登记一件")
    await chat.say("邻居占道")
    assert [r["sender"] for r in rasa.received] == [f"{chat.id}-1", f"{chat.id}-2"]


async def test_plain_rasa_text_keeps_the_open_question(chat: Chat, rasa: Rasa) -> None:
    await chat.say("你好")
    before = await chat.replay()
    rasa.fault = "plain"
    turn = await chat.say("嗯")
    assert said(turn) == "我没听懂。"
    assert turn["expecting"] == before["expecting"]
