"""One choice is one attempt, in every tab and after every reload; who has just given is asked before giving twice."""

from __future__ import annotations

import json
from typing import Any

import pytest
from playwright.sync_api import BrowserContext, Page, expect

from .fake_service import Answer, Fake, a_form, a_problem, an_article, locale
from .reading import asks, give, opened, wait_for

pytestmark = pytest.mark.browser

WORDS = locale("en")
KEPT = "honestybox:daily-lantern:attempts"
HOUR = 3600 * 1000


def attempts(fake: Fake) -> list[str]:
    return [body["attempt"] for body in fake.of("contributions")]


def paid_in(page: Page) -> None:
    give(page)
    page.wait_for_url("**/pay")


def test_two_tabs_with_the_same_choice_send_the_very_same_request(
    page: Page, context: BrowserContext, fake: Fake
) -> None:
    opened(page, fake)
    other = context.new_page()
    other.goto(fake.publish("/another-story"))
    wait_for(other, "shown")
    paid_in(page)
    paid_in(other)
    first, second = fake.of("contributions")
    assert first == second


def test_two_tabs_with_two_choices_are_two_attempts(page: Page, context: BrowserContext, fake: Fake) -> None:
    opened(page, fake)
    other = opened(context.new_page(), fake)
    other.get_by_role("radio", name="$10").check()
    paid_in(page)
    paid_in(other)
    assert len(set(attempts(fake))) == 2


def test_a_reload_sends_the_same_attempt(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(503, "stripe")
    opened(page, fake)
    for _ in range(2):
        give(page)
        expect(page.locator(".problem")).not_to_be_empty()
        page.evaluate("history.scrollRestoration = 'manual'")  # or the browser scrolls down again, soon or late
        page.reload()
        page.evaluate("scrollTo(0, 0)")
        wait_for(page, "shown")
    first, second = fake.of("contributions")
    assert first == second


@pytest.mark.parametrize(("hours", "same"), [(19.99, True), (20, False)])
def test_an_attempt_is_kept_for_less_than_the_day_that_stripe_remembers_it(
    page: Page, fake: Fake, hours: float, same: bool
) -> None:
    opened(page, fake)
    paid_in(page)
    page.goto(fake.paper + "/story")
    wait_for(page, "shown")
    page.evaluate(f"""() => {{
      const kept = JSON.parse(localStorage.getItem('{KEPT}'));
      for (const entry of Object.values(kept)) entry.at = Date.now() - {int(hours * HOUR)};
      localStorage.setItem('{KEPT}', JSON.stringify(kept));
    }}""")
    paid_in(page)
    assert (len(set(attempts(fake))) == 1) is same


def test_another_readers_attempt_is_not_taken_over(page: Page, fake: Fake) -> None:
    opened(page, fake)
    paid_in(page)
    page.goto(fake.publish())
    page.evaluate("localStorage.setItem('honestybox:daily-lantern', 'token-2')")
    decided = fake.decisions({})[1] | {"reader": "token-2"}
    fake.decisions = lambda body: (200, decided)
    page.reload()
    wait_for(page, "shown")
    paid_in(page)
    assert len(set(attempts(fake))) == 2


def test_a_paid_attempt_is_dropped_and_an_unverified_one_is_kept(page: Page, fake: Fake) -> None:
    opened(page, fake)
    paid_in(page)
    for outcome, left in (("unverified", True), ("paid", False)):
        page.goto(fake.publish() + f"#honestybox={outcome}")
        wait_for(page, "thanked")
        assert page.evaluate(f"Boolean(localStorage.getItem('{KEPT}'))") is left
        page.goto("about:blank")


def test_a_spent_attempt_leaves_those_of_other_choices_alone(page: Page, fake: Fake) -> None:
    opened(page, fake)
    paid_in(page)
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.get_by_role("radio", name="$10").check()
    spent = [a_problem(409, "expired", field="attempt"), (200, {"checkout_url": fake.service + "/pay"})]
    fake.contributions = lambda body: spent.pop(0)
    paid_in(page)
    page.goto(fake.publish())
    kept = json.loads(page.evaluate(f"localStorage.getItem('{KEPT}')"))
    first, _, third = attempts(fake)
    assert {entry["body"]["attempt"] for entry in kept.values()} == {first, third}


@pytest.mark.parametrize("spoilt", ["not json", "[]", "null", '{"monthly,USD,500,false,0": 5}', '{"x": {"at": 1}}'])
def test_what_somebody_else_wrote_in_its_place_does_no_harm(page: Page, fake: Fake, spoilt: str) -> None:
    page.add_init_script(f"localStorage.setItem('{KEPT}', {json.dumps(spoilt)})")
    opened(page, fake)
    paid_in(page)
    assert len(attempts(fake)) == 1


def test_without_consent_nothing_is_kept_and_the_same_press_is_still_one_attempt(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(503, "stripe")
    asks(fake, "inline")
    page.goto(fake.publish(html=an_article(fake.tag('data-consent="denied"'))))
    wait_for(page, "shown")
    for _ in range(2):
        give(page)
        expect(page.locator(".problem")).not_to_be_empty()
        expect(page.get_by_role("button", name="Continue")).to_be_enabled()
    assert len(set(attempts(fake))) == 1
    assert page.evaluate("localStorage.length") == 0


def given_before(body: dict[str, Any]) -> Answer:
    if body.get("again"):
        return 503, {}
    return a_problem(409, "You have just given.", field="already_given")


def test_who_has_just_given_is_asked_first_and_may_give_again(page: Page, fake: Fake) -> None:
    fake.contributions = given_before
    opened(page, fake)
    fake.delay = 0.6
    give(page)
    expect(page.locator(".problem")).to_have_text("You have just given.")
    assert page.evaluate("shift") == 0
    page.get_by_role("button", name=WORDS["give_again"]).click()
    expect(page.locator(".problem")).to_have_text(WORDS["stripe_unavailable"])
    first, second = fake.of("contributions")
    assert second == first | {"again": True}


def test_another_choice_takes_the_question_back(page: Page, fake: Fake) -> None:
    fake.contributions = given_before
    opened(page, fake)
    give(page)
    expect(page.get_by_role("button", name=WORDS["give_again"])).to_be_visible()
    page.get_by_role("radio", name="$10").check()
    give(page)
    expect(page.get_by_role("button", name=WORDS["give_again"])).to_be_visible()
    assert [body.get("again") for body in fake.of("contributions")] == [None, None]


def test_too_many_attempts_are_told_in_the_services_own_sentence(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(429, "Please try again in 3 minutes.")
    opened(page, fake)
    give(page)
    expect(page.locator(".problem")).to_have_text("Please try again in 3 minutes.")


def wants_a_human(fake: Fake, script: str = "/human.js") -> None:
    check = {"provider": "turnstile", "site_key": "key", "script_url": fake.service + script}

    def answer(body: dict[str, Any]) -> Answer:
        if body.get("check") == "proof-for-key":
            return 200, {"checkout_url": fake.service + "/pay"}
        return a_problem(403, "Show that you are human.", field="check", check=check)

    fake.contributions = answer


@pytest.mark.parametrize("placement", ["inline", "overlay"])
def test_a_human_is_asked_for_a_proof_and_the_same_attempt_goes_on_with_it(
    page: Page, fake: Fake, placement: str
) -> None:
    wants_a_human(fake)
    opened(page, fake, placement)
    give(page)
    expect(page.get_by_role("dialog", name=WORDS["check_title"])).to_contain_text(WORDS["check_text"])
    page.get_by_role("button", name="I am human").click()
    page.wait_for_url("**/pay")
    first, second = fake.of("contributions")
    assert second == first | {"check": "proof-for-key"}


def test_who_closes_the_question_is_back_at_the_form(page: Page, fake: Fake) -> None:
    wants_a_human(fake)
    opened(page, fake)
    give(page)
    page.get_by_role("dialog").wait_for()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Continue")).to_be_focused()
    assert len(attempts(fake)) == 1


def test_a_check_that_cannot_be_made_says_so_and_charges_nothing(page: Page, fake: Fake) -> None:
    wants_a_human(fake, "/nowhere.js")
    opened(page, fake, form=a_form())
    give(page)
    expect(page.locator(".problem")).to_have_text(WORDS["check_missing"])
