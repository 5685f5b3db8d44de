"""What a site may add to the form: covering the fees, another currency, an e-mail address."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from service.domain.fees import Fee, charged_minor

from .fake_service import Answer, Fake, a_form, a_problem, limits, locale
from .reading import give, opened, wait_for

pytestmark = pytest.mark.browser

WORDS = locale("en")
FEES = {"fixed_minor": 30, "percent_bp": 290, "checked": False}


def yen(language: str, currency: str) -> Answer:
    """The form in yen: no cents, other amounts."""
    labels = {"minimum_label": "¥300", "maximum_label": "¥700,000"}
    amounts = [{"minor": minor, "label": f"¥{minor}"} for minor in (300, 700, 1500)]
    form = a_form(
        currency=currency, exponent=0, symbol="¥", currencies=["JPY", "USD"], email=True,
        amounts=dict.fromkeys(("once", "monthly", "annual"), amounts),
        chosen=dict.fromkeys(("once", "monthly", "annual"), 700),
        limits=dict.fromkeys(("once", "monthly", "annual"), limits() | labels | {"minimum_minor": 300}),
        fees={"fixed_minor": 40, "percent_bp": 360, "checked": False},
    )  # fmt: skip
    return 200, {"form": form}


def sent(fake: Fake) -> dict[str, Any]:
    (asked,) = fake.of("contributions")
    return asked


def test_a_plain_form_loads_none_of_it(page: Page, fake: Fake) -> None:
    loaded: list[str] = []
    page.on("request", lambda request: loaded.append(request.url.rpartition("/")[2]))
    opened(page, fake)
    assert not {"extras.js", "money.js", "checkout.js", "embedded.js", "human.js"} & set(loaded)


def test_covering_the_fees_says_what_it_costs_before_anything_is_paid(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(fees=FEES))
    box = page.get_by_role("checkbox")
    expect(page.locator(".tick")).to_have_text("Add $0.46 to cover the fees, so that all of your $5 reaches us")
    expect(page.locator(".cost")).to_have_text("$5 a month")
    box.check()
    expect(page.locator(".cost")).to_have_text("$5.46 a month, fees included")
    page.get_by_role("radio", name="Once").check()
    expect(page.locator(".cost")).to_have_text("$26.06 once, fees included")
    give(page)
    page.wait_for_url("**/pay")
    assert (sent(fake)["amount_minor"], sent(fake)["cover_fees"]) == (2500, True)


def test_a_box_that_staff_have_ticked_can_be_unticked(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(fees=FEES | {"checked": True}))
    expect(page.locator(".cost")).to_have_text("$5.46 a month, fees included")
    page.get_by_role("checkbox").uncheck()
    expect(page.locator(".cost")).to_have_text("$5 a month")
    give(page)
    page.wait_for_url("**/pay")
    assert sent(fake)["cover_fees"] is False


def test_the_fees_of_an_amount_of_ones_own_follow_what_is_typed(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(fees=FEES | {"checked": True}))
    page.get_by_role("radio", name="Other").check()
    expect(page.locator(".tick")).to_have_text(WORDS["fees_label_plain"])
    page.keyboard.type("100")
    expect(page.locator(".cost")).to_have_text("$103.30 a month, fees included")


def test_the_browser_and_the_service_charge_the_same(page: Page, fake: Fake) -> None:
    page.goto(fake.publish())
    wait_for(page, "decision")
    cases = [
        (minor, fixed, percent, currency, step)
        for minor in (1, 199, 500, 2500, 99_999_999)
        for fixed, percent in ((0, 0), (30, 290), (25, 150), (7, 9999))
        for currency, step in (("USD", 1), ("KWD", 10))
    ]
    here = page.evaluate(
        """async ([url, cases]) => {
          const { charged } = await import(url);
          return cases.map(([minor, fixed_minor, percent_bp, , step]) =>
            charged(minor, {fixed_minor, percent_bp}, step));
        }""",
        [fake.service + "/embed/v1/extras.js", cases],
    )
    there = [charged_minor(minor, Fee(percent, fixed), currency) for minor, fixed, percent, currency, _ in cases]
    assert here == there


def test_another_currency_brings_its_own_amounts_and_limits(page: Page, fake: Fake) -> None:
    fake.forms = yen
    opened(page, fake, form=a_form(currencies=["USD", "JPY"], fees=FEES, email=True))
    page.get_by_label(WORDS["email_label"]).fill("sam@example.org")
    picked = page.get_by_label(WORDS["currency_label"])
    assert picked.locator("option").all_inner_texts() == ["US Dollar (USD)", "Japanese Yen (JPY)"]
    picked.select_option("JPY")
    expect(page.locator(".cost")).to_have_text("¥700 a month")
    expect(page.locator(".tick")).to_contain_text("¥68")
    expect(picked).to_be_focused()
    give(page)
    page.wait_for_url("**/pay")
    assert sent(fake) | {"currency": "JPY", "amount_minor": 700, "email": "sam@example.org"} == sent(fake)


def test_nothing_can_be_given_in_the_old_currency_while_the_new_one_loads(page: Page, fake: Fake) -> None:
    page.route("**/JPY.json", lambda route: None)
    opened(page, fake, form=a_form(currencies=["USD", "JPY"]))
    page.get_by_label(WORDS["currency_label"]).select_option("JPY")
    page.get_by_role("button", name=WORDS["working"]).click(force=True)
    page.wait_for_timeout(200)
    assert fake.of("contributions") == []


def test_a_currency_that_cannot_be_had_leaves_the_old_one_chosen_and_says_so(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(currencies=["USD", "JPY"]))
    page.get_by_label(WORDS["currency_label"]).select_option("JPY")
    expect(page.locator(".problem")).to_have_text(WORDS["try_again"])
    expect(page.get_by_label(WORDS["currency_label"])).to_have_value("USD")
    give(page)
    page.wait_for_url("**/pay")
    assert sent(fake)["currency"] == "USD"


def test_the_e_mail_address_may_be_left_out(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(email=True))
    give(page)
    page.wait_for_url("**/pay")
    assert "email" not in sent(fake)


def test_an_address_that_is_none_is_told_beside_it_and_not_sent(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(email=True))
    field = page.get_by_label(WORDS["email_label"])
    expect(field).to_have_attribute("autocomplete", "email")
    field.fill("sam@")
    give(page)
    expect(page.locator(".problem")).to_have_text(WORDS["email_unclear"])
    expect(field).to_be_focused()
    expect(field).to_have_attribute("aria-invalid", "true")
    assert fake.of("contributions") == []
    field.fill("sam@example.org")
    expect(page.locator(".problem")).to_be_empty()
    give(page)
    page.wait_for_url("**/pay")
    assert sent(fake)["email"] == "sam@example.org"


def test_an_address_that_the_service_refuses_is_told_in_the_readers_words(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(422, "Not an e-mail address.", field="email")
    opened(page, fake, form=a_form(email=True))
    page.get_by_label(WORDS["email_label"]).fill("sam@nowhere")
    give(page)
    expect(page.locator(".problem")).to_have_text(WORDS["email_unclear"])


def test_the_address_is_not_kept_in_the_browser(page: Page, fake: Fake) -> None:
    fake.contributions = lambda body: a_problem(503, "stripe")
    opened(page, fake, form=a_form(email=True))
    page.get_by_label(WORDS["email_label"]).fill("sam@example.org")
    give(page)
    expect(page.locator(".problem")).not_to_be_empty()
    assert "sam" not in page.evaluate("JSON.stringify(localStorage) + JSON.stringify(sessionStorage)")


def test_nothing_moves_when_the_extras_come(page: Page, fake: Fake) -> None:
    page.route("**/extras.js", lambda route: (page.wait_for_timeout(300), route.continue_()))
    opened(page, fake, form=a_form(fees=FEES, currencies=["USD", "JPY"], email=True))
    page.wait_for_timeout(200)
    assert page.evaluate("shift") == 0


def test_without_the_extras_the_form_still_takes_a_gift(page: Page, fake: Fake) -> None:
    page.route("**/extras.js", lambda route: route.abort())
    opened(page, fake, form=a_form(fees=FEES, currencies=["USD", "JPY"], email=True))
    assert "extras.js" in wait_for(page, "error")["message"]
    give(page)
    page.wait_for_url("**/pay")
    assert "cover_fees" not in sent(fake)


def test_all_of_it_can_be_reached_and_done_by_keyboard(page: Page, fake: Fake) -> None:
    opened(page, fake, form=a_form(fees=FEES, currencies=["USD", "JPY"], email=True))
    page.get_by_role("radio", name="$5", exact=True).focus()
    page.keyboard.press("Tab")
    expect(page.get_by_role("checkbox")).to_be_focused()
    page.keyboard.press("Space")
    expect(page.get_by_role("checkbox")).to_be_checked()
    page.keyboard.press("Tab")
    expect(page.get_by_label(WORDS["currency_label"])).to_be_focused()
    page.keyboard.press("Tab")
    page.keyboard.type("sam@example.org")
    page.keyboard.press("Enter")
    page.wait_for_url("**/pay")
    assert (sent(fake)["cover_fees"], sent(fake)["email"]) == (True, "sam@example.org")
