"""When the worker compares with Stripe of its own accord."""

from datetime import UTC, datetime, timedelta

import pytest

from service.domain.reconciliation import Kind, Progress, Report, Scope, Verdict
from service.payments.nightly import is_due

NIGHT = datetime(2026, 11, 24, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


def begun(at: datetime) -> Report:
    return Report(at, at + timedelta(minutes=5), looked=1, differed=0, remained=0)


def test_it_is_due_when_redis_remembers_none() -> None:
    assert is_due(None, NIGHT + timedelta(hours=9))


@pytest.mark.parametrize(
    ("last", "now", "due"),
    [
        (NIGHT - timedelta(days=1), NIGHT - SECOND, False),
        (NIGHT - timedelta(days=1), NIGHT, True),
        (NIGHT - SECOND, NIGHT + SECOND, True),
        (NIGHT, NIGHT + SECOND, False),
        (NIGHT, NIGHT + timedelta(hours=20), False),
        (NIGHT, NIGHT + timedelta(days=1), True),
        (NIGHT - timedelta(days=30), NIGHT + timedelta(hours=5), True),
    ],
)
def test_it_is_due_once_after_each_night_began(last: datetime, now: datetime, due: bool) -> None:
    assert is_due(begun(last), now) is due


def test_progress_counts_what_differed_and_what_still_does() -> None:
    progress = Progress(NIGHT)
    for verdict in Verdict:
        progress = progress.after(Kind.SUBSCRIPTIONS, NIGHT, verdict)
    assert (progress.looked, progress.differed, progress.remained) == (6, 5, 4)


def test_progress_forgets_how_far_it_was_when_it_turns_to_another_kind_and_not_before() -> None:
    progress = Progress(NIGHT).after(Kind.SUBSCRIPTIONS, NIGHT, Verdict.AGREES)
    assert progress.turned_to(Kind.SUBSCRIPTIONS) == progress
    assert progress.turned_to(Kind.PAYMENTS).before is None
    assert progress.turned_to(Kind.PAYMENTS).looked == 1
    assert [kind for kind in Kind if progress.turned_to(Kind.PAYMENTS).reached(kind)] == [Kind.PAYMENTS]


def test_only_a_scope_that_leaves_nothing_out_is_whole_and_each_has_a_name_of_its_own() -> None:
    scopes = [Scope(), Scope(since=NIGHT), Scope(sites=("a",)), Scope(sites=("a", "b")), Scope(NIGHT, ("a",))]
    assert [scope.whole for scope in scopes] == [True, False, False, False, False]
    assert len({scope.name for scope in scopes}) == len(scopes)
