"""What an appeal may have beside its words: an image, a ticker, a moment before it comes up. Nothing moves for it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, a_problem, an_article
from .reading import STRICT, asks, heard, wait_for

pytestmark = pytest.mark.browser

IMAGE = {"src": "/lamp.svg", "width": 1200, "height": 500, "alt": "A lamp"}
TICKER = {
    "raised_minor": 1234500, "goal_minor": 5000000, "currency": "EUR", "percent": 24, "percent_label": "24%",
    "text": "€12,345 of €50,000", "until": "2031-12-31T22:59:59Z", "until_text": "until {date}",
}  # fmt: skip
BOX = "document.querySelector('honesty-box')"


def shown(page: Page, fake: Fake, placement: str, **changes: Any) -> None:
    asks(fake, placement, **changes)
    page.goto(fake.publish(Content_Security_Policy=STRICT.format(service=fake.service)))
    wait_for(page, "shown")
    page.evaluate(f"{BOX}.scrollIntoView({{block: 'center'}})")


@pytest.mark.parametrize("placement", ["inline", "overlay", "banner", "gate"])
def test_an_image_and_a_ticker_are_there_from_the_beginning(page: Page, fake: Fake, placement: str) -> None:
    fake.ticker = (200, {"ticker": TICKER})
    shown(page, fake, placement, image=IMAGE, ticker=True)
    if placement == "banner":
        page.get_by_role("button", name="Choose an amount").click()
    expect(page.get_by_role("img", name="A lamp")).to_be_visible()
    bar = page.get_by_role("progressbar", name="€12,345 of €50,000")
    expect(bar).to_be_visible()
    assert bar.get_attribute("aria-valuetext") == "24%"
    expect(page.get_by_text("until 31 December 2031")).to_be_visible()
    width = page.evaluate(f"{BOX}.shadowRoot.querySelector('.bar i').style.width")
    assert (width, page.evaluate("shift")) == ("24%", 0)
    assert heard(page, "error") == []


def test_what_does_not_come_leaves_the_appeal_whole(page: Page, fake: Fake) -> None:
    """The policy of the page stops the image; the service knows no sum, has none, or is broken."""
    elsewhere = IMAGE | {"src": "https://images.example/lamp.png"}
    for answer in ((200, {"ticker": None}), a_problem(404, "No ticker."), a_problem(500, "Broken."), (200, {})):
        fake.ticker = answer
        shown(page, fake, "overlay", image=elsewhere, ticker=True)
        expect(page.get_by_role("button", name="Continue")).to_be_visible()
        assert page.locator("honesty-box img, honesty-box .ticker").count() == 0
        assert page.evaluate("shift") == 0
    page.route("**/setting.js", lambda route: route.abort())
    shown(page, fake, "inline", image=IMAGE)
    assert "setting" in heard(page, "error")[0]["message"]


def test_a_slow_image_has_its_place_and_moves_nothing_when_it_comes(page: Page, fake: Fake) -> None:
    waiting: list[Any] = []
    page.route("**/lamp.svg", lambda route: waiting.append(route))  # noqa: PLW0108  Playwright counts its arguments
    shown(page, fake, "gate", image=IMAGE)
    picture = page.get_by_role("img", name="A lamp")
    before = picture.bounding_box()
    waiting[0].continue_()
    picture.evaluate("(image) => image.complete || new Promise((come) => image.addEventListener('load', come))")
    assert picture.bounding_box() == before
    assert page.evaluate("shift") == 0


def test_an_image_that_tells_nothing_is_passed_over_by_screen_readers(page: Page, fake: Fake) -> None:
    shown(page, fake, "inline", image=IMAGE | {"alt": ""})
    assert page.evaluate(f"{BOX}.shadowRoot.querySelector('img').getAttribute('alt')") == ""


def test_an_appeal_waits_until_a_part_of_the_article_was_read(page: Page, fake: Fake) -> None:
    asks(fake, "banner", show_after={"reading_seconds": 0, "scroll": 0.5})
    page.goto(fake.publish(html=an_article(fake.tag(), paragraphs=30)))
    wait_for(page, "decision")
    page.wait_for_load_state("networkidle")
    assert page.locator("honesty-box").count() == 0
    middle = (
        "(() => {const {top, height} = document.querySelector('article').getBoundingClientRect();"
        "return scrollY + top + height / 2 - innerHeight})()"
    )
    page.evaluate(f"scrollTo(0, {middle} - 40)")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert heard(page, "shown") == []
    page.evaluate(f"scrollTo(0, {middle} + 2)")
    wait_for(page, "shown")
    assert page.evaluate("shift") == 0


def test_an_appeal_waits_for_seconds_of_reading_and_a_new_page_ends_the_wait(page: Page, fake: Fake) -> None:
    asks(fake, "overlay", show_after={"reading_seconds": 20, "scroll": 0.0})
    page.clock.install()
    page.goto(fake.publish())
    wait_for(page, "decision")
    page.wait_for_load_state("networkidle")
    page.clock.run_for(19_000)
    assert heard(page, "shown") == []
    page.clock.run_for(2_000)
    wait_for(page, "shown")
    page.evaluate("honestybox.refresh()")
    wait_for(page, "decision", 2)
    asks(fake)
    page.evaluate("honestybox.refresh()")
    wait_for(page, "decision", 3)
    page.clock.run_for(60_000)
    assert (len(heard(page, "shown")), page.locator("honesty-box").count()) == (1, 0)
