"""What is held on a reader."""

from datetime import UTC, datetime
from typing import Any

import pytest

from service.domain.reader import Gift, GiftState, History, Impression

NOW = datetime(2026, 11, 24, 9, tzinfo=UTC)
DID = {
    "snoozed_until": NOW,
    "dismissed_at": NOW,
    "never_again": True,
    "impressions": [Impression(1, NOW)],
    "gifts": [Gift(GiftState.VOID, NOW)],
    "newsletters": [1],
}
READ = {"visits": 9, "articles": [(1, 2)], "counted": [(1, 2)], "topics": [(1, 2)], "put_off_at": NOW}


@pytest.mark.parametrize(("field", "value"), DID.items())
def test_who_was_shown_gave_or_said_something_has_not_only_read(field: str, value: Any) -> None:
    assert not History(NOW)._replace(**READ)._replace(**{field: value}).has_only_read


@pytest.mark.parametrize(("field", "value"), READ.items())
def test_who_has_read_and_met_the_meter_has_only_read(field: str, value: Any) -> None:
    assert History(NOW)._replace(**{field: value}).has_only_read
