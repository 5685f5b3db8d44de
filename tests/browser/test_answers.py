"""What a reader answers an appeal: seeing it, closing it, "remind me later", and coming back from the payment."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Answer, Fake, a_problem, an_article, locale
from .reading import PLACEMENTS, asks, give, heard, opened, wait_for

pytestmark = pytest.mark.browser


def test_an_impression_takes_a_second_of_half_the_appeal_and_is_told_once(page: Page, fake: Fake) -> None:
    def look(milliseconds: int, block: str | None = "center") -> int:
        away = "scrollTo(0, 0)"
        page.evaluate(f"document.querySelector('honesty-box').scrollIntoView({{block: '{block}'}})" if block else away)
        page.wait_for_timeout(150)  # for the observer, which answers with the next frame
        page.clock.run_for(milliseconds)
        return len(heard(page, "seen"))

    page.clock.install()
    asks(fake, "inline")
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.clock.pause_at(page.evaluate("Date.now() + 10"))
    assert look(5000, None) == 0
    assert look(990) == 0
    assert look(100, None) == 0
    assert look(1010) == 1
    assert look(100, None) == 1
    assert look(2000) == 1
    assert fake.events("seen") == ["receipt-inline"]


def test_what_is_not_yet_told_leaves_with_the_page(page: Page, fake: Fake) -> None:
    opened(page, fake, "banner").get_by_role("button", name="Close").click()
    page.goto(fake.publish("/elsewhere", "<h1>Elsewhere</h1>"))
    page.wait_for_timeout(200)
    assert fake.events("dismissed") == ["receipt-banner"]


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_remind_me_later_promises_a_day_and_goes_away(page: Page, fake: Fake, placement: str) -> None:
    page.clock.install()
    opened(page, fake, placement)
    fake.delay = 0.6
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    expect(page.get_by_role("status")).to_have_text("We will not ask again before 29 November 2031.")
    sent = {"reader": "token-1", "receipt": f"receipt-{placement}", "device": "phone", "days": 7}
    assert fake.of("snoozes") == [sent]
    assert heard(page, "snoozed")[0]["until"] == "2031-11-29T12:00:00Z"
    assert page.evaluate("shift") == 0
    if placement == "inline":
        page.evaluate("scrollTo(0, 0)")
    page.clock.run_for(9000)
    expect(page.locator("honesty-box")).to_have_count(0)
    assert heard(page, "dismissed") == []


def test_a_snooze_that_fails_says_so_and_can_be_tried_again(page: Page, fake: Fake) -> None:
    answers: list[Answer] = [a_problem(503, "redis"), (200, {"until": "2031-11-29T12:00:00Z"})]
    fake.snoozes = lambda body: answers.pop(0)
    opened(page, fake)
    for _ in range(2):
        page.locator(".quiet").click() if page.locator(".choices").is_hidden() else None
        page.get_by_role("button", name="in 30 days").click()
        page.wait_for_timeout(200)
    expect(page.get_by_role("status")).to_contain_text("29 November 2031")


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_closing_is_a_dismissal_told_once(page: Page, fake: Fake, placement: str) -> None:
    opened(page, fake, placement)
    page.get_by_role("button", name="Close").click()
    expect(page.locator("honesty-box")).to_have_count(0)
    assert len(heard(page, "dismissed")) == 1
    page.wait_for_timeout(600)
    assert fake.events("dismissed") == [f"receipt-{placement}"]


def test_escape_closes_the_dialog_and_gives_the_focus_back(page: Page, fake: Fake) -> None:
    asks(fake, "overlay")
    page.goto(fake.publish(html=an_article("", head='<script src="/none"></script>')))
    page.locator("header a").focus()
    page.evaluate(
        "(src) => document.head.append(Object.assign(document.createElement('script'), {src}))",
        fake.service + "/embed/v1/prompt.js",
    )
    wait_for(page, "shown")
    expect(page.get_by_role("dialog", name="Keep the lamp lit")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator("honesty-box")).to_have_count(0)
    expect(page.locator("header a")).to_be_focused()
    assert len(heard(page, "dismissed")) == 1


def test_saying_no_to_one_appeal_is_saying_no_to_the_others(page: Page, fake: Fake) -> None:
    asks(fake, "banner", "inline")
    page.goto(fake.publish())
    wait_for(page, "shown", 2)
    page.locator("honesty-box[placement=banner]").get_by_role("button", name="Close").click()
    expect(page.locator("honesty-box")).to_have_count(0)
    page.wait_for_timeout(600)
    assert fake.events("dismissed") == ["receipt-banner"]


def test_an_appeal_that_may_not_be_dismissed_has_no_close_button(page: Page, fake: Fake) -> None:
    opened(page, fake, "overlay", dismissible=False)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_be_visible()
    assert page.get_by_role("button", name="Close").count() == 0


def test_a_strip_leaves_the_way_free_for_what_the_keyboard_reaches(page: Page, fake: Fake) -> None:
    opened(page, fake, "banner", place={"edge": "top"})
    panel = page.locator("honesty-box .panel")
    page.locator("header a").focus()
    expect(panel).to_have_class("panel banner shut aside")
    page.locator(".opener").focus()
    expect(panel).to_have_class("panel banner shut")


@pytest.mark.parametrize("outcome", ["paid", "pending", "unverified"])
def test_whoever_returns_is_thanked_and_asked_nothing(page: Page, fake: Fake, outcome: str) -> None:
    asks(fake, "inline")
    page.goto(fake.publish() + f"#honestybox={outcome}")
    assert wait_for(page, "thanked") == {"outcome": outcome}
    words = locale("en")
    expect(page.get_by_role("heading", name=words[f"thanks_{outcome}_heading"])).to_be_visible()
    expect(page.get_by_text(words[f"thanks_{outcome}"])).to_be_visible()
    assert page.url == fake.paper + "/story"
    assert fake.of("decisions") == []
    assert page.evaluate("shift") == 0
    page.get_by_role("button", name="Close").click()
    expect(page.locator("honesty-box")).to_have_count(0)


def test_who_was_asked_inside_the_article_is_thanked_there(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    page.wait_for_url("**/pay")
    page.goto(fake.paper + "/story#honestybox=paid")
    wait_for(page, "thanked")
    expect(page.locator("article honesty-box[placement=inline]")).to_be_in_viewport()
    assert page.evaluate("shift") == 0
