"""One press of Continue is one Checkout Session, however often it is sent."""

import uuid
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.payments.giving import Giving, Reader, problem, session_of
from tests.payments.sides import Request, Side


def creations(side: Side, attempt: str) -> list[Request]:
    """What Stripe saw of one attempt."""
    return [entry for entry in side.requests() if entry.verb == "POST" and entry.key == attempt]


def test_the_same_attempt_twice_is_one_session(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    reader = a_reader()
    wish = reader.wish("monthly")
    first, again = reader.press_continue(wish), reader.press_continue(wish)
    assert first.json == again.json
    assert {entry.session for entry in creations(stripe_side, wish["attempt"])} == {session_of(first)}


def test_a_double_click_is_one_session(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    reader = a_reader()
    wish = reader.wish()
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda _: reader.press_continue(wish), range(8)))
    started = [answer for answer in answers if answer.status == 200]
    assert started
    assert {answer.status for answer in answers} <= {200, 503}
    assert len({session_of(answer) for answer in started}) == 1
    assert len({entry.session for entry in creations(stripe_side, wish["attempt"])}) == 1


@pytest.mark.parametrize(
    "change",
    [{"amount_minor": 3000}, {"interval": "monthly"}, {"currency": "EUR"}],
    ids=lambda change: next(iter(change)),
)
def test_the_same_attempt_with_another_choice_is_refused(
    change: dict[str, object], a_reader: Callable[..., Reader]
) -> None:
    reader = a_reader()
    wish = reader.wish()
    assert reader.press_continue(wish).status == 200
    assert problem(reader.press_continue(wish | change)) == (409, "attempt")
    assert reader.press_continue(wish | change | {"attempt": str(uuid.uuid4())}).status == 200


def test_an_attempt_that_was_paid_leads_to_the_thanks_and_not_to_a_second_payment(
    a_giving: Callable[..., Giving],
) -> None:
    giving = a_giving().pay()
    answer = giving.reader.press_continue(giving.wish)
    assert answer.status == 200
    address = urlsplit(answer.json["checkout_url"])
    assert address.path == "/v1/contributions/return"
    assert parse_qs(address.query)["session"] == [giving.session]


def test_an_attempt_whose_session_expired_needs_a_new_one(a_giving: Callable[..., Giving]) -> None:
    giving = a_giving()
    giving.side.expire(giving.session)
    assert problem(giving.reader.press_continue(giving.wish)) == (409, "attempt")


def test_another_spelling_of_the_attempt_is_the_same_attempt(a_giving: Callable[..., Giving]) -> None:
    giving = a_giving()
    shouted = giving.wish | {"attempt": giving.attempt.upper()}
    assert session_of(giving.reader.press_continue(shouted)) == giving.session
