"""Redis, Stripe or the service away at each step of a gift: a true sentence, and the right ledger without a human."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Error, Locator, Page, expect

from tests.demo.waiting import until

from .fake_service import locale
from .journeys import ARTICLES, REPOSITORY, Demo, appeal, read, reasons, running_demo
from .reading import press_and_leave
from .test_journey import switch

pytestmark = pytest.mark.browser

WORDS = locale("en")
REDIS, SERVICE = "service.demo.memory", "service.demo.web"
SECONDS = 20_000


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demo]:
    """A demo whose readers pay on the article; where Stripe's script is kept out, on Stripe's page."""
    folder = tmp_path_factory.mktemp("outages")
    shutil.copytree(REPOSITORY / "config", folder / "config")
    site = folder / "config" / "sites" / "daily-lantern" / "site.yaml"
    site.write_text(site.read_text() + "checkout: {mode: embedded}\n")
    with running_demo(folder) as demo:
        yield demo


def chosen(page: Page, demo: Demo) -> Locator:
    """The appeal with fifty dollars chosen, once."""
    until(lambda: bool(read(page, demo)["appeals"]), seconds=20)
    box = appeal(page)
    box.get_by_role("radio", name="Once").check()
    box.get_by_role("radio", name="$50").check()
    return box


def press(box: Locator) -> None:
    box.get_by_role("button", name="Continue").click()


def frame_of(page: Page) -> Any:
    page.get_by_role("dialog", name=WORDS["pay_title"]).wait_for(timeout=SECONDS)
    return page.frame_locator("iframe[title^=Checkout]")


def told(page: Page, outcome: str) -> Locator:
    """What the reader is told of the payment; the demo's bar, too, has these words somewhere."""
    return page.locator("honesty-box").get_by_text(WORDS[f"thanks_{outcome}"])


def on_stripes_page(page: Page) -> None:
    page.route("**/js/stripe.js", lambda route: route.abort())


def recognised(page: Page, demo: Demo) -> bool:
    """True once the next article does not ask; false, too, while the service is not there."""
    try:
        return reasons(read(page, demo, ARTICLES[1])) == {"supporter"}
    except Error:
        return False


def recorded_once(page: Page, demo: Demo) -> None:
    """The reader is a supporter, and exactly one payment of theirs arrived."""
    until(lambda: recognised(page, demo), seconds=120)  # the sandbox tries a webhook again after 30 s at most
    reader = page.evaluate("localStorage.getItem('honestybox:daily-lantern')").partition(".")[0]
    objects = json.loads((demo.out.parent / "demo" / "sandbox.json").read_text())["objects"].values()
    mine = [thing for thing in objects if (thing.get("metadata") or {}).get("reader") == reader]
    paid = [thing for thing in mine if thing["object"] == "payment_intent" and thing["status"] == "succeeded"]
    assert [thing["amount"] for thing in paid] == [5000]


@pytest.mark.parametrize("away", ["Redis", "the service"])
def test_away_when_continue_is_pressed(demo: Demo, page: Page, away: str) -> None:
    box = chosen(page, demo)
    if away == "Redis":
        with demo.paused(REDIS):
            press(box)
            expect(box.locator(".problem")).to_have_text(WORDS["stripe_unavailable"], timeout=SECONDS)
    else:
        demo.kill(SERVICE)
        press(box)
        expect(box.locator(".problem")).to_have_text(WORDS["stripe_unavailable"], timeout=SECONDS)
    assert box.get_by_role("radio", name="$50").is_checked()
    _until_it_opens(page, box)
    press_and_leave(frame_of(page).locator("#pay"))
    told(page, "paid").wait_for(timeout=SECONDS)
    recorded_once(page, demo)


def _until_it_opens(page: Page, box: Locator) -> None:
    """Continue, again and again, as readers press it until what was away is back."""

    def opens() -> bool:
        dialog = page.get_by_role("dialog", name=WORDS["pay_title"])
        if not dialog.is_visible():
            box.locator("button.primary").click(force=True)
            page.wait_for_timeout(1000)
        return bool(dialog.is_visible())

    until(opens, seconds=60)  # of a busy machine: starting the service again takes it so long


@pytest.mark.parametrize("away", ["Redis", "Stripe"])
def test_away_when_the_payment_on_the_article_is_done(demo: Demo, page: Page, away: str) -> None:
    press(chosen(page, demo))
    frame = frame_of(page)
    said = told(page, "unverified")
    if away == "Redis":
        with demo.paused(REDIS):
            press_and_leave(frame.locator("#pay"))
            said.wait_for(timeout=SECONDS)
    else:
        switch(page, demo, "Stop answering")
        press_and_leave(frame.locator("#pay"))
        said.wait_for(timeout=2 * SECONDS)
        switch(page, demo, "Answer again")
    press_and_leave(page.get_by_role("button", name=WORDS["pay_done"], exact=True))
    recorded_once(page, demo)


@pytest.mark.parametrize("away", ["Redis", "Stripe"])
def test_away_when_the_reader_comes_back_from_stripes_page(demo: Demo, page: Page, away: str) -> None:
    on_stripes_page(page)
    press(chosen(page, demo))
    page.wait_for_url(re.compile("/c/pay/"), timeout=SECONDS)
    if away == "Redis":
        with demo.paused(REDIS):
            press_and_leave(page.locator("#pay"))
            told(page, "unverified").wait_for(timeout=SECONDS)
    else:
        switch(page, demo, "Stop answering")
        press_and_leave(page.locator("#pay"))
        told(page, "unverified").wait_for(timeout=2 * SECONDS)
        switch(page, demo, "Answer again")
    recorded_once(page, demo)


def test_the_service_away_when_the_reader_comes_back_from_stripes_page(demo: Demo, page: Page) -> None:
    on_stripes_page(page)
    press(chosen(page, demo))
    page.wait_for_url(re.compile("/c/pay/"), timeout=SECONDS)
    demo.kill(SERVICE)
    with page.expect_response(lambda answer: answer.request.method == "POST"):  # going on at once would take it back
        press_and_leave(page.locator("#pay"))
    recorded_once(page, demo)
