"""The appeal on a publisher's page: strict policies, hostile styles, small windows, and nothing that moves."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, an_article
from .reading import PLACEMENTS, STRICT, asks, opened, wait_for

pytestmark = pytest.mark.browser


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_it_works_under_a_strict_policy_and_trusted_types_and_moves_nothing(
    page: Page, fake: Fake, placement: str
) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    elsewhere: list[str] = []
    page.on("request", lambda request: elsewhere.append(request.url))
    asks(fake, placement)
    page.goto(fake.publish(Content_Security_Policy=STRICT.format(service=fake.service)))
    wait_for(page, "shown")
    page.wait_for_timeout(400)
    assert page.evaluate("shift") == 0
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    expect(page.get_by_role("heading", name="Keep the lamp lit")).to_be_visible()
    colour = page.locator("honesty-box .panel").evaluate("(panel) => getComputedStyle(panel).borderTopColor")
    assert colour == "rgb(11, 76, 104)", "the style sheet did not arrive"
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []
    assert {url.split("/")[2] for url in elsewhere} == {fake.paper[7:], fake.service[7:]}
    assert page.context.cookies() == []


def test_an_inline_appeal_waits_while_its_place_is_in_view(page: Page, fake: Fake) -> None:
    asks(fake, "inline")
    page.goto(fake.publish(html=an_article(fake.tag(), paragraphs=3)))
    wait_for(page, "decision")
    page.evaluate("scrollTo(0, 400)")
    page.wait_for_timeout(300)
    assert page.locator("honesty-box").count() == 0
    page.set_viewport_size({"width": 390, "height": 500})
    page.evaluate("scrollTo(0, 0)")
    wait_for(page, "shown")
    assert page.evaluate("shift") == 0


def test_a_dialog_does_not_interrupt_somebody_who_is_writing(page: Page, fake: Fake) -> None:
    asks(fake, "overlay")
    page.goto(fake.publish(html=an_article(fake.tag(), after='<input aria-label="Search" autofocus>')))
    wait_for(page, "decision")
    expect(page.get_by_label("Search")).to_be_focused()
    page.keyboard.type("harbour")
    page.wait_for_timeout(200)
    assert page.get_by_role("dialog").count() == 0
    page.get_by_label("Search").blur()
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_place_that_the_page_lacks_is_announced(page: Page, fake: Fake) -> None:
    asks(fake, "inline", place={"selector": "article .nowhere", "position": "end"})
    page.goto(fake.publish())
    assert "no place" in wait_for(page, "error")["message"]


def test_hostile_styles_do_not_reach_inside(page: Page, fake: Fake) -> None:
    hostile = """<style>html { font-size: 62.5% }
      * { font-size: 40px !important; color: red !important; letter-spacing: 1em !important;
          text-transform: uppercase !important }
      honesty-box { display: none !important; opacity: 0 !important }
      button, input { display: none !important }</style>"""
    asks(fake, "banner")
    page.goto(fake.publish(html=an_article(fake.tag(), head=hostile)))
    wait_for(page, "shown")
    heading = page.get_by_role("heading", name="Keep the lamp lit")
    expect(heading).to_be_visible()
    style = heading.evaluate("""(element) => {
      const { fontSize, color, letterSpacing, textTransform } = getComputedStyle(element);
      return [fontSize, color, letterSpacing, textTransform];
    }""")
    assert style == ["22.1px", "rgb(23, 25, 28)", "normal", "none"]


@pytest.mark.parametrize("placement", [*PLACEMENTS, "gate"])
def test_it_fits_and_every_target_is_large_enough(page: Page, fake: Fake, placement: str) -> None:
    opened(page, fake, placement, language="ru")
    if placement == "banner":
        page.locator(".opener").click()
    page.locator(".later .quiet").click()
    page.get_by_role("radio", name="Другая").check()
    measure = """() => {
      const root = document.querySelector('honesty-box').shadowRoot, panel = root.querySelector('.panel');
      const small = [...root.querySelectorAll('button, .options label, .field')].filter((e) => e.offsetParent !== null)
        .filter((e) => e.getBoundingClientRect().height < 44 || e.getBoundingClientRect().width < 44);
      const fits = document.documentElement.scrollWidth <= innerWidth && panel.scrollWidth <= panel.clientWidth;
      return [fits, small.map((e) => e.textContent)];
    }"""
    for width in (320, 390, 768, 1280):
        page.set_viewport_size({"width": width, "height": 700})
        assert page.evaluate(measure) == [True, []], width


@pytest.mark.parametrize("placement", PLACEMENTS)
def test_on_a_window_as_small_as_400_percent_zoom_the_way_out_is_always_in_sight(
    page: Page, fake: Fake, placement: str
) -> None:
    page.set_viewport_size({"width": 320, "height": 200})
    opened(page, fake, placement)
    if placement == "banner":
        page.locator(".opener").click()
    give_button = page.locator(".give .primary")
    give_button.scroll_into_view_if_needed()
    expect(give_button).to_be_in_viewport(ratio=0.9)
    if placement != "inline":
        expect(page.get_by_role("button", name="Close")).to_be_in_viewport(ratio=0.9)


def test_the_theme_is_the_pages_own_unless_the_tag_says_otherwise(page: Page, fake: Fake) -> None:
    page.emulate_media(color_scheme="dark")
    asks(fake, "banner")
    for tag, head, wanted in (
        (fake.tag(), "", "dark"),
        (fake.tag(), "<style>body{background:#fff!important}</style>", "light"),
        (fake.tag('data-theme="light"'), "", "light"),
        (fake.tag(), "<style>:root{--honestybox-theme: light}</style>", "light"),
    ):
        page.goto(fake.publish(html=an_article(tag, head=head)))
        expect(page.locator("honesty-box .panel")).to_have_attribute("data-theme", wanted)


def test_copy_is_built_from_known_tags_only(page: Page, fake: Fake) -> None:
    copy = {"heading": ["A ", ["em", {}, ["b"]]], "button": "Continue", "body": [
        ["p", {"onclick": "alert(1)"}, [["a", {"href": "javascript:alert(1)"}, ["bad"]], ["script", {}, ["alert(2)"]]]],
        ["ul", {}, [["li", {}, ["x"]]]]]}
    opened(page, fake, copy=copy)
    tree = page.locator("honesty-box .copy").evaluate("(e) => e.innerHTML")
    assert tree == "<p><a>bad</a>alert(2)</p><ul><li>x</li></ul>"
