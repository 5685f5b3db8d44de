"""The gate: an article that is cut, why, and how it is given back. A service that answers from cards."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from .fake_service import CONTENT, OPEN, Answer, Fake, a_decision, a_problem, an_appeal, an_article, closed, locale
from .reading import STRICT, give, heard, wait_for

pytestmark = pytest.mark.browser

WORDS = locale("en")
LATER = WORDS["gate_later"]
SEEN = "[...document.querySelectorAll('.content > :not(honesty-box)')].filter((node) => node.checkVisibility()).length"
WHOLE = "document.querySelector('.content').outerHTML"


def gated(page: Page, fake: Fake, *appeals: dict[str, Any], html: str | None = None, **gate: Any) -> Page:
    """The story, cut after two paragraphs, with these appeals on its page."""
    fake.decisions = lambda body: a_decision(*appeals, access=closed(**gate))
    page.goto(fake.publish(html=html))
    wait_for(page, "gated")
    return page


def test_the_rest_of_the_article_is_out_of_sight_and_of_the_accessibility_tree(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    assert page.evaluate(SEEN) == 2
    assert page.get_by_text("harbour commission").and_(page.locator(":visible")).count() == 2
    assert page.locator("main").aria_snapshot().count("harbour commission") == 2
    expect(page.locator(f"{CONTENT} > :nth-child(3)")).to_have_attribute("placement", "gate")
    expect(page.get_by_role("region", name="Keep the lamp lit")).to_be_visible()
    expect(page.get_by_role("heading", name="Keep the lamp lit", level=2)).to_be_visible()
    assert page.evaluate("document.activeElement === document.body")
    assert page.get_by_role("button", name="Close").count() == 0


def test_it_is_announced_with_the_readers_count(page: Page, fake: Fake) -> None:
    gated(page, fake)
    assert heard(page, "gated") == [
        {"granted": False, "reason": "used_up", "used": 5, "allowance": 5, "resets_at": "2031-12-01T00:00:00Z"}
    ]


def test_the_last_paragraph_fades_unless_the_reader_chose_their_own_colours(page: Page, fake: Fake) -> None:
    def mask(child: int) -> str:
        said = page.locator(f"{CONTENT} > :nth-child({child})").evaluate("(p) => getComputedStyle(p).maskImage")
        return str(said).partition("(")[0]

    gated(page, fake)
    assert [mask(1), mask(2)] == ["none", "linear-gradient"]
    page.emulate_media(forced_colors="active")
    assert mask(2) == "none"


def test_it_works_under_a_strict_policy_and_trusted_types(page: Page, fake: Fake) -> None:
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    access = closed() | {"markup": {"selector": CONTENT}}
    fake.decisions = lambda body: a_decision(an_appeal("gate"), access=access)
    page.goto(fake.publish(Content_Security_Policy=STRICT.format(service=fake.service)))
    wait_for(page, "shown")
    assert page.evaluate(SEEN) == 2
    assert page.locator("head script[type='application/ld+json']").count() == 1
    page.get_by_role("button", name=LATER).click()
    wait_for(page, "opened")
    assert page.evaluate(SEEN) == 12
    assert [text for text in complaints if "favicon" not in text and "404" not in text] == []


def test_no_rule_of_the_page_shows_what_is_cut(page: Page, fake: Fake) -> None:
    head = "<style>html body main article .content p:not(#x) { display: block !important }</style>"
    gated(page, fake, html=an_article(fake.tag(), head=head))
    assert page.evaluate(SEEN) == 2


def test_text_that_stands_in_no_element_is_cut_too_and_given_back_as_it_was(page: Page, fake: Fake) -> None:
    story = "<div class=content>One.<br>Two.<br><b>Three.</b> Four. <i style='color: red'>Five.</i> Six.</div>"
    page_of_1998 = an_article(fake.tag(), paragraphs=0).replace('<div class="content"></div>', story)
    fake.decisions = lambda body: a_decision(access=closed())
    fake.delay = 0.3
    page.goto(fake.publish(html=page_of_1998))
    before = page.evaluate(WHOLE)
    wait_for(page, "gated")
    assert page.locator(CONTENT).inner_text().split() == ["One.", "Two."]
    page.get_by_role("button", name=LATER).click()
    wait_for(page, "opened")
    page.locator("header a").focus()
    assert page.evaluate(WHOLE) == before


def test_what_the_page_adds_later_stays_behind_the_gate(page: Page, fake: Fake) -> None:
    gated(page, fake)
    page.evaluate("document.querySelector('.content').append(Object.assign(document.createElement('p'), {id: 'more'}))")
    expect(page.locator("#more")).to_be_hidden()


@pytest.mark.parametrize(("paragraphs", "seen"), [(1, 1), (2, 2), (3, 2)])
def test_a_short_article_is_cut_only_where_something_follows(
    page: Page, fake: Fake, paragraphs: int, seen: int
) -> None:
    gated(page, fake, html=an_article(fake.tag(), paragraphs=paragraphs))
    assert page.evaluate(SEEN) == seen
    expect(page.locator("honesty-box")).to_be_visible()
    faded = page.locator(f"{CONTENT} > p").first.evaluate("(p) => getComputedStyle(p).maskImage !== 'none'")
    assert not faded


@pytest.mark.parametrize("selector", ["article .nowhere", "article !!"])
def test_an_article_without_the_place_is_left_open_and_that_is_announced(
    page: Page, fake: Fake, selector: str
) -> None:
    access = closed(place={"selector": selector, "visible": 2})
    fake.decisions = lambda body: a_decision(an_appeal("gate"), access=access)
    page.goto(fake.publish())
    assert selector in wait_for(page, "error")["message"]
    assert page.evaluate(SEEN) == 12
    assert page.locator("honesty-box").count() == 0


@pytest.mark.parametrize("language", ["en", "ru"])
@pytest.mark.parametrize("reason", ["used_up", "premium", "no_consent", "store_unavailable"])
def test_without_an_appeal_it_says_why_and_asks_for_nothing(
    page: Page, fake: Fake, reason: str, language: str
) -> None:
    gated(page, fake, reason=reason, language=language)
    words = locale(language)
    date = {"en": "1 December 2031", "ru": "1 декабря 2031 г"}[language]
    box = page.get_by_role("region", name=words[f"gate_{reason}_heading"])
    expect(box).to_contain_text(words[f"gate_{reason}"].replace("{date}", date))
    expect(page.get_by_role("button", name=words["gate_later"])).to_be_visible()
    assert box.get_by_role("button").count() == 1
    assert box.get_by_role("radio").count() == 0
    assert "{" not in box.inner_text()


def test_where_no_article_will_be_free_it_names_no_day(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(access=closed(later=False) | {"resets_at": None})
    page.goto(fake.publish())
    wait_for(page, "gated")
    expect(page.locator("honesty-box .panel")).to_have_text(WORDS["gate_used_up_heading"])


def test_a_hard_gate_offers_no_later(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"), later=False)
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    assert page.get_by_role("button", name=LATER).count() == 0


@pytest.mark.parametrize("appeals", [[], [an_appeal("gate")]], ids=["notice", "appeal"])
def test_later_opens_the_article_and_reading_goes_on_where_it_stopped(
    page: Page, fake: Fake, appeals: list[dict[str, Any]]
) -> None:
    gated(page, fake, *appeals)
    page.get_by_role("button", name=LATER).click()
    assert wait_for(page, "opened") == {
        "granted": True, "reason": "put_off", "token": "jwt", "until": "2031-11-23T12:00:00Z"
    }  # fmt: skip
    assert fake.of("access/later") == [{"site": "daily-lantern", "reader": "token-1", "url": fake.paper + "/story"}]
    assert page.evaluate(SEEN) == 12
    assert page.locator("honesty-box").count() == 0
    third = page.locator(f"{CONTENT} > p").nth(2)
    expect(third).to_be_focused()
    expect(third).to_be_in_viewport()
    page.locator("header a").focus()
    assert third.get_attribute("tabindex") is None
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


@pytest.mark.parametrize(
    ("answer", "said"),
    [(a_problem(409, "put off before"), "gate_later_spent"), (a_problem(503, "redis"), "try_again")],
)
def test_a_later_that_is_refused_says_so_and_keeps_the_gate(
    page: Page, fake: Fake, answer: Answer, said: str
) -> None:
    fake.later = lambda body: answer
    gated(page, fake, an_appeal("gate"))
    page.get_by_role("button", name=LATER).click()
    expect(page.get_by_role("alert")).to_have_text(WORDS[said])
    assert heard(page, "error")[0]["status"] == answer[0]
    assert page.evaluate(SEEN) == 2
    fake.later = Fake().later
    page.get_by_role("button", name=LATER).click()
    wait_for(page, "opened")


def test_later_pressed_twice_is_asked_once(page: Page, fake: Fake) -> None:
    gated(page, fake)
    fake.delay = 0.3
    page.get_by_role("button", name=LATER).dblclick()
    wait_for(page, "opened")
    assert len(fake.of("access/later")) == 1


def test_everything_in_the_gate_can_be_done_from_the_keyboard(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    page.locator("header a").focus()
    reached = []
    for _ in range(6):
        page.keyboard.press("Tab")
        focus = "document.activeElement.shadowRoot.activeElement"
        reached.append(page.evaluate(f"({focus}.innerText || {focus}.name || '').trim()"))
    assert reached == ["See how we spend it", "interval", "amount", "Continue", LATER, "Remind me later"]
    page.keyboard.press("Shift+Tab")
    page.keyboard.press("Enter")
    wait_for(page, "opened")
    expect(page.locator(f"{CONTENT} > p").nth(2)).to_be_focused()


def test_a_gift_can_be_made_at_the_gate(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    give(page)
    page.wait_for_url("**/pay")
    assert fake.of("contributions")[0]["receipt"] == "receipt-gate"
    page.goto(fake.paper + "/story#honestybox=paid")
    wait_for(page, "thanked")
    assert page.evaluate(SEEN) == 12
    expect(page.locator("honesty-box[placement=banner]")).to_contain_text("Thank you")


def test_remind_me_later_is_promised_and_leaves_a_gate_that_asks_for_nothing(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    expect(page.get_by_role("status")).to_have_text("We will not ask again before 29 November 2031.")
    expect(page.get_by_role("heading", name=WORDS["gate_used_up_heading"])).to_be_visible()
    assert page.get_by_role("button", name="Continue").count() == 0
    assert page.evaluate(SEEN) == 2
    page.get_by_role("button", name=LATER).click()
    wait_for(page, "opened")
    assert page.evaluate(SEEN) == 12


@pytest.mark.parametrize("placement", ["banner", "inline", "overlay", "gate"])
def test_never_ask_again_is_promised_without_a_date(page: Page, fake: Fake, placement: str) -> None:
    fake.snoozes = lambda body: (200, {"until": None})
    snooze = an_appeal()["snooze"] | {"never": True}
    access = closed() if placement == "gate" else OPEN
    fake.decisions = lambda body: a_decision(an_appeal(placement, snooze=snooze), access=access)
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name=WORDS["never_ask_again"]).click()
    expect(page.get_by_role("status")).to_have_text(WORDS["never_promise"])
    wish = {"reader": "token-1", "receipt": f"receipt-{placement}", "device": "phone", "never": True}
    assert fake.of("snoozes") == [wish]
    said = heard(page, "snoozed")[0]
    assert (said["never"], said["until"]) == (True, None)


def test_never_is_offered_only_where_the_site_offers_it(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    page.get_by_role("button", name="Remind me later").click()
    assert page.get_by_role("button", name=WORDS["never_ask_again"]).count() == 0


def test_refreshing_gives_the_article_back_and_cuts_it_anew(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("gate"))
    at_once = f"() => {{ honestybox.refresh(); return [{SEEN}, document.querySelectorAll('honesty-box').length]; }}"
    assert page.evaluate(at_once) == [12, 0]
    wait_for(page, "gated", 2)
    fake.decisions = lambda body: a_decision()
    page.evaluate("honestybox.refresh()")
    assert page.evaluate(SEEN) == 12
    assert page.evaluate("document.adoptedStyleSheets.length") == 0


def test_who_has_read_beyond_the_cut_is_led_back_to_it(page: Page, fake: Fake) -> None:
    fake.delay = 0.5
    fake.decisions = lambda body: a_decision(an_appeal("gate"), access=closed())
    page.goto(fake.publish(html=an_article(fake.tag(), paragraphs=30)))
    page.evaluate("scrollTo(0, 3000)")
    wait_for(page, "shown")
    expect(page.locator("honesty-box .primary")).to_be_in_viewport()


@pytest.mark.parametrize("granted", [True, False])
def test_search_engines_are_told_what_is_not_free_for_as_long_as_the_page_view_lasts(
    page: Page, fake: Fake, granted: bool
) -> None:
    access = (OPEN if granted else closed()) | {"markup": {"selector": CONTENT}}
    fake.decisions = lambda body: a_decision(access=access)
    page.goto(fake.publish())
    block = page.locator("head script[type='application/ld+json']")
    block.wait_for(state="attached")
    assert page.evaluate("(text) => JSON.parse(text)", block.text_content()) == {
        "@context": "https://schema.org", "@type": "NewsArticle", "mainEntityOfPage": fake.paper + "/story",
        "isAccessibleForFree": False,
        "hasPart": {"@type": "WebPageElement", "isAccessibleForFree": False, "cssSelector": CONTENT},
    }  # fmt: skip
    fake.decisions = lambda body: a_decision()
    page.evaluate("honestybox.refresh()")
    expect(block).to_have_count(0)
    assert [body["page"]["premium"] for body in fake.of("decisions")] == [False, False]


def test_other_appeals_of_the_page_are_shown_beside_a_gate_without_one(page: Page, fake: Fake) -> None:
    gated(page, fake, an_appeal("banner"))
    wait_for(page, "shown")
    expect(page.locator("honesty-box")).to_have_count(2)
