"""Everything works on a page that allows nothing but our origin, approves no string as code, and loads no style."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, a_decision, a_form, an_appeal, an_article, closed
from .reading import asks, wait_for

pytestmark = pytest.mark.browser

NOTHING_BUT_US = (
    "default-src 'none'; script-src {service}; connect-src {service}; require-trusted-types-for 'script'"
)
ARTICLE = '<meta property="og:type" content="article">'
COMPLAIN = """window.complaints = [];
  addEventListener('securitypolicyviolation', ({violatedDirective}) => complaints.push(violatedDirective))"""
# Three years ago's Safari had none of these; a stand-in for it, since it cannot be had here.
YOUNG = """
  Object.defineProperty(window, 'navigation', {value: undefined});
  for (const [owner, names] of [[Promise, ['withResolvers', 'try']], [Object, ['groupBy']], [Map, ['groupBy']],
      [AbortSignal, ['any']], [URL, ['parse']], [Math, ['sumPrecise']], [RegExp, ['escape']], [Iterator, ['from']],
      [Iterator.prototype, ['map', 'filter', 'toArray', 'some', 'every', 'find', 'forEach', 'take', 'drop', 'flatMap']],
      [Element.prototype, ['checkVisibility', 'setHTML', 'moveBefore']], [Document, ['parseHTMLUnsafe']],
      [Uint8Array, ['fromBase64']], [window, ['requestIdleCallback', 'scheduler', 'CloseWatcher', 'trustedTypes']],
      [HTMLDialogElement.prototype, ['requestClose']], [Document.prototype, ['startViewTransition', 'prerendering']]])
    for (const name of names) delete owner[name];
"""


def publish(page: Page, fake: Fake, **headers: str) -> list[str]:
    """Puts the article under the policy; the addresses that it asks for, from now on."""
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.add_init_script(COMPLAIN)
    tag = fake.tag('data-analytics="dataLayer"')
    article = an_article(tag, head=ARTICLE).replace('<link rel="stylesheet" href="/paper.css">', "")
    fake.publish("/story", article, **headers)
    return asked


@pytest.mark.parametrize("age", ["strict", "young"])
def test_all_of_it_works_where_only_our_origin_may(page: Page, fake: Fake, age: str) -> None:
    """Gate, putting it off, overlay, the form with its extras, one's own amount, reminding later."""
    if age == "young":
        page.add_init_script(YOUNG)
    asked = publish(page, fake, Content_Security_Policy=NOTHING_BUT_US.format(service=fake.service))
    story = fake.paper + "/story"
    access = closed() | {"markup": {"selector": ".content"}}
    fake.decisions = lambda body: a_decision(an_appeal("gate"), access=access)
    page.goto(story)
    wait_for(page, "gated")
    expect(page.locator(".content > p").last).to_be_hidden()
    assert page.locator("script[type='application/ld+json']").count() == 1
    page.locator(".off button").click()
    wait_for(page, "opened")
    expect(page.locator(".content > p").last).to_be_visible()

    asks(fake, "banner")
    page.goto(story)
    wait_for(page, "shown")
    page.locator(".opener").click()
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    assert wait_for(page, "snoozed")["days"] == 7
    page.evaluate("history.pushState({}, '', '/story?page=2')")
    wait_for(page, "decision", 2)
    page.evaluate("honestybox.hide()")
    page.wait_for_function("document.querySelector('honesty-box')?.hidden")
    assert page.evaluate("complaints") == []

    asks(fake, "overlay", form=a_form(email=True))
    page.goto(story)
    page.get_by_role("radio", name="Other").check()
    page.keyboard.type("12.50")
    assert page.evaluate("complaints") == []
    hosts = {url.split("/")[2] for url in asked}
    assert hosts == {fake.paper[7:], fake.service[7:]}, "nobody else is asked before Continue"
    page.get_by_role("button", name="Continue").click()
    page.wait_for_url("**/pay")
    assert fake.of("contributions")[0]["amount_minor"] == 1250
