"""Paying in a dialog over the article: opened, left, paid, and what happens where a page forbids it."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from .fake_service import Answer, Fake, a_decision, a_form, a_problem, an_appeal, an_article, locale
from .reading import STRICT, asks, give, heard, opened, wait_for

pytestmark = pytest.mark.browser

WORDS = locale("en")
SECRET = "cs_test_1_secret_2"
FRAMES = STRICT + "; frame-src {service}"


@pytest.fixture(autouse=True)
def _embedded(fake: Fake) -> None:
    """The service answers as for a site whose checkout is embedded, until it is asked for Stripe's page."""

    def contributions(body: dict[str, Any]) -> Answer:
        if body.get("hosted"):
            return 200, {"checkout_url": f"{fake.service}/pay"}
        return 200, {
            "checkout_url": None, "client_secret": SECRET, "publishable_key": "pk_test_1",
            "script_url": f"{fake.service}/js/stripe.js",
        }  # fmt: skip

    fake.contributions = contributions


def third_parties(page: Page) -> list[str]:
    """What of Stripe's the page loads, from now on."""
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url) if "/js/stripe.js" in request.url else None)
    return loaded


def pane(page: Page) -> Locator:
    dialog = page.get_by_role("dialog", name=WORDS["pay_title"])
    expect(dialog).to_be_visible()
    return dialog


def pay(page: Page) -> None:
    page.frame_locator("iframe").get_by_role("button", name="Pay").click()


def test_nothing_of_stripes_is_loaded_before_continue_is_pressed(page: Page, fake: Fake) -> None:
    loaded = third_parties(page)
    opened(page, fake)
    page.get_by_role("radio", name="$10").check()
    assert loaded == []
    give(page)
    pane(page)
    assert len(loaded) == 1


@pytest.mark.parametrize("outcome", ["paid", "pending", "unverified"])
def test_the_reader_pays_over_the_article_and_is_told_the_truth_there(page: Page, fake: Fake, outcome: str) -> None:
    fake.outcomes = lambda body: (200, {"outcome": outcome})
    opened(page, fake)
    address = page.url
    give(page)
    pane(page)
    pay(page)
    expect(page.get_by_text(WORDS[f"thanks_{outcome}"])).to_be_visible(timeout=8000)
    assert wait_for(page, "thanked")["outcome"] == outcome
    asked = fake.of("contributions/outcome")[0]
    assert asked == {
        "site": "daily-lantern", "reader": "token-1", "session": "cs_test_1", "url": fake.paper + "/story",
    }
    page.get_by_role("button", name=WORDS["pay_done"], exact=True).click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.locator("honesty-box .said")).to_have_text(WORDS[f"thanks_{outcome}_heading"])
    expect(page.locator("honesty-box .said")).to_be_focused()
    assert page.url == address
    assert page.evaluate("shift") == 0


def test_an_outcome_that_cannot_be_had_at_first_is_asked_for_again(page: Page, fake: Fake) -> None:
    answers = [a_problem(503, "down"), (200, {"outcome": "paid"})]
    fake.outcomes = lambda body: answers.pop(0)
    opened(page, fake)
    give(page)
    pane(page)
    pay(page)
    expect(page.get_by_text(WORDS["thanks_paid"])).to_be_visible()


def test_a_paid_gate_opens_and_reading_goes_on(page: Page, fake: Fake) -> None:
    access = {"granted": True, "reason": "supporter", "token": "jwt"}
    fake.outcomes = lambda body: (200, {"outcome": "paid", "access": access})
    opened(page, fake, "gate")
    expect(page.locator(".content > p").last).to_be_hidden()
    give(page)
    pane(page)
    pay(page)
    page.get_by_role("button", name=WORDS["pay_done"], exact=True).click()
    expect(page.locator(".content > p").last).to_be_visible()
    assert wait_for(page, "opened") == access
    assert page.evaluate("document.activeElement.matches('.content > p')")


def test_an_overlay_makes_way_for_the_payment_and_goes_when_it_is_paid(page: Page, fake: Fake) -> None:
    opened(page, fake, "overlay")
    give(page)
    pane(page)
    expect(page.locator("dialog")).to_be_hidden()
    pay(page)
    page.get_by_role("button", name=WORDS["pay_done"], exact=True).click()
    expect(page.locator("honesty-box")).to_have_count(0)


def test_an_overlay_that_was_left_is_there_again_with_its_choice(page: Page, fake: Fake) -> None:
    opened(page, fake, "overlay")
    page.get_by_role("radio", name="$10").check()
    give(page)
    pane(page).get_by_role("button", name="Close").click()
    expect(page.get_by_role("radio", name="$10")).to_be_checked()
    expect(page.get_by_role("button", name="Continue")).to_be_focused()


def test_closing_charges_nothing_gives_the_focus_back_and_keeps_the_attempt(page: Page, fake: Fake) -> None:
    opened(page, fake)
    page.get_by_role("radio", name="$10").check()
    for _ in range(2):
        give(page)
        pane(page).get_by_role("button", name="Close").click()
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Continue")).to_be_focused()
        assert page.get_by_role("radio", name="$10").is_checked()
    first, second = fake.of("contributions")
    assert first["attempt"] == second["attempt"]
    assert fake.of("contributions/outcome") == []


def test_escape_asks_before_it_closes_and_the_second_one_means_it(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    pane(page)
    page.keyboard.press("Escape")
    question = page.get_by_role("alertdialog")
    expect(question).to_contain_text(WORDS["pay_leave"])
    expect(page.get_by_role("button", name=WORDS["pay_leave_no"])).to_be_focused()
    page.keyboard.press("Enter")
    expect(question).to_be_hidden()
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(page.get_by_role("button", name="Continue")).to_be_focused()


def test_the_keyboard_goes_round_inside_and_the_page_behind_holds_still(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    pane(page)
    before = page.evaluate("scrollY")
    page.mouse.wheel(0, 600)
    for _ in range(12):
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.matches('honesty-box[placement=pane], iframe')")
    for _ in range(12):
        page.keyboard.press("Shift+Tab")
        assert page.evaluate("document.activeElement.matches('honesty-box[placement=pane], iframe')")
    assert page.evaluate("scrollY") == before


def test_a_frame_that_a_bank_puts_on_the_page_may_have_the_focus(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    pane(page)
    page.evaluate("""() => {
      const frame = document.createElement('iframe');
      frame.id = 'bank';
      frame.style.cssText = 'position:fixed;inset:0;z-index:2147483647';
      document.body.append(frame);
      frame.focus();
    }""")
    assert page.evaluate("document.activeElement.id") == "bank"
    assert page.evaluate("document.elementFromPoint(100, 100).id") == "bank"


def test_a_strict_page_that_allows_stripe_and_the_policys_name_lets_the_reader_stay(page: Page, fake: Fake) -> None:
    policy = (FRAMES + "; trusted-types honestybox").format(service=fake.service)
    asks(fake, "inline")
    page.goto(fake.publish(html=an_article(fake.tag()), Content_Security_Policy=policy))
    wait_for(page, "shown")
    give(page)
    pane(page)
    pay(page)
    expect(page.get_by_text(WORDS["thanks_paid"])).to_be_visible()


@pytest.mark.parametrize(
    "policy",
    [
        FRAMES.replace("script-src {service}", "script-src {service}/embed/"),  # Stripe's script is kept out
        STRICT + "; trusted-types honestybox",  # its frames are
        FRAMES + "; trusted-types somebody-else",  # our policy's name is
    ],
    ids=["script", "frame", "trusted types"],
)
def test_a_page_that_keeps_stripe_out_leads_to_stripes_page_by_the_same_attempt(
    page: Page, fake: Fake, policy: str
) -> None:
    asks(fake, "inline")
    page.goto(fake.publish(html=an_article(fake.tag()), Content_Security_Policy=policy.format(service=fake.service)))
    wait_for(page, "shown")
    give(page)
    page.wait_for_url("**/pay")
    first, second = fake.of("contributions")
    assert (first.get("hosted"), second["hosted"]) == (None, True)
    assert first["attempt"] == second["attempt"]


def test_a_script_that_does_not_come_leads_to_stripes_page_and_says_why(page: Page, fake: Fake) -> None:
    page.route("**/js/stripe.js", lambda route: route.abort())
    opened(page, fake)
    fake.delay = 0.5
    give(page)
    expect(page.get_by_role("button", name=WORDS["pay_elsewhere"])).to_be_visible()
    assert "blocked" in heard(page, "error")[0]["message"]
    page.wait_for_url("**/pay")


def test_a_script_that_is_too_slow_is_not_waited_for(page: Page, fake: Fake) -> None:
    page.clock.install()
    opened(page, fake)
    fake.script_delay = 3
    give(page)
    page.wait_for_timeout(300)
    page.clock.fast_forward(8000)
    page.wait_for_url("**/pay")


def test_while_the_payment_cannot_move_to_stripes_page_nothing_is_charged(page: Page, fake: Fake) -> None:
    page.route("**/js/stripe.js", lambda route: route.abort())
    embedded, down = fake.contributions, [True]
    fake.contributions = lambda body: a_problem(503, "stripe") if body.get("hosted") and down.pop() else embedded(body)
    opened(page, fake)
    page.get_by_role("radio", name="$10").check()
    give(page)
    expect(page.locator(".problem")).to_have_text(WORDS["stripe_unavailable"])
    down.append(False)
    give(page)
    page.wait_for_url("**/pay")
    assert [body.get("hosted") for body in fake.of("contributions")] == [None, True, True]
    assert len({body["attempt"] for body in fake.of("contributions")}) == 1


def test_leaving_the_article_ends_the_dialog(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    pane(page)
    page.evaluate("honestybox.refresh()")
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert page.evaluate("getComputedStyle(document.documentElement).overflow") == "visible"


def test_the_dialog_fills_a_phone_and_speaks_the_articles_language(page: Page, fake: Fake) -> None:
    fake.decisions = lambda body: a_decision(an_appeal(language="ru", form=a_form("ru")))
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.get_by_role("button", name="Продолжить").click()
    dialog = page.get_by_role("dialog", name=locale("ru")["pay_title"])
    expect(dialog).to_be_visible()
    assert dialog.bounding_box() == {"x": 0, "y": 0, "width": 390, "height": 844}
