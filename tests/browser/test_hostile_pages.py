"""Pages that have bent what the script relies on: it works there, or leaves the article alone, and never throws."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, an_article
from .reading import asks, heard, press_and_leave, wait_for

pytestmark = pytest.mark.browser

# What old libraries and careless scripts do to a page before ours comes.
BENT = """
  Array.prototype.each = function () { throw new Error('each') };
  Array.prototype.toJSON = undefined;
  Object.prototype.extend = function () { throw new Error('extend') };
  Object.prototype.name2 = 'polluted'; Object.prototype.hidden = undefined;
  Array.from = (list) => { const all = []; for (let i = 0; i < list.length; i += 1) all.push(list[i]); return all };
  Function.prototype.bind = function (to, ...some) { return (...more) => this.apply(to, [...some, ...more]) };
  const real = window.fetch;
  window.fetch = (...given) => real(...given).then((answer) => answer.clone());
  const push = history.pushState;
  history.pushState = function (...given) { push.apply(this, given); dispatchEvent(new Event('routed')) };
  console.log = console.error = () => { throw new Error('no console') };
"""
BASE = '<base href="https://elsewhere.example/deep/">'
STYLES = """<style>* { all: unset !important }
  div:not(.content), section, dialog, form, fieldset, label, input, button, honesty-box { display: none !important }
  button { position: fixed !important; visibility: hidden !important; pointer-events: none !important }
  body, main, article, .content, p { display: block !important }</style>"""


@pytest.mark.parametrize("placement", ["inline", "banner", "overlay"])
def test_it_works_where_prototypes_styles_and_the_base_are_bent(page: Page, fake: Fake, placement: str) -> None:
    page.add_init_script(BENT)
    asks(fake, placement)
    page.goto(fake.publish(html=an_article(fake.tag(), head=STYLES).replace("<head>", f"<head>{BASE}")))
    wait_for(page, "shown")
    if placement == "banner":
        page.locator(".opener").click()
    button = page.get_by_role("button", name="Continue")
    button.scroll_into_view_if_needed()
    expect(button).to_be_in_viewport()
    page.get_by_role("radio", name="Once").check()
    page.evaluate("scrollTo(0, 0); history.pushState({}, '', location.origin + '/story?page=2')")
    wait_for(page, "decision", 2)
    wait_for(page, "shown", 2)
    assert page.locator("honesty-box").count() == 1
    if placement == "banner":
        page.locator(".opener").click()
    press_and_leave(button)
    page.wait_for_url("**/pay")
    (asked,) = fake.of("contributions")
    assert asked["return_url"].startswith(fake.paper)


def test_a_page_that_throws_its_body_or_itself_away_is_let_go(page: Page, fake: Fake) -> None:
    asks(fake, "banner", "inline")
    page.goto(fake.publish())
    wait_for(page, "shown", 2)
    page.evaluate("""() => { const body = document.createElement('body');
        body.innerHTML = '<main><article><div class="content"><p>Anew</p></div></article></main>';
        document.body.replaceWith(body) }""")
    page.evaluate("honestybox.refresh()")
    wait_for(page, "decision", 2)
    wait_for(page, "shown", 3)
    page.evaluate("document.open(); document.write('<!doctype html><p>Written</p>'); document.close()")
    page.evaluate("honestybox.refresh()")
    expect(page.get_by_text("Written")).to_be_visible()
    assert [body["page"]["type"] for body in fake.of("decisions")][:2] == ["other", "other"]


def test_a_module_that_never_comes_is_asked_for_once_a_page(page: Page, fake: Fake) -> None:
    """Where the address is looked at once a second, a blocked module is not asked for every second."""
    page.add_init_script("Object.defineProperty(window, 'navigation', {value: undefined})")
    page.route("**/calls.js", lambda route: route.abort())
    page.clock.install()
    page.goto(fake.publish())
    wait_for(page, "decision")
    for path in ("/a", "/b"):
        page.evaluate("(path) => history.pushState({}, '', path)", path)
        page.clock.run_for(5000)
    wait_for(page, "error", 2)
    assert len(heard(page, "error")) == 2


def test_a_module_that_was_lost_on_one_page_is_had_on_the_next(page: Page, fake: Fake) -> None:
    page.route("**/over.js", lambda route: route.abort())
    asks(fake, "banner")
    page.goto(fake.publish())
    assert "over.js" in wait_for(page, "error")["message"]
    page.unroute("**/over.js")
    page.evaluate("honestybox.refresh()")
    wait_for(page, "shown")
    expect(page.locator(".opener")).to_be_visible()
