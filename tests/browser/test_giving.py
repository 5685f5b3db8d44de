"""The giving form: amounts, one press of Continue, and what is said when it fails."""

from __future__ import annotations

from dataclasses import asdict

import pytest
from playwright.sync_api import Page, expect

from service.web.numbers import number_style

from .fake_service import Answer, Fake, a_form, a_problem, locale
from .reading import give, opened

pytestmark = pytest.mark.browser


def test_a_monthly_gift_leads_to_the_payment_page(page: Page, fake: Fake) -> None:
    opened(page, fake)
    page.get_by_role("radio", name="$10").check()
    expect(page.locator(".cost")).to_have_text("$10 a month")
    give(page)
    page.wait_for_url("**/pay")
    (asked,) = fake.of("contributions")
    assert len(asked.pop("attempt")) == 36
    assert asked == {
        "site": "daily-lantern", "reader": "token-1", "receipt": "receipt-inline", "interval": "monthly",
        "currency": "USD", "amount_minor": 1000, "return_url": fake.paper + "/story", "device": "phone",
    }
    assert fake.events("clicked") == ["receipt-inline"]


def test_the_whole_gift_can_be_made_from_the_keyboard(page: Page, fake: Fake) -> None:
    opened(page, fake, "overlay")
    page.keyboard.press("Tab")  # the link in the copy
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("radio", name="Annual")).to_be_checked()
    page.keyboard.press("Tab")
    page.keyboard.press("ArrowRight")
    expect(page.locator(".cost")).to_have_text("$100 a year")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay")
    assert fake.of("contributions")[0]["amount_minor"] == 10000


@pytest.mark.parametrize(
    ("typed", "minor", "shown"),
    [("12,50", 1250, "$12.50 a month"), ("$5,000", 500000, "$5,000 a month"), ("0.1e3", None, "")],
)
def test_another_amount_is_read_as_readers_write_it(
    page: Page, fake: Fake, typed: str, minor: int | None, shown: str
) -> None:
    opened(page, fake)
    page.get_by_role("radio", name="Other").check()
    expect(page.get_by_label("Your amount")).to_be_focused()
    page.keyboard.type(typed)
    if shown:
        expect(page.locator(".cost")).to_have_text(shown)
    page.keyboard.press("Enter")
    if minor is None:
        expect(page.locator(".problem")).to_have_text("Please write the amount in figures, for example $2.")
        assert fake.of("contributions") == []
    else:
        page.wait_for_url("**/pay")
        assert fake.of("contributions")[0]["amount_minor"] == minor


@pytest.mark.parametrize(
    ("typed", "said"),
    [("1.99", "The smallest amount is $2."), ("5000.01", "The largest amount is $5,000."), ("", "Please write")],
)
def test_an_amount_out_of_bounds_is_refused_here_and_the_limit_named(
    page: Page, fake: Fake, typed: str, said: str
) -> None:
    opened(page, fake)
    page.get_by_role("radio", name="Other").check()
    page.keyboard.type(typed)
    give(page)
    problem = page.locator(".problem[aria-live]")
    expect(problem).to_contain_text(said)
    expect(page.get_by_label("Your amount")).to_have_attribute("aria-invalid", "true")
    expect(page.get_by_label("Your amount")).to_be_focused()
    assert fake.of("contributions") == []


def test_pressing_continue_twice_makes_one_request(page: Page, fake: Fake) -> None:
    opened(page, fake)
    fake.delay = 0.3
    page.get_by_role("button", name="Continue").dblclick()
    page.wait_for_url("**/pay")
    assert len(fake.of("contributions")) == 1


def test_stripe_down_keeps_the_amount_and_the_attempt(page: Page, fake: Fake) -> None:
    down: list[Answer] = [a_problem(503, "stripe"), (200, {"checkout_url": fake.service + "/pay"})]
    fake.contributions = lambda body: down.pop(0)
    opened(page, fake)
    fake.delay = 0.6  # longer than the browser forgives a shift after a press
    page.get_by_role("radio", name="$2", exact=True).check()
    give(page)
    expect(page.locator(".problem")).to_have_text(locale("en")["stripe_unavailable"])
    assert page.evaluate("shift") == 0
    give(page)
    page.wait_for_url("**/pay")
    first, second = fake.of("contributions")
    assert first == second
    assert first["amount_minor"] == 200


def test_a_spent_attempt_is_replaced_once_and_a_new_choice_is_a_new_attempt(page: Page, fake: Fake) -> None:
    answers = [a_problem(409, "spent", field="attempt"), a_problem(503, "stripe"), a_problem(503, "stripe")]
    fake.contributions = lambda body: answers.pop(0)
    opened(page, fake)
    give(page)
    expect(page.locator(".problem")).not_to_be_empty()
    page.get_by_role("radio", name="$10").check()
    expect(page.locator(".problem")).to_be_empty()
    give(page)
    expect(page.locator(".problem")).not_to_be_empty()
    assert len({body["attempt"] for body in fake.of("contributions")}) == 3


def test_a_refused_amount_is_explained_beside_it(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(422, "The smallest amount is $3.", field="amount_minor")
    opened(page, fake)
    give(page)
    expect(page.locator(".problem")).to_have_text("The smallest amount is $3.")


def test_no_address_but_a_web_address_is_followed(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: (200, {"checkout_url": "javascript:alert(1)"})
    opened(page, fake)
    give(page)
    expect(page.locator(".problem")).to_have_text(locale("en")["stripe_unavailable"])


def test_coming_back_from_the_payment_page_finds_the_form_ready(page: Page, fake: Fake) -> None:
    opened(page, fake)
    give(page)
    page.wait_for_url("**/pay")
    page.evaluate("history.back()")  # go_back() waits for a load that a cached page does not have
    page.wait_for_url("**/story", wait_until="commit")
    expect(page.get_by_role("button", name="Continue")).to_be_visible()
    restored = len(fake.of("decisions")) == 1
    give(page)
    page.wait_for_url("**/pay")
    first, second = fake.of("contributions")
    assert restored, "Chromium did not use its back/forward cache"
    assert first["attempt"] == second["attempt"]


def test_an_amount_that_cannot_be_read_yet_is_not_charged_and_can_be_sent_again(page: Page, fake: Fake) -> None:
    page.route("**/money.js*", lambda route: route.abort())
    opened(page, fake)
    page.get_by_role("radio", name="Other").check()
    page.keyboard.type("12,50")
    page.keyboard.press("Enter")
    expect(page.locator(".problem")).to_have_text(locale("en")["stripe_unavailable"])
    assert fake.of("contributions") == []
    page.unroute("**/money.js*")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay")
    assert fake.of("contributions")[0]["amount_minor"] == 1250


AMOUNTS = [
    ("de", 2, "1.250", 125000), ("de", 2, "12,5", 1250), ("en", 2, "12.345", None), ("de", 2, "12,345", None),
    ("en", 0, "1,200", 1200), ("en", 0, "12.50", None), ("en", 3, "1.250", 1250), ("ru", 2, "1 250,50 ₽", 125050),
    ("hi", 2, "१,००,०००", 10000000), ("en", 2, "1,2,3", None), ("en", 2, "twelve", None), ("en", 2, "１２", 1200),
    ("en", 2, "5.", 500), ("en", 2, ".5", None), ("en", 2, "1.234.567,89", 123456789), ("en", 2, "1,234.5", 123450),
    ("en", 2, "0x10", None), ("en", 2, "1e3", None), ("en", 2, "-1", None), ("en", 2, "", None),
    ("ar", 2, "١٢٫٥٠", 1250), ("ja", 0, "１２，３４５円", 12345), ("ru", 2, "500 руб.", 50000),
    ("en", 2, "USD 12.50", 1250),
]


def test_amounts_become_whole_minor_units(page: Page, fake: Fake) -> None:
    page.goto(fake.publish())
    parse = "async ([url, text, form]) => (await import(url)).parseAmount(text, form)"
    for language, exponent, text, minor in AMOUNTS:
        number = asdict(number_style(language))
        form = a_form() | {"exponent": exponent, "symbol": "₽" if language == "ru" else "$", "number": number}
        got = page.evaluate(parse, [fake.service + "/embed/v1/money.js", text, form])
        assert got == minor, (language, text)
