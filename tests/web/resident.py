"""Someone who uses the resident's page, by keyboard."""

from __future__ import annotations

import re

from playwright.sync_api import Page, expect

STORY = "我在宏达建筑劳务公司的工地上干了三个月木工，一个月四千五，老板一直说月底给，到现在一分没见着。"
ANSWERS = {
    "when": "今年八月，在胜利路街道的工地",
    "place": "克拉玛依区胜利路街道",
    "claim": "把三个月工资结清",
    "contact_name": "我叫王建国，电话13999990000",
    "contact_phone": "13999990000",
    "counterparty": "宏达建筑劳务公司",
    "handling_mode": "来窗口办",
}
NUMBER = re.compile(r"[A-Z]+-20\d{6}-\d{6}")


class Resident:
    """Someone at the page. Everything she says she says by the keyboard unless told otherwise."""

    def __init__(self, page: Page, url: str) -> None:
        self.page = page
        page.goto(url + "/")
        expect(page.locator(".bot .bubble").first).to_contain_text("登记助手")

    @property
    def slot(self) -> str:
        return self.page.locator("main").get_attribute("data-slot") or ""

    @property
    def state(self) -> str:
        return self.page.locator("main").get_attribute("data-state") or ""

    def settled(self, answers: int) -> None:
        """Wait until the bot has answered, ``answers`` bubbles of it being there, and nothing is on its way."""
        bot = self.page.locator(".entry:is(.bot, .system, .operator)")
        expect(bot.nth(answers - 1)).to_be_attached()
        expect(self.page.locator(".pending, .typing.on")).to_have_count(0)

    def _heard(self) -> int:
        return self.page.locator(".entry:is(.bot, .system, .operator)").count()

    def say(self, text: str) -> None:
        heard = self._heard()
        self.page.get_by_label("您想说的话").focus()
        self.page.keyboard.insert_text(text)
        self.page.keyboard.press("Enter")
        self.settled(heard + 1)

    def press(self, digit: int) -> None:
        """The n-th button, by Alt and its number."""
        heard = self._heard()
        self.page.keyboard.press(f"Alt+{digit}")
        self.settled(heard + 1)

    def to_summary(self) -> None:
        """Consent, safety, story, details: until the sheet is there."""
        self.press(1)
        self.press(1)
        self.say(STORY)
        for _ in range(12):
            if self.state != "intake":
                break
            self.say(ANSWERS.get(self.slot, "跳过"))
        assert self.state == "confirming", f"{self.state}/{self.slot}: {self.page.locator('.bot').last.inner_text()}"
