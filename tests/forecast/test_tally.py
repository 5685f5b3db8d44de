"""Which rule kept a reader from ever being asked."""

from collections import Counter

import pytest

from service.domain.reason import Reason
from service.forecast.tally import never_reached_by
from service.forecast.totals import quantile


@pytest.mark.parametrize(
    ("refused", "rule"),
    [
        ({Reason.SNOOZED: 1, Reason.DISMISSED: 2}, Reason.DISMISSED),
        ({Reason.SNOOZED: 2, Reason.DISMISSED: 2}, Reason.SNOOZED),
        ({Reason.DISMISSED: 2, Reason.SNOOZED: 2}, Reason.SNOOZED),
        ({Reason.SITE_CAP: 9, Reason.SHUT_OUT: 9, Reason.HOLDBACK: 1}, Reason.HOLDBACK),
        ({Reason.NO_CAMPAIGN: 9, Reason.SUPPORTER: 1}, Reason.SUPPORTER),
        ({Reason.ACCESS_GRANTED: 9, Reason.SWITCHED_OFF: 9, Reason.SUPPORTER: 1}, Reason.SUPPORTER),
        ({Reason.NO_CAMPAIGN: 9, Reason.ACCESS_GRANTED: 3, Reason.SWITCHED_OFF: 3}, Reason.NO_CAMPAIGN),
        ({Reason.NO_CAMPAIGN: 1, Reason.SWITCHED_OFF: 1}, Reason.SWITCHED_OFF),
    ],
)
def test_the_rule_that_keeps_a_reader_from_being_asked(refused: dict[Reason, int], rule: Reason) -> None:
    assert never_reached_by(Counter(refused)) is rule


@pytest.mark.parametrize(
    ("readers_by_number", "share", "number"),
    [({}, 0.5, 0), ({3: 1}, 0.5, 3), ({1: 5, 9: 5}, 0.5, 1), ({1: 4, 9: 5}, 0.5, 9), ({1: 9, 9: 1}, 0.9, 1)],
)
def test_a_percentile_is_the_smallest_number_that_enough_readers_do_not_exceed(
    readers_by_number: dict[int, int], share: float, number: int
) -> None:
    assert quantile(readers_by_number, share) == number
