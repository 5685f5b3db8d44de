"""A single-page site: the tag follows the reader from page to page by itself, and leaves nothing behind."""

from __future__ import annotations

import pytest
from playwright.sync_api import BrowserContext, CDPSession, Page

from .fake_service import Fake, a_decision, an_appeal, an_article
from .reading import asks, heard, wait_for

pytestmark = pytest.mark.browser

# A router as frameworks have one: the address first, the article and its head a moment later.
ROUTER = """<script>
  window.go = (path, canonical = path, how = "pushState") => {
    history[how]({}, "", path);
    setTimeout(() => {
      document.title = path;
      if (canonical) document.querySelector("link[rel=canonical]").href = new URL(canonical, location.origin).href;
      document.querySelector("h1").textContent = path;
    }, 30);
  };
</script>"""
HEAD = '<link rel="canonical" href="/story"><meta property="og:type" content="article">'
NO_NAVIGATION = "Object.defineProperty(window, 'navigation', {value: document.createElement('nav')})"


def a_site(page: Page, fake: Fake, attributes: str = "", path: str = "/story") -> None:
    page.goto(fake.publish(path, an_article(fake.tag(attributes), head=HEAD, after=ROUTER)))
    wait_for(page, "decision")


def asked_of(fake: Fake) -> list[str]:
    """The paths that were asked about."""
    return [body["page"]["url"].removeprefix(fake.paper) for body in fake.of("decisions")]


def held(devtools: CDPSession) -> tuple[float, float]:
    """Listeners and nodes that are held, once what is not is collected."""
    devtools.send("HeapProfiler.collectGarbage")
    metrics = {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}
    return metrics["JSEventListeners"], metrics["Nodes"]


def test_twenty_pages_get_a_decision_each_and_leave_no_listener_and_no_node(page: Page, fake: Fake) -> None:
    """Forwards by links, and then with the browser's own buttons."""
    asks(fake, "banner", "inline")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    a_site(page, fake, 'data-analytics="dataLayer"')
    wait_for(page, "shown", 2)
    measured = []
    for number in range(1, 21):
        page.evaluate("(path) => go(path)", f"/story-{number}")
        wait_for(page, "decision", number + 1)
        wait_for(page, "shown", 2 * number + 2)
        assert page.locator("honesty-box").count() == 2
        page.evaluate("dataLayer.length = 0; heard.forEach((one) => (one[1] = null))")
        measured.append(held(devtools))
    assert asked_of(fake) == ["/story", *(f"/story-{number}" for number in range(1, 21))]
    page.evaluate("document.querySelector('link[rel=canonical]').remove()")
    for number, step in enumerate((-1, -2, 2), 22):
        page.evaluate("(step) => history.go(step)", step)
        wait_for(page, "decision", number)
        wait_for(page, "shown", 2 * number)
        assert page.locator("honesty-box").count() == 2
        page.evaluate("dataLayer.length = 0; heard.forEach((one) => (one[1] = null))")
        measured.append(held(devtools))
    assert asked_of(fake)[21:] == ["/story-19", "/story-17", "/story-19"]
    (listeners, nodes), (listeners_then, nodes_then) = measured[4], measured[-1]
    assert listeners_then <= listeners + 2, measured
    assert nodes_then <= nodes + 10, measured


def test_what_is_another_page_and_what_is_not(page: Page, fake: Fake) -> None:
    """One page, one decision: fragments, tracking and the same address again are none; a route in a fragment is one."""
    a_site(page, fake, path="/story")
    for path in ("/story#comments", "/story?utm_source=letter&fbclid=1", "/story/?utm_source=x", "/story"):
        page.evaluate("(path) => go(path)", path)
        page.evaluate("(path) => go(path, path, 'replaceState')", path)
    page.evaluate("go('/story?page=2')")
    wait_for(page, "decision", 2)
    page.evaluate("go('/story?page=2#!/three', null)")
    wait_for(page, "decision", 3)
    page.evaluate("history.back()")
    wait_for(page, "decision", 4)
    for path in ("/a", "/b", "/c"):
        page.evaluate("(path) => go(path)", path)
    wait_for(page, "decision", 5)
    page.evaluate("go('/d'); honestybox.refresh()")
    wait_for(page, "decision", 6)
    page.evaluate("go('/e')")
    wait_for(page, "decision", 7)
    assert asked_of(fake)[4:] in (["/c", "/c", "/e"], ["/c", "/d", "/e"])
    assert heard(page, "error") == []


def test_a_canonical_link_that_still_names_the_page_before_is_not_believed(page: Page, fake: Fake) -> None:
    a_site(page, fake)
    page.evaluate("go('/next', null)")
    wait_for(page, "decision", 2)
    assert asked_of(fake) == ["/story", "/next"]


def test_a_browser_without_the_navigation_api_is_followed_too(page: Page, fake: Fake) -> None:
    page.add_init_script(NO_NAVIGATION)
    asks(fake, "banner")
    a_site(page, fake)
    pushed = page.evaluate("history.pushState.toString().includes('[native code]')")
    page.evaluate("go('/next')")
    wait_for(page, "decision", 2)
    assert (asked_of(fake), pushed) == (["/story", "/next"], True)


def test_a_site_that_calls_itself_can_say_so(page: Page, fake: Fake) -> None:
    a_site(page, fake, 'data-navigation="manual"')
    page.evaluate("go('/next')")
    page.wait_for_function("document.title === '/next'")
    page.evaluate("honestybox.refresh()")
    wait_for(page, "decision", 2)
    assert asked_of(fake) == ["/story", "/next"]


def test_a_page_restored_from_the_cache_is_followed_and_reports_as_before(context: BrowserContext, fake: Fake) -> None:
    page = context.new_page()
    fake.decisions = lambda body: a_decision(an_appeal("banner", receipt=body["page"]["url"].rpartition("/")[2]))
    a_site(page, fake)
    wait_for(page, "shown")
    page.goto(fake.publish("/elsewhere", "<!doctype html><title>Elsewhere</title>"))
    page.go_back(wait_until="commit")
    page.wait_for_function("document.title !== 'Elsewhere'")
    page.evaluate("go('/next')")
    wait_for(page, "decision", 2)
    wait_for(page, "shown", 2)
    with page.expect_request("**/v1/events"):
        page.get_by_role("button", name="Close").click()
    assert asked_of(fake) == ["/story", "/next"]
