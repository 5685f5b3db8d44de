"""Steps that the browser tests share: opening a page, listening to the script, pressing Continue."""

from __future__ import annotations

from typing import Any

from playwright.sync_api import Locator, Page

from .fake_service import OPEN, Fake, a_decision, an_appeal, closed

PLACEMENTS = ("banner", "inline", "overlay")
STRICT = (
    "default-src 'none'; script-src {service}; connect-src {service}; style-src 'self'; img-src 'self'; "
    "require-trusted-types-for 'script'"
)

# Notes every event of the script, and every layout shift that no press explains.
LISTEN = """
  window.heard = []; window.shift = 0;
  for (const name of ['decision', 'shown', 'seen', 'clicked', 'dismissed', 'snoozed', 'error', 'thanked',
                      'gated', 'opened'])
    document.addEventListener('honestybox:' + name, ({detail}) => heard.push([name, detail]));
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) shift += entry.value;
  }).observe({type: 'layout-shift', buffered: true});
"""


def asks(fake: Fake, *placements: str, **changes: Any) -> None:
    """Lets the service answer each decision with these appeals; a gate's on an article that is not open."""
    access = closed(language=changes.get("language", "en")) if "gate" in placements else OPEN
    appeals = [an_appeal(placement, **changes) for placement in placements]
    fake.decisions = lambda body: a_decision(*appeals, access=access)


def heard(page: Page, name: str) -> list[dict[str, Any]]:
    return [detail for said, detail in page.evaluate("heard") if said == name]


def wait_for(page: Page, name: str, times: int = 1) -> dict[str, Any]:
    enough = "([name, times]) => heard.filter(([said]) => said === name).length >= times"
    page.wait_for_function(enough, arg=[name, times])
    return heard(page, name)[-1]


def opened(page: Page, fake: Fake, placement: str = "inline", **changes: Any) -> Page:
    """The page with one appeal shown and in view."""
    asks(fake, placement, **changes)
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    return page


def press_and_leave(button: Locator) -> None:
    """Presses what leaves or removes another origin's page, where Playwright's own click can wait for ever."""
    button.evaluate("button => { setTimeout(() => button.click()) }")


def give(page: Page) -> None:
    page.get_by_role("button", name="Continue").click()
