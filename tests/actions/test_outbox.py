"""The outbox: on disk before it is sent, sent once, never lost. The other side is a small server that can be away."""

from __future__ import annotations

import asyncio
import json
import os
import stat
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from actions.backend import Backend, Refused
from actions.outbox import Outbox

BODY = {"conversation_id": "c1", "narrative": "老板欠我工资"}


class Cases:
    """Stands in for the backend's filing: idempotent by key, and away when told so."""

    def __init__(self) -> None:
        self.away = False
        self.refuse = False
        self.refuse_key: str | None = None
        self.fail_after: int | None = None  # away once it has taken so many
        self.calls: list[tuple[str, str, dict[str, Any]]] = []
        self.numbers: dict[str, str] = {}

    async def post(self, request: web.Request) -> web.Response:
        key = request.headers["Idempotency-Key"]
        self.calls.append((key, request.headers["Authorization"], await request.json()))
        if self.away or (self.fail_after is not None and key not in self.numbers and len(self.numbers) >= self.fail_after):
            return web.json_response({"code": "unavailable"}, status=503)
        if self.refuse or key == self.refuse_key:
            return web.json_response({"code": "bad_input", "detail": "没有这个纠纷类型"}, status=400)
        created = key not in self.numbers
        number = self.numbers.setdefault(key, f"KLMY-20261127-{len(self.numbers) + 1:06d}")
        return web.json_response({"number": number, "tracking_code": "ABCD2345"}, status=201 if created else 200)


@pytest.fixture
async def cases() -> AsyncIterator[tuple[Cases, Backend]]:
    there = Cases()
    app = web.Application()
    app.router.add_post("/api/v1/cases", there.post)
    server = TestServer(app)
    await server.start_server()
    backend = Backend(str(server.make_url("/")), "internal-token")
    yield there, backend
    await backend.close()
    await server.close()


async def test_a_filing_arrives_and_leaves_only_a_receipt(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    outbox = Outbox(tmp_path / "outbox", backend)
    receipt = await outbox.file("c1-0", BODY)
    assert receipt == {"number": "KLMY-20261127-000001", "tracking_code": "ABCD2345"}
    assert there.calls == [("c1-0", "Bearer internal-token", BODY)]
    assert outbox.waiting() == []
    assert outbox.receipt("c1-0") == receipt
    assert "工资" not in (tmp_path / "outbox/sent/c1-0.json").read_text(encoding="utf-8")


async def test_filing_twice_sends_once(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    outbox = Outbox(tmp_path, backend)
    first = await outbox.file("c1-0", BODY)
    assert await outbox.file("c1-0", BODY) == first
    assert len(there.calls) == 1


async def test_what_cannot_be_sent_waits_on_disk_for_nobody_else_to_read(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    there.away = True
    outbox = Outbox(tmp_path, backend)
    assert await outbox.file("c1-0", BODY) is None
    path = tmp_path / "c1-0.json"
    assert json.loads(path.read_text(encoding="utf-8"))["body"] == BODY
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert outbox.waiting() == ["c1-0"]


async def test_it_is_sent_once_when_the_backend_is_back(
    cases: tuple[Cases, Backend], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.outbox.FIRST_RETRY_S", 0.02)
    there, backend = cases
    there.away = True
    outbox = Outbox(tmp_path, backend)
    outbox.start()
    assert await outbox.file("c1-0", BODY) is None
    await asyncio.sleep(0.1)
    there.away = False
    await _until(lambda: outbox.receipt("c1-0") is not None and not outbox.waiting())
    await outbox.stop()
    assert list(there.numbers) == ["c1-0"]


async def test_a_new_process_sends_what_an_old_one_left(
    cases: tuple[Cases, Backend], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.outbox.FIRST_RETRY_S", 0.02)
    there, backend = cases
    there.away = True
    await Outbox(tmp_path, backend).file("c1-0", BODY)
    there.away = False
    later = Outbox(tmp_path, backend)
    later.start()
    await _until(lambda: later.receipt("c1-0") is not None)
    await later.stop()
    assert later.receipt("c1-0") == {"number": "KLMY-20261127-000001", "tracking_code": "ABCD2345"}


async def test_a_process_that_died_after_sending_sends_nothing_again(
    cases: tuple[Cases, Backend], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.outbox.FIRST_RETRY_S", 0.02)
    there, backend = cases
    await Outbox(tmp_path, backend).file("c1-0", BODY)
    (tmp_path / "c1-0.json").write_text(json.dumps({"key": "c1-0", "body": BODY}), encoding="utf-8")
    later = Outbox(tmp_path, backend)
    later.start()
    await _until(lambda: not later.waiting())
    await later.stop()
    assert len(there.calls) == 1


async def test_what_the_backend_refuses_is_kept_for_a_human(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    there.refuse = True
    outbox = Outbox(tmp_path, backend)
    with pytest.raises(Refused) as refused:
        await outbox.file("c1-0", BODY)
    assert (refused.value.status, refused.value.detail) == (400, "没有这个纠纷类型")
    assert outbox.waiting() == []
    assert (tmp_path / "refused/c1-0.json").exists()


async def test_nobody_listening_is_no_error_for_the_resident(tmp_path: Path, unused_tcp_port: int) -> None:
    backend = Backend(f"http://127.0.0.1:{unused_tcp_port}", "t")
    outbox = Outbox(tmp_path, backend)
    assert await outbox.file("c1-0", BODY) is None
    await backend.close()
    assert outbox.waiting() == ["c1-0"]


@pytest.mark.parametrize("key", ["../../etc/passwd", "对话一", "a" * 500, ".hidden"])
async def test_any_sender_id_is_a_safe_file_name(cases: tuple[Cases, Backend], tmp_path: Path, key: str) -> None:
    outbox = Outbox(tmp_path / "outbox", cases[1])
    assert await outbox.file(key, BODY) is not None
    assert outbox.receipt(key) is not None
    assert os.listdir(tmp_path) == ["outbox"]
    assert len(os.listdir(tmp_path / "outbox/sent")) == 1


async def test_a_damaged_file_does_not_stop_the_others(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    there.away = True
    outbox = Outbox(tmp_path, backend)
    await outbox.file("c1-0", BODY)
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert outbox.waiting() == ["c1-0"]


TWO = {"c1-0": BODY, "c1-0.m2": {**BODY, "link": "c1-0"}}


async def test_two_cases_of_one_story_are_sent_under_their_own_keys(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    outbox = Outbox(tmp_path, backend)
    outcomes = await outbox.file_all("c1-0", TWO)
    assert [outcomes[key]["number"] for key in TWO] == ["KLMY-20261127-000001", "KLMY-20261127-000002"]  # type: ignore[index]
    assert [(key, body) for key, _, body in there.calls] == list(TWO.items())
    assert outbox.waiting() == []
    assert await outbox.file_all("c1-0", TWO) == outcomes
    assert len(there.calls) == 2


async def test_both_are_on_disk_in_one_file_before_either_is_sent(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    there.away = True
    assert await Outbox(tmp_path, backend).file_all("c1-0", TWO) == {"c1-0": None, "c1-0.m2": None}
    content = json.loads((tmp_path / "c1-0.json").read_text(encoding="utf-8"))
    assert content["filings"] == [{"key": key, "body": body} for key, body in TWO.items()]
    assert stat.S_IMODE((tmp_path / "c1-0.json").stat().st_mode) == 0o600


async def test_a_process_that_died_between_the_two_sends_only_the_second(
    cases: tuple[Cases, Backend], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("actions.outbox.FIRST_RETRY_S", 0.02)
    there, backend = cases
    there.fail_after = 1
    first = Outbox(tmp_path, backend)
    outcomes = await first.file_all("c1-0", TWO)
    assert outcomes["c1-0"] == {"number": "KLMY-20261127-000001", "tracking_code": "ABCD2345"}
    assert outcomes["c1-0.m2"] is None
    there.fail_after = None
    later = Outbox(tmp_path, backend)  # the next life of the process
    later.start()
    await _until(lambda: not later.waiting())
    await later.stop()
    assert [key for key, _, _ in there.calls] == ["c1-0", "c1-0.m2", "c1-0.m2"]
    assert list(there.numbers) == ["c1-0", "c1-0.m2"]
    assert later.receipt("c1-0.m2") is not None


async def test_a_refused_half_does_not_hold_up_the_other(cases: tuple[Cases, Backend], tmp_path: Path) -> None:
    there, backend = cases
    there.refuse_key = "c1-0"
    outcomes = await Outbox(tmp_path, backend).file_all("c1-0", TWO)
    assert isinstance(outcomes["c1-0"], Refused)
    assert outcomes["c1-0.m2"] == {"number": "KLMY-20261127-000001", "tracking_code": "ABCD2345"}
    assert (tmp_path / "refused/c1-0.json").exists()
    assert not (tmp_path / "c1-0.json").exists()


async def _until(true: Any, seconds: float = 3.0) -> None:
    for _ in range(int(seconds / 0.02)):
        if true():
            return
        await asyncio.sleep(0.02)
    raise AssertionError("did not happen in time")
