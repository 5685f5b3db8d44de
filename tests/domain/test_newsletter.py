"""Who is asked to sign up for a newsletter, and who has it already."""

from typing import Any

import pytest

from service.domain.newsletter import SAME_SIGN_UP, SignUp
from service.domain.reader import GiftState, Visit
from tests.builders import DAY, NOW, SECOND, a_campaign_yaml, a_catalogue, a_reader, a_site_yaml, outcomes

SITE_YAML = a_site_yaml(newsletters="{weekly: {title: Weekly, provider: csv}, daily: {title: Daily, provider: csv}}")
LETTER = a_campaign_yaml(kind="newsletter", newsletter="weekly")


def asked(letter: str = LETTER, others: dict[str, str] | None = None, **facts: Any) -> str:
    """The outcome in the article, for a reader with these facts."""
    visit = facts.pop("visit", None)
    catalogue = a_catalogue(SITE_YAML, {"letter": letter} | (others or {}))
    return outcomes(catalogue, a_reader(**facts), visit=visit)["inline"]


SHOWN = "shown: letter"


@pytest.mark.parametrize("state", [GiftState.ONCE, GiftState.RECURRING, GiftState.PAST_DUE, GiftState.PENDING])
def test_supporters_are_still_asked_for_newsletters(state: GiftState) -> None:
    assert asked(gifts=[(state, NOW - DAY)]) == SHOWN


def test_unless_its_audience_says_otherwise() -> None:
    letter = a_campaign_yaml(kind="newsletter", newsletter="weekly", audience="{supporters: exclude}")
    assert asked(letter, gifts=[(GiftState.RECURRING, NOW - DAY)]) == "supporter"
    assert asked(letter, gifts=[(GiftState.PAST_DUE, NOW - DAY)]) == "supporter"
    assert asked(letter) == SHOWN


def test_who_has_it_is_not_asked_as_the_page_says_or_as_we_remember() -> None:
    assert asked(newsletters=["weekly"]) == "subscribed"
    assert asked(visit=Visit(newsletters=frozenset({"weekly"}))) == "subscribed"
    assert asked(newsletters=["daily"], visit=Visit(newsletters=frozenset({"daily"}))) == SHOWN


def test_then_the_next_best_campaign_asks() -> None:
    others = {"money": a_campaign_yaml(priority="1"), "daily": a_campaign_yaml(kind="newsletter", newsletter="daily")}
    assert asked(a_campaign_yaml(kind="newsletter", newsletter="weekly", priority="20"), others) == SHOWN
    assert asked(LETTER, others, newsletters=["weekly"]) == "shown: daily"
    assert asked(LETTER, others, newsletters=["weekly", "daily"]) == "shown: money"


def test_a_card_that_expired_comes_by_priority_and_a_snooze_holds_for_both() -> None:
    card = {"card": a_campaign_yaml(kind="card_update", priority="20")}
    assert asked(LETTER, card, gifts=[(GiftState.PAST_DUE, NOW - DAY)]) == "shown: card"
    assert asked(LETTER, card, snoozed_until=NOW + DAY) == "snoozed"


@pytest.mark.parametrize(("later", "same"), [(SAME_SIGN_UP - SECOND, True), (SAME_SIGN_UP, False)])
def test_a_day_after_it_was_delivered_the_same_wish_is_another_sign_up(later: Any, same: bool) -> None:
    done = SignUp("one", "weekly", "a-reader", NOW, confirmed_at=NOW, delivered_at=NOW)
    again = done.asked_again("two", "", NOW + later)
    assert (again.id, again.reader, again.delivered_at) == (
        ("one", "a-reader", NOW) if same else ("two", "", None)
    )
    assert again.asked_at == NOW + later


def test_what_was_taken_back_and_is_wished_for_again_begins_anew() -> None:
    ended = SignUp("one", "weekly", "a-reader", NOW, confirmed_at=NOW, ended_at=NOW)
    assert not ended.wanted
    assert ended.asked_again("two", "b", NOW) == SignUp("two", "weekly", "b", NOW)
