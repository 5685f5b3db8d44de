"""A site's theme on the page: its own colours, fonts and corners, and the page's properties before them."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .fake_service import Fake, a_decision, an_article, closed
from .reading import STRICT, asks, wait_for

pytestmark = pytest.mark.browser

THEME: dict[str, Any] = {
    "dark": "auto",
    "light_colours": {"accent": "#7a1f1f", "on_accent": "#fffefe", "text": "#101010", "background": "#fff8ee"},
    "dark_colours": {"accent": "#f2b8a0"},
    "text_font": '"Source Serif 4", serif', "heading_font": '"Playfair Display", Georgia, serif', "corner_px": 0,
}  # fmt: skip
LOOK = """() => {
  const panel = document.querySelector('honesty-box').shadowRoot.querySelector('.panel');
  const of = (selector) => getComputedStyle(panel.querySelector(selector));
  const primary = panel.querySelector('.primary') && of('.primary');
  return {text: getComputedStyle(panel).color, font: getComputedStyle(panel).fontFamily,
    heading: of('h2').fontFamily, theme: panel.dataset.theme, accent: getComputedStyle(panel).borderTopColor,
    ...primary && {button: primary.backgroundColor, on: primary.color, corner: primary.borderRadius}};
}"""
THEIRS = ":root{--honestybox-accent:rgb(1, 2, 3);--honestybox-corner:9px;--honestybox-font:Verdana;%s}"


def look(page: Page, fake: Fake, style: str = "", attributes: str = "", **headers: str) -> dict[str, str]:
    head = f"<style>{style}</style>"
    page.goto(fake.publish(html=an_article(fake.tag(attributes), head=head), **headers))
    wait_for(page, "shown")
    found: dict[str, str] = page.evaluate(LOOK)
    return found


def test_a_theme_is_worn_and_the_pages_own_properties_win(page: Page, fake: Fake) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    asks(fake, "inline", theme=THEME)
    strict = STRICT.format(service=fake.service)
    assert look(page, fake, Content_Security_Policy=strict) == {
        "text": "rgb(16, 16, 16)", "font": '"Source Serif 4", serif', "theme": "light",
        "heading": '"Playfair Display", Georgia, serif', "accent": "rgb(122, 31, 31)",
        "button": "rgb(122, 31, 31)", "on": "rgb(255, 254, 254)", "corner": "0px",
    }  # fmt: skip
    ours = [text for text in complaints if not any(known in text for known in ("favicon", "inline style", "404"))]
    assert ours == [], "the only style that the policy stops is the page's own"
    theirs = look(page, fake, THEIRS % "")
    assert (theirs["button"], theirs["corner"], theirs["font"]) == ("rgb(1, 2, 3)", "9px", "Verdana")
    assert theirs["on"] == "rgb(255, 254, 254)", "what the page does not say is the theme's"


def test_whether_it_is_dark_is_said_by_the_tag_then_the_page_then_the_theme(page: Page, fake: Fake) -> None:
    asks(fake, "inline", theme=THEME | {"dark": "always"})
    themed = look(page, fake)
    assert (themed["theme"], themed["accent"]) == ("dark", "rgb(242, 184, 160)")
    assert look(page, fake, ":root{--honestybox-theme:light}")["theme"] == "light"
    assert look(page, fake, ":root{--honestybox-theme:dark}", 'data-theme="light"')["theme"] == "light"
    asks(fake, "inline", theme=THEME | {"dark": "never"})
    page.emulate_media(color_scheme="dark")
    assert look(page, fake)["theme"] == "light"


def test_a_gate_without_an_appeal_and_thanks_wear_it_too(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(access=closed(theme=THEME))
    page.goto(fake.publish())
    wait_for(page, "gated")
    assert page.evaluate(LOOK)["text"] == "rgb(16, 16, 16)"
    fake.theme = THEME
    page.goto(fake.publish("/back") + "#honestybox=paid")
    wait_for(page, "thanked")
    assert page.evaluate(LOOK)["font"] == '"Source Serif 4", serif'


def test_without_its_module_an_appeal_looks_as_usual(page: Page, fake: Fake) -> None:
    page.route("**/theme.js", lambda route: route.abort())
    asks(fake, "inline", theme=THEME)
    assert look(page, fake)["accent"] == "rgb(11, 76, 104)"
    assert "theme" in wait_for(page, "error")["message"]
