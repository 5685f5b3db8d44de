"""Stripe and our ledger, compared: what differs is told and repaired, whatever became of the webhooks."""

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from service.domain.reconciliation import Scope, Verdict
from service.payments.gateway import Gateway
from service.payments.reconcile import Looked, Reconciler
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.reconciliations import Reconciliations
from tests.payments.giving import SITE, Books
from tests.payments.orders import an_order, given, open_session
from tests.payments.sides import KEY, Side

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERYTHING = Scope()


def patient_store(books: Books) -> Store:
    return Store(f"{books.redis_url}?socket_timeout=5&socket_connect_timeout=5")


def a_reconciler(side: Side, books: Books, **parts: Any) -> Reconciler:
    store = patient_store(books)
    own: dict[str, Any] = {
        "gateway": Gateway(KEY, side.api),
        "recorder": books.recorder(side),
        "ledger": Ledger(store),
        "book": Reconciliations(store),
        "sites": lambda: (SITE, "herald"),
        "wait": lambda seconds: None,
    }
    return Reconciler(**(own | parts))


def verdicts(looked: Iterable[Looked]) -> dict[str, Verdict]:
    return {one.subject: one.verdict for one in looked}


def test_what_no_webhook_told_is_found_and_repaired(quiet_side: Side, empty: Books) -> None:
    attempts = [given(quiet_side, interval)[0] for interval in ("once", "monthly", "annual")]
    reconciler = a_reconciler(quiet_side, empty)
    assert list(verdicts(reconciler.repair(EVERYTHING, NOW)).values()) == [Verdict.REPAIRED] * 3
    assert all(empty.line(attempt).state.given for attempt in attempts)
    before = empty.everything()
    assert list(verdicts(reconciler.repair(EVERYTHING, NOW)).values()) == [Verdict.AGREES] * 3
    assert empty.everything().keys() == before.keys()


def test_a_dry_run_tells_the_same_and_writes_nothing(quiet_side: Side, empty: Books) -> None:
    for interval in ("once", "monthly"):
        given(quiet_side, interval)
    reconciler = a_reconciler(quiet_side, empty)
    assert list(verdicts(reconciler.compare(EVERYTHING)).values()) == [Verdict.DIFFERS] * 2
    assert empty.everything() == {}


def test_a_declined_card_and_an_open_checkout_are_no_difference(quiet_side: Side, empty: Books) -> None:
    open_session(quiet_side, an_order())
    assert list(a_reconciler(quiet_side, empty).repair(EVERYTHING, NOW)) == []
