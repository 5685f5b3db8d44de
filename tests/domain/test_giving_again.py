"""Whether a reader is asked if they mean to give once more."""

from datetime import timedelta

import pytest

from service.domain.giving_again import gave_just_now
from service.domain.reader import Gift, GiftState, History
from tests.builders import HOUR, NOW, SECOND


def having(*gifts: tuple[GiftState, timedelta]) -> History:
    return History(NOW, gifts=[Gift(state, NOW - ago) for state, ago in gifts])


@pytest.mark.parametrize("state", [GiftState.PENDING, GiftState.ONCE, GiftState.RECURRING])
@pytest.mark.parametrize(("ago", "asked"), [(SECOND, True), (HOUR - SECOND, True), (HOUR, False), (2 * HOUR, False)])
def test_a_gift_is_asked_about_for_less_than_an_hour(state: GiftState, ago: timedelta, asked: bool) -> None:
    assert gave_just_now(having((state, ago)), NOW) is asked


@pytest.mark.parametrize("state", [GiftState.VOID, GiftState.ENDED, GiftState.PAST_DUE])
def test_what_is_no_gift_any_more_is_not_asked_about(state: GiftState) -> None:
    assert not gave_just_now(having((state, SECOND)), NOW)


def test_any_of_several_gifts_is_enough_and_none_is_none() -> None:
    assert gave_just_now(having((GiftState.ONCE, 9 * HOUR), (GiftState.RECURRING, SECOND)), NOW)
    assert not gave_just_now(having(), NOW)
