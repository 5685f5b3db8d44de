"""A newsletter's form, and a look at an issue: by keyboard, with mistakes, under a strict policy, after a snooze."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .fake_service import COPY, Fake, a_problem, an_article, locale
from .reading import STRICT, asks, heard, opened, wait_for

pytestmark = pytest.mark.browser

WORDS = locale("en")
LETTER_WORDS = {key: text for key, text in WORDS.items() if key.startswith(("newsletter_", "supporter_email"))}
COPY_HERE = COPY["en"] | {"button": "Sign me up"}
ISSUE = "<!doctype html><title>An issue</title><h1>Sunday</h1><script>top.location = '/stolen'</script>"


def a_letter(**changes: Any) -> dict[str, Any]:
    return {
        "id": "weekly", "title": "The Week", "frequency": "Every Sunday", "preview": "/letters/weekly",
        "privacy": "https://paper.example/privacy", "words": LETTER_WORDS,
    } | changes  # fmt: skip


def asked(page: Page, fake: Fake, placement: str = "inline", **changes: Any) -> None:
    """The page with the appeal for a newsletter, whose issue can be looked at."""
    fake.publish("/letters/weekly", ISSUE)
    opened(page, fake, placement, kind="newsletter", form=None, newsletter=a_letter(**changes), copy=COPY_HERE)


def test_an_address_is_signed_up_with_the_keyboard_alone(page: Page, fake: Fake) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    asked(page, fake)
    expect(page.locator(".facts")).to_have_text("The Week · Every Sunday")
    field = page.get_by_label("E-mail address")
    field.focus()
    page.keyboard.type("reader@example.org")
    page.keyboard.press("Enter")
    said = page.get_by_role("status")
    expect(said).to_have_text(WORDS["newsletter_sent"])
    expect(said).to_be_focused()
    assert fake.of("newsletters/weekly/subscriptions") == [
        {"site": "daily-lantern", "reader": "token-1", "email": "reader@example.org", "language": "en",
         "receipt": "receipt-inline"}
    ]  # fmt: skip
    wait_for(page, "clicked")
    assert (len(heard(page, "error")), page.evaluate("shift")) == (0, 0)
    assert not {"checkout.js", "money.js", "extras.js"} & set(loaded)
    page.get_by_role("button", name="Close").click()
    assert heard(page, "dismissed") == []


def test_a_mistake_is_told_beside_the_field_and_nothing_is_lost(page: Page, fake: Fake) -> None:
    asked(page, fake)
    field, button = page.get_by_label("E-mail address"), page.get_by_role("button", name="Sign me up")
    unclear = WORDS["supporter_email_unclear"].replace("{example}", "reader@example.org")
    refusals = {
        "reader@example": (422, unclear, {"field": "email"}),
        "often@example.org": (429, "Too often. Try again in 7 min.", {}),
        "away@example.org": (503, WORDS["try_again"], {}),
    }
    for written in ("", "no address"):
        field.fill(written)
        button.click()
        expect(page.get_by_text(unclear)).to_be_visible()
        expect(field).to_be_focused()
        expect(field).to_have_attribute("aria-invalid", "true")
        expect(field).to_have_accessible_description(unclear)
    assert fake.of("newsletters/weekly/subscriptions") == []
    for written, (status, told, facts) in refusals.items():
        problem = a_problem(status, "Too often. Try again in 7 min.", **facts)
        fake.sign_ups = lambda body, problem=problem: problem
        field.fill(written)
        expect(field).not_to_have_attribute("aria-invalid", "true")
        button.click()
        expect(page.locator(".problem")).to_have_text(told)
        expect(field).to_have_value(written)
        expect(button).to_be_enabled()
    assert [error["status"] for error in heard(page, "error")] == [422, 429, 503]
    fake.sign_ups = lambda body: (202, {"accepted": True})
    button.click()
    expect(page.get_by_role("status")).to_have_text(WORDS["newsletter_sent"])


@pytest.mark.parametrize("placement", ["inline", "banner", "overlay"])
def test_an_issue_is_shown_in_a_dialog_that_can_do_nothing_and_gives_the_focus_back(
    page: Page, fake: Fake, placement: str
) -> None:
    asked(page, fake, placement)
    if placement == "banner":
        page.get_by_role("button", name="Sign me up").click()
        expect(page.get_by_label("E-mail address")).to_be_focused()
    link = page.get_by_role("link", name=WORDS["newsletter_preview"])
    expect(link).to_have_attribute("href", f"{fake.paper}/letters/weekly")
    assert page.locator("iframe").count() == 0
    link.focus()
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="The Week")
    expect(dialog).to_be_visible()
    expect(dialog.frame_locator("iframe").get_by_role("heading", name="Sunday")).to_be_visible()
    expect(dialog.get_by_role("link", name=WORDS["newsletter_tab"])).to_have_attribute("target", "_blank")
    for _ in range(4):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.localName") in ("honesty-box", "body")
    page.keyboard.press("Escape")
    expect(dialog).to_have_count(0)
    expect(link).to_be_focused()
    expect(page.locator("honesty-box")).to_have_count(1)  # Escape was meant for the dialog alone
    assert heard(page, "clicked") == []
    assert page.url.endswith("/story")


def test_a_page_that_lets_no_frame_in_has_a_link_instead(page: Page, fake: Fake) -> None:
    fake.publish("/letters/weekly", ISSUE)
    asks(fake, "inline", kind="newsletter", form=None, newsletter=a_letter(), copy=COPY_HERE)
    policy = STRICT.format(service=fake.service)
    page.goto(fake.publish(html=an_article(fake.tag()), Content_Security_Policy=policy))
    wait_for(page, "shown")
    page.get_by_role("link", name=WORDS["newsletter_preview"]).click()
    dialog = page.get_by_role("dialog", name="The Week")
    expect(dialog.get_by_role("link", name=WORDS["newsletter_tab"])).to_be_visible()
    expect(page.locator("iframe")).to_have_count(0)
    dialog.get_by_role("button", name="Close").click()
    page.get_by_label("E-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_role("status")).to_have_text(WORDS["newsletter_sent"])


def test_an_address_that_is_no_page_is_not_linked(page: Page, fake: Fake) -> None:
    asked(page, fake, preview="javascript:alert(1)", privacy="http://elsewhere.example/")
    expect(page.get_by_label("E-mail address")).to_be_visible()
    expect(page.locator(".more")).to_have_count(0)


def test_after_a_snooze_the_newsletter_is_one_press_away_and_nothing_moves(page: Page, fake: Fake) -> None:
    fake.snoozes = lambda body: (200, {"until": "2031-11-29T12:00:00Z", "newsletter": "weekly"})
    fake.letters = lambda name, language: (200, {"language": language, "direction": "ltr", "newsletter": a_letter()})
    choices = {"choices": [{"days": 7, "label": "in 7 days"}], "default_days": 7, "newsletter": True}
    opened(page, fake, snooze=choices)
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    expect(page.locator(".said")).to_contain_text("We will not ask again before")
    offer = page.get_by_role("button", name=WORDS["newsletter_offer"])
    expect(offer).to_be_visible()
    assert page.evaluate("shift") == 0
    offer.click()
    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    field.fill("reader@example.org")
    page.get_by_role("button", name=WORDS["newsletter_subscribe"]).click()
    expect(page.locator(".done")).to_have_text(WORDS["newsletter_sent"])
    assert len(fake.of("newsletters/weekly/subscriptions")) == 1


def test_a_newsletter_that_cannot_be_had_leaves_the_promise_alone(page: Page, fake: Fake) -> None:
    fake.snoozes = lambda body: (200, {"until": "2031-11-29T12:00:00Z", "newsletter": "weekly"})
    choices = {"choices": [{"days": 7, "label": "in 7 days"}], "default_days": 7, "newsletter": True}
    opened(page, fake, "banner", snooze=choices)
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    expect(page.locator(".said")).to_contain_text("We will not ask again before")
    expect(page.get_by_role("button", name=WORDS["newsletter_offer"])).to_have_count(0)
