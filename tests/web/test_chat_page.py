"""The resident's page on the real stack: phone and desk, keyboard and finger, with the line up and down."""

from __future__ import annotations

import re
import struct
import zlib
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, Route, expect

from tests.web.checks import check_page
from tests.web.resident import NUMBER, STORY, Resident

pytestmark = [pytest.mark.browser, pytest.mark.stack]


def png(side: int = 4) -> bytes:
    """A small genuine PNG."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    rows = b"".join(b"\x00" + b"\xb0\x47\x2a" * side for _ in range(side))
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + head + chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b"")


def test_whole_filing_by_keyboard_alone(page: Page, stack_url: str, errors: list[str]) -> None:
    resident = Resident(page, stack_url)
    check_page(page)
    resident.to_summary()
    sheet = page.get_by_role("region", name=re.compile("核对|登记表"))
    expect(sheet).to_contain_text("13,500元")
    expect(sheet).to_contain_text("宏达建筑劳务")
    expect(sheet).to_contain_text(STORY)
    check_page(page)
    resident.press(1)
    assert resident.state == "filed"
    receipt = page.get_by_role("region", name="登记回执")
    assert NUMBER.fullmatch(receipt.locator(".number").first.inner_text())
    assert re.fullmatch(r"[2-9A-Z]{8}", receipt.locator(".code").inner_text())
    check_page(page)
    assert errors == []


def test_typed_digit_and_enter_picks_a_button(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.say("1")
    expect(page.locator(".resident .bubble").last).to_contain_text("同意")
    assert resident.slot == "safety"


def test_tab_reaches_every_button_and_focus_is_seen(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    reached: list[str] = []
    for _ in range(30):
        page.keyboard.press("Tab")
        reached.append(page.evaluate("document.activeElement.textContent.trim() || document.activeElement.id"))
    for wanted in ("同意，开始登记", "传材料", "转人工", "say"):
        assert any(wanted in name for name in reached), f"{wanted} not among {reached}"
    page.get_by_role("button", name="同意，开始登记").focus()
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Tab")
    assert page.evaluate("getComputedStyle(document.activeElement).outlineWidth") == "3px"
    heard = page.locator(".entry.bot").count()
    page.keyboard.press("Enter")
    resident.settled(heard + 1)
    assert resident.slot == "safety"


def test_shift_enter_breaks_the_line_and_composing_enter_sends_nothing(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    box = page.get_by_label("您想说的话")
    low = box.bounding_box()
    box.focus()
    page.keyboard.insert_text("第一行")
    for line in ("第二行", "第三行", "第四行"):
        page.keyboard.press("Shift+Enter")
        page.keyboard.insert_text(line)
    assert box.input_value() == "第一行\n第二行\n第三行\n第四行"
    high = box.bounding_box()
    assert low is not None
    assert high is not None
    assert high["height"] > low["height"] + 40, "the box did not grow"
    composing = "new KeyboardEvent('keydown', {key: 'Enter', isComposing: true, bubbles: true, cancelable: true})"
    assert box.evaluate(f"e => e.dispatchEvent({composing})") is True, "Enter of the pinyin keyboard was taken away from it"
    page.wait_for_timeout(300)
    assert page.locator(".resident").count() == 0
    assert resident.slot == "consent"


def test_reload_keeps_the_conversation_and_what_was_half_typed(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    resident.press(1)
    resident.say("楼上漏水把我家天花板泡坏了")
    before = page.locator(".bubble").all_inner_texts()
    page.get_by_label("您想说的话").fill("还没写完的半句")
    page.reload()
    expect(page.locator(".bubble")).to_have_count(len(before))
    assert page.locator(".bubble").all_inner_texts() == before
    assert page.get_by_label("您想说的话").input_value() == "还没写完的半句"


def test_another_tab_asks_whose_it_is_before_it_shows_a_word(page: Page, context: BrowserContext, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    other = context.new_page()
    other.goto(stack_url + "/")
    expect(other.get_by_role("heading", name="这台设备上有一份登记")).to_be_visible()
    assert other.locator(".bubble").count() == 0
    check_page(other)
    other.get_by_role("button", name="不是我的，清除").click()
    expect(other.get_by_role("heading", name="已经结束并清除")).to_be_visible()
    assert other.evaluate("localStorage.length") == 0


def test_large_type_is_remembered_and_nothing_is_cut_off(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    base = float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)"))
    page.get_by_role("button", name=re.compile("字号")).click()
    page.get_by_role("button", name=re.compile("字号")).click()
    page.reload()
    expect(page.locator(".bubble").first).to_be_visible()
    assert base >= 18
    assert float(page.evaluate("parseFloat(getComputedStyle(document.body).fontSize)")) == pytest.approx(25)
    check_page(page)
    resident.to_summary()
    check_page(page)
    resident.press(1)
    check_page(page)


def test_line_drops_and_nothing_is_lost(page: Page, context: BrowserContext, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    resident.press(1)
    context.set_offline(True)
    expect(page.get_by_text("网络连接断了")).to_be_visible()
    page.get_by_label("您想说的话").fill("物业把我家的水停了三天")
    page.keyboard.press("Enter")
    expect(page.get_by_text("您的 1 条话已存在这台设备上")).to_be_visible()
    expect(page.locator(".resident .bubble").last).to_contain_text("物业把我家的水停了三天")
    check_page(page)
    heard = page.locator(".entry.bot").count()
    context.set_offline(False)
    resident.settled(heard + 1)
    expect(page.get_by_text("网络连接断了")).to_have_count(0)
    assert page.locator(".resident .bubble", has_text="物业把我家的水停了三天").count() == 1


def test_answer_lost_on_the_way_is_fetched_under_the_same_id(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    sent: list[dict[str, Any]] = []

    def swallow(route: Route) -> None:
        sent.append(route.request.post_data_json)
        answer = route.fetch()  # it arrives …
        if len(sent) == 1:
            route.abort()  # … but the answer does not come back
        else:
            route.fulfill(response=answer)

    page.route("**/messages", swallow)
    heard = page.locator(".entry.bot").count()
    page.keyboard.press("Alt+1")
    resident.settled(heard + 1)
    expect(page.locator(".pending")).to_have_count(0)
    page.wait_for_timeout(1500)
    assert len({body["client_message_id"] for body in sent}) == 1
    assert page.locator(".resident .bubble").count() == 1
    assert page.locator(".entry.bot").count() == heard + 1


def test_good_and_bad_files(page: Page, stack_url: str, tmp_path: Path) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    picker = page.get_by_label("选择照片或文件")
    picker.set_input_files({"name": "欠条.png", "mimeType": "image/png", "buffer": png()})
    expect(page.get_by_role("list", name="上传的材料")).to_contain_text("已收到")
    expect(page.locator(".resident .bubble").last).to_contain_text("欠条.png")
    picker.set_input_files({"name": "程序.exe", "mimeType": "application/octet-stream", "buffer": b"MZ"})
    expect(page.get_by_text("“程序.exe”的格式传不了")).to_be_visible()
    large = tmp_path / "太大.pdf"
    large.write_bytes(b"%PDF-1.4\n" + b"0" * (10 * 1024 * 1024 + 1))
    picker.set_input_files(large)
    expect(page.get_by_text("超过了 10 MB")).to_be_visible()
    picker.set_input_files({"name": "假照片.jpg", "mimeType": "image/jpeg", "buffer": b"<html>not a photo</html>"})
    expect(page.locator(".tray .failed", has_text="假照片.jpg").locator(".problem")).to_contain_text(re.compile("[一-龥]{4}"))
    check_page(page)


def test_a_line_of_the_sheet_is_changed_where_it_stands(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.to_summary()
    page.get_by_role("button", name="修改涉及金额").click()
    field = page.get_by_role("textbox", name="修改涉及金额")
    expect(field).to_be_focused()
    field.fill("15000")
    heard = page.locator(".entry.bot").count()
    page.keyboard.press("Enter")
    resident.settled(heard + 1)
    sheet = page.get_by_role("region", name=re.compile("核对|登记表")).last
    expect(sheet).to_contain_text("15,000元")
    expect(sheet).not_to_contain_text("13,500")
    resident.press(1)
    assert resident.state == "filed"


def test_progress_by_number_and_code(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.to_summary()
    resident.press(1)
    receipt = page.get_by_role("region", name="登记回执")
    number, code = receipt.locator(".number").first.inner_text(), receipt.locator(".code").inner_text()
    receipt.get_by_role("button", name="查进度").click()
    expect(page.get_by_label("查询结果")).to_contain_text("等待受理")
    check_page(page)
    page.get_by_label("查询码").fill("AAAA2222")
    page.get_by_role("button", name="查一下").click()
    expect(page.locator(".query [role=alert]")).to_contain_text(re.compile("[一-龥]{4}"))
    expect(page.get_by_label("查询结果")).to_have_count(0)
    page.get_by_label("案件编号").fill(f" {number.lower()} ")
    page.get_by_label("查询码").fill(f"{code[:4]} {code[4:].lower()}")
    page.keyboard.press("Enter")
    expect(page.get_by_label("查询结果")).to_contain_text(number)


def test_danger_shows_numbers_to_tap(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    resident.say("我老公又动手了，拿着菜刀说要砍死我")
    assert resident.state == "crisis"
    card = page.get_by_role("region", name="紧急求助电话")
    expect(card.get_by_role("link", name=re.compile("拨打110"))).to_have_attribute("href", "tel:110")
    check_page(page)


def test_words_are_never_markup(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    resident.press(1)
    resident.say("<img src=x onerror=\"document.title='坏了'\"><b>邻居占我家的地</b>")
    assert page.locator(".bubble img, .bubble b").count() == 0
    assert page.title() == "解纷 · 矛盾纠纷登记"


def test_end_and_clear_leaves_nothing(page: Page, stack_url: str) -> None:
    resident = Resident(page, stack_url)
    resident.press(1)
    if page.get_by_role("button", name="菜单").is_visible():
        page.get_by_role("button", name="菜单").click()
    page.get_by_role("button", name="结束并清除").first.click()
    check_page(page)
    page.get_by_role("dialog").get_by_role("button", name="结束并清除", exact=True).click()
    expect(page.get_by_role("heading", name="已经结束并清除")).to_be_visible()
    assert page.evaluate("localStorage.length + sessionStorage.length") == 0


def test_first_load_is_small_and_from_here_only(page: Page, stack_url: str) -> None:
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    Resident(page, stack_url)
    assert [u for u in asked if not u.startswith((stack_url, stack_url.replace("http", "ws")))] == []
    sizes = page.evaluate("performance.getEntriesByType('resource').filter(r => /assets/.test(r.name)).map(r => r.decodedBodySize)")
    assert sum(sizes) < 220_000, f"script and style of the first load: {sizes}"
