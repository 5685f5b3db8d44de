"""Stripe and our ledger, compared: what differs is told and repaired, whatever became of the webhooks."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from service.domain.contribution import Contribution, State
from service.domain.reconciliation import Report, Scope, Verdict
from service.payments.errors import StripeBusyError, StripeUnavailableError
from service.payments.gateway import Gateway
from service.payments.nightly import reconcile_when_due
from service.payments.patience import BUSY_SECONDS
from service.payments.reconcile import BusyError, Looked, Reconciler
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from service.store.reconciliations import Reconciliations
from tests.payments.giving import SITE, Books
from tests.payments.orders import READER, an_order, given, open_session
from tests.payments.sides import KEY, Fault, Side

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
EVERYTHING = Scope()
TOO_MANY = {"type": "invalid_request_error", "code": "rate_limit", "message": "Too many requests"}


class Lab:
    """A reconciler over the books, and how long it waited for Stripe."""

    def __init__(self, side: Side, books: Books) -> None:
        store = Store(f"{books.redis_url}?socket_timeout=5&socket_connect_timeout=5")
        self.ledger, self.book, self.readers = Ledger(store), Reconciliations(store), ReaderStore(store)
        self.waits: list[float] = []
        recorder = books.recorder(side, ledger=self.ledger, readers=self.readers)
        sites = lambda: (SITE, "herald")  # noqa: E731
        self.gateway = Gateway(KEY, side.api)
        self.reconciler = Reconciler(self.gateway, recorder, self.ledger, self.book, sites, self.waits.append)

    def repair(self, scope: Scope = EVERYTHING) -> dict[str, Verdict]:
        return verdicts(self.reconciler.repair(scope, NOW))

    def compare(self, scope: Scope = EVERYTHING) -> dict[str, Verdict]:
        return verdicts(self.reconciler.compare(scope))

    def write(self, line: Contribution) -> None:
        self.ledger.write(line, self.ledger.begin_look(line.id))

    def gifts(self) -> list[Any]:
        return [gift.state for gift in self.readers.history(SITE, READER, NOW).gifts]


@pytest.fixture
def lab(quiet_side: Side, empty: Books) -> Lab:
    return Lab(quiet_side, empty)


def verdicts(looked: Iterable[Looked]) -> dict[str, Verdict]:
    return {one.subject: one.verdict for one in looked}


def test_what_no_webhook_told_is_found_and_repaired(quiet_side: Side, empty: Books, lab: Lab) -> None:
    attempts = [given(quiet_side, interval)[0] for interval in ("once", "monthly", "annual")]
    assert list(lab.repair().values()) == [Verdict.REPAIRED] * 3
    lines = [empty.line(attempt) for attempt in attempts]
    assert all(line.state.given for line in lines)
    assert len(lab.gifts()) == 3
    assert list(lab.repair().values()) == [Verdict.AGREES] * 3
    assert [empty.line(attempt) for attempt in attempts] == lines


def test_a_dry_run_tells_the_same_and_writes_nothing(quiet_side: Side, empty: Books, lab: Lab) -> None:
    for interval in ("once", "monthly"):
        given(quiet_side, interval)
    assert list(lab.compare().values()) == [Verdict.DIFFERS] * 2
    assert empty.everything() == {}


def test_an_open_checkout_is_no_difference(quiet_side: Side, lab: Lab) -> None:
    open_session(quiet_side, an_order())
    assert lab.repair() == lab.compare() == {}


def test_a_line_that_fell_behind_is_repaired(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side, "monthly")
    (subject,) = lab.repair()
    quiet_side.cancel(subject)
    (told,) = lab.reconciler.compare(EVERYTHING)
    assert told.ledger is not None
    assert told.stripe is not None
    assert (told.ledger.state, told.stripe.state, told.verdict) == (State.ACTIVE, State.ENDED, Verdict.DIFFERS)
    assert lab.repair() == {subject: Verdict.REPAIRED}
    assert lab.compare() == {subject: Verdict.AGREES}


def test_a_reader_whose_record_was_lost_is_known_again_though_the_ledger_agrees(
    quiet_side: Side, empty: Books, lab: Lab
) -> None:
    given(quiet_side, "monthly")
    lab.repair()
    gifts = lab.gifts()
    empty.redis.delete(f"hb:r:{{{SITE}:{READER}}}")
    assert lab.gifts() == []
    assert list(lab.repair().values()) == [Verdict.AGREES]
    assert lab.gifts() == gifts != []


def test_a_line_that_stripe_does_not_know_is_told_and_kept(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side)
    (subject,) = lab.repair()
    line = lab.ledger.get(subject)
    assert line is not None
    ghosts = [replace(line, id=ident, began_at=NOW - timedelta(days=400)) for ident in ("pi_ghost", "sub_ghost")]
    for ghost in ghosts:
        lab.write(ghost)
    expected = {subject: Verdict.AGREES, "pi_ghost": Verdict.UNKNOWN, "sub_ghost": Verdict.UNKNOWN}
    assert lab.compare() == lab.repair() == expected
    assert [lab.ledger.get(ghost.id) for ghost in ghosts] == ghosts
    assert lab.book.last() == Report(NOW, NOW, looked=3, differed=2, remained=2)


def test_a_line_of_a_moment_that_was_wrong_is_found_all_the_same(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side)
    (subject,) = lab.repair()
    line = lab.ledger.get(subject)
    assert line is not None
    lab.write(replace(line, began_at=NOW - timedelta(days=400)))
    assert lab.repair() == {subject: Verdict.REPAIRED}
    assert lab.ledger.get(subject) == line


def test_only_what_was_begun_since_then_and_at_that_site_is_compared(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side)
    today = datetime.now(UTC)
    assert len(lab.compare(Scope(since=today - timedelta(days=1)))) == 1
    assert len(lab.compare(Scope(since=today + timedelta(days=1)))) == 0
    assert len(lab.compare(Scope(sites=(SITE,)))) == 1
    assert len(lab.compare(Scope(sites=("herald",)))) == 0


def test_a_part_does_not_count_as_the_whole(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side)
    lab.repair(Scope(sites=(SITE,)))
    assert lab.book.last() is None
    lab.repair()
    assert lab.book.last() == Report(NOW, NOW, looked=1, differed=0, remained=0)


def test_a_stripe_that_asks_for_fewer_requests_is_waited_for(quiet_side: Side, lab: Lab) -> None:
    given(quiet_side)
    quiet_side.fault(Fault(path="/v1/payment_intents.*", verb="GET", times=3, status=429, error=TOO_MANY))
    assert list(lab.repair().values()) == [Verdict.REPAIRED]
    assert lab.waits == list(BUSY_SECONDS[:3])


def test_it_gives_up_on_a_stripe_that_never_has_time(quiet_side: Side, lab: Lab) -> None:
    times = len(BUSY_SECONDS) + 1
    quiet_side.fault(Fault(path="/v1/subscriptions", verb="GET", times=times, status=429, error=TOO_MANY))
    with pytest.raises(StripeBusyError):
        lab.repair()
    assert lab.waits == list(BUSY_SECONDS)
    assert lab.book.take()


def test_a_stripe_that_is_down_ends_it_and_the_next_one_goes_on(quiet_side: Side, lab: Lab) -> None:
    for interval in ("monthly", "once"):
        given(quiet_side, interval)
    quiet_side.fault(Fault(path="/v1/payment_intents", verb="GET", times=9, status=500))
    with pytest.raises(StripeUnavailableError):
        lab.repair()
    assert lab.book.last() is None
    at = lab.book.progress(EVERYTHING)
    assert at is not None
    assert (at.looked, at.differed) == (1, 1)
    assert list(lab.repair().values()) == [Verdict.AGREES, Verdict.REPAIRED]
    assert lab.book.last() == Report(NOW, NOW, looked=3, differed=2, remained=0)
    assert lab.book.progress(EVERYTHING) is None


def test_two_do_not_do_it_at_once(quiet_side: Side, empty: Books, lab: Lab) -> None:
    given(quiet_side, "monthly")
    first, second = lab.reconciler.repair(EVERYTHING, NOW), Lab(quiet_side, empty)
    next(first)
    with pytest.raises(BusyError):
        second.repair()
    assert reconcile_when_due(second.reconciler, second.book, NOW)
    assert second.book.last() is None
    first.close()
    assert list(second.repair().values()) == [Verdict.AGREES]


def test_one_that_lost_its_lock_leaves_the_rest_to_the_other(quiet_side: Side, empty: Books, lab: Lab) -> None:
    for _ in range(2):
        given(quiet_side)
    first, second = lab.reconciler.repair(EVERYTHING, NOW), Lab(quiet_side, empty)
    next(first)
    empty.redis.delete("hb:reconcile:lock")  # it ran out
    assert second.book.take()
    with pytest.raises(BusyError):
        next(first)
    assert second.book.keep(), "the lock is still the other's"


def test_the_worker_does_it_once_a_night_and_when_redis_was_lost(quiet_side: Side, empty: Books, lab: Lab) -> None:
    attempt, _ = given(quiet_side)
    assert reconcile_when_due(lab.reconciler, lab.book, NOW)
    asked = len(quiet_side.requests())
    assert reconcile_when_due(lab.reconciler, lab.book, NOW + timedelta(hours=1))
    assert len(quiet_side.requests()) == asked

    empty.redis.flushall()
    assert reconcile_when_due(lab.reconciler, lab.book, NOW + timedelta(hours=2))
    assert empty.line(attempt).state is State.PAID


def test_a_worker_that_is_to_stop_stops_and_goes_on_the_next_time(quiet_side: Side, lab: Lab) -> None:
    for _ in range(3):
        given(quiet_side)
    assert not reconcile_when_due(lab.reconciler, lab.book, NOW, stopped=lambda: True)
    assert lab.book.last() is None
    assert reconcile_when_due(lab.reconciler, lab.book, NOW)
    report = lab.book.last()
    assert report is not None
    assert report.differed == 3
