"""What axe-core makes of all that readers are shown, in light and dark, and in every language that there is."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from service.catalogue.languages import direction
from service.catalogue.words import load_dictionary

from .axe import axe_finds_nothing, complaints
from .fake_service import Fake, a_decision, a_form, a_problem, closed
from .reading import PLACEMENTS, asks, give, wait_for
from .test_beside_the_words import IMAGE, TICKER
from .test_newsletters import COPY_HERE, ISSUE, a_letter

pytestmark = pytest.mark.browser

DARK = """() => [...document.querySelectorAll('honesty-box')]
  .every((box) => box.shadowRoot.querySelector('.panel').dataset.theme === 'dark')"""
DICTIONARY = load_dictionary()
EXTRAS = a_form(
    fees={"fixed_minor": 30, "percent_bp": 150, "checked": False}, currencies=["USD", "EUR"], email=True
)  # fmt: skip


def in_language(language: str) -> dict[str, Any]:
    """An appeal in this language: its copy stays, since that is the editor's."""
    words = DICTIONARY.for_language(language)
    return {"language": language, "direction": direction(language), "words": dict(words.texts), "form": EXTRAS}


def look(page: Page, fake: Fake, *placements: str, **changes: Any) -> None:
    """The page with these appeals on it, in light."""
    page.emulate_media(color_scheme="light")
    asks(fake, *placements)
    status, answer = fake.decisions({})
    for appeal in answer["appeals"]:
        # Their regions are told apart by their headings.
        appeal["copy"] = appeal["copy"] | {"heading": [f"A heading ({appeal['placement']})"]}
        appeal.update(changes)
    fake.decisions = lambda body: (status, answer)
    page.goto(fake.publish())
    wait_for(page, "shown", len(placements))


def nothing_wrong(page: Page, where: str) -> None:
    """Axe finds nothing on the page in light, nor on our part of it in dark, which is all that becomes another."""
    axe_finds_nothing(page, f"{where}, in light")
    page.emulate_media(color_scheme="dark")
    page.wait_for_function(DARK)
    axe_finds_nothing(page, f"{where}, in dark", within="honesty-box:last-of-type")
    page.emulate_media(color_scheme="light")


def test_axe_finds_what_is_wrong(page: Page, fake: Fake) -> None:
    page.goto(fake.publish(html='<html lang="en"><title>A</title><main><h1>A</h1><img src="a.png"></main></html>'))
    assert [one.partition(" ")[0] for one in complaints(page)] == ["image-alt"]
    look(page, fake, "inline")
    page.evaluate("document.querySelector('honesty-box').shadowRoot.querySelector('p').style.color = '#ccc'")
    assert {one.partition(" ")[0] for one in complaints(page)} == {"color-contrast"}, "it looks into the box"


def test_axe_finds_nothing_on_any_placement(page: Page, fake: Fake) -> None:
    fake.ticker = (200, {"ticker": TICKER})
    for placement in (*PLACEMENTS, "gate"):
        look(page, fake, placement, image=IMAGE, ticker=True, form=EXTRAS)
        nothing_wrong(page, placement)
        if placement == "banner":
            page.get_by_role("button", name="Choose an amount").click()
        page.get_by_role("radio", name="Other").check()
        page.get_by_label("Your amount").fill("a lot")
        page.get_by_role("button", name="Remind me later").click()
        give(page)
        page.get_by_text("Please write the amount in figures").wait_for()
        nothing_wrong(page, f"{placement}, with a mistake in it")


def test_axe_finds_nothing_on_what_comes_instead_and_after(page: Page, fake: Fake) -> None:
    look(page, fake, "inline")
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 30 days").click()
    wait_for(page, "snoozed")
    nothing_wrong(page, "the promise")
    fake.decisions = lambda body: a_decision(access=closed())
    fake.later = lambda body: a_problem(409, "Spent.")
    page.goto(fake.publish())
    page.get_by_role("button", name="Not now").click()
    page.get_by_text("it has been used").wait_for()
    nothing_wrong(page, "a gate that cannot be put off")
    for outcome in ("paid", "spent"):
        page.goto(fake.publish("/back-" + outcome) + "#honestybox=" + outcome)
        wait_for(page, "thanked")
        nothing_wrong(page, f"thanks, {outcome}")


def test_axe_finds_nothing_on_a_newsletter(page: Page, fake: Fake) -> None:
    fake.publish("/letters/weekly", ISSUE)
    for placement in PLACEMENTS:
        look(page, fake, placement, kind="newsletter", form=None, newsletter=a_letter(), copy=COPY_HERE)
        if placement == "banner":
            nothing_wrong(page, "a newsletter's strip")
            page.get_by_role("button", name="Sign me up").click()
        page.get_by_label("E-mail address").fill("no address")
        page.keyboard.press("Enter")
        page.get_by_text("reader@example.org").wait_for()
        nothing_wrong(page, f"a newsletter, {placement}, with a mistake in it")
        if placement == "inline":
            page.get_by_role("link", name="See what it looks like").click()
            page.get_by_role("dialog", name="The Week").wait_for()
            nothing_wrong(page, "a look at an issue")
            page.keyboard.press("Escape")
        page.get_by_label("E-mail address").fill("reader@example.org")
        page.keyboard.press("Enter")
        page.get_by_role("status").wait_for()
        nothing_wrong(page, f"a newsletter, {placement}, signed up for")


def test_axe_finds_nothing_while_paying_on_the_page(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: (200, {
        "checkout_url": None, "client_secret": "cs_1_secret_2", "publishable_key": "pk_test_1",
        "script_url": f"{fake.service}/js/stripe.js",
    })  # fmt: skip
    look(page, fake, "overlay", form=a_form(checkout="embedded"))
    give(page)
    page.frame_locator("iframe").get_by_role("button", name="Pay").wait_for()
    nothing_wrong(page, "the payment dialog")
    page.keyboard.press("Escape")
    nothing_wrong(page, "the payment dialog that asks whether to leave")
    page.keyboard.press("Escape")
    page.locator("honesty-box[placement=pane]").wait_for(state="detached")
    check = {"provider": "turnstile", "site_key": "k", "script_url": f"{fake.service}/human.js"}
    fake.contributions = lambda body: a_problem(403, "Show that you are human.", field="check", check=check)
    give(page)
    page.get_by_role("button", name="I am human").wait_for()
    nothing_wrong(page, "the human check")


def test_axe_finds_nothing_in_any_language(page: Page, fake: Fake) -> None:
    for language in sorted(set(DICTIONARY.languages) - {"en"}):
        look(page, fake, "inline", "banner", "gate", **in_language(language))
        page.locator("honesty-box[placement=inline] .quiet").first.click()
        axe_finds_nothing(page, language, within="honesty-box")
