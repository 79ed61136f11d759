"""What every page must hold to, whatever is on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from playwright.sync_api import Page

AXE = Path(__file__).resolve().parents[2] / "web/node_modules/axe-core/axe.min.js"
SMALLEST_TAP = 44  # CSS pixels

_SMALL_TARGETS = """
least => [...document.querySelectorAll('button, [role=button], input, select, textarea, a[href^="tel:"]')]
  .filter(e => e.checkVisibility({opacityProperty: true, visibilityProperty: true}) && !e.closest('[inert]'))
  .filter(e => !getComputedStyle(e).clipPath.startsWith('inset(50%'))
  .filter(e => !(e.matches('a') && getComputedStyle(e).display === 'inline'))
  .map(e => [e, (e.closest('.el-input__wrapper, .el-select__wrapper, .el-checkbox') ?? e).getBoundingClientRect()])
  .filter(([, r]) => r.width > 0 && (r.width < least - 0.5 || r.height < least - 0.5))
  .map(([e, r]) => `${e.outerHTML.slice(0, 90)} ${Math.round(r.width)}x${Math.round(r.height)}`)
"""


def serious_violations(page: Page) -> list[str]:
    """Accessibility violations that axe-core calls serious or critical. Evaluated, not injected as a tag: the policy forbids tags."""
    page.evaluate(AXE.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run(document, {resultTypes: ['violations']}).then(r => r.violations)")
    return [f"{v['id']}: {v['help']} {v['nodes'][0]['html'][:140]}" for v in found if v["impact"] in ("serious", "critical")]


def scrolls_sideways(page: Page) -> int:
    """Pixels by which the page is wider than its window."""
    # not window.innerWidth: a phone zooms out until everything fits, and that number grows with what is too wide
    assert page.viewport_size is not None
    return max(0, int(page.evaluate("document.documentElement.scrollWidth")) - page.viewport_size["width"])


def small_targets(page: Page) -> list[str]:
    """Controls too small for a finger. Numbers inside a sentence are exempt (WCAG 2.5.8, inline)."""
    found: list[str] = page.evaluate(_SMALL_TARGETS, SMALLEST_TAP)
    return found


def check_page(page: Page) -> None:
    """No sideways scrolling, no small target, nothing serious from axe."""
    page.wait_for_timeout(350)  # colours that fade in are judged by what they end up as
    assert scrolls_sideways(page) == 0
    assert small_targets(page) == []
    assert serious_violations(page) == []
