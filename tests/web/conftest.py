"""Browser tests: Debian's Chromium, driven headless against the real running stack."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

CHROMIUM = Path("/usr/bin/chromium")
FLAGS = [
    *("--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
]
expect.set_options(timeout=20_000)
PHONE, DESKTOP = {"width": 375, "height": 740}, {"width": 1280, "height": 860}


@pytest.fixture(scope="session")
def stack_url(request: pytest.FixtureRequest) -> str:
    """The running stack; while working on the pages, one that is up already: JIEFEN_TEST_BASE_URL and JIEFEN_TEST_PASSWORD."""
    return os.environ.get("JIEFEN_TEST_BASE_URL") or str(request.getfixturevalue("stack").url)


@pytest.fixture(scope="session")
def demo_login(request: pytest.FixtureRequest) -> tuple[str, str]:
    """User name and password of the demonstration operator."""
    if os.environ.get("JIEFEN_TEST_BASE_URL"):
        return "demo", os.environ["JIEFEN_TEST_PASSWORD"]
    stack = request.getfixturevalue("stack")
    return "demo", (Path(stack.data) / "secrets" / "DEMO_PASSWORD").read_text(encoding="utf-8").strip()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One browser per module: Playwright's own event loop must be gone before the asynchronous tests of other modules run."""
    if not CHROMIUM.exists():
        sentence = "没有找到 /usr/bin/chromium，浏览器测试没有跑（Debian: apt-get install chromium fonts-noto-cjk）"
        if os.environ.get("CI") == "true":
            pytest.fail(sentence)
        pytest.skip(sentence)
    with sync_playwright() as playwright:
        running = playwright.chromium.launch(executable_path=str(CHROMIUM), args=FLAGS)
        yield running
        running.close()


@pytest.fixture(params=[PHONE, DESKTOP], ids=["375px", "1280px"])
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    """A fresh profile of a phone and of a desk, each with a clock far from Beijing."""
    phone = request.param is PHONE
    opened = browser.new_context(viewport=request.param, locale="zh-CN", timezone_id="Europe/Lisbon", has_touch=phone, is_mobile=phone)
    opened.set_default_timeout(20_000)
    yield opened
    opened.close()


@pytest.fixture
def errors() -> list[str]:
    """What the page complained about: script errors and what the content security policy blocked."""
    return []


@pytest.fixture
def page(context: BrowserContext, errors: list[str]) -> Page:
    opened = context.new_page()
    opened.on("pageerror", lambda error: errors.append(str(error)))
    opened.on("console", lambda line: errors.append(line.text) if line.type == "error" and "Content Security Policy" in line.text else None)
    return opened
