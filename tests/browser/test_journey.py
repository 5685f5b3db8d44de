"""The main job, as readers and editors do it: the real demo in a real browser."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Locator, Page, expect

from tests.demo.waiting import until

from .journeys import ARTICLES, Demo, appeal, read, reasons, running_demo
from .reading import press_and_leave

pytestmark = pytest.mark.browser

DAY = 86_400


@pytest.fixture(scope="module")
def demo_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("demo")


@pytest.fixture(scope="module")
def running(demo_folder: Path) -> Iterator[Demo]:
    with running_demo(demo_folder) as demo:
        yield demo


@pytest.fixture
def demo(running: Demo) -> Demo:
    """The demo, at the present time."""
    running.move_clock(0)
    return running


def choose(page: Page, interval: str, amount: str) -> None:
    box = appeal(page)
    box.get_by_role("radio", name=interval).check()
    box.get_by_role("radio", name=amount, exact=True).check()
    box.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/c/pay/"))


@pytest.mark.parametrize(
    ("interval", "amount", "shown"), [("Monthly", "$5", "$5"), ("Once", "$25", "$25"), ("Annual", "$50", "$50")]
)
def test_who_has_given_is_thanked_on_the_same_article_and_not_asked_again(
    demo: Demo, page: Page, interval: str, amount: str, shown: str
) -> None:
    assert read(page, demo)["appeals"][0]["placement"] == "inline"
    choose(page, interval, amount)
    expect(page.locator("body")).to_contain_text(shown)
    press_and_leave(page.locator("#pay"))
    page.wait_for_url(demo.paper + ARTICLES[0])
    expect(page.locator("honesty-box")).to_contain_text("Thank you")
    expect(page.locator("honesty-box")).to_contain_text("has arrived")
    for article in ARTICLES:
        assert reasons(read(page, demo, article)) == {"supporter"}
        assert page.locator("honesty-box").count() == 0


def test_who_changes_the_currency_and_covers_the_fees_pays_what_the_form_says(demo: Demo, page: Page) -> None:
    read(page, demo)
    box = appeal(page)
    box.get_by_label("Currency").select_option("EUR")
    box.get_by_role("radio", name="€5", exact=True).check()
    box.get_by_role("checkbox").check()
    expect(box.locator(".tick")).to_contain_text("Add €0.33 to cover the fees, so that all of your €5 reaches us")
    expect(box.locator(".cost")).to_have_text("€5.33 a month, fees included")
    box.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/c/pay/"))
    expect(page.locator(".amount")).to_contain_text("€5.33")
    expect(page.locator("body")).to_contain_text("€0.33 of it covers the fees of the payment.")
    press_and_leave(page.locator("#pay"))
    page.wait_for_url(demo.paper + ARTICLES[0])
    expect(page.locator("honesty-box")).to_contain_text("has arrived")


def test_a_supporter_is_recognised_on_another_device_by_a_link_in_a_mail(
    demo: Demo, page: Page, chromium: Browser
) -> None:
    read(page, demo)
    choose(page, "Monthly", "$5")
    press_and_leave(page.locator("#pay"))
    page.wait_for_url(demo.paper + ARTICLES[0])
    device = chromium.new_context(locale="en-GB")
    there = device.new_page()
    assert read(there, demo)["appeals"]
    there.get_by_role("link", name="My gift").click()
    there.get_by_label("E-mail address").fill("reader@example.org")
    there.get_by_role("button", name="Send me the link").click()
    there.get_by_role("heading", name="Look into your mailbox").wait_for()
    link = _mailed_link(there, demo)
    there.goto(link)
    there.get_by_role("button", name="Manage my gift").first.click()
    there.wait_for_url(demo.sandbox + "/p/session/**")
    there.get_by_role("link", name="Go back").click()
    there.get_by_role("button", name="Recognise me in this browser").click()
    there.wait_for_url(demo.paper + ARTICLES[0])
    expect(there.locator("honesty-box")).to_contain_text("Good to see you again")
    assert reasons(read(there, demo, ARTICLES[1])) == {"supporter"}
    there.goto(link)
    expect(there.get_by_role("heading", name="This link does not work any more")).to_be_visible()
    device.close()


def _mailed_link(page: Page, demo: Demo) -> str:
    def arrived() -> bool:
        page.goto(demo.paper + "/outbox")
        return page.locator(".letter a").count() > 0

    until(arrived, seconds=20)
    return str(page.locator(".letter a").first.get_attribute("href"))


def test_a_delayed_payment_is_thanked_as_on_its_way_and_not_asked_again(demo: Demo, page: Page) -> None:
    read(page, demo)
    choose(page, "Once", "$10")
    page.locator("#delay").click()
    page.wait_for_url(demo.paper + ARTICLES[0])
    expect(page.locator("honesty-box")).to_contain_text("on its way")
    assert reasons(read(page, demo, ARTICLES[2])) == {"supporter"}


def test_who_cancels_at_checkout_is_back_on_the_article_with_nothing_recorded(demo: Demo, page: Page) -> None:
    read(page, demo)
    choose(page, "Monthly", "$10")
    page.locator("#decline").click()
    expect(page.get_by_role("alert")).to_be_visible()
    with page.expect_response(lambda answer: answer.url.endswith("/v1/decisions")) as asked:
        press_and_leave(page.locator("#cancel"))
    assert page.url == demo.paper + ARTICLES[0]
    said = reasons(asked.value.json())
    if said == {"store_unavailable"}:  # a busy machine outlasts the patience of a decision now and then
        said = reasons(read(page, demo))
    assert said == set()
    assert reasons(read(page, demo, ARTICLES[1])) == set()


def test_the_back_button_from_checkout_finds_the_choice_and_the_same_checkout(demo: Demo, page: Page) -> None:
    read(page, demo)
    choose(page, "Once", "$50")
    first = page.url
    page.go_back(wait_until="commit")  # restored from the cache, so nothing loads
    box = appeal(page)
    assert box.get_by_role("radio", name="Once").is_checked()
    box.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/c/pay/"))
    assert page.url == first


def test_pressing_again_after_paying_leads_to_the_thanks_and_not_to_a_second_payment(demo: Demo, page: Page) -> None:
    read(page, demo)
    choose(page, "Monthly", "$10")
    press_and_leave(page.locator("#pay"))
    page.wait_for_url(demo.paper + ARTICLES[0])
    page.go_back(wait_until="commit")
    page.go_back(wait_until="commit")
    box = appeal(page)
    box.get_by_role("button", name="Continue").click()
    expect(page.locator("honesty-box")).to_contain_text("has arrived")
    assert page.url == demo.paper + ARTICLES[0]


def test_while_stripe_is_away_nothing_is_charged_and_the_same_press_works_later(demo: Demo, page: Page) -> None:
    read(page, demo)
    box = appeal(page)
    box.get_by_role("radio", name="Annual").check()
    box.get_by_role("radio", name="$100").check()
    switch(page, demo, "Stop answering")
    box.get_by_role("button", name="Continue").click()
    expect(box).to_contain_text("nothing was charged", timeout=20_000)
    assert box.get_by_role("radio", name="$100").is_checked()
    switch(page, demo, "Answer again")
    box.get_by_role("button", name="Continue").click()
    page.wait_for_url(re.compile("/c/pay/"))
    expect(page.locator("body")).to_contain_text("$100")


def switch(page: Page, demo: Demo, button: str) -> None:
    """Presses a button of the sandbox's dashboard, in a tab of its own."""
    dashboard = page.context.new_page()
    dashboard.goto(demo.sandbox)
    dashboard.get_by_role("button", name=button).click()
    dashboard.close()


def test_remind_me_later_holds_to_the_minute_and_outlives_a_restart(page: Page, tmp_path: Path) -> None:
    with running_demo(tmp_path) as demo:
        read(page, demo)
        box = appeal(page)
        box.get_by_role("button", name="Remind me later").click()
        with page.expect_response(lambda answer: answer.url.endswith("/v1/snoozes")) as answered:
            box.get_by_role("button", name="in 7 days").or_(box.get_by_text("in 7 days")).first.click()
        assert answered.value.ok
        assert reasons(read(page, demo, ARTICLES[1])) == {"snoozed"}
        kept = page.evaluate("localStorage.getItem('honestybox:daily-lantern')")
    with running_demo(tmp_path) as demo:
        read(page, demo, "/privacy")  # another port is another origin, so the token is carried over by hand
        page.evaluate("token => localStorage.setItem('honestybox:daily-lantern', token)", kept)
        demo.move_clock(7 * DAY - 3600)
        page.wait_for_timeout(500)
        assert reasons(read(page, demo, ARTICLES[1])) == {"snoozed"}
        demo.move_clock(7 * DAY)
        page.wait_for_timeout(500)
        assert reasons(read(page, demo, ARTICLES[1])) == set()


def test_an_editors_words_are_on_the_next_page_view_and_a_typo_leaves_the_old_ones(demo: Demo, page: Page) -> None:
    file = demo.campaigns / "lights-on.yaml"
    before = file.read_text()
    try:
        after = before.replace("Keep the lamp lit", "A new heading").replace("Paid for by readers", "A new heading")
        file.write_text(after)
        page.wait_for_timeout(2000)
        read(page, demo)
        expect(appeal(page)).to_contain_text("A new heading")
        broken = file.read_text().replace("placement: inline", "placment: inline")
        file.write_text(broken)
        page.wait_for_timeout(2000)
        read(page, demo, ARTICLES[1])
        expect(appeal(page)).to_contain_text("A new heading")
        line = broken[: broken.index("placment")].count("\n") + 1
        assert f"lights-on.yaml:{line}:1: placment: unknown key; did you mean placement?" in demo.out.read_text()
    finally:
        file.write_text(before)


def use_up(page: Page, demo: Demo) -> None:
    """Opens the month's free articles, which shows nothing but the count."""
    for number, article in enumerate(ARTICLES[:5], 1):
        access = read(page, demo, article)["access"]
        assert (access["granted"], access["used"], access["allowance"]) == (True, number, 5)
        assert paragraphs(page) > 2


def paragraphs(page: Page) -> int:
    """How many of the article can be read."""
    shown = "nodes => nodes.filter((node) => node.checkVisibility()).length"
    return int(page.locator(".article__content > p").evaluate_all(shown))


def gate(page: Page) -> Locator:
    box = page.locator("honesty-box[placement=gate]")
    expect(box).to_be_visible()
    assert paragraphs(page) == 2
    return box


def test_the_sixth_article_of_the_month_is_cut_and_opens_after_contributing(demo: Demo, page: Page) -> None:
    use_up(page, demo)
    answer = read(page, demo, ARTICLES[5])
    assert (answer["access"]["granted"], answer["access"]["reason"]) == (False, "used_up")
    expect(gate(page)).to_contain_text("five free articles")  # as both wordings say
    choose(page, "Monthly", "$5")
    press_and_leave(page.locator("#pay"))
    page.wait_for_url(demo.paper + ARTICLES[5])
    expect(page.locator("honesty-box")).to_contain_text("has arrived")
    assert paragraphs(page) > 2
    for article in ARTICLES[5:8]:
        access = read(page, demo, article)["access"]
        assert (access["granted"], access["reason"]) == (True, "supporter")
        assert paragraphs(page) > 2


def test_a_soft_gate_can_be_put_off_for_a_day_once_a_month(demo: Demo, page: Page) -> None:
    use_up(page, demo)
    read(page, demo, ARTICLES[5])
    with page.expect_response(lambda answer: answer.url.endswith("/v1/access/later")) as answered:
        gate(page).get_by_role("button", name="Not now, let me read on").click()
    assert answered.value.json()["access"]["token"]
    expect(page.locator("honesty-box")).to_have_count(0)
    assert paragraphs(page) > 2
    assert read(page, demo, ARTICLES[6])["access"]["reason"] == "put_off"
    assert paragraphs(page) > 2
    demo.move_clock(DAY + 60)
    page.wait_for_timeout(500)
    read(page, demo, ARTICLES[7])
    expect(gate(page)).to_contain_text("Продолжить")
    assert gate(page).get_by_role("button", name="Не сейчас").count() == 0
    assert read(page, demo, ARTICLES[0])["access"]["reason"] == "within_allowance"
    assert paragraphs(page) > 2


def test_the_demo_says_how_many_free_articles_are_used_and_when_there_are_new_ones(demo: Demo, page: Page) -> None:
    read(page, demo, ARTICLES[0])
    page.locator("#demo-toggle").click()
    page.get_by_role("button", name="Why?").click()
    expect(page.locator("#demo-why")).to_contain_text("1 of 5 free articles used, new ones on 1 ")


def test_a_russian_article_asks_in_russian(demo: Demo, page: Page) -> None:
    answer = read(page, demo, "/world/poezd-kotoryi-zhdyot")
    assert answer["appeals"][0]["language"] == "ru"
    expect(appeal(page)).to_contain_text("Ежемесячно")


def test_nobody_is_asked_under_an_obituary(demo: Demo, page: Page) -> None:
    assert reasons(read(page, demo, "/obituaries/ottilie-brandt")) == {"page_excluded"}


def test_the_script_stores_one_token_and_no_cookie(demo: Demo, page: Page) -> None:
    read(page, demo)
    appeal(page)
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == ["honestybox:daily-lantern"]
