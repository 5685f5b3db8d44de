"""The tag: what it asks, when, and what it keeps. A real Chromium, a service that answers from cards."""

from __future__ import annotations

import brotli
import pytest
import rjsmin
from playwright.sync_api import Page, expect

from .fake_service import EMBED, Answer, Fake, a_decision, a_problem, an_article
from .reading import asks, wait_for

pytestmark = pytest.mark.browser

NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
KEPT = "localStorage.getItem('honestybox:daily-lantern')"


def minified_size(*names: str) -> int:
    scripts = (rjsmin.jsmin((EMBED / name).read_text("utf-8")) for name in names)
    return sum(len(brotli.compress(script.encode(), quality=11)) for script in scripts)


def test_the_service_is_asked_once_per_page_view_with_what_the_contract_names(page: Page, fake: Fake) -> None:
    page.goto(fake.publish("/story") + "?utm_source=letter&x=1")
    said = wait_for(page, "decision")
    (asked,) = fake.of("decisions")
    assert said["request"]["visit"] == asked["visit"]
    assert said["response"]["reader"] == "token-1"
    assert set(asked) == {"site", "reader", "consent", "page", "visit", "placements"}
    assert (asked["site"], asked["reader"], asked["consent"]) == ("daily-lantern", None, True)
    assert asked["visit"] == {"referrer": "", "utm": {"source": "letter"}, "device": "phone", "width": 390}
    assert asked["page"]["url"].startswith(fake.paper + "/story")
    assert page.evaluate(KEPT) == "token-1"


def test_nothing_but_the_loader_and_the_facts_loads_when_there_is_nothing_to_show(page: Page, fake: Fake) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if ".js" in request.url else None)
    page.goto(fake.publish())
    wait_for(page, "decision")
    assert sorted(url.rpartition("/")[2] for url in loaded) == ["facts.js", "prompt.js"]
    assert page.evaluate("Object.keys(window).filter((name) => /honesty/i.test(name))") == ["honestybox"]


def test_a_hidden_page_waits_until_somebody_looks(page: Page, fake: Fake) -> None:
    page.add_init_script("""window.away = true;
      Object.defineProperty(document, 'hidden', {get: () => away});
      Object.defineProperty(document, 'visibilityState', {get: () => away ? 'hidden' : 'visible'});""")
    page.goto(fake.publish())
    page.wait_for_timeout(300)
    assert fake.of("decisions") == []
    page.evaluate("away = false; document.dispatchEvent(new Event('visibilitychange'))")
    wait_for(page, "decision")


def test_a_tag_that_is_there_twice_asks_once(page: Page, fake: Fake) -> None:
    page.goto(fake.publish(html=an_article(fake.tag() + fake.tag())))
    wait_for(page, "decision")
    page.wait_for_timeout(300)
    assert len(fake.of("decisions")) == 1


def test_a_refused_token_is_forgotten_and_the_question_asked_once_more(page: Page, fake: Fake) -> None:
    refusal = a_problem(400, "forged", field="reader")
    fake.decisions = lambda body: refusal if body["reader"] else a_decision(reader="fresh")
    page.add_init_script("localStorage.setItem('honestybox:daily-lantern', 'forged')")
    page.goto(fake.publish())
    wait_for(page, "decision")
    assert [body["reader"] for body in fake.of("decisions")] == ["forged", None]
    assert page.evaluate(KEPT) == "fresh"


def test_a_service_that_refuses_every_time_is_left_in_peace(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_problem(400, "no", field="reader")
    page.add_init_script("localStorage.setItem('honestybox:daily-lantern', 'forged')")
    page.goto(fake.publish())
    assert wait_for(page, "error")["status"] == 400
    assert len(fake.of("decisions")) == 2


def test_a_token_survives_an_answer_without_one(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(reader=None)
    page.add_init_script("localStorage.setItem('honestybox:daily-lantern', 'kept')")
    page.goto(fake.publish())
    wait_for(page, "decision")
    assert page.evaluate(KEPT) == "kept"


def test_without_storage_the_service_is_told_to_keep_nothing(page: Page, fake: Fake) -> None:
    page.add_init_script(NO_STORAGE)
    page.goto(fake.publish())
    wait_for(page, "decision")
    (asked,) = fake.of("decisions")
    assert (asked["consent"], asked["reader"]) == (False, None)


def test_a_denied_consent_forgets_the_token(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(reader=None)
    page.add_init_script("localStorage.setItem('honestybox:daily-lantern', 'old')")
    page.goto(fake.publish(html=an_article(fake.tag('data-consent="denied"'))))
    wait_for(page, "decision")
    (asked,) = fake.of("decisions")
    assert (asked["consent"], asked["reader"]) == (False, None)
    assert page.evaluate(KEPT) is None


@pytest.mark.parametrize("broken", [a_problem(503, "down"), (200, {}), (200, {"appeals": [{"placement": "inline"}]})])
def test_a_broken_service_leaves_the_article_alone(page: Page, fake: Fake, broken: Answer) -> None:
    fake.decisions = lambda body: broken
    page.goto(fake.publish())
    wait_for(page, "error")
    assert page.locator("honesty-box").count() == 0
    expect(page.locator("h1")).to_be_visible()


def test_refreshing_twenty_times_leaves_one_appeal_and_no_nodes_behind(page: Page, fake: Fake) -> None:
    asks(fake, "banner", "inline")
    page.goto(fake.publish())
    wait_for(page, "shown", 2)
    before = page.evaluate("document.querySelectorAll('*').length")
    for _ in range(20):
        page.evaluate("honestybox.refresh()")
    assert page.locator("honesty-box").count() == 2
    assert page.evaluate("document.querySelectorAll('*').length") == before
    assert len(fake.of("decisions")) == 21


def test_refreshing_in_a_hurry_never_asks_twice_at_the_same_time(page: Page, fake: Fake) -> None:
    asks(fake, "banner")
    page.goto(fake.publish())
    wait_for(page, "shown")
    busiest = page.evaluate("""async () => {
      let now = 0, most = 0; const real = fetch;
      window.fetch = async (...all) => {
        most = Math.max(most, ++now);
        try { return await real(...all); } finally { now -= 1; }
      };
      for (let i = 0; i < 10; i += 1) { honestybox.refresh(); await new Promise((done) => setTimeout(done, 5)); }
      await honestybox.refresh();
      return most;
    }""")
    assert busiest == 1
    assert page.locator("honesty-box").count() == 1


def test_the_script_stays_within_its_budgets() -> None:
    before = minified_size("prompt.js", "facts.js")
    thanks = {"thanks.js"}
    everything = minified_size(*(path.name for path in EMBED.glob("*.js") if path.name not in thanks))
    assert before <= 3072, f"{before} bytes before an appeal shows"
    assert everything <= 12288, f"{everything} bytes with an appeal"
