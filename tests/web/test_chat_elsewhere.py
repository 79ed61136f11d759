"""The resident's page on more than one device: the statement as a file, the code to go on with, a filed case on another phone."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.checks import check_page
from tests.web.conftest import PHONE
from tests.web.resident import STORY, Resident

pytestmark = [pytest.mark.browser, pytest.mark.stack]
CODE = re.compile(r"[2-9A-HJ-NP-Z]{4}-[2-9A-HJ-NP-Z]{4}")


def menu(page: Page, row: str) -> None:
    """A row beside the talk, which on a phone is inside the menu."""
    if page.get_by_role("button", name="菜单").is_visible():
        page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name=row).last.click()


def another_device(browser: Browser, url: str) -> tuple[BrowserContext, Page]:
    opened = browser.new_context(viewport=PHONE, locale="zh-CN", has_touch=True, is_mobile=True)
    page = opened.new_page()
    page.goto(url + "/")
    expect(page.locator(".bot .bubble").first).to_contain_text("登记助手")
    return opened, page


def test_the_statement_is_downloaded_as_pdf_and_word(page: Page, stack_url: str, tmp_path: Path, errors: list[str]) -> None:
    resident = Resident(page, stack_url)
    resident.to_summary()
    heard = page.locator(".entry.bot").count()
    page.get_by_role("button", name="帮我整理说明").last.click()
    resident.settled(heard + 1)
    card = page.get_by_role("region", name="情况说明")
    expect(card).to_contain_text(STORY)
    expect(card).to_contain_text("王建国")
    check_page(page)
    for name, start in (("下载 PDF", b"%PDF-"), ("下载 Word", b"PK")):
        with page.expect_download() as waiting:
            card.get_by_role("button", name=name).click()
        saved = tmp_path / waiting.value.suggested_filename
        waiting.value.save_as(saved)
        assert saved.name.startswith("情况说明.")
        assert saved.read_bytes().startswith(start)
        expect(card.get_by_role("status")).to_contain_text("已经下载")
    assert resident.state == "confirming"
    assert errors == []


def test_left_in_the_middle_and_gone_on_with_on_another_device(page: Page, browser: Browser, stack_url: str, errors: list[str]) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    resident.press(1)
    resident.say(STORY)
    resident.say("先不弄了")
    told = page.get_by_role("region", name="接着办的号码")
    code = told.locator(".code").inner_text()
    assert CODE.fullmatch(code)
    check_page(page)
    menu(page, "换个设备接着办")
    expect(page.get_by_role("dialog").locator(".code")).to_have_text(code)
    check_page(page)
    page.get_by_role("button", name="关闭").click()

    context, phone = another_device(browser, stack_url)
    menu(phone, "继续上次的登记")
    check_page(phone)
    dialog = phone.get_by_role("dialog")
    dialog.get_by_label("接着办的号码").fill("2222-2222")
    dialog.get_by_role("button", name="接着办").click()
    expect(dialog.get_by_role("alert")).to_contain_text("没找到这个号码")
    dialog.get_by_label("接着办的号码").fill(code.lower())
    dialog.get_by_role("button", name="接着办").click()
    expect(phone.locator(".bubble", has_text=STORY)).to_be_visible()
    expect(phone.locator(".bot .bubble").last).to_contain_text("欢迎回来")
    phone.get_by_role("button", name="继续登记").last.click()
    expect(phone.locator("main")).to_have_attribute("data-state", "intake")
    check_page(phone)
    # the page that was left is still good and has seen it all
    expect(page.locator(".bubble", has_text="欢迎回来")).to_be_visible()
    expect(page.locator("main")).to_have_attribute("data-state", "intake")
    before = page.locator(".entry.bot").count()
    resident.say("跳过")
    assert page.locator(".entry.bot").count() == before + 1
    context.close()
    assert errors == []


def test_a_filed_case_on_another_phone(page: Page, browser: Browser, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.to_summary()
    resident.press(1)
    receipt = page.get_by_role("region", name="登记回执")
    number, code = receipt.locator(".number").first.inner_text(), receipt.locator(".code").inner_text()
    context, phone = another_device(browser, stack_url)
    menu(phone, "继续上次的登记")
    dialog = phone.get_by_role("dialog")
    dialog.get_by_text("已经登记过").click()
    dialog.get_by_label("案件编号").fill(number)
    dialog.get_by_label("查询码").fill(code)
    check_page(phone)
    dialog.get_by_role("button", name="接着办").click()
    expect(phone.locator(".bot .bubble").last).to_contain_text(number)
    assert phone.locator(".bubble", has_text=STORY).count() == 0
    box = phone.get_by_label("您想说的话")
    box.fill("那天我上班，改到下周三下午行不行")
    box.press("Enter")
    expect(phone.locator(".bot .bubble").last).to_contain_text("转给办理的人了")
    check_page(phone)
    context.close()
