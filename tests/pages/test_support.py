"""The landing page: an address that can be shared, and a form that works without a script."""

import re
from html import unescape
from typing import Any

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from service.app import create_app
from service.pages.attempt import LIFE
from service.pages.thanks import shares
from service.web.written_amount import written_minor
from tests.builders import SECOND, SITE, SettableClock, a_site_yaml, staff_files, write_config
from tests.pages.conftest import OURS

PAGE = f"/{SITE}/support"


def form_of(page: TestResponse) -> dict[str, str]:
    """What the form would send as it stands."""
    fields = re.findall(r"<input ([^>]+)>", page.text)
    facts = [dict(re.findall(r'(\w+)="([^"]*)"', field)) | {"checked": " checked" in field} for field in fields]
    return {
        str(fact["name"]): unescape(str(fact["value"]))
        for fact in facts
        if fact["type"] not in ("radio", "checkbox") or fact["checked"]
    }


def sent(client: FlaskClient, **changes: str) -> TestResponse:
    form = {**form_of(client.get(f"{PAGE}?language=en")), **changes}
    return client.post(PAGE, data=form, headers=OURS)


@pytest.mark.parametrize(
    ("query", "interval", "currency", "amount", "own"),
    [
        ("", "monthly", "USD", "500", ""),
        ("?interval=once&currency=eur&amount=25", "once", "EUR", "2500", ""),
        ("?interval=annual&amount=33.5", "annual", "USD", "own", "33.50"),
        ("?interval=weekly&currency=XXX&amount=lots", "monthly", "USD", "500", ""),
        ("?currency=JPY&amount=700", "monthly", "JPY", "700", ""),
    ],
)
def test_the_address_says_what_is_chosen(
    query: str, interval: str, currency: str, amount: str, own: str, client: FlaskClient
) -> None:
    form = form_of(client.get(PAGE + query))
    assert (form["interval"], form["currency"], form["amount"], form["own"]) == (interval, currency, amount, own)


def test_the_page_may_be_shared_and_indexed_and_runs_nothing(client: FlaskClient) -> None:
    page = client.get(f"{PAGE}?language=ru&interval=once")
    address = "https://support.example.org/gazette/support?interval=once&currency=USD&language=ru"
    assert f'property="og:url" content="{address}"' in unescape(page.text)
    assert 'lang="ru"' in page.text
    assert "noindex" not in page.text
    assert "X-Robots-Tag" not in page.headers
    policy = page.headers["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert (page.headers["Cache-Control"], page.headers["Referrer-Policy"]) == ("no-store", "no-referrer")


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"amount": "own", "own": "1"}, "The smallest amount is $2."),
        ({"amount": "own", "own": "9000000"}, "The largest amount is $5,000."),
        ({"amount": "own", "own": ""}, "Please write the amount in figures, for example $2."),
        ({"amount": "99999999", "own": "<b>5"}, "Please write the amount in figures"),
        ({"attempt": "forged"}, "Please press Continue once more."),
    ],
)
def test_what_cannot_be_given_comes_back_with_a_sentence(
    changes: dict[str, str], told: str, client: FlaskClient
) -> None:
    answer = sent(client, **changes)
    assert answer.status_code == 422
    assert told in unescape(answer.text)
    assert "<b>5" not in answer.text
    assert form_of(answer)["attempt"] != changes.get("attempt", "")


def test_a_form_that_stood_open_too_long_charges_nothing(client: FlaskClient, clock: SettableClock) -> None:
    form = form_of(client.get(PAGE))
    clock.move(LIFE - SECOND)
    assert client.post(PAGE, data=form, headers=OURS).status_code == 503, "Stripe is not there, but was asked for"
    clock.move(SECOND)
    assert client.post(PAGE, data=form, headers=OURS).status_code == 422


def test_a_form_on_another_page_is_refused(client: FlaskClient) -> None:
    form = form_of(client.get(PAGE))
    assert client.post(PAGE, data=form, headers={"Sec-Fetch-Site": "cross-site"}).status_code == 403
    assert client.get("/nowhere/support").status_code == 404


def test_stripe_away_is_told_and_the_choice_is_kept(client: FlaskClient) -> None:
    answer = sent(client, amount="own", own="7.50")
    assert answer.status_code == 503
    assert "nothing was charged" in answer.text
    form = form_of(answer)
    assert (form["amount"], form["own"]) == ("own", "7.50")


@pytest.mark.parametrize(
    ("text", "currency", "language", "minor"),
    [
        ("12.50", "USD", "en", 1250), ("12,5", "EUR", "de", 1250), ("1.234", "EUR", "de", 123400),
        ("1,234.50", "USD", "en", 123450), ("1 234,50 €", "EUR", "ru", 123450), ("$5", "USD", "en", 500),
        ("٥٠", "USD", "ar", 5000), ("500", "JPY", "ja", 500), ("5.5", "JPY", "ja", None),
        ("5.555", "USD", "de", 555500), ("12 руб.", "RUB", "ru", 1200),
        ("", "USD", "en", None), ("-5", "USD", "en", None), ("five", "USD", "en", None), ("1.2.3", "USD", "en", None),
        ("5e3", "USD", "en", None), ("1.234", "USD", "en", None), ("9" * 60, "USD", "en", int("9" * 40 + "00")),
    ],
)  # fmt: skip
def test_an_amount_is_read_as_it_is_written(text: str, currency: str, language: str, minor: int | None) -> None:
    assert written_minor(text, currency, language) == minor


def test_what_a_site_may_add_is_on_the_form(client: FlaskClient, settings: Any) -> None:
    site = a_site_yaml(
        checkout="{email: true}", cover_fees="{percent: 2.9, fixed: {USD: 0.30, EUR: 0.30, JPY: 30}, checked: true}",
        privacy="https://www.gazette.example/privacy",
    )  # fmt: skip
    write_config(settings.config_dir, staff_files(site=site))
    other = create_app(settings, watch=False).test_client()
    page = other.get(f"{PAGE}?language=en")
    assert form_of(page)["cover_fees"] == "yes"
    assert "https://www.gazette.example/privacy" in page.text
    answer = other.post(PAGE, data={**form_of(page), "email": "reader@"}, headers=OURS)
    assert (answer.status_code, form_of(answer)["email"]) == (422, "reader@")
    assert "e-mail address" in answer.text


def test_thanks_without_a_payment_say_that_it_is_being_checked(client: FlaskClient) -> None:
    for session in ("", "cs_test_nobody", "../../etc"):
        page = client.get(f"/{SITE}/thanks", query_string={"session": session, "language": "en"})
        assert page.status_code == 200
        assert "We are checking your payment" in page.text


def test_sharing_needs_nothing_but_an_address() -> None:
    links = dict(shares('Support "The Gazette" & co', "https://support.example.org/gazette/support"))
    assert links["E-mail"].startswith("mailto:?subject=Support%20%22The%20Gazette%22%20%26%20co&body=https%3A%2F%2F")
    assert all("<" not in link and '"' not in link and " " not in link for link in links.values())
