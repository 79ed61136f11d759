"""Cases of one story: each with its own number, code and route, each naming the other; filed once whatever happens."""

from __future__ import annotations

import asyncio
from typing import Any

from backend.http import schemas
from tests.backend.conftest import Api, filing
from tests.backend.conversations.conftest import Chat
from tests.backend.conversations.rasa import Rasa, reply
from tests.backend.conversations.test_uploads import JPEG, send

WAGES: dict[str, Any] = filing(link="c-1-1")
DEPOSIT: dict[str, Any] = filing(
    link="c-1-1", dispute_type="FW", subtype="FW01", route="RM", flags=[], fields={"counterparty": "房东王姐", "amount": 2000}
)


async def both(api: Api, **changes: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    (_, first), (_, second) = await api.file({**WAGES, **changes}, "c-1-1"), await api.file({**DEPOSIT, **changes}, "c-1-1.m2")
    return first, second


async def test_each_has_its_own_number_code_type_and_route_and_names_the_other(api: Api) -> None:
    first, second = await both(api)
    assert first["number"] != second["number"]
    assert first["tracking_code"] != second["tracking_code"]
    assert (first["dispute_type"], second["dispute_type"]) == ("LD", "FW")
    assert first["route"] != second["route"]
    assert second["linked"] == [first["number"]]
    schemas.Receipt.model_validate(second)
    headers = await api.login()
    for one, other in ((first, second), (second, first)):
        detail = await (await api.client.get(f"/api/v1/cases/{one['number']}", headers=headers)).json()
        schemas.CaseDetail.model_validate(detail)
        assert detail["linked"] == [other["number"]]
        assert detail["narrative"] == WAGES["narrative"]
        progress = await (await api.client.get(f"/api/v1/cases/{one['number']}/progress", params={"code": one["tracking_code"]})).json()
        schemas.Progress.model_validate(progress)
        assert progress["linked"] == [other["number"]]


async def test_the_code_of_one_case_does_not_open_the_other(api: Api) -> None:
    first, second = await both(api)
    answer = await api.client.get(f"/api/v1/cases/{second['number']}/progress", params={"code": first["tracking_code"]})
    assert answer.status == 404


async def test_repeated_filings_make_no_third_case(api: Api) -> None:
    first, second = await both(api)
    again = await asyncio.gather(*(api.file(body, key) for body, key in ((WAGES, "c-1-1"), (DEPOSIT, "c-1-1.m2")) for _ in range(4)))
    assert [status for status, _ in again] == [200] * 8
    assert {receipt["number"] for _, receipt in again} == {first["number"], second["number"]}
    page = await (await api.client.get("/api/v1/cases", headers=await api.login())).json()
    assert page["total"] == 2
    assert (await api.file(WAGES, "c-1-1"))[1]["linked"] == [second["number"]]  # a late repeat knows the other one


async def test_cases_without_a_link_stand_alone(api: Api) -> None:
    _, first = await api.file(filing(), "a")
    _, second = await api.file(filing(), "b")
    assert (first["linked"], second["linked"]) == ([], [])


async def test_staff_cannot_link_into_a_residents_story(api: Api) -> None:
    first, _ = await both(api)
    headers = {**await api.login(), "Idempotency-Key": "call-1"}
    answer = await api.client.post("/api/v1/cases", json=filing(link="c-1-1", conversation_id=None), headers=headers)
    assert (await answer.json())["linked"] == []
    detail = await (await api.client.get(f"/api/v1/cases/{first['number']}", headers=headers)).json()
    assert len(detail["linked"]) == 1


async def test_files_of_the_story_are_seen_in_both_cases(chat: Chat, api: Api) -> None:
    await send(chat, JPEG, "合同.jpg")
    headers = await api.login()
    for receipt in await both(api, conversation_id=chat.id):
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}", headers=headers)).json()
        assert [file["name"] for file in detail["evidence"]] == ["合同.jpg"]


async def test_both_numbers_are_told_late_each_once(chat: Chat, api: Api, rasa: Rasa) -> None:
    rasa.script.append([reply("已经收好，还没有出编号。", state="filed", expecting=None)])
    await chat.say("提交")
    first, second = await both(api, conversation_id=chat.id)
    await chat.until(lambda lines: all(told(lines, number) for number in (first["number"], second["number"])))
    await both(api, conversation_id=chat.id)  # the outbox repeats after a crash
    await asyncio.sleep(1.2)
    replay = await chat.replay()
    assert [told(replay["messages"], receipt["number"]) for receipt in (first, second)] == [1, 1]
    assert (replay["state"], replay["case_number"]) == ("filed", first["number"])


async def test_the_bot_tells_both_and_nobody_repeats_them(chat: Chat, api: Api, rasa: Rasa) -> None:
    numbers = ["KLMY-20261127-000001", "KLMY-20261127-000002"]
    rasa.delay_s = 0.5
    rasa.script.append([reply(f"登记好了：{numbers[0]}、{numbers[1]}", state="filed", expecting=None, case_number=numbers[0])])
    asking = asyncio.create_task(chat.say("提交"))
    await asyncio.sleep(0.1)
    first, second = await both(api, conversation_id=chat.id)
    assert [first["number"], second["number"]] == numbers
    turn = await asking
    assert turn["case_number"] == numbers[0]
    await asyncio.sleep(1.2)
    assert [told(await chat.lines(), number) for number in numbers] == [1, 1]


async def test_the_half_the_bot_could_not_tell_is_told_by_the_backend(chat: Chat, api: Api, rasa: Rasa) -> None:
    """The second filing arrived, but its answer was lost on the way to the actions: they tell the first number only."""
    number = "KLMY-20261127-000001"
    rasa.delay_s = 0.5
    rasa.script.append([reply(f"登记好了：{number}。另一件还没有出编号", state="filed", expecting=None, case_number=number)])
    asking = asyncio.create_task(chat.say("提交"))
    await asyncio.sleep(0.1)
    first, second = await both(api, conversation_id=chat.id)
    await asking
    lines = await chat.until(lambda ls: told(ls, second["number"]) == 1)
    assert told(lines, first["number"]) == 1
    assert (await chat.replay())["case_number"] == first["number"]


def told(lines: list[dict[str, Any]], number: str) -> int:
    return sum(number in line["text"] for line in lines)
