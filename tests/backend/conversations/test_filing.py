"""Filed while the bot answers, or late from the outbox: the resident reads the number exactly once."""

from __future__ import annotations

import asyncio
from typing import Any

from backend.http.conversation_keys import PARTS
from tests.backend.conftest import Api, filing
from tests.backend.conversations.conftest import Chat, said
from tests.backend.conversations.rasa import Rasa, reply
from tests.backend.conversations.test_uploads import JPEG, send

RECEIPT = {"number": "KLMY-20261127-000001", "tracking_code": "AB12CD34", "status": "submitted", "contact_by_text": "3个工作日内联系您"}


def hooks(api: Api) -> Any:
    return api.client.server.app[PARTS].hooks  # type: ignore[union-attr]


def told(lines: list[dict[str, Any]]) -> int:
    return sum(RECEIPT["number"] in m["text"] for m in lines)


async def test_filed_inside_the_turn_is_told_by_the_bot_only(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.delay_s = 0.3
    rasa.script.append([reply(f"登记好了。编号 {RECEIPT['number']}", state="filed", expecting=None, case_number=RECEIPT["number"])])
    asking = asyncio.create_task(chat.say("提交"))
    await asyncio.sleep(0.15)
    await asyncio.wait_for(hooks(api).case_filed(chat.id, RECEIPT), 1)  # must not wait for the turn that waits for it
    turn = await asking
    assert (turn["state"], turn["case_number"]) == ("filed", RECEIPT["number"])
    await asyncio.sleep(1.2)
    assert told(await chat.lines()) == 1


async def test_filed_late_is_told_by_the_backend_once(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.script.append([reply("已经收好，还没有出编号。", state="confirming", expecting=None)])
    await chat.say("提交")
    await hooks(api).case_filed(chat.id, RECEIPT)
    await hooks(api).case_filed(chat.id, RECEIPT)
    lines = await chat.until(lambda ls: told(ls) == 1)
    assert RECEIPT["tracking_code"] in lines[-1]["text"]
    assert RECEIPT["contact_by_text"] in lines[-1]["text"]
    assert lines[-1]["card"]["kind"] == "result"
    await hooks(api).case_filed(chat.id, RECEIPT)
    await asyncio.sleep(1.2)
    replay = await chat.replay()
    assert told(replay["messages"]) == 1
    assert (replay["state"], replay["case_number"]) == ("filed", RECEIPT["number"])


async def test_filed_but_the_reply_was_lost_is_told_once_by_the_repeat(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.fault = "hang"
    rasa.script.append([reply(f"登记好了。编号 {RECEIPT['number']}", state="filed", expecting=None, case_number=RECEIPT["number"])])
    asking = asyncio.create_task(chat.say("提交"))
    await asyncio.sleep(0.3)
    await hooks(api).case_filed(chat.id, RECEIPT)
    await asking
    rasa.fault = None
    await chat.until(lambda ls: told(ls) == 1)
    await asyncio.sleep(1.2)
    assert told(await chat.lines()) == 1
    assert len(rasa.effects) == 1


async def test_a_number_that_comes_while_the_next_case_is_told_does_not_end_it(chat: Chat, api: Api, rasa: Rasa) -> None:
    await chat.say("下一件：邻居占道")
    before = await chat.replay()
    await hooks(api).case_filed(chat.id, RECEIPT)
    await chat.until(lambda ls: told(ls) == 1)
    after = await chat.replay()
    assert (after["state"], after["expecting"]) == (before["state"], before["expecting"])


async def test_files_sent_before_belong_to_the_case(chat: Chat, api: Api) -> None:
    await send(chat, JPEG, "借条.jpg")
    await hooks(api).case_filed(chat.id, RECEIPT)
    lists = api.client.server.app[PARTS].lists  # type: ignore[union-attr]
    [file] = await lists.files_of_case(RECEIPT["number"])
    assert (file["name"], file["conversation_id"]) == ("借条.jpg", chat.id)


async def test_thanks_after_filing_keeps_the_number_and_a_new_case_drops_it(chat: Chat, rasa: Rasa) -> None:
    rasa.script = [
        [reply("登记好了。", state="filed", expecting=None, case_number="KLMY-1")],
        [reply("不客气。", state="filed", expecting=None, case_number="KLMY-1")],
        [reply("再登记一件。", state="intake")],
    ]
    await chat.say("提交")
    assert (await chat.say("谢谢"))["case_number"] == "KLMY-1"
    turn = await chat.say("再登记一件")
    assert (said(turn), turn["case_number"]) == ("再登记一件。", None)


async def test_a_real_filing_reaches_the_conversation(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.script.append([reply("已经收好，还没有出编号。", state="confirming", expecting=None)])
    await chat.say("提交")
    status, receipt = await api.file(filing(conversation_id=chat.id), key=f"{chat.id}-1")
    assert status == 201
    lines = await chat.until(lambda ls: receipt["number"] in ls[-1]["text"])
    assert receipt["tracking_code"] in lines[-1]["text"]
    assert (await api.file(filing(conversation_id=chat.id), key=f"{chat.id}-1"))[0] == 200
    await asyncio.sleep(1.2)
    assert sum(receipt["number"] in m["text"] for m in await chat.lines()) == 1


async def test_a_filing_for_an_unknown_conversation_stands_all_the_same(api: Api) -> None:
    assert (await api.file(filing(conversation_id="0" * 32)))[0] == 201
