"""The staff console on the real stack: log in, find a case, change it, see danger, take a chat over and give it back."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.web.checks import check_page
from tests.web.resident import STORY, Resident

pytestmark = [pytest.mark.browser, pytest.mark.stack]


@dataclass(frozen=True)
class Filed:
    number: str
    code: str


@pytest.fixture
def filed(browser: Browser, stack_url: str) -> Filed:
    """A case that a resident has just filed."""
    context = browser.new_context(locale="zh-CN")
    try:
        page = context.new_page()
        resident = Resident(page, stack_url)
        resident.to_summary()
        resident.press(1)
        receipt = page.get_by_role("region", name="登记回执")
        return Filed(receipt.locator(".number").first.inner_text(), receipt.locator(".code").inner_text())
    finally:
        context.close()


@pytest.fixture
def caller(browser: Browser, stack_url: str) -> Iterator[Resident]:
    """A resident whose page stays open beside the console."""
    context: BrowserContext = browser.new_context(locale="zh-CN", viewport={"width": 375, "height": 740})
    yield Resident(context.new_page(), stack_url)
    context.close()


@pytest.fixture
def console(page: Page, stack_url: str, demo_login: tuple[str, str]) -> Page:
    """Logged in, at the list of cases; by keyboard alone."""
    page.goto(stack_url + "/console/")
    expect(page.get_by_label("用户名")).to_be_focused()
    page.keyboard.insert_text(demo_login[0])
    page.keyboard.press("Tab")
    page.keyboard.insert_text(demo_login[1])
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="案件", exact=True)).to_be_visible()
    return page


def choose(page: Page, label: str, option: str) -> None:
    """Pick from a list by keyboard: open, walk, take."""
    page.get_by_role("combobox", name=label, exact=True).focus()
    page.keyboard.press("Enter")
    wanted = page.get_by_role("option", name=option, exact=True)
    expect(wanted).to_be_visible()
    for _ in range(40):
        page.keyboard.press("ArrowDown")
        if "is-hovering" in (wanted.get_attribute("class") or ""):
            break
    page.keyboard.press("Enter")
    expect(wanted).to_be_hidden()


def test_wrong_password_is_said_and_nothing_is_shown(page: Page, stack_url: str) -> None:
    page.goto(stack_url + "/console/cases")
    expect(page.get_by_role("heading", name="解纷工作台")).to_be_visible()
    check_page(page)
    page.get_by_label("用户名").fill("nobody")
    page.get_by_label("密码", exact=True).fill("wrong-密码-000")
    page.get_by_role("button", name="登录").click()
    expect(page.get_by_role("alert")).to_contain_text(re.compile("[一-龥]{4}"))
    assert page.locator("table, .cards").count() == 0


def test_list_covers_identities_and_finds_by_number(console: Page, filed: Filed) -> None:
    console.get_by_role("textbox", name="案件编号或完整电话").fill(filed.number)
    console.keyboard.press("Enter")
    expect(console.get_by_text("共 1 件（已筛选）")).to_be_visible()
    listed = console.get_by_role("region", name="案件列表")
    expect(listed).to_contain_text("王**")
    expect(listed).to_contain_text("139****0000")
    assert "13999990000" not in console.content()
    assert "王建国" not in console.content()
    expect(listed).to_contain_text("平稳")
    check_page(console)
    console.reload()
    expect(console.get_by_text("共 1 件（已筛选）")).to_be_visible()


def test_filters_narrow_and_an_empty_list_says_so(console: Page, filed: Filed) -> None:
    console.get_by_role("textbox", name="案件编号或完整电话").fill(filed.number)
    choose(console, "风险", "紧急")
    expect(console.get_by_text("没有符合条件的案件")).to_be_visible()
    check_page(console)
    console.get_by_role("button", name="清除筛选").click()
    expect(console.get_by_text(filed.number).first).to_be_visible()


def test_case_shows_own_words_reasons_and_reveals_identity_on_demand(
    console: Page, filed: Filed, stack_url: str, errors: list[str]
) -> None:
    console.goto(f"{stack_url}/console/cases/{filed.number}")
    expect(console.locator("blockquote")).to_have_text(STORY)
    expect(console.locator(".reasons li").first).to_contain_text(re.compile("[一-龥]{6}"))
    assert "13999990000" not in console.content()
    check_page(console)
    with console.expect_response(lambda r: "identity=1" in r.url) as answer:
        console.get_by_role("button", name="查看姓名和电话").click()
    assert answer.value.status == 200
    expect(console.get_by_role("link", name="13999990000")).to_have_attribute("href", "tel:13999990000")
    expect(console.get_by_text("本次查看已记录")).to_be_visible()
    assert errors == []


def test_status_changes_with_what_they_need_and_the_resident_sees_it(console: Page, filed: Filed, stack_url: str) -> None:
    console.goto(f"{stack_url}/console/cases/{filed.number}")
    choose(console, "改为", "退回重新安排")
    console.get_by_role("button", name="保存").click()
    expect(console.get_by_role("alert").filter(has_text="请选择原因")).to_be_visible()
    check_page(console)
    choose(console, "原因", "不在本单位辖区")
    console.get_by_label("内部备注").fill("电话核实过地址")
    console.get_by_role("button", name="保存").press("Enter")
    history = console.locator("section", has=console.get_by_role("heading", name="经过"))
    expect(history).to_contain_text("需要重新安排（不在本单位辖区）")
    expect(history).to_contain_text("电话核实过地址")
    choose(console, "改为", "受理")
    console.get_by_role("button", name="保存").press("Enter")
    expect(history).to_contain_text("已受理")
    progress = console.request.get(f"{stack_url}/api/v1/cases/{filed.number}/progress?code={filed.code}").json()
    assert progress["status"] == "accepted"
    assert "电话核实过地址" not in str(progress)


def test_a_colleague_was_faster_and_nothing_is_overwritten(console: Page, filed: Filed, stack_url: str) -> None:
    console.goto(f"{stack_url}/console/cases/{filed.number}")
    other = console.context.new_page()
    other.goto(f"{stack_url}/console/cases/{filed.number}")
    choose(other, "改为", "受理")
    other.get_by_role("button", name="保存").click()
    expect(other.locator(".status")).to_have_text("已受理")
    choose(console, "改为", "不予受理")
    choose(console, "原因", "与已有案件重复")
    console.get_by_role("button", name="保存").click()
    expect(console.get_by_role("alert").filter(has_text="别的同事刚刚改过")).to_be_visible()
    expect(console.locator(".status")).to_have_text("已受理")


def test_danger_reaches_the_console_by_itself_and_a_person_takes_over(console: Page, caller: Resident) -> None:
    caller.press(1)
    caller.say("我老公又动手了，拿着菜刀说要砍死我")
    alarm = console.get_by_role("link", name=re.compile("紧急情况没有人处理"))
    expect(alarm).to_be_visible()
    alarm.click()
    alert = console.locator(".alert.open", has_text="菜刀").first
    expect(alert).to_contain_text("紧急")
    check_page(console)
    alert.get_by_role("link", name="打开对话").click()
    expect(console.locator("mark").first).to_be_visible()
    check_page(console)
    console.get_by_role("button", name="接管对话").click()
    expect(caller.page.get_by_text("工作人员已经接手")).to_be_visible()
    console.get_by_label("回复居民").fill("我是值班员，您现在躲开了吗？")
    console.keyboard.press("Enter")
    expect(caller.page.locator(".operator .bubble")).to_contain_text("您现在躲开了吗？")
    caller.page.get_by_label("您想说的话").fill("在邻居家")
    caller.page.keyboard.press("Enter")
    expect(console.get_by_role("log")).to_contain_text("在邻居家")
    check_page(console)
    console.get_by_role("button", name="危险已过，交还登记助手").click()
    expect(caller.page.locator("main")).to_have_attribute("data-state", "intake")


def test_handoff_waits_in_the_list_and_is_given_back(console: Page, caller: Resident) -> None:
    caller.press(1)
    caller.press(1)
    caller.say("楼上邻居家漏水，把我家天花板泡坏了")
    caller.page.get_by_role("button", name="转人工").last.click()
    expect(caller.page.locator("main")).to_have_attribute("data-state", "handoff")
    words = f"水是从卫生间渗下来的，我住{secrets.randbelow(9000) + 1000}室"
    caller.say(words)
    console.get_by_role("link", name=re.compile("待接应")).click()
    row = console.get_by_role("link", name=re.compile(words))
    expect(row).to_contain_text("等人工")
    expect(row).to_contain_text("已等")
    row.click()
    expect(console.get_by_role("heading", name="已经了解到的")).to_be_visible()
    expect(console.get_by_role("log")).to_contain_text("楼上邻居家漏水")
    console.get_by_role("button", name="接管对话").click()
    console.get_by_label("回复居民").fill("您好，我看到了，水现在停了吗？")
    console.keyboard.press("Enter")
    expect(caller.page.locator(".operator .bubble")).to_contain_text("水现在停了吗？")
    console.get_by_role("button", name="交还登记助手").click()
    expect(caller.page.locator("main")).to_have_attribute("data-state", "intake")
    expect(console.get_by_text("接管对话")).to_be_visible()


def test_logging_out_closes_the_door(console: Page, stack_url: str) -> None:
    console.get_by_role("button", name="退出").click()
    expect(console.get_by_role("heading", name="解纷工作台")).to_be_visible()
    console.goto(f"{stack_url}/console/cases")
    expect(console.get_by_label("用户名")).to_be_visible()
    assert console.request.get(f"{stack_url}/api/v1/cases").status == 401
