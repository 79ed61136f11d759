"""Filing, list, detail and changes over HTTP, on the real application."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest
from sqlalchemy import func, select

from backend.db.models_cases import Case, CaseEvent, IdempotencyKey
from backend.http import keys, schemas
from tests.backend.conftest import INTERNAL, STORY, Api, filing


async def count(api: Api, table: type[Any]) -> int:
    async with api.client.app[keys.READS]() as session:  # type: ignore[index]
        return await session.scalar(select(func.count()).select_from(table)) or 0


class TestFiling:
    async def test_receipt(self, api: Api) -> None:
        status, receipt = await api.file(filing())
        assert status == 201
        schemas.Receipt.model_validate(receipt)
        assert receipt["number"] == "KLMY-20261127-000001"
        assert len(receipt["tracking_code"]) == 8
        assert (receipt["status"], receipt["dispute_type"], receipt["subtype"], receipt["route"]) == ("submitted", "LD", "LD01", "LW")
        assert receipt["admin_level"] == "district"
        assert receipt["organisation"]["name"]
        assert receipt["organisation"]["phone"] == "" or not receipt["organisation"]["placeholder"]
        assert receipt["reasons"]
        assert receipt["bring"]
        assert receipt["contact_by"].endswith("+08:00")
        assert "X-LDJC" in {door["code"] for door in receipt["exits"]}

    async def test_the_same_key_and_body_find_the_same_case(self, api: Api) -> None:
        first = await api.file(filing())
        second = await api.file(filing())
        assert (first[0], second[0]) == (201, 200)
        assert second[1] == first[1]
        assert await count(api, Case) == 1

    async def test_the_same_key_with_another_body_is_refused(self, api: Api) -> None:
        await api.file(filing())
        status, problem = await api.file(filing(narrative="另一件事：物业收费不明。"))
        assert (status, problem["code"]) == (409, "conflict")
        assert await count(api, Case) == 1

    async def test_ten_at_once_with_one_key_make_one_case(self, api: Api) -> None:
        answers = await asyncio.gather(*(api.file(filing()) for _ in range(10)))
        assert sorted(status for status, _ in answers) == [200] * 9 + [201]
        assert len({answer["number"] for _, answer in answers}) == 1
        assert await count(api, Case) == 1
        assert await count(api, IdempotencyKey) == 1
        assert await count(api, CaseEvent) == 1

    async def test_ten_at_once_with_ten_keys_make_ten_numbers(self, api: Api) -> None:
        answers = await asyncio.gather(*(api.file(filing(), f"key-{i}") for i in range(10)))
        assert [status for status, _ in answers] == [201] * 10
        assert sorted(answer["number"] for _, answer in answers) == [f"KLMY-20261127-{i:06d}" for i in range(1, 11)]
        assert len({answer["tracking_code"] for _, answer in answers}) == 10

    async def test_numbers_start_again_each_beijing_day(self, api: Api) -> None:
        await api.file(filing())
        api.clock.forward(hours=14)  # 00:30 of the 28th in Beijing
        assert (await api.file(filing(), "key-2"))[1]["number"] == "KLMY-20261128-000001"

    async def test_the_prefix_is_a_setting(self, make_api: Any) -> None:
        api = await make_api(case_prefix="WLMQ")
        assert (await api.file(filing()))[1]["number"].startswith("WLMQ-20261127-")

    async def test_the_narrative_is_stored_as_it_was_said(self, api: Api) -> None:
        words = "  <b>他说</b>“你等着”\r\n\t第二天😡又来了，　全角空格也在。\u200b 欠３２０００元  "
        _, receipt = await api.file(filing(narrative=words))
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}", headers=await api.login())).json()
        assert detail["narrative"] == words

    async def test_place_finds_the_street(self, api: Api) -> None:
        _, receipt = await api.file(filing(dispute_type="LL", subtype="LL01", route="RM", flags=[], fields={"place": "胜利路那边"}))
        assert receipt["admin_level"] == "community"
        assert "胜利路街道" in receipt["organisation"]["name"]

    async def test_a_subtype_of_another_type_is_dropped_not_refused(self, api: Api) -> None:
        status, receipt = await api.file(filing(dispute_type="HT", subtype="LD01", route="RM"))
        assert (status, receipt["dispute_type"], receipt["subtype"]) == (201, "HT", None)

    async def test_an_operator_files_for_a_caller(self, api: Api) -> None:
        headers = {**await api.login(), "Idempotency-Key": "call-1"}
        answer = await api.client.post("/api/v1/cases", json=filing(contact_channel="hotline", conversation_id=None), headers=headers)
        assert answer.status == 201
        number = (await answer.json())["number"]
        audit = await (await api.client.get(f"/api/v1/cases/{number}/audit", headers=headers)).json()
        assert [line["action"] for line in audit["items"]] == ["case_filed"]

    async def test_nobody_else_may_file(self, api: Api) -> None:
        for headers in ({}, {"Authorization": "Bearer wrong"}, {"Authorization": f"Basic {INTERNAL}"}):
            answer = await api.client.post("/api/v1/cases", json=filing(), headers={**headers, "Idempotency-Key": "k"})
            assert (answer.status, (await answer.json())["code"]) == (401, "unauthorized")
        assert await count(api, Case) == 0


BAD = [
    ({"narrative": ""}, 400, "bad_input", "narrative"),
    ({"narrative": "  \n "}, 400, "bad_input", "narrative"),
    ({"narrative": "字" * 20_001}, 413, "too_large", "narrative"),
    ({"narrative": 5}, 400, "bad_input", "narrative"),
    ({"dispute_type": "ABC"}, 400, "bad_input", "dispute_type"),
    ({"dispute_type": None}, 400, "bad_input", "dispute_type"),
    ({"subtype": "LD99"}, 400, "bad_input", "subtype"),
    ({"route": "ZZ"}, 400, "bad_input", "route"),
    ({"risk_level": "R9"}, 400, "bad_input", "risk_level"),
    ({"flags": ["no_such_flag"]}, 400, "bad_input", "flags.0"),
    ({"fields": {"amount": -1}}, 400, "bad_input", "fields"),
    ({"fields": {"amount": "很多"}}, 400, "bad_input", "fields"),
    ({"fields": {"amount": True}}, 400, "bad_input", "fields"),
    ({"fields": {"amount": 1e15}}, 400, "bad_input", "fields"),
    ({"fields": {"people": 0}}, 400, "bad_input", "fields"),
    ({"fields": {"people": 2.5}}, 400, "bad_input", "fields"),
    ({"fields": {"contact_phone": "打我手机"}}, 400, "bad_input", "fields"),
    ({"fields": {"claim": "长" * 2001}}, 400, "bad_input", "fields"),
    ({"consent": None}, 400, "bad_input", "consent"),
    ({"consent": {"version": "1", "at": "昨天"}}, 400, "bad_input", "consent.at"),
    ({"consent": {"version": "1", "at": "2026-11-27T10:20:00"}}, 400, "bad_input", "consent.at"),
    ({"contact_channel": "fax"}, 400, "bad_input", "contact_channel"),
    ({"narrative": "坏字符\ud800"}, 400, "bad_input", None),
]


@pytest.mark.parametrize(("change", "status", "code", "field"), BAD, ids=lambda v: str(v)[:40].encode("ascii", "replace").decode())
async def test_bad_filings_are_named_in_chinese_and_change_nothing(
    api: Api, change: dict[str, Any], status: int, code: str, field: str | None
) -> None:
    got, problem = await api.file(filing(**change))
    assert (got, problem["code"], problem.get("field")) == (status, code, field)
    assert any("\u4e00" <= c <= "\u9fff" for c in problem["detail"])
    assert await count(api, Case) == 0


class TestStaffViews:
    async def test_list_masks_detail_shows_and_is_audited(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers = await api.login()
        page = await (await api.client.get("/api/v1/cases", headers=headers)).json()
        schemas.CasePage.model_validate(page)
        assert page["total"] == 1
        item = page["items"][0]
        assert (item["contact_name"], item["contact_phone"]) == ("阿***", "138****2345")
        assert "13899012345" not in str(page)
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}", headers=headers)).json()
        schemas.CaseDetail.model_validate(detail)
        assert detail["fields"]["contact_name"] == "阿依古丽·买买提"
        assert detail["fields"]["contact_phone"] == "13899012345"
        assert (detail["fields"]["amount"], detail["fields"]["people"]) == (32000, 1)
        assert detail["narrative"] == STORY
        assert detail["contact_channel"] == "web"
        audit = await (await api.client.get(f"/api/v1/cases/{receipt['number']}/audit", headers=headers)).json()
        assert [(line["username"], line["action"]) for line in audit["items"]] == [("admin", "identity_view")]

    async def test_the_masked_view_leaves_no_audit_line(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers = await api.login()
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}?identity=0", headers=headers)).json()
        assert detail["fields"]["contact_phone"] == "138****2345"
        assert "13899012345" not in str(detail)
        audit = await (await api.client.get(f"/api/v1/cases/{receipt['number']}/audit", headers=headers)).json()
        assert audit["items"] == []

    async def test_filters_and_pages(self, api: Api) -> None:
        for i in range(5):
            await api.file(filing(), f"wages-{i}")
            api.clock.forward(minutes=1)
        await api.file(
            filing(dispute_type="LL", subtype="LL01", route="RM", fields={"place": "胜利路", "contact_phone": "13999000111"}), "noise"
        )
        await api.file(filing(risk_level="R2"), "threat")
        headers = await api.login()

        async def listed(**query: Any) -> dict[str, Any]:
            answer: dict[str, Any] = await (await api.client.get("/api/v1/cases", headers=headers, params=query)).json()
            return answer

        assert (await listed())["total"] == 7
        assert (await listed())["items"][0]["risk_level"] == "R2"  # danger first
        assert [x["dispute_type"] for x in (await listed(dispute_type="LL"))["items"]] == ["LL"]
        assert (await listed(q="13999000111"))["total"] == 1
        assert (await listed(q="1399900"))["total"] == 0  # no search by a part of a phone
        assert (await listed(q="klmy-20261127-000003"))["total"] == 1
        assert (await listed(division_code="650203"))["total"] == 7
        assert (await listed(division_code="650203002"))["total"] == 1
        assert (await listed(assignee="admin"))["total"] == 0
        assert (await listed(created_from="2026-11-28"))["total"] == 0
        second = await listed(page=2, page_size=3)
        assert (len(second["items"]), second["page"], second["total"]) == (3, 2, 7)
        assert (await listed(overdue="1"))["total"] == 0
        api.clock.forward(days=10)
        headers = await api.login()
        assert (await listed(overdue="1"))["total"] == 7

    @pytest.mark.parametrize("query", ["page=0", "page=x", "page_size=101", "page=٣", "created_from=gestern"])
    async def test_bad_queries(self, api: Api, query: str) -> None:
        answer = await api.client.get(f"/api/v1/cases?{query}", headers=await api.login())
        assert (answer.status, (await answer.json())["code"]) == (400, "bad_input")

    async def test_wildcards_are_letters(self, api: Api) -> None:
        await api.file(filing())
        page = await (await api.client.get("/api/v1/cases", params={"q": "%"}, headers=await api.login())).json()
        assert page["total"] == 0

    async def test_unknown_case(self, api: Api) -> None:
        answer = await api.client.get("/api/v1/cases/KLMY-20261127-999999", headers=await api.login())
        assert (answer.status, (await answer.json())["detail"]) == (404, "没有找到这个案件")

    @pytest.mark.parametrize("path", ["/api/v1/cases", "/api/v1/cases/KLMY-20261127-000001", "/api/v1/organisations"])
    async def test_residents_see_nothing_of_it(self, api: Api, path: str) -> None:
        assert (await api.client.get(path)).status == 401
        assert (await api.client.get(path, headers={"Authorization": f"Bearer {INTERNAL}"})).status == 401


class TestChanges:
    async def changed(self, api: Api, headers: dict[str, str], number: str, **patch: Any) -> tuple[int, dict[str, Any]]:
        answer = await api.client.patch(f"/api/v1/cases/{number}", json=patch, headers=headers)
        return answer.status, await answer.json()

    async def test_the_whole_way(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        number, headers = receipt["number"], await api.login()
        version = receipt["version"]
        for patch in (
            {"status": "accepted", "note": "电话核实过"},
            {"status": "assigned", "assignee": "admin"},
            {"status": "mediating", "appointment": "12月3日上午十点，区中心"},
            {"status": "settled", "public_note": "双方同意分两次付清"},
            {"status": "closed"},
        ):
            status, detail = await self.changed(api, headers, number, version=version, **patch)
            assert status == 200, detail
            version = detail["version"]
        schemas.CaseDetail.model_validate(detail)
        assert (detail["status"], detail["assignee"], version) == ("closed", "admin", 6)
        statuses = [line["to_status"] for line in detail["history"] if line["kind"] == "status"]
        assert statuses == ["accepted", "assigned", "mediating", "settled", "closed"]
        progress = await (await api.client.get(f"/api/v1/cases/{number}/progress", params={"code": receipt["tracking_code"]})).json()
        told = str(progress)
        assert "双方同意分两次付清" in told
        assert "电话核实过" not in told
        assert not {"assignee", "by"} & {*progress, *progress["history"][-1]}

    async def test_a_stale_version_is_refused(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers = await api.login()
        await self.changed(api, headers, receipt["number"], version=1, status="accepted")
        status, problem = await self.changed(api, headers, receipt["number"], version=1, status="rejected", reason_code="not_mediable")
        assert (status, problem["code"], problem["field"]) == (409, "conflict", "version")

    async def test_two_at_once_one_wins(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers = await api.login()
        answers = await asyncio.gather(*(self.changed(api, headers, receipt["number"], version=1, note=f"备注{i}") for i in range(5)))
        assert sorted(status for status, _ in answers) == [200, 409, 409, 409, 409]

    async def test_referral_names_the_next_unit_and_moves_the_case(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers, number = await api.login(), receipt["number"]
        assert (await self.changed(api, headers, number, version=1, status="referred"))[1]["field"] == "next_organisation"
        assert (await self.changed(api, headers, number, version=1, status="referred", next_organisation="nirgends"))[0] == 400
        status, detail = await self.changed(api, headers, number, version=1, status="referred", next_organisation="centre-650203")
        assert status == 200
        assert (detail["organisation"]["id"], detail["admin_level"]) == ("centre-650203", "district")
        assert detail["history"][-1]["text"].startswith("已转到")

    async def test_the_second_return_convenes_a_joint_meeting(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        headers, number = await api.login(), receipt["number"]
        assert (await self.changed(api, headers, number, version=1, status="returned"))[1]["field"] == "reason_code"
        _, first = await self.changed(api, headers, number, version=1, status="returned", reason_code="not_our_duty")
        assert (first["return_count"], first["joint"]) == (1, False)
        _, moved = await self.changed(api, headers, number, version=2, status="referred", next_organisation="centre-650204")
        _, second = await self.changed(api, headers, number, version=moved["version"], status="returned", reason_code="wrong_division")
        assert (second["return_count"], second["joint"]) == (2, True)
        assert second["history"][-1]["details"] == {"joint_meeting": True}

    @pytest.mark.parametrize(
        ("patch", "status", "field"),
        [
            ({}, 400, "version"),
            ({"version": 1}, 400, None),
            ({"version": 1, "status": "settled"}, 409, "status"),
            ({"version": 1, "status": "rejected"}, 400, "reason_code"),
            ({"version": 1, "status": "nonsense"}, 400, "status"),
            ({"version": 1, "assignee": "nobody"}, 400, "assignee"),
            ({"version": 1, "reason_code": "duplicate"}, 400, "status"),
            ({"version": "1", "note": "x"}, 400, "version"),
            ({"version": 1, "narrative": "改掉居民的话"}, 400, "narrative"),
            ({"version": 1, "note": "长" * 4001}, 413, "note"),
        ],
    )
    async def test_bad_changes_change_nothing(self, api: Api, patch: dict[str, Any], status: int, field: str | None) -> None:
        _, receipt = await api.file(filing())
        headers = await api.login()
        got, problem = await self.changed(api, headers, receipt["number"], **patch)
        assert (got, problem.get("field")) == (status, field), problem
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}?identity=0", headers=headers)).json()
        assert (detail["version"], detail["status"], len(detail["history"])) == (1, "submitted", 1)


class TestResident:
    async def progress(self, api: Api, number: str, code: str) -> tuple[int, dict[str, Any]]:
        answer = await api.client.get(f"/api/v1/cases/{number}/progress", params={"code": code})
        return answer.status, await answer.json()

    async def test_progress(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        code = receipt["tracking_code"].lower()
        status, progress = await self.progress(api, receipt["number"].lower(), f" {code[:4]}-{code[4:]} ")
        assert status == 200
        schemas.Progress.model_validate(progress)
        assert (progress["status"], progress["status_text"]) == ("submitted", "已提交，等待受理")
        for secret in ("13899012345", "阿依古丽", STORY[:10], receipt["tracking_code"]):
            assert secret not in str(progress)

    async def test_wrong_code_and_unknown_number_get_the_same_answer(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        wrong = await self.progress(api, receipt["number"], "22222222")
        unknown = await self.progress(api, "KLMY-20261127-999999", receipt["tracking_code"])
        strange = await self.progress(api, "KLMY-20261127-999999", "钥匙\ud83d\ude00")
        for problem in (wrong[1], unknown[1], strange[1]):
            problem.pop("instance")
        assert wrong == unknown == strange
        assert wrong[0] == 404

    async def test_no_code(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        assert (await self.progress(api, receipt["number"], ""))[0] == 400

    async def test_guessing_is_slowed_down(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        statuses = [(await self.progress(api, receipt["number"], f"AAAA{i:04d}"))[0] for i in range(30)]
        assert statuses == [404] * 20 + [429] * 10
        answer = await api.client.get(f"/api/v1/cases/{receipt['number']}/progress", params={"code": receipt["tracking_code"]})
        assert answer.status == 429
        assert 0 < int(answer.headers["Retry-After"]) <= 60

    async def ask(self, api: Api, receipt: dict[str, Any], kind: str, code: str | None = None, **more: Any) -> tuple[int, dict[str, Any]]:
        body = {"code": code or receipt["tracking_code"], "kind": kind, **more}
        answer = await api.client.post(f"/api/v1/cases/{receipt['number']}/requests", json=body)
        return answer.status, await answer.json()

    async def test_withdraw(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        assert (await self.ask(api, receipt, "withdraw", "22222222"))[0] == 404
        first, again = [await self.ask(api, receipt, "withdraw", text="谈好了") for _ in range(2)]
        schemas.RequestTaken.model_validate(first[1])
        assert [(s, b["counted"], b["progress"]["status"]) for s, b in (first, again)] == [
            (200, True, "withdrawn"),
            (200, False, "withdrawn"),
        ]
        assert await count(api, CaseEvent) == 2
        assert (await self.ask(api, receipt, "urge"))[0] == 409

    async def test_urging_counts_once_a_day(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        counted = []
        for hours in (0, 1, 24):
            api.clock.forward(hours=hours)
            counted.append((await self.ask(api, receipt, "urge"))[1]["counted"])
        assert counted == [True, False, True]

    async def test_additions_reach_the_staff_in_the_residents_words(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        words = "忘了说，工友老赵也在场，电话13700011122"
        _, taken = await self.ask(api, receipt, "add_information", text=words)
        assert (await self.ask(api, receipt, "add_information", text=words))[1]["counted"] is False
        assert taken["counted"] is True
        assert "老赵" not in str(taken["progress"])
        detail = await (await api.client.get(f"/api/v1/cases/{receipt['number']}", headers=await api.login())).json()
        assert detail["narrative"] == STORY
        assert [(line["kind"], line["note"]) for line in detail["history"]] == [("filed", ""), ("addition", words)]

    @pytest.mark.parametrize("body", [{"kind": "add_information"}, {"kind": "add_information", "text": " "}, {"kind": "delete"}, {}])
    async def test_bad_requests(self, api: Api, body: dict[str, Any]) -> None:
        _, receipt = await api.file(filing())
        answer = await api.client.post(f"/api/v1/cases/{receipt['number']}/requests", json={"code": receipt["tracking_code"], **body})
        assert answer.status == 400
        assert await count(api, CaseEvent) == 1
