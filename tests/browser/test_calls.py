"""What a page may call, before the script is there and after; and where it may say that an appeal goes."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, Route, expect

from .fake_service import Fake, an_article
from .reading import asks, heard, opened, wait_for

pytestmark = pytest.mark.browser

STUB = """<script>
  window.honestybox ??= { queue: [] };
  for (const name of ["refresh", "show", "hide", "destroy"]) {
    honestybox[name] ??= (...given) => honestybox.queue.push([name, ...given]);
  }
</script>"""
MARK = '<div id="mark"><honesty-box placement="inline"><a href="/help">Help us</a></honesty-box></div>'


def a_page(fake: Fake, *scripts: str, attributes: str = "") -> str:
    later = "".join(f"<script>{script}</script>" for script in scripts)
    return fake.publish(html=an_article(fake.tag(attributes), head=STUB + later))


def test_calls_made_before_the_script_is_there_are_kept_and_played(page: Page, fake: Fake) -> None:
    asks(fake, "banner", "inline")
    early = """window.early = honestybox.hide; window.played = []; early(); honestybox.refresh();
        honestybox.queue.push((box) => played.push(box.site)); honestybox.queue.push(["dance"])"""
    page.goto(a_page(fake, early))
    wait_for(page, "shown", 2)
    assert page.evaluate("played") == ["daily-lantern"]
    assert "dance" in heard(page, "error")[0]["message"]
    assert len(fake.of("decisions")) == 1
    expect(page.get_by_role("heading", name="Keep the lamp lit")).to_have_count(0)
    page.evaluate("honestybox.show()")
    expect(page.get_by_role("heading", name="Keep the lamp lit").first).to_be_visible()
    page.evaluate("early()")
    expect(page.get_by_role("heading", name="Keep the lamp lit")).to_have_count(0)


def test_what_is_hidden_is_not_seen_and_a_dialog_comes_back_as_one(page: Page, fake: Fake) -> None:
    opened(page, fake, "overlay")
    page.evaluate("honestybox.hide()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    page.get_by_role("link", name="The Daily Lantern").focus()  # nothing is inert
    expect(page.get_by_role("link", name="The Daily Lantern")).to_be_focused()
    page.evaluate("honestybox.show()")
    expect(page.get_by_role("dialog")).to_be_visible()
    wait_for(page, "seen")
    assert len(fake.of("decisions")) == 1


def test_a_gate_is_not_hidden(page: Page, fake: Fake) -> None:
    opened(page, fake, "gate")
    page.evaluate("honestybox.hide()")
    expect(page.get_by_role("heading", name="Keep the lamp lit")).to_be_visible()
    expect(page.locator(".content > p").last).to_be_hidden()


def test_destroying_takes_everything_away_and_a_new_tag_starts_anew(page: Page, fake: Fake) -> None:
    opened(page, fake, "gate")
    page.evaluate("honestybox.destroy()")
    page.wait_for_function("!document.querySelector('honesty-box') && !honestybox.site")
    expect(page.locator(".content > p").last).to_be_visible()
    page.evaluate("history.pushState({}, '', '/other'); honestybox.refresh(); honestybox.hide()")
    page.evaluate("""(src) => { const tag = document.createElement('script');
        tag.src = src; tag.dataset.site = 'daily-lantern'; document.head.append(tag) }""",
        fake.service + "/embed/v1/prompt.js?again")
    wait_for(page, "shown", 2)
    assert len(fake.of("decisions")) == 2
    assert heard(page, "error") == []


def test_an_element_of_ours_or_an_attribute_says_where_an_appeal_goes(page: Page, fake: Fake) -> None:
    asks(fake, "inline")
    places = {
        MARK: "document.querySelector('#mark > honesty-box + honesty-box[campaign]') !== null",
        '<aside data-honestybox="inline"><p>Ours</p></aside>':
            "document.querySelector('aside[data-honestybox] > honesty-box:last-child') !== null",
    }  # fmt: skip
    for mark, there in places.items():
        page.goto(fake.publish(html=an_article(fake.tag(), after=mark)))
        wait_for(page, "shown")
        assert page.evaluate(there), mark
        assert page.evaluate("shift") == 0
    page.goto(fake.publish(html=an_article(fake.tag(), after=MARK)))
    wait_for(page, "shown")
    expect(page.get_by_role("link", name="Help us")).to_be_visible()


MODULES = {
    "banner": ("facts", "appeal", "box", "dom", "styles", "over", "report", "form", "snooze"),
    "gate": ("access", "gate"), "inline": ("place",),
}  # fmt: skip


@pytest.mark.parametrize("placement", MODULES)
def test_each_module_that_does_not_arrive_leaves_the_article_alone(page: Page, fake: Fake, placement: str) -> None:
    asks(fake, placement)
    missing = ""

    def refuse(route: Route) -> None:
        route.abort() if route.request.url.endswith(f"/{missing}.js") else route.continue_()

    page.route("**/*.js", refuse)
    for missing in MODULES[placement]:
        page.goto(fake.publish())
        assert wait_for(page, "error")["message"], missing
        assert page.locator("honesty-box").count() == 0, missing
        expect(page.locator(".content > p").last).to_be_visible()


def test_extras_that_do_not_arrive_stop_nothing(page: Page, fake: Fake) -> None:
    asks(fake, "banner")
    for missing, attributes in (("calls", 'data-analytics="ga4"'), ("analytics", 'data-analytics="ga4"')):
        page.route(f"**/{missing}.js", lambda route: route.abort())
        page.goto(fake.publish(html=an_article(fake.tag(attributes))))
        wait_for(page, "shown")
        assert wait_for(page, "error")["message"], missing
        page.evaluate("honestybox.hide()")
        page.unroute(f"**/{missing}.js")
    page.route("**/consent.js", lambda route: route.abort())
    page.goto(fake.publish(html=an_article(fake.tag('data-consent="tcf"'))))
    asked = len(fake.of("decisions"))
    assert "consent.js" in wait_for(page, "error")["message"]
    assert (len(fake.of("decisions")), page.locator("honesty-box").count()) == (asked, 0)


def test_a_page_of_ours_is_posted_the_readers_number_which_goes_when_they_are_forgotten(page: Page, fake: Fake) -> None:
    asks(fake, "banner")
    status, answer = fake.decisions({})
    fake.decisions = lambda body: (status, answer | {"reader": "a-token-that-is-as-long-as-ours-are"})
    page.goto(a_page(fake))
    wait_for(page, "shown")
    token = page.evaluate("localStorage.getItem('honestybox:daily-lantern')")
    page.evaluate("""() => {
      HTMLFormElement.prototype.submit = function () {
        window.posted = [this.method, this.action, ...new FormData(this)].map(String);
      };
      honestybox.queue.push("data");
    }""")
    page.wait_for_function("window.posted")
    method, action, *fields = page.evaluate("posted")
    assert (method, action.endswith("/daily-lantern/my-data")) == ("post", True)
    assert fields == [f"reader,{token}", "language,en", f"return_url,{page.url}"]
    fake.decisions = lambda body: (status, answer | {"reader": None})
    for end, left in (("x" * 16, token), (token[-16:], None)):
        page.evaluate("localStorage.setItem('honestybox:daily-lantern:attempts', '{}')")
        page.goto("about:blank")  # the fragment alone would be no new page
        page.goto(a_page(fake) + f"#honestybox=forgotten.{end}")
        page.wait_for_function("!location.hash")
        page.wait_for_function("token => localStorage.getItem('honestybox:daily-lantern') === token", arg=left)
    assert page.evaluate("Object.keys(localStorage)") == []
