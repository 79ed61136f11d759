"""Logins, lock-out, sessions, cookies and CSRF, roles."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from backend.db.models_staff import StaffSession, StaffUser
from backend.http import keys, schemas
from backend.services.passwords import Passwords
from tests.backend.conftest import ADMIN_PASSWORD, Api, filing


async def attempt(api: Api, username: str, password: str, **headers: str) -> tuple[int, dict[str, Any]]:
    answer = await api.client.post("/api/v1/login", json={"username": username, "password": password}, headers=headers)
    return answer.status, await answer.json()


async def test_login_gives_cookie_and_token(api: Api) -> None:
    answer = await api.client.post("/api/v1/login", json={"username": "Admin", "password": ADMIN_PASSWORD})
    body = await answer.json()
    schemas.LoginAnswer.model_validate(body)
    assert body["user"] == {"username": "admin", "display_name": "admin", "role": "admin", "active": True}
    cookie = answer.headers["Set-Cookie"]
    assert "HttpOnly" in cookie
    assert "SameSite=Lax" in cookie
    assert ADMIN_PASSWORD not in await answer.text()


async def test_wrong_password_and_unknown_name_get_the_same_answer(api: Api) -> None:
    assert await attempt(api, "admin", "falsch-falsch") == await attempt(api, "nobody", "falsch-falsch")


@pytest.mark.parametrize("name", ["admin", "nobody"])
async def test_five_failures_lock_for_fifteen_minutes(api: Api, name: str) -> None:
    statuses = [(await attempt(api, name, f"falsch-{i}"))[0] for i in range(6)]
    assert statuses == [401] * 5 + [429]
    if name == "admin":
        assert (await attempt(api, name, ADMIN_PASSWORD))[0] == 429  # the right password does not open a locked account
        api.clock.forward(minutes=16)
        assert (await attempt(api, name, ADMIN_PASSWORD))[0] == 200


async def test_many_logins_from_one_address_are_slowed_down(api: Api) -> None:
    statuses = {(await attempt(api, f"name-{i}", "x"))[0] for i in range(65)}
    assert statuses == {401, 429}


async def test_only_hashes_are_stored(api: Api) -> None:
    token = (await api.login())["Authorization"].removeprefix("Bearer ")
    async with api.client.app[keys.READS]() as session:  # type: ignore[index]
        user = (await session.scalars(select(StaffUser))).one()
        stored = (await session.scalars(select(StaffSession))).one()
    assert user.password_hash.startswith("$argon2id$")
    assert token not in (stored.token_hash, user.password_hash)
    assert len(stored.token_hash) == 64


def test_production_passwords_use_the_strong_parameters() -> None:
    hasher = Passwords()._hasher
    assert (hasher.memory_cost, hasher.time_cost) == (64 * 1024, 3)  # RFC 9106, second recommended option


async def test_sessions_slide_and_expire(api: Api) -> None:
    headers = await api.login()
    for _ in range(3):
        api.clock.forward(hours=11)
        assert (await api.client.get("/api/v1/me", headers=headers)).status == 200
    api.clock.forward(hours=13)
    answer = await api.client.get("/api/v1/me", headers=headers)
    assert (answer.status, (await answer.json())["detail"]) == (401, "登录已过期，请重新登录")


async def test_logout_ends_the_session(api: Api) -> None:
    headers = await api.login()
    assert (await api.client.post("/api/v1/logout", headers=headers)).status == 204
    assert (await api.client.get("/api/v1/me", headers=headers)).status == 401


class TestCookies:
    async def test_reading_works_writing_needs_the_csrf_header(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        _, body = await attempt(api, "admin", ADMIN_PASSWORD)  # the client keeps the cookie
        url = f"/api/v1/cases/{receipt['number']}"
        assert (await api.client.get("/api/v1/cases")).status == 200
        patch = {"version": 1, "status": "accepted"}
        for header in ({}, {"X-CSRF-Token": "0" * 64}, {"X-CSRF-Token": "错"}):
            answer = await api.client.patch(url, json=patch, headers=header)
            assert (answer.status, (await answer.json())["code"]) == (403, "forbidden")
        assert (await api.client.patch(url, json=patch, headers={"X-CSRF-Token": body["csrf_token"]})).status == 200

    async def test_me_gives_the_csrf_token_again(self, api: Api) -> None:
        _, body = await attempt(api, "admin", ADMIN_PASSWORD)
        me = await (await api.client.get("/api/v1/me")).json()
        assert me["csrf_token"] == body["csrf_token"]

    @pytest.mark.parametrize("headers", [{"Origin": "https://evil.example"}, {"Sec-Fetch-Site": "cross-site"}])
    async def test_other_sites_cannot_log_people_in(self, api: Api, headers: dict[str, str]) -> None:
        assert (await attempt(api, "admin", ADMIN_PASSWORD, **headers))[0] == 403

    async def test_secure_when_served_over_https(self, make_api: Any) -> None:
        api = await make_api(secure_cookies=True)
        answer = await api.client.post("/api/v1/login", json={"username": "admin", "password": ADMIN_PASSWORD})
        assert "Secure" in answer.headers["Set-Cookie"]
        assert answer.headers["Strict-Transport-Security"].startswith("max-age=")


class TestAccounts:
    async def make(self, api: Api, username: str, role: str) -> dict[str, str]:
        body = {"username": username, "password": "坐席的密码-0001", "role": role}
        answer = await api.client.post("/api/v1/users", json=body, headers=await api.login())
        assert answer.status == 201, await answer.text()
        return await api.login(username, "坐席的密码-0001")

    async def test_roles(self, api: Api) -> None:
        _, receipt = await api.file(filing())
        audit = f"/api/v1/cases/{receipt['number']}/audit"
        operator, supervisor = await self.make(api, "xiaoli", "operator"), await self.make(api, "laowang", "supervisor")
        assert (await api.client.get("/api/v1/cases", headers=operator)).status == 200
        assert (await api.client.get(audit, headers=operator)).status == 403
        assert (await api.client.get(audit, headers=supervisor)).status == 200
        new = {"username": "x1", "password": "0123456789", "role": "admin"}
        assert (await api.client.post("/api/v1/users", json=new, headers=supervisor)).status == 403

    async def test_closing_an_account_ends_its_sessions(self, api: Api) -> None:
        operator = await self.make(api, "xiaoli", "operator")
        answer = await api.client.patch("/api/v1/users/xiaoli", json={"active": False}, headers=await api.login())
        assert (answer.status, (await answer.json())["active"]) == (200, False)
        assert (await api.client.get("/api/v1/me", headers=operator)).status == 401
        assert (await attempt(api, "xiaoli", "坐席的密码-0001"))[0] == 401

    async def test_the_last_administrator_stays(self, api: Api) -> None:
        answer = await api.client.patch("/api/v1/users/admin", json={"role": "operator"}, headers=await api.login())
        assert (answer.status, (await answer.json())["code"]) == (409, "conflict")

    @pytest.mark.parametrize(
        ("change", "status", "field"),
        [
            ({"password": "kurz"}, 400, "password"),
            ({"username": "大写 名"}, 400, "username"),
            ({"username": "admin"}, 409, "username"),
            ({"role": "king"}, 400, "role"),
        ],
    )
    async def test_bad_accounts(self, api: Api, change: dict[str, str], status: int, field: str) -> None:
        body = {"username": "neu", "password": "0123456789", "role": "operator", **change}
        answer = await api.client.post("/api/v1/users", json=body, headers=await api.login())
        assert (answer.status, (await answer.json())["field"]) == (status, field)

    async def test_the_first_password_is_generated_and_kept_privately(self, make_api: Any) -> None:
        api = await make_api(admin_password="", demo=True)
        for username, name in (("admin", "JIEFEN_ADMIN_PASSWORD"), ("demo", "DEMO_PASSWORD")):
            path = api.config.data_dir / "secrets" / name
            assert path.stat().st_mode & 0o777 == 0o600
            assert (await attempt(api, username, path.read_text(encoding="utf-8").strip()))[0] == 200

    async def test_the_demo_account_is_an_operator_and_only_on_demand(self, api: Api, make_api: Any) -> None:
        assert (await attempt(api, "demo", "x" * 16))[0] == 401
        assert not (api.config.data_dir / "secrets" / "DEMO_PASSWORD").exists()
