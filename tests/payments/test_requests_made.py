"""What we send to Stripe: accepted without a refusal, and all that we shall need again is in it."""

import uuid
from collections.abc import Callable
from urllib.parse import parse_qs, urlsplit

import pytest
import stripe

from service.domain.money import Interval
from service.payments.checkout import LOCALES, LONGEST_ADDRESS, session_params
from tests.payments.giving import ARTICLE, ORIGIN, SITE, Books, Giving, Reader, problem, session_of
from tests.payments.orders import an_order, open_session
from tests.payments.sides import Request, Side
from tests.payments.test_attempts import creations

CHILD = {
    Interval.ONCE: "payment_intent_data",
    Interval.MONTHLY: "subscription_data",
    Interval.ANNUAL: "subscription_data",
}


def creation(side: Side, attempt: str) -> Request:
    (entry,) = creations(side, attempt)
    return entry


@pytest.mark.parametrize("interval", list(Interval))
def test_a_session_says_who_was_asked_by_what(
    interval: Interval, a_giving: Callable[..., Giving], stripe_side: Side
) -> None:
    giving = a_giving(interval)
    sent = creation(stripe_side, giving.attempt)
    metadata = {
        "site": SITE,
        "reader": giving.reader.id,
        "campaign": "open-door",
        "variant": "plain",
        "placement": "banner",
        "attempt": giving.attempt,
    }
    for name, value in metadata.items():
        assert sent.params[f"metadata[{name}]"] == value
        assert sent.params[f"{CHILD[interval]}[metadata][{name}]"] == value
    assert sent.params["client_reference_id"] == giving.reader.id
    assert sent.params["submit_type"] == "donate"
    assert sent.params["locale"] == "en"
    assert sent.params["mode"] == ("payment" if interval is Interval.ONCE else "subscription")
    assert sent.params["cancel_url"] == ARTICLE
    assert not [name for name in sent.params if name.startswith("payment_method_types")]
    assert "," not in giving.reader.id
    assert giving.reader.token is not None
    assert giving.reader.token not in str(sent.params), "the token opens the reader's record; the id does not"


def test_every_request_names_the_version_and_every_post_its_attempt(
    a_giving: Callable[..., Giving], stripe_side: Side
) -> None:
    before = len(stripe_side.requests())
    giving = a_giving("monthly").pay().told()
    giving.come_back()
    made = stripe_side.requests()[before:]
    assert made
    assert {entry.version for entry in made} == {stripe.api_version}
    assert [entry.key for entry in made if entry.verb == "POST"] == [giving.attempt]
    assert not [entry for entry in made if entry.error]


MONEY = [
    ("USD", 1999, "1999"),
    ("EUR", 1999, "1999"),
    ("JPY", 1500, "1500"),
    ("ISK", 1500, "150000"),
    ("UGX", 15000, "1500000"),
    ("KWD", 5550, "5550"),
]


@pytest.mark.parametrize("interval", list(Interval))
@pytest.mark.parametrize(("currency", "minor", "sent"), MONEY, ids=[row[0] for row in MONEY])
def test_money_comes_back_as_it_went(
    currency: str, minor: int, sent: str, interval: Interval, a_giving: Callable[..., Giving], books: Books,
    stripe_side: Side,
) -> None:  # fmt: skip
    giving = a_giving(interval, currency=currency, amount_minor=minor).pay().told()
    assert creation(stripe_side, giving.attempt).params["line_items[0][price_data][unit_amount]"] == sent
    line = books.line(giving.attempt)
    assert (line.currency, line.amount_minor, line.revenue_minor) == (currency, minor, minor)


WRONG = [
    ("USD", 199, "amount_minor"),
    ("USD", 500001, "amount_minor"),
    ("USD", 0, "amount_minor"),
    ("USD", -1000, "amount_minor"),
    ("USD", 10.5, "amount_minor"),
    ("USD", "1000", "amount_minor"),
    ("USD", 10**30, "amount_minor"),
    ("KWD", 5555, "amount_minor"),
    ("UGX", 1_000_000, "amount_minor"),
    ("CHF", 1000, "currency"),
    ("usd", 1000, "currency"),
]


@pytest.mark.parametrize(("currency", "minor", "field"), WRONG)
def test_an_amount_that_cannot_be_charged_never_reaches_stripe(
    currency: str, minor: object, field: str, a_reader: Callable[..., Reader], stripe_side: Side, books: Books
) -> None:
    reader = a_reader()
    wish, before, held = reader.wish(currency=currency, amount_minor=minor), len(stripe_side.requests()), None
    held = books.everything()
    answer = reader.press_continue(wish)
    assert problem(answer) == (422, field)
    assert len(stripe_side.requests()) == before
    assert books.everything() == held


LONG = {
    "a long query": f"{ARTICLE}&q=" + "a" * (2000 - len(ARTICLE) - 3),
    "a long Russian path": f"{ORIGIN}/" + "%D0%BF" * 320,
    "a query made of nothing but marks": f"{ORIGIN}/a?" + "&" * (2000 - len(ORIGIN) - 3),
    "a path made of nothing but marks": f"{ORIGIN}/" + "," * (2000 - len(ORIGIN) - 1),
    "letters that nobody escaped": f"{ORIGIN}/" + "п" * 1900,
}


@pytest.mark.parametrize("name", LONG)
def test_a_long_address_still_leads_back_to_the_paper(name: str, a_giving: Callable[..., Giving]) -> None:
    giving = a_giving(return_url=LONG[name]).pay()
    session = giving.side.find(giving.session)
    assert len(session["success_url"]) <= LONGEST_ADDRESS
    answer = giving.come_back()
    assert answer.status == 303
    assert answer.location.startswith(f"{ORIGIN}/")
    assert answer.location.endswith("#honestybox=paid")


def test_a_long_name_of_a_paper_is_accepted(a_reader: Callable[..., Reader]) -> None:
    reader = a_reader("herald")
    for interval in Interval:
        wish = reader.wish(interval, return_url="https://www.hill-herald.example/")
        session_of(reader.press_continue(wish))


@pytest.mark.parametrize("interval", ["once", "monthly"])
def test_every_language_finds_one_that_checkout_speaks(interval: str, stripe_side: Side) -> None:
    for language in ("en", "en-GB", "ru", "pt-PT", "pt-BR", "zh-CN", "nn", "sr-Latn", "ar", "he", "es-MX", "x-klingon"):
        order = an_order(interval, language=language)
        assert session_params(order, "https://support.example.org")["locale"] in LOCALES
        open_session(stripe_side, order)


def test_the_way_back_carries_site_session_and_article() -> None:
    url = session_params(an_order(), "https://support.example.org")["success_url"]
    assert "session={CHECKOUT_SESSION_ID}" in url, "Stripe fills it in only when it is not escaped"
    query = parse_qs(urlsplit(url).query)
    assert (query["site"], query["to"]) == ([SITE], [ARTICLE])


def test_the_same_order_is_the_same_request() -> None:
    order = an_order("annual")
    assert session_params(order, "https://a.example") == session_params(order, "https://a.example")


def test_an_attempt_is_told_apart_by_its_uuid(a_reader: Callable[..., Reader]) -> None:
    reader = a_reader()
    for attempt in ("", "1", "not-a-uuid", str(uuid.uuid4()) + "0", "x" * 300):
        assert problem(reader.press_continue(reader.wish(attempt=attempt))) == (422, "attempt")
