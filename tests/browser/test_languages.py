"""What the real service sends in other languages, on the page: mirrored from right to left, and in their own money."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, ViewportSize

from service.catalogue.words import load_dictionary
from service.web.giving_form import form
from tests.builders import SITE, a_catalogue, a_site_yaml

from .axe import axe_finds_nothing
from .fake_service import Fake, a_decision, an_appeal, closed
from .reading import wait_for

pytestmark = pytest.mark.browser

SIDES = """() => {
  const panel = document.querySelector('honesty-box').shadowRoot.querySelector('.panel');
  const box = (selector) => panel.querySelector(selector).getBoundingClientRect();
  const middle = (rect) => rect.left + rect.width / 2;
  const whole = panel.getBoundingClientRect();
  const intervals = [...panel.querySelectorAll('.interval label')].map((label) => label.getBoundingClientRect().left);
  const amounts = [...panel.querySelectorAll('.amount label')].map((label) => label.getBoundingClientRect());
  return {
    dir: getComputedStyle(panel).direction, lang: panel.lang, name: panel.localName,
    locale: getComputedStyle(panel).webkitLocale,
    close: !!panel.querySelector('.close') && middle(box('.close')) < middle(whole),
    heading: getComputedStyle(panel.querySelector('h2')).textAlign,
    intervals: intervals.every((left, at) => !at || left < intervals[at - 1]),
    amounts: amounts[0].left > amounts[1].left,
    sideways: document.documentElement.scrollWidth > innerWidth,
  };
}"""


def in_language(language: str, placement: str, currency: str = "USD") -> dict[str, Any]:
    """An appeal with the words, the form and the direction that the service has for this language."""
    site = a_catalogue(a_site_yaml(languages="[en, ar, ja]")).sites[SITE]
    words = load_dictionary().for_language(language)
    heading = {"ar": "أبقوا المصباح مضاءً", "ja": "灯をともし続けるために"}[language]
    days = [{"days": days, "label": words.count("in_days", days)} for days in (7, 30)]
    said = form(site, currency, words, language)
    return an_appeal(
        placement, language="en",
        copy={"heading": [heading], "body": [["p", {}, [heading]]], "button": words.say("choose_amount")}, form=said,
        words=dict(words.of_appeals(embedded=False)), snooze={"choices": days, "default_days": 30},
    ) | {"language": language, "direction": "rtl" if language == "ar" else "ltr"}  # fmt: skip


def opened_in(page: Page, fake: Fake, language: str, placement: str, currency: str = "USD") -> dict[str, Any]:
    said = in_language(language, placement, currency)
    access = closed(language=language, direction=said["direction"]) if placement == "gate" else None
    fake.decisions = lambda body: a_decision(said, access=access)
    page.goto(fake.publish())
    wait_for(page, "shown")
    return said


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_arabic_is_mirrored_in_every_place(page: Page, fake: Fake, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(ViewportSize(width=390, height=844))
    for placement in ("overlay", "inline", "banner", "gate"):
        said = opened_in(page, fake, "ar", placement)
        if placement == "banner":
            page.get_by_role("button", name=said["words"]["choose_amount"]).first.click()
        closes = page.get_by_role("button", name=said["words"]["close"], exact=True).count()
        assert closes == (placement != "gate")
        seen = page.evaluate(SIDES)
        assert seen == {
            "dir": "rtl", "locale": '"ar"', "lang": "ar", "name": "dialog" if placement == "overlay" else "section",
            "close": bool(closes), "heading": "start", "intervals": True, "amounts": True, "sideways": False,
        }, placement  # fmt: skip
        axe_finds_nothing(page, f"{placement} in Arabic, {scheme}")


def test_yen_are_written_as_in_japan(page: Page, fake: Fake) -> None:
    said = opened_in(page, fake, "ja", "overlay", "JPY")
    dialog = page.get_by_role("dialog", name="灯をともし続けるために")
    dialog.get_by_role("radio", name="一回のみ").check()
    dialog.get_by_role("radio", name="￥3,500").check()
    assert dialog.locator("#cost").inner_text() == "￥3,500（一回のみ）"
    dialog.get_by_role("radio", name=said["words"]["other"]).check()
    dialog.get_by_label(said["words"]["other_amount"]).fill("１２３４５円")
    page.wait_for_function(
        "document.querySelector('honesty-box').shadowRoot.querySelector('#cost').textContent.includes('12,345')"
    )
    assert dialog.locator("#cost").inner_text() == "￥12,345（一回のみ）"
    assert dialog.evaluate("dialog => getComputedStyle(dialog).direction") == "ltr"
