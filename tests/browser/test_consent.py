"""What the reader agreed to in the page's own dialog, at any time; and what other analytics are told."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page

from .fake_service import Fake, a_decision, an_article
from .reading import asks, heard, opened, wait_for

pytestmark = pytest.mark.browser

# A consent dialog of TCF 2.2 as its vendors write them: a stub that keeps what it is called with, and what comes later.
STUB = "window.waiting = []; window.__tcfapi = (...call) => { waiting.push(call) };"
DIALOG = """window.arrive = () => {
  const listeners = new Map();
  window.said = {};
  window.__tcfapi = (command, version, callback, id) => {
    if (command === 'addEventListener') {
      listeners.set(listeners.size + 1, callback);
      callback({...said, listenerId: listeners.size}, true);
    }
    if (command === 'removeEventListener') callback(listeners.delete(id));
  };
  window.say = (status, purposes, gdprApplies = true) => {
    const consents = Object.fromEntries(purposes.map((id) => [id, true]));
    said = {eventStatus: status, gdprApplies, purpose: {consents}};
    listeners.forEach((callback, id) => callback({...said, listenerId: id}, true));
  };
  window.listening = () => listeners.size;
  (window.waiting || []).forEach((call) => __tcfapi(...call));
};"""
KEPT = "Object.keys(localStorage)"
TOKEN = "honestybox:daily-lantern"


def a_page(page: Page, fake: Fake, *scripts: str, attributes: str = "") -> None:
    head = "".join(f"<script>{script}</script>" for script in (DIALOG, *scripts))
    page.goto(fake.publish(html=an_article(fake.tag(attributes), head=head)))


def consents(fake: Fake) -> list[bool]:
    return [body["consent"] for body in fake.of("decisions")]


def answers(fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(reader="token-1" if body["consent"] else None)


def test_the_dialog_is_waited_for_and_a_withdrawal_takes_the_token_away(page: Page, fake: Fake) -> None:
    answers(fake)
    a_page(page, fake, STUB)
    page.wait_for_function("waiting.length === 1")
    page.evaluate("arrive(); say('cmpuishown', [])")
    assert (consents(fake), page.evaluate(KEPT)) == ([], [])
    page.evaluate("say('useractioncomplete', [1, 8])")
    wait_for(page, "decision")
    assert (consents(fake), page.evaluate(KEPT)) == ([True], [TOKEN])
    page.evaluate("localStorage.setItem('honestybox:daily-lantern:attempts', '{}')")
    page.evaluate("say('cmpuishown', [1])")
    page.evaluate("say('useractioncomplete', [])")
    assert page.evaluate(KEPT) == []
    wait_for(page, "decision", 2)
    assert fake.of("decisions")[1]["reader"] is None
    page.evaluate("say('useractioncomplete', [1])")
    wait_for(page, "decision", 3)
    assert (consents(fake), page.evaluate(KEPT)) == ([True, False, True], [TOKEN])
    page.evaluate("honestybox.destroy()")
    page.wait_for_function("!honestybox.site")
    page.evaluate("say('useractioncomplete', [])")
    page.wait_for_function("listening() === 0")
    assert len(fake.of("decisions")) == 3


def test_a_dialog_that_comes_late_or_never_keeps_nothing_until_then(page: Page, fake: Fake) -> None:
    answers(fake)
    page.set_default_timeout(15000)  # the script's own patience is three seconds
    a_page(page, fake, f"localStorage.setItem('{TOKEN}', 'of an earlier yes')", attributes='data-consent="tcf"')
    wait_for(page, "decision")
    assert (consents(fake), fake.of("decisions")[0]["reader"]) == ([False], None)
    assert page.evaluate(KEPT) == [TOKEN]
    page.evaluate("arrive(); say('tcloaded', [1])")
    wait_for(page, "decision", 2)
    assert (consents(fake)[1], fake.of("decisions")[1]["reader"]) == (True, "of an earlier yes")


@pytest.mark.parametrize(
    ("attributes", "said", "agreed"),
    [
        ("", "say('tcloaded', [1])", True),
        ("", "say('tcloaded', [2, 8])", False),
        ("", "say('tcloaded', [], false)", True),
        ('data-purposes="1 8"', "say('tcloaded', [1])", False),
        ('data-purposes="1, 8"', "say('tcloaded', [1, 8])", True),
        ('data-purposes="all"', "say('tcloaded', [1, 8])", False),
        ('data-consent="granted"', "say('tcloaded', [])", True),
        ('data-consent="denied"', "say('tcloaded', [1])", False),
        ('data-consent="yes"', "say('tcloaded', [1])", False),
    ],
)
def test_purposes_and_the_tags_own_word(page: Page, fake: Fake, attributes: str, said: str, agreed: bool) -> None:
    answers(fake)
    a_page(page, fake, f"arrive(); {said}", attributes=attributes)
    wait_for(page, "decision")
    assert (consents(fake), page.evaluate(KEPT)) == ([agreed], [TOKEN] if agreed else [])
    assert [error["message"] for error in heard(page, "error")] == (
        ['Not known, so denied: data-consent="yes"'] if "yes" in attributes else []
    )


def pushed(page: Page, layer: str = "dataLayer") -> list[Any]:
    read = "(name) => (window[name] ?? []).map((one) => one.length ? [...one] : one)"
    entries: list[Any] = page.evaluate(read, layer)
    return entries


def test_analytics_are_told_what_happens_and_nothing_of_the_reader(page: Page, fake: Fake) -> None:
    asks(fake, "banner")
    tag = fake.tag('data-analytics="dataLayer:layer2 ga4:G-1 matomo"')
    page.goto(fake.publish(html=an_article(tag)))
    wait_for(page, "shown")
    page.get_by_role("button", name="Close").click()
    wait_for(page, "dismissed")
    facts = {"campaign": "lights-on", "variant": "plain", "placement": "banner"}
    decided = {"reason": "no_meter", "appeals": 1}
    told = [one for one in pushed(page, "layer2") if one["event"] != "honestybox_error"]
    assert told == [
        {"event": "honestybox_decision", "honestybox": decided, "_clear": True},
        {"event": "honestybox_shown", "honestybox": facts, "_clear": True},
        {"event": "honestybox_dismissed", "honestybox": facts, "_clear": True},
    ]
    assert ["event", "honestybox_dismissed", {**facts, "send_to": "G-1"}] in pushed(page)
    assert "matomo" in heard(page, "error")[0]["message"]


@pytest.mark.parametrize("silent", ["globalPrivacyControl", "consent"])
def test_analytics_are_told_nothing_against_the_readers_will(page: Page, fake: Fake, silent: str) -> None:
    if silent == "globalPrivacyControl":
        page.add_init_script("Object.defineProperty(navigator, 'globalPrivacyControl', {value: true})")
    asks(fake, "banner")
    consent = "denied" if silent == "consent" else "granted"
    page.goto(fake.publish(html=an_article(fake.tag(f'data-analytics="dataLayer ga4" data-consent="{consent}"'))))
    wait_for(page, "shown")
    assert pushed(page) == []


def test_events_that_did_not_arrive_are_sent_again(page: Page, context: BrowserContext, fake: Fake) -> None:
    opened(page, fake, "banner")
    context.set_offline(True)
    page.get_by_role("button", name="Close").click()
    wait_for(page, "dismissed")
    page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    page.wait_for_function("performance.getEntriesByType('resource').some(({name}) => name.endsWith('/events'))")
    assert fake.events("dismissed") == []
    with page.expect_response("**/v1/events"):
        context.set_offline(False)
    assert fake.events("dismissed") == ["receipt-banner"]
