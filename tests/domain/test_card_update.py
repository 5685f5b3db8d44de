"""Who meets `kind: card_update`, and who meets nothing else; each boundary through the files that staff would write."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.campaign import Kind
from service.domain.explanation import explain
from service.domain.outcome import Show
from service.domain.reader import GiftState, Visit
from service.domain.site import Placement
from tests.builders import (
    DAY,
    HOUR,
    NOW,
    SECOND,
    SITE,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    decided_by,
    outcome,
    outcomes,
    variants_yaml,
)  # fmt: skip
from tests.domain.strategies import PLACEMENTS, a_reader_with, configs, loaded
from tests.domain.test_any_config import SLOW, views

OWES = {"gifts": [(GiftState.PAST_DUE, NOW - DAY)]}
CARD = "shown: card"


def a_card_yaml(**lines: str | None) -> str:
    return a_campaign_yaml(**{"kind": "card_update", "priority": "-5"} | lines)


def a_paper(site: str | None = None, card: str | None = None, **campaigns: str) -> Any:
    return a_catalogue(site, {"lights-on": a_campaign_yaml(), "card": card or a_card_yaml(), **campaigns})


GIVEN = {
    "who never gave": ([], "shown: lights-on"),
    "whose renewal did not work": ([(GiftState.PAST_DUE, NOW)], CARD),
    "whose renewal did not work long ago": ([(GiftState.PAST_DUE, NOW - 3000 * DAY)], CARD),
    "who gives": ([(GiftState.RECURRING, NOW)], "supporter"),
    "who gave lately": ([(GiftState.ONCE, NOW)], "supporter"),
    "who gave long ago": ([(GiftState.ONCE, NOW - 91 * DAY)], "shown: lights-on"),
    "who stopped": ([(GiftState.ENDED, NOW)], "supporter"),
    "whose payment is on its way": ([(GiftState.PENDING, NOW)], "supporter"),
    "whose payment came back": ([(GiftState.VOID, NOW)], "shown: lights-on"),
    "who gives and owes": ([(GiftState.RECURRING, NOW), (GiftState.PAST_DUE, NOW)], CARD),
    "who owes and gave lately": ([(GiftState.PAST_DUE, NOW - DAY), (GiftState.ONCE, NOW)], CARD),
    "whose two gifts are owed": ([(GiftState.PAST_DUE, NOW), (GiftState.PAST_DUE, NOW)], CARD),
}


@pytest.mark.parametrize(("gifts", "expected"), GIVEN.values(), ids=GIVEN)
def test_only_a_reader_whose_renewal_did_not_work_is_asked_for_a_card(gifts: Any, expected: str) -> None:
    assert outcome(a_paper(), a_reader(gifts=gifts)) == expected


@pytest.mark.parametrize("supporters", ["exclude", "only", "lapsed", "include"])
def test_a_campaign_that_asks_for_money_never_reaches_them(supporters: str) -> None:
    asking = a_campaign_yaml(audience=f"{{supporters: {supporters}}}", always_ask="true")
    catalogue = a_catalogue(campaigns={"lights-on": asking})
    assert outcome(catalogue, a_reader(**OWES)) == "supporter"
    catalogue = a_catalogue(campaigns={"lights-on": asking, "card": a_card_yaml(placement="banner")})
    assert outcomes(catalogue, a_reader(**OWES), placements=["inline", "banner"]) == {
        "inline": "supporter", "banner": CARD,
    }  # fmt: skip


def test_the_article_stays_open_for_them() -> None:
    gate = "{inline: {selector: article}, gate: {selector: article}}"
    site = a_site_yaml(placements=gate, meter="{allowance: 0, mode: hard}")
    decided = decided_by(a_paper(site), a_reader(**OWES), a_page(premium=True), placements=["inline", "gate"])
    assert (decided.access.granted, decided.access.reason) == (True, "supporter")


QUIET = {
    "snoozed": ({"snoozed_until": NOW + 7 * DAY}, 7 * DAY),
    "dismissed": ({"dismissed_at": NOW}, 3 * DAY),
    "site_cap": ({"seen": [NOW - DAY, NOW]}, 29 * DAY),
}


@pytest.mark.parametrize(("reason", "quiet"), QUIET.items(), ids=QUIET)
def test_they_are_left_in_peace_like_anybody(reason: str, quiet: tuple[dict[str, Any], timedelta]) -> None:
    past, until = quiet
    catalogue, reader = a_paper(a_site_yaml(frequency="{max: 2, window: 30d}")), a_reader(**OWES, **past)
    assert outcome(catalogue, reader, now=NOW + until - SECOND) == reason
    assert outcome(catalogue, reader, now=NOW + until) == CARD
    assert outcome(catalogue, reader, now=NOW + until + SECOND) == CARD


def test_never_again_holds_for_a_card_too() -> None:
    assert outcome(a_paper(), a_reader(**OWES, never_again=True), now=NOW + 4000 * DAY) == "never_again"


def test_a_card_update_keeps_to_its_own_cap_and_schedule() -> None:
    card = a_card_yaml(frequency="{max: 1, window: 7d}", schedule="{from: 2026-11-01}")
    reader = a_reader(**OWES, seen=[("card", NOW)])
    assert outcome(a_paper(card=card), reader, now=NOW + 7 * DAY - SECOND) == "campaign_cap"
    assert outcome(a_paper(card=card), reader, now=NOW + 7 * DAY) == CARD
    assert outcome(a_paper(card=a_card_yaml(schedule="{until: 2026-11-22 13:00}")), reader) == "not_scheduled"


def test_what_was_seen_of_it_counts_for_the_sites_cap_of_all() -> None:
    site = a_site_yaml(frequency="{max: 1, window: 30d}")
    mended = a_reader(gifts=[(GiftState.VOID, NOW)], seen=[("card", NOW - HOUR)])
    assert outcome(a_paper(site), mended) == "site_cap"


def test_the_holdback_does_not_concern_it() -> None:
    catalogue = a_paper(a_site_yaml(holdback="50%"))
    names = [f"reader-{number}" for number in range(40)]
    money = [decided_by(catalogue, a_reader(name)).outcomes[Placement.INLINE] for name in names]
    assert {found.reason for found in money if not isinstance(found, Show)} == {"holdback"}
    assert {outcome(catalogue, a_reader(name, **OWES)) for name in names} == {CARD}


def test_a_reason_speaks_of_what_the_reader_could_have_been_asked() -> None:
    ended = "{until: 2026-01-01}"
    for priority in ("-5", "90"):
        over = a_paper(card=a_card_yaml(priority=priority), **{"lights-on": a_campaign_yaml(schedule=ended)})
        assert outcome(over) == "not_scheduled"
        over = a_paper(card=a_card_yaml(priority=priority, schedule=ended))
        assert outcome(over, a_reader(**OWES)) == "not_scheduled"
    only_card = a_catalogue(campaigns={"card": a_card_yaml()})
    assert outcome(only_card) == "not_in_audience"


def test_its_audience_narrows_it_down() -> None:
    card = a_card_yaml(audience="{sections: [Sport]}")
    assert outcome(a_paper(card=card), a_reader(**OWES), a_page(section="sport")) == CARD
    assert outcome(a_paper(card=card), a_reader(**OWES), a_page(section="world")) == "not_in_audience"


def test_two_wordings_are_drawn_as_ever() -> None:
    catalogue = a_paper(card=a_card_yaml(variants=variants_yaml(a=1, b=1)))
    drawn = [decided_by(catalogue, a_reader(f"r{n}", **OWES)).outcomes[Placement.INLINE] for n in range(30)]
    assert {found.variant.name for found in drawn if isinstance(found, Show)} == {"a", "b"}


@SLOW
@given(configs(), st.sampled_from(["inline", "banner", "overlay"]), st.booleans(), views)
def test_in_any_config_who_owes_meets_nothing_else_and_nobody_else_meets_it(
    config: tuple[str, dict[str, str]], placement: str, owes: bool, seen: list[Any]
) -> None:
    site, campaigns = config
    card = a_card_yaml(placement=placement, frequency="{max: 2, window: 30d}", priority="1")
    catalogue = loaded((site, campaigns | {"card": card}))
    for name, past, page, visit, now in seen:
        gifts = [gift for gift in past["gifts"] if gift[0] is not GiftState.PAST_DUE]
        gifts += [(GiftState.PAST_DUE, now - DAY)] if owes else []
        reader = a_reader_with(name, past, gifts=gifts)
        decided = decided_by(catalogue, reader, page, now, PLACEMENTS, visit)
        kinds = {found.campaign.kind for found in decided.outcomes.values() if isinstance(found, Show)}
        assert kinds <= {Kind.CARD_UPDATE if owes else Kind.CONTRIBUTION}
        told = explain(catalogue.plans[SITE], reader, page, visit, [Placement(one) for one in PLACEMENTS], now)
        assert told.decision == decided


def test_the_explanation_says_why_such_a_reader_is_not_asked_for_money() -> None:
    told = explain(a_paper().plans[SITE], a_reader(**OWES), a_page(), Visit(), [Placement.INLINE], NOW)
    (place,) = told.places
    assert [weighed.campaign.id for weighed in place.campaigns] == ["card", "lights-on"]
    assert place.chosen is not None
    assert place.chosen.id == "card"
    assert [check.note for check in place.checks if check.note] == [
        "some campaigns are for such readers, so each campaign decides"
    ]
