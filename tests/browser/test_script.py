"""The tag: what it asks, when, and what it keeps. A real Chromium, a service that answers from cards."""

from __future__ import annotations

import brotli
import pytest
from playwright.sync_api import Page, expect

from .fake_service import OPEN, Answer, Fake, a_decision, a_problem, an_appeal, an_article, closed, minified
from .reading import PLACEMENTS, asks, wait_for

pytestmark = pytest.mark.browser

NO_STORAGE = "Object.defineProperty(window, 'localStorage', {get() { throw new DOMException('no', 'SecurityError') }})"
AN_ARTICLE = '<meta property="og:type" content="article">'
KEPT = "localStorage.getItem('honestybox:daily-lantern')"


def minified_size(*names: str) -> int:
    return sum(len(brotli.compress(minified(name), quality=11)) for name in names)


def modules_loaded(page: Page) -> set[str]:
    """The names of the modules that the page loads, from now on."""
    names: set[str] = set()
    page.on("request", lambda request: names.add(request.url.rpartition("/")[2]) if ".js" in request.url else None)
    return names


def test_the_service_is_asked_once_per_page_view_with_what_the_contract_names(page: Page, fake: Fake) -> None:
    page.goto(fake.publish("/story") + "?utm_source=letter&x=1")
    said = wait_for(page, "decision")
    (asked,) = fake.of("decisions")
    # What is undefined is not sent, and Playwright makes it None.
    assert {name: value for name, value in said["request"]["visit"].items() if value is not None} == asked["visit"]
    assert said["response"]["reader"] == "token-1"
    assert set(asked) == {"site", "reader", "consent", "page", "visit", "placements"}
    assert (asked["site"], asked["reader"], asked["consent"]) == ("daily-lantern", None, True)
    assert asked["visit"] == {"referrer": "", "utm": {"source": "letter"}, "device": "phone", "width": 390}
    assert asked["page"]["url"].startswith(fake.paper + "/story")
    assert page.evaluate(KEPT) == "token-1"


def visit_of(page: Page, fake: Fake, attributes: str) -> dict[str, object]:
    """What the service is told of a visit to a page whose tag has these attributes, beyond the usual."""
    page.goto(fake.publish(html=an_article(fake.tag(attributes))))
    wait_for(page, "decision")
    usual = {"referrer", "utm", "device", "width"}
    return {name: value for name, value in fake.of("decisions")[-1]["visit"].items() if name not in usual}


def test_what_the_tag_says_about_the_reader_is_sent(page: Page, fake: Fake) -> None:
    said = """data-signed-in="true" data-attributes='{"plan": "basic", "age": 34, "staff": false}'
              data-newsletters="weekly, daily" """
    assert visit_of(page, fake, said) == {
        "signed_in": True, "attributes": {"plan": "basic", "age": "34", "staff": "false"},
        "newsletters": ["weekly", "daily"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("said", "sent"),
    [
        ('data-signed-in="false"', {"signed_in": False}),
        ('data-signed-in=""', {}),
        ('data-signed-in="yes"', {}),
        ('data-newsletters=""', {}),
        ('data-newsletters=" , "', {}),
        ('data-attributes=""', {}),
        ("data-attributes='{\"plan\": \"'", {}),
        ("data-attributes='[\"plan\", 1]'", {}),
        ("data-attributes='\"plan\"'", {}),
        ("data-attributes='null'", {}),
        ("data-attributes='{\"plan\": \"\"}'", {"attributes": {}}),
    ],
)
def test_what_the_tag_says_badly_is_not_sent_and_does_no_harm(
    page: Page, fake: Fake, said: str, sent: dict[str, object]
) -> None:
    assert visit_of(page, fake, said) == sent


def test_a_long_attribute_is_cut_to_what_the_service_takes(page: Page, fake: Fake) -> None:
    sent = visit_of(page, fake, f"""data-attributes='{{"plan": "{"x" * 201}"}}'""")
    assert sent == {"attributes": {"plan": "x" * 200}}


def test_a_preview_is_asked_for_by_the_pages_address_and_not_kept(page: Page, fake: Fake) -> None:
    address = fake.publish()
    page.goto(address + "?honestybox-preview=to.ken-1_2")
    wait_for(page, "decision")
    page.goto(address)
    wait_for(page, "decision")
    assert [body.get("preview") for body in fake.of("decisions")] == ["to.ken-1_2", None]
    assert "preview" not in fake.of("decisions")[1]
    assert page.evaluate("Object.keys(localStorage)") == ["honestybox:daily-lantern"]


@pytest.mark.parametrize(
    ("head", "placements"), [("", ["banner", "overlay"]), (AN_ARTICLE, ["banner", "overlay", "inline", "gate"])]
)
def test_only_an_article_has_a_place_inside_it(page: Page, fake: Fake, head: str, placements: list[str]) -> None:
    page.goto(fake.publish(html=an_article(fake.tag(), head=head)))
    wait_for(page, "decision")
    assert fake.of("decisions")[0]["placements"] == placements


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


@pytest.mark.parametrize(
    ("placement", "module"),
    [("banner", "over"), ("overlay", "over"), ("inline", "place"), ("gate", "gate"), ("gate", "appeal")],
)
def test_a_module_that_does_not_arrive_leaves_the_article_alone(
    page: Page, fake: Fake, placement: str, module: str
) -> None:
    page.route(f"**/{module}.js", lambda route: route.abort())
    asks(fake, placement)
    page.goto(fake.publish(html=an_article(fake.tag(), after='<input aria-label="Search" autofocus>')))
    if placement == "overlay":
        wait_for(page, "decision")
        page.wait_for_timeout(200)
        page.get_by_label("Search").blur()
    assert module in wait_for(page, "error")["message"]
    assert page.locator("honesty-box").count() == 0
    assert page.locator(".content > p").last.is_visible()


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


def test_the_script_stays_within_its_budget_before_an_appeal_shows(page: Page, fake: Fake) -> None:
    loaded = modules_loaded(page)
    attributes = """data-signed-in="true" data-newsletters="weekly" data-attributes='{"plan": "basic"}'"""
    page.goto(fake.publish(html=an_article(fake.tag(attributes), head=AN_ARTICLE)) + "?honestybox-preview=token")
    wait_for(page, "decision")
    assert loaded == {"prompt.js", "facts.js"}
    assert minified_size(*loaded) <= 3072


@pytest.mark.parametrize("placement", [*PLACEMENTS, "gate"])
def test_the_script_stays_within_its_budget_with_an_appeal_of_any_placement(
    page: Page, fake: Fake, placement: str
) -> None:
    loaded = modules_loaded(page)
    access = closed() | {"markup": {"selector": ".content"}} if placement == "gate" else OPEN
    fake.decisions = lambda body: a_decision(an_appeal(placement), access=access)
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    wait_for(page, "seen")
    assert {"appeal.js", "form.js"} < loaded
    assert minified_size(*loaded) <= 12288, f"{minified_size(*loaded)} bytes: {sorted(loaded)}"
