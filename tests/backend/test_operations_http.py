"""Health, metrics, documentation, pages, headers, and what the log may hold."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web

from backend.http import schemas
from backend.http.endpoint import ALL_ENDPOINTS
from backend.http.openapi import plain_path
from backend.http.problems import CODES
from tests.backend.conftest import ADMIN_PASSWORD, INTERNAL, STORY, Api, filing

METHODS = {"get", "post", "put", "patch", "delete"}


class TestReadiness:
    async def test_alive_even_when_nothing_else_is(self, api: Api) -> None:
        answer = await api.client.get("/healthz")
        assert (answer.status, await answer.json()) == (200, {"status": "ok"})

    async def test_not_ready_names_each_part(self, api: Api) -> None:
        answer = await api.client.get("/readyz")
        report = await answer.json()
        schemas.Readiness.model_validate(report)
        assert answer.status == 503
        assert {name: part["ok"] for name, part in report["parts"].items()} == {
            "database": True,
            "knowledge": True,
            "model": True,
            "rasa": False,
            "actions": False,
        }
        assert api.config.rasa_token not in json.dumps(report)

    @pytest.fixture
    async def neighbours(self, aiohttp_server: Callable[..., Any]) -> AsyncIterator[dict[str, Any]]:
        """Stand-ins for Rasa and the action server, answering as those do (Rasa 3.6 says 409 without an agent)."""
        state: dict[str, Any] = {"status": 200, "body": {"model_file": "models/dialogue.tar.gz", "num_active_training_jobs": 0}}

        async def status(request: web.Request) -> web.Response:
            state["token"] = request.query.get("token")
            return web.json_response(state["body"], status=state["status"])

        async def health(_request: web.Request) -> web.Response:
            return web.json_response({"status": "ok"})

        app = web.Application()
        app.router.add_get("/status", status)
        app.router.add_get("/health", health)
        server = await aiohttp_server(app)
        state["url"] = str(server.make_url("")).rstrip("/")
        return state

    async def test_ready(self, make_api: Any, neighbours: dict[str, Any]) -> None:
        api = await make_api(rasa_url=neighbours["url"], actions_url=neighbours["url"])
        answer = await api.client.get("/readyz")
        report = await answer.json()
        assert (answer.status, report["ready"], report["parts"]["rasa"]["detail"]) == (200, True, "dialogue.tar.gz")
        assert neighbours["token"] == api.config.rasa_token

    @pytest.mark.parametrize(("status", "body"), [(409, {"code": 409}), (200, {}), (200, []), (401, {})])
    async def test_rasa_without_an_agent_is_not_ready(self, make_api: Any, neighbours: dict[str, Any], status: int, body: Any) -> None:
        neighbours.update(status=status, body=body)
        api = await make_api(rasa_url=neighbours["url"], actions_url=neighbours["url"])
        answer = await api.client.get("/readyz")
        assert (answer.status, (await answer.json())["parts"]["rasa"]["ok"]) == (503, False)


async def test_metrics_count_without_ids(api: Api) -> None:
    _, receipt = await api.file(filing())
    await api.client.get(f"/api/v1/cases/{receipt['number']}/progress", params={"code": "22222222"})
    text = await (await api.client.get("/metrics")).text()
    assert 'jiefen_http_requests_total{method="POST",route="/api/v1/cases",status="201"} 1.0' in text
    assert 'route="/api/v1/cases/{number}/progress",status="404"} 1.0' in text
    assert 'jiefen_cases_filed_total{channel="web",dispute_type="LD",route="LW"} 1.0' in text
    assert receipt["number"] not in text


class TestOpenApi:
    async def document(self, api: Api) -> dict[str, Any]:
        found: dict[str, Any] = await (await api.client.get("/api/openapi.json")).json()
        return found

    async def test_every_api_route_is_documented_and_every_documented_route_exists(self, api: Api) -> None:
        document = await self.document(api)
        documented = {(method.upper(), path) for path, item in document["paths"].items() for method in item if method in METHODS}
        routes = {
            (route.method, plain_path(route.resource.canonical))
            for route in api.client.app.router.routes()  # type: ignore[union-attr]
            if route.resource is not None and route.method != "HEAD"
        }
        served = {(m, p) for m, p in routes if p.startswith("/api/") or p in {"/healthz", "/readyz", "/metrics"}}
        assert documented == served

    async def test_it_is_openapi_31_and_its_references_lead_somewhere(self, api: Api) -> None:
        document = await self.document(api)
        assert document["openapi"].startswith("3.1")
        known = set(document["components"]["schemas"])
        assert set(re.findall(r'"#/components/schemas/(\w+)"', json.dumps(document))) <= known
        operations = [op for item in document["paths"].values() for method, op in item.items() if method in METHODS]
        ids = [operation["operationId"] for operation in operations]
        assert len(ids) == len(set(ids))
        tags = {tag["name"] for tag in document["tags"]}
        for operation in operations:
            assert set(operation["tags"]) <= tags
            assert re.search(r"[\u4e00-\u9fff]", operation["summary"])
            for status, response in operation["responses"].items():
                if int(status) >= 400 and "application/problem+json" in response.get("content", {}):
                    assert response["content"]["application/problem+json"]["schema"]["$ref"].endswith("/Problem")

    async def test_path_parameters_are_declared(self, api: Api) -> None:
        for path, item in (await self.document(api))["paths"].items():
            names = set(re.findall(r"{(\w+)}", path))
            for operation in item.values():
                assert {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"} == names

    async def test_declared_problem_codes_exist(self, api: Api) -> None:
        for endpoint in api.client.app[ALL_ENDPOINTS]:  # type: ignore[index]
            assert set(endpoint.errors) <= set(CODES)

    async def test_the_public_contract_is_in_it(self, api: Api) -> None:
        paths = (await self.document(api))["paths"]
        for method, path in (
            ("post", "/api/v1/conversations"),
            ("post", "/api/v1/conversations/{id}/messages"),
            ("get", "/api/v1/conversations/{id}/messages"),
            ("get", "/api/v1/conversations/{id}/ws"),
            ("post", "/api/v1/classify"),
            ("post", "/api/v1/extract"),
            ("post", "/api/v1/ask"),
            ("post", "/api/v1/cases"),
            ("get", "/api/v1/cases"),
            ("patch", "/api/v1/cases/{number}"),
            ("get", "/api/v1/cases/{number}/progress"),
            ("post", "/api/v1/login"),
        ):
            assert method in paths[path], (method, path)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/api/v1/nothing", 404, "not_found"),
        ("GET", "/api/", 404, "not_found"),
        ("DELETE", "/api/v1/classify", 405, "method_not_allowed"),
        ("POST", "/", 405, "method_not_allowed"),
        ("GET", "/api/v1/cases", 401, "unauthorized"),
    ],
)
async def test_wrong_addresses_are_problems_too(api: Api, method: str, path: str, status: int, code: str) -> None:
    answer = await api.client.request(method, path)
    assert answer.content_type == "application/problem+json"
    assert (answer.status, (await answer.json())["code"]) == (status, code)
    if status == 405:
        assert answer.headers["Allow"]


class TestPages:
    @pytest.fixture
    def built(self, config: Any) -> Path:
        for name in ("chat", "console"):
            folder: Path = config.web_dir / name
            (folder / "assets").mkdir(parents=True)
            (folder / "index.html").write_text(f"<!doctype html><title>{name}</title>", encoding="utf-8")
            (folder / "assets" / "app-abc123.js").write_text(f"// {name}", encoding="utf-8")
        (config.web_dir / "secret.txt").write_text("not for you", encoding="utf-8")
        (config.web_dir / "chat" / ".hidden").write_text("not for you", encoding="utf-8")
        web_dir: Path = config.web_dir
        return web_dir

    @pytest.mark.parametrize(
        ("path", "title"),
        [("/", "chat"), ("/index.html", "chat"), ("/progress", "chat"), ("/console/", "console"), ("/console/cases/KLMY-1", "console")],
    )
    async def test_pages(self, built: Path, api: Api, path: str, title: str) -> None:
        answer = await api.client.get(path)
        assert (answer.status, answer.content_type) == (200, "text/html")
        assert f"<title>{title}</title>" in await answer.text()
        assert answer.headers["Cache-Control"] == "no-cache"
        policy = answer.headers["Content-Security-Policy"]
        assert "script-src 'self';" in policy
        assert "frame-ancestors 'none'" in policy
        assert answer.headers["Referrer-Policy"] == "no-referrer"

    async def test_assets_are_kept_for_a_year(self, built: Path, api: Api) -> None:
        answer = await api.client.get("/console/assets/app-abc123.js")
        assert (answer.status, await answer.text()) == (200, "// console")
        assert "immutable" in answer.headers["Cache-Control"]

    async def test_console_gets_its_slash(self, built: Path, api: Api) -> None:
        answer = await api.client.get("/console", allow_redirects=False)
        assert (answer.status, answer.headers["Location"]) == (308, "/console/")

    @pytest.mark.parametrize(
        "path", ["/assets/missing.js", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "/.hidden", "/a%00b.js", "/console/..%2f..%2fsecret.txt"]
    )
    async def test_nothing_else_is_served(self, built: Path, api: Api, path: str) -> None:
        answer = await api.client.get(path)
        assert answer.status == 404
        assert "not for you" not in await answer.text()

    async def test_unbuilt_pages_say_so(self, api: Api) -> None:
        answer = await api.client.get("/")
        assert answer.status == 503
        assert "make run" in await answer.text()


@pytest.mark.parametrize("path", ["/", "/api/v1/nothing", "/healthz", "/api/openapi.json"])
async def test_security_headers_everywhere(api: Api, path: str) -> None:
    answer = await api.client.get(path, headers={"Origin": "https://evil.example"})
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]
    assert not [name for name in answer.headers if name.startswith("Access-Control-")]
    assert "Server" not in answer.headers or "aiohttp" not in answer.headers["Server"]
    if path.startswith("/api/"):
        assert answer.headers["Cache-Control"] == "no-store"


class TestLogs:
    async def test_no_words_names_phones_or_secrets(self, api: Api, caplog: pytest.LogCaptureFixture) -> None:
        caplog.set_level(logging.DEBUG)
        _, receipt = await api.file(filing())
        headers = await api.login()
        await api.client.post("/api/v1/login", json={"username": "admin", "password": "falsches-passwort"})
        await api.client.get(f"/api/v1/cases/{receipt['number']}", headers=headers)
        await api.client.post("/api/v1/classify", json={"text": STORY})
        await api.client.post("/api/v1/extract", json={"text": STORY})
        await api.file(filing(narrative="另一个故事：楼上漏水"))
        await api.file(filing(dispute_type="??"), "key-2")
        written = "\n".join(record.getMessage() + (record.exc_text or "") for record in caplog.records)
        secrets = (STORY[:12], "阿依古丽", "13899012345", "马建军", "楼上漏水", ADMIN_PASSWORD, "falsches-passwort", INTERNAL)
        for secret in (*secrets, receipt["tracking_code"], headers["Authorization"].removeprefix("Bearer ")):
            assert secret not in written

    async def test_an_unexpected_error_is_logged_without_what_it_quotes(self, make_api: Any, caplog: pytest.LogCaptureFixture) -> None:
        def broken(text: str, **_: Any) -> list[Any]:
            raise RuntimeError(f"cannot read {text}")

        api = await make_api(replace_parts={"extract": broken})
        answer = await api.client.post("/api/v1/extract", json={"text": STORY})
        problem = await answer.json()
        assert (answer.status, problem["code"]) == (500, "internal")
        written = "\n".join(record.getMessage() + (record.exc_text or "") for record in caplog.records)
        assert "RuntimeError" in written
        assert "in broken" in written
        assert re.search(r"编号 ([0-9a-f]{8})", problem["detail"])[1] in written  # type: ignore[index]
        assert STORY[:12] not in written + json.dumps(problem, ensure_ascii=False)
