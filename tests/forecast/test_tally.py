"""Which rule kept a reader from ever being asked."""

from collections import Counter
from dataclasses import replace

import pytest

from service.domain.memory import Memory
from service.domain.reader import Gift, GiftState, Visit
from service.domain.reason import Reason
from service.domain.site import Placement
from service.forecast.assumptions import Assumptions
from service.forecast.page_view import Act, PageView
from service.forecast.replay import Judged, Replay
from service.forecast.tally import Tally, count_reader, never_reached_by
from service.forecast.totals import quantile
from tests.builders import NOW, SITE, a_campaign_yaml, a_catalogue, a_page

GIVING = {Act.GAVE_ONCE, Act.GAVE_MONTHLY}


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


def played(kind: str, gifts: int) -> tuple[Tally, Judged]:
    """One page view under a single campaign of the kind, by a reader with so many gifts that could not be renewed, who
    gives whenever somebody asks."""
    plan = a_catalogue(campaigns={"one": a_campaign_yaml(kind=kind, placement="banner")}).plans[SITE]
    memory = Memory()
    for number in range(gifts):
        memory.record_gift(f"gift {number}", Gift(GiftState.PAST_DUE, NOW), 1, NOW)
    eager = replace(Assumptions(), seen=1.0, giving=1.0)
    view = PageView(NOW, a_page(), Visit(), luck=7)
    (judged,) = Replay(plan, eager).play("a-reader", memory, [view])
    tally: Tally = Counter()
    count_reader(tally, [judged])
    return tally, judged


def test_a_word_about_a_card_is_shown_and_is_no_ask_for_money() -> None:
    tally, judged = played("card_update", 1)
    assert tally["shown", Placement.BANNER, "one"] == 1
    assert tally["asks", 0] == 1
    assert tally["never reached", Reason.SUPPORTER] == 1
    assert Act.SEEN in judged.acts[Placement.BANNER]
    assert not GIVING & set(judged.acts[Placement.BANNER])


def test_an_ask_for_money_is_one() -> None:
    tally, judged = played("contribution", 0)
    assert tally["asks", 1] == 1
    assert GIVING & set(judged.acts[Placement.BANNER])
