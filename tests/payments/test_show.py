"""The story of one contribution, looked up in Redis and at Stripe, whichever of them is there."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.cli import main
from service.domain.contribution import Happened, State
from service.payments.gateway import Gateway
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.manner import PATIENT
from service.telling.sighting import Observer, Sighting
from tests.payments.giving import SITE, Books, environment, patiently
from tests.payments.orders import an_order, open_session
from tests.payments.sandbox_side import SandboxSide
from tests.payments.sides import KEY, Side

NOBODY = "http://127.0.0.1:9"
NO_REDIS = "redis://127.0.0.1:9/0"
UNHURRIED = replace(PATIENT, timeout_seconds=10.0)  # a busy machine is no lost Redis


def seen(reference: str, side: Side, books: Books, *, stripe: bool = True, redis: bool = True) -> Sighting:
    gateway = Gateway(KEY, side.api if stripe else NOBODY)
    ledger = Ledger(Store(books.redis_url, manner=UNHURRIED) if redis else Store(NO_REDIS))
    since = datetime.now(UTC) - timedelta(days=29)
    return Observer(gateway, ledger, SITE.__eq__, [SITE]).see(reference, since)


def given(side: Side, books: Books, interval: str = "once") -> dict[str, str]:
    """A gift that is in the ledger, by each of its names."""
    order = an_order(interval)
    session = open_session(side, order)
    side.pay(session)
    found = side.find(session)
    subject = str(found["subscription"] or found["payment_intent"])
    assert patiently(lambda: books.recorder(side).record(subject, datetime.now(UTC)))
    return {"subject": subject, "session": session, "attempt": order.attribution.attempt}


def test_it_is_found_by_any_of_its_names(quiet_side: Side, empty: Books) -> None:
    for names in (given(quiet_side, empty), given(quiet_side, empty, "monthly")):
        sightings = [seen(name, quiet_side, empty) for name in names.values()]
        assert {one.subject for one in sightings} == {names["subject"]}
        for one in sightings:
            assert one.ledger is not None
            assert one.ledger == one.stripe
            assert (one.ledger_trouble, one.stripe_trouble) == ("", "")


def test_a_payment_of_a_regular_gift_leads_to_the_gift(quiet_side: Side, empty: Books) -> None:
    names = given(quiet_side, empty, "monthly")
    invoice = quiet_side.find(names["session"])["invoice"]
    payment = Gateway(KEY, quiet_side.api).payment_for(invoice)
    assert payment is not None
    assert seen(str(payment["id"]), quiet_side, empty).subject == names["subject"]


@pytest.mark.parametrize("name", ["subject", "attempt"])
def test_without_stripe_the_ledger_tells(name: str, quiet_side: Side, empty: Books) -> None:
    one = seen(given(quiet_side, empty)[name], quiet_side, empty, stripe=False)
    assert (one.stripe, one.stripe_trouble) == (None, "cannot be reached")
    assert one.line is not None
    assert one.line.state is State.PAID


@pytest.mark.parametrize("name", ["subject", "session"])
def test_without_redis_stripe_tells(name: str, quiet_side: Side, empty: Books) -> None:
    one = seen(given(quiet_side, empty)[name], quiet_side, empty, redis=False)
    assert (one.ledger, one.ledger_trouble) == (None, "cannot be reached")
    assert one.line is not None
    assert one.line.state is State.PAID


def test_a_session_that_nobody_paid_is_no_contribution(quiet_side: Side, empty: Books) -> None:
    session = open_session(quiet_side, an_order())
    assert seen(session, quiet_side, empty).session == "open"
    quiet_side.expire(session)
    one = seen(session, quiet_side, empty)
    assert (one.session, one.line) == ("expired", None)


@pytest.mark.parametrize("name", ["pi_0nowhere", "sub_0nowhere", "cs_0nowhere", "nowhere", "../../v1/x"])
def test_what_is_nowhere_is_not_found(name: str, quiet_side: Side, empty: Books) -> None:
    assert seen(name, quiet_side, empty).line is None


def test_a_pause_and_its_end_are_told_from_the_events(empty: Books) -> None:
    """The strict stand-in leaves out of its events what was before."""
    side: Any = SandboxSide("http://127.0.0.1:9/nobody")
    subject = given(side, empty, "monthly")["subject"]
    for happening in (side.pause_collection, side.resume_collection, side.cancel_at_end):
        side.advance(3600)
        happening(subject)
    side.cancel_at_end(subject, wanted=False)
    what = [moment.what for moment in seen(subject, side, empty).story]
    side.stop()
    assert what == [Happened.BEGUN, Happened.PAID, Happened.PAUSED, Happened.RESUMED, Happened.KEPT]


def test_the_command_prints_it(
    quiet_side: Side, empty: Books, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in environment(empty.redis_url, quiet_side.api, "https://support.example.org").items():
        monkeypatch.setenv(name, value)
    subject = given(quiet_side, empty, "monthly")["subject"]
    capsys.readouterr()
    assert main(["contributions", "show", subject]) == 0
    text = capsys.readouterr().out
    assert text.startswith(f"A monthly gift of 5.00 USD to courier: {subject}\n")
    assert "Our ledger says the same as Stripe." in text
    assert main(["contributions", "show", "pi_0nowhere"]) == 1
    assert "Stripe knows nothing of that name." in capsys.readouterr().out
