"""Everything works on a page that allows nothing but our origin, approves no string as code, and loads no style."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .fake_service import COPY, Fake, a_decision, a_form, an_appeal, an_article, closed
from .reading import asks, wait_for
from .test_beside_the_words import IMAGE, TICKER
from .test_newsletters import WORDS, a_letter

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


def test_what_an_appeal_may_have_works_there_too(page: Page, fake: Fake) -> None:
    """Inline with a ticker, and an image that may not load; a newsletter and its preview; a snooze with an address."""
    publish(page, fake, Content_Security_Policy=NOTHING_BUT_US.format(service=fake.service))
    story = fake.paper + "/story"
    fake.ticker = (200, {"ticker": TICKER})
    snooze = an_appeal()["snooze"] | {"mails": True}
    form = a_form(fees={"fixed_minor": 30, "percent_bp": 290, "checked": False}, currencies=["USD", "EUR"], email=True)
    asks(fake, "inline", image=IMAGE, ticker=True, snooze=snooze, form=form)
    page.goto(story)
    wait_for(page, "shown")
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    expect(page.get_by_role("progressbar")).to_be_visible()
    part = page.locator(".ticker .bar i").evaluate("(fill) => fill.offsetWidth / fill.parentNode.clientWidth")
    assert 0.2 < part < 0.28, "the bar has its width without a style attribute"
    assert page.get_by_role("img", name="A lamp").count() == 0, "img-src does not let it in: the appeal does without"
    expect(page.locator(".tick")).to_be_visible()
    assert set(page.evaluate("complaints")) == {"img-src"}
    reminder = {"confirm_by": "2031-11-25T12:00:00Z"}
    fake.snoozes = lambda body: (200, {"until": "2031-11-29T12:00:00Z", "reminder": reminder})
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_label("E-mail me then (optional)").fill("reader@example.org")
    page.get_by_role("button", name="in 7 days").click()
    expect(page.get_by_role("status")).to_contain_text("confirm the reminder")

    copy = COPY["en"] | {"button": "Sign me up"}
    asks(fake, "banner", kind="newsletter", form=None, newsletter=a_letter(), copy=copy)
    page.goto(story)
    wait_for(page, "shown")
    page.get_by_role("button", name="Sign me up").click()
    page.get_by_role("link", name=WORDS["newsletter_preview"]).click()
    dialog = page.get_by_role("dialog", name="The Week")
    expect(dialog.get_by_role("link")).to_be_visible()
    dialog.get_by_role("button", name="Close").click()
    page.get_by_label("E-mail address").fill("reader@example.org")
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_role("status")).to_be_visible()
    assert len(fake.of("newsletters/weekly/subscriptions")) == 1
    assert set(page.evaluate("complaints")) <= {"frame-src", "default-src"}
