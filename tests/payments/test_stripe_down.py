"""Stripe slow, failing or gone: the reader is told so, nothing is stored, and the same attempt works later."""

from collections.abc import Callable

import pytest

from service.catalogue.words import load_dictionary
from tests.payments.giving import Books, Giving, Reader, fragment, problem, session_of
from tests.payments.sides import Fault, Side
from tests.payments.test_attempts import creations

CREATE = {"path": "/v1/checkout/sessions", "verb": "POST"}
# The library tries twice, so each fault happens twice.
FAULTS = {
    "503": Fault(**CREATE, times=2, status=503),
    "500": Fault(**CREATE, times=2, status=500),
    "429": Fault(**CREATE, times=1, status=429, error={"type": "invalid_request_error", "code": "rate_limit"}),
    "busy with the same key": Fault(
        **CREATE, times=2, status=409, error={"type": "invalid_request_error", "code": "idempotency_key_in_use"}
    ),
    "dropped": Fault(**CREATE, times=2, drop=True),
    "done, then 503": Fault(**CREATE, times=2, status=503, after=True),
    "done, then dropped": Fault(**CREATE, times=2, drop=True, after=True),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_the_reader_is_told_and_the_same_attempt_works_later(
    fault: str, a_reader: Callable[..., Reader], books: Books, stripe_side: Side
) -> None:
    reader = a_reader()
    wish, before = reader.wish(), books.everything()
    stripe_side.fault(FAULTS[fault])

    answer = reader.press_continue(wish)
    assert problem(answer) == (503, None)
    assert answer.json["detail"] == load_dictionary().for_language("en").say("stripe_unavailable")
    assert books.everything() == before

    session = session_of(reader.press_continue(wish))
    made = {entry.session for entry in creations(stripe_side, wish["attempt"]) if entry.session.startswith("cs_")}
    assert made == {session}


def test_the_reader_is_told_in_the_language_of_the_page(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    reader = a_reader(language="ru")
    stripe_side.fault(FAULTS["503"])
    answer = reader.press_continue(reader.wish())
    assert answer.json["detail"] == load_dictionary().for_language("ru").say("stripe_unavailable")


def test_one_failure_is_made_good_without_the_reader(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    for fault in (Fault(**CREATE, status=503), Fault(**CREATE, drop=True), Fault(**CREATE, drop=True, after=True)):
        stripe_side.fault(fault)
        reader = a_reader()
        wish = reader.wish()
        session = session_of(reader.press_continue(wish))
        made = {entry.session for entry in creations(stripe_side, wish["attempt"])} - {""}
        assert made == {session}


def test_a_failure_that_stripe_will_repeat_for_ever_needs_a_new_attempt(
    a_reader: Callable[..., Reader], stripe_side: Side
) -> None:
    """Stripe keeps the first answer to a key for a day, a 500 like any other: the same attempt could never work."""
    kept = {"Idempotent-Replayed": "true", "Stripe-Should-Retry": "false"}
    stripe_side.fault(Fault(**CREATE, status=500, headers=kept))
    reader = a_reader()
    assert problem(reader.press_continue(reader.wish())) == (409, "attempt")


def test_a_refused_key_is_our_trouble_and_not_the_readers(a_reader: Callable[..., Reader], stripe_side: Side) -> None:
    for status in (401, 403):
        error = {"type": "invalid_request_error", "message": "no"}
        stripe_side.fault(Fault(**CREATE, status=status, error=error))
        reader = a_reader()
        assert problem(reader.press_continue(reader.wish())) == (503, None)


@pytest.mark.parametrize("broken", [{"status": 503}, {"drop": True}])
def test_a_reader_who_paid_lands_on_the_article_all_the_same(
    broken: dict[str, int], a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay()
    before = books.everything()
    stripe_side.fault(Fault(path="/v1/checkout/sessions/.*", verb="GET", times=2, **broken))  # type: ignore[arg-type]
    assert fragment(giving.come_back()) == "unverified"
    assert books.everything() == before
    assert fragment(giving.come_back()) == "paid"


def test_a_webhook_that_cannot_be_checked_is_sent_again(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay()
    stripe_side.fault(Fault(path="/v1/payment_intents/.*", verb="GET", times=2, status=503))
    completed = next(event for event in giving.events if event["type"] == "checkout.session.completed")
    assert stripe_side.deliver_once(completed) == 503
    assert not books.lines(giving.attempt)
    assert stripe_side.deliver_once(completed) == 200
    assert books.line(giving.attempt).state.given
