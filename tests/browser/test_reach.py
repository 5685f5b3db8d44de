"""An appeal with a keyboard alone, and on a window as small as 400 % zoom leaves it."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, an_article
from .reading import PLACEMENTS, asks, give, wait_for
from .test_accessibility import EXTRAS, in_language, look
from .test_beside_the_words import IMAGE, TICKER

pytestmark = pytest.mark.browser

FOCUSED = "document.activeElement.localName === 'honesty-box'"
WHERE = """() => {
  let node = document.activeElement;
  while (node.shadowRoot?.activeElement) node = node.shadowRoot.activeElement;
  return node.getAttribute('aria-label') || node.name || node.textContent;
}"""
# What is cut off at a side, or by a box that does not scroll; and what cannot be scrolled to.
LOST = """() => {
  const panel = document.querySelector('honesty-box').shadowRoot.querySelector('.panel');
  const lost = [];
  for (const node of panel.querySelectorAll('h2,p,a,button,input,select,label,img,b,[role=progressbar]')) {
    const {width, height} = node.getBoundingClientRect();
    if (!width || !height || node.closest('legend,[hidden]')) continue;
    node.scrollIntoView({block: 'center'});
    const box = node.getBoundingClientRect();
    const style = getComputedStyle(node);
    const cut = node.scrollWidth > node.clientWidth + 1 || node.scrollHeight > node.clientHeight + 1;
    const clipped = style.overflow === 'hidden' && cut;
    if (box.left < -1 || box.right > innerWidth + 1 || box.bottom < 1 || box.top > innerHeight - 1 || clipped)
      lost.push([node.localName, node.textContent.slice(0, 40), box.left, box.right, box.top, box.bottom]);
  }
  return {lost, wide: [document.documentElement.scrollWidth - innerWidth, panel.scrollWidth - panel.clientWidth]};
}"""


def tab_to(page: Page, wanted: str, key: str = "Tab") -> None:
    """Goes on until the focus is there; fails after one round."""
    met = []
    for _ in range(20):
        page.keyboard.press(key)
        met.append(page.evaluate(WHERE))
        if met[-1] == wanted:
            return
    raise AssertionError(f"{wanted} was not met: {met}")


def test_a_dialog_is_given_in_snoozed_and_closed_with_a_keyboard_alone(page: Page, fake: Fake) -> None:
    asks(fake, "overlay")
    page.goto(fake.publish(html=an_article(fake.tag(), after='<button id="before">Menu</button>')))
    for answer in ("close", "snooze", "give"):
        page.evaluate("document.querySelector('honesty-box')?.remove(); document.getElementById('before').focus()")
        page.evaluate("honestybox.refresh()")
        page.wait_for_function(FOCUSED)
        if answer == "close":
            for _ in range(12):
                page.keyboard.press("Tab")
                assert page.evaluate(f"{FOCUSED} || document.activeElement === document.body"), "focus left the dialog"
            tab_to(page, "Close")
            page.keyboard.press("Enter")
        elif answer == "snooze":
            tab_to(page, "Remind me later")
            page.keyboard.press("Enter")
            tab_to(page, "in 30 days")
            page.keyboard.press("Space")
            wait_for(page, "snoozed")
            assert page.evaluate(FOCUSED), "what was promised is read out"
            page.keyboard.press("Escape")
        else:
            tab_to(page, "amount")
            page.keyboard.press("ArrowRight")
            tab_to(page, "Continue")
            page.keyboard.press("Enter")
            page.wait_for_url("**/pay")
            break
        expect(page.locator("honesty-box")).to_have_count(0)
        assert page.evaluate("document.activeElement.id") == "before"
    assert fake.of("contributions")[0]["amount_minor"] == 1000
    assert fake.of("snoozes")[0]["days"] == 30


@pytest.mark.parametrize(("width", "height"), [(320, 640), (320, 256)])
def test_nothing_is_lost_on_a_small_window_or_at_400_percent(page: Page, fake: Fake, width: int, height: int) -> None:
    page.set_viewport_size({"width": width, "height": height})
    fake.ticker = (200, {"ticker": TICKER})
    for placement in (*PLACEMENTS, "gate"):
        asks(fake, placement, image=IMAGE, ticker=True, form=EXTRAS)
        page.goto(fake.publish())
        wait_for(page, "shown")
        if placement == "banner":
            page.get_by_role("button", name="Choose an amount").click()
        page.get_by_role("radio", name="Other").check()
        page.get_by_label("Your amount").fill("a lot")
        page.get_by_role("button", name="Remind me later").click()
        give(page)
        page.get_by_text("Please write the amount in figures").wait_for()
        assert page.evaluate(LOST) == {"lost": [], "wide": [0, 0]}, placement


def test_nothing_is_lost_on_a_small_window_in_long_words_and_from_right_to_left(page: Page, fake: Fake) -> None:
    page.set_viewport_size({"width": 320, "height": 256})
    for language in ("ar", "de", "ru"):
        for placement in (*PLACEMENTS, "gate"):
            words = in_language(language)
            look(page, fake, placement, **words)
            if placement == "banner":
                page.locator("honesty-box .opener").click()
            page.get_by_role("button", name=words["words"]["remind_me_later"]).click()
            assert page.evaluate(LOST) == {"lost": [], "wide": [0, 0]}, (language, placement)
