"""How often: growing rests, days when it is always asked, never again, staged rollouts and the holdback."""

from datetime import timedelta
from itertools import pairwise

import pytest

from service.domain.access import AccessReason
from service.domain.reader import GiftState
from tests.builders import (
    DAY,
    HOUR,
    MINUTE,
    NOW,
    SECOND,
    SHOWN,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    decided_by,
    outcome,
    outcomes,
)

READERS = [f"reader-{number}" for number in range(400)]


# Rests that grow with every dismissal


@pytest.mark.parametrize(
    ("rest", "dismissals", "quiet"),
    [
        ("[3d, 7d, 30d]", 1, 3 * DAY),
        ("[3d, 7d, 30d]", 2, 7 * DAY),
        ("[3d, 7d, 30d]", 3, 30 * DAY),
        ("[3d, 7d, 30d]", 4, 30 * DAY),
        ("[3d, 7d, 30d]", 255, 30 * DAY),
        ("[3d]", 9, 3 * DAY),
        ("12h", 9, 12 * HOUR),
        # A list may also shrink, if staff want that.
        ("[3d, 1d]", 2, DAY),
    ],
)
@pytest.mark.parametrize(("off", "expected"), [(-SECOND, "dismissed"), (0 * SECOND, SHOWN), (SECOND, SHOWN)])
def test_each_dismissal_is_respected_for_longer(
    rest: str, dismissals: int, quiet: timedelta, off: timedelta, expected: str
) -> None:
    catalogue = a_catalogue(a_site_yaml(rest=f"{{after_dismissal: {rest}}}"))
    reader = a_reader(dismissed_at=NOW - quiet - off, dismissals=dismissals)
    assert outcome(catalogue, reader) == expected


def test_a_first_rest_of_nothing_may_be_followed_by_a_long_one() -> None:
    catalogue = a_catalogue(a_site_yaml(rest="{after_dismissal: [0m, 30d]}"))
    assert outcome(catalogue, a_reader(dismissed_at=NOW, dismissals=1)) == SHOWN
    assert outcome(catalogue, a_reader(dismissed_at=NOW, dismissals=2)) == "dismissed"


# Days when it is always asked


CAPPED = a_site_yaml(frequency="{max: 1, window: 30d, min_gap: 12h}")


def always(**lines: str) -> dict[str, str]:
    """One campaign that always asks, and whose own cap is reached by one impression."""
    own = {"always_ask": "true", "frequency": "{max: 1, window: 30d, min_gap: 12h}"}
    return {"lights-on": a_campaign_yaml(**own | lines)}


def test_always_ask_lifts_the_caps_of_site_and_campaign() -> None:
    seen = [("lights-on", NOW), ("lights-on", NOW - MINUTE), ("another", NOW - HOUR)]
    assert outcome(a_catalogue(CAPPED, always()), a_reader(seen=seen)) == SHOWN
    assert outcome(a_catalogue(CAPPED, always(always_ask="false")), a_reader(seen=seen)) == "site_cap"


def test_always_ask_lifts_caps_of_zero() -> None:
    campaigns = always(frequency="{max: 0, window: 1d}")
    assert outcome(a_catalogue(a_site_yaml(frequency="{max: 0, window: 30d}"), campaigns)) == SHOWN


@pytest.mark.parametrize(
    ("history", "expected"),
    [
        ({"gifts": [(GiftState.RECURRING, NOW)]}, "supporter"),
        ({"never_again": True}, "never_again"),
        ({"snoozed_until": NOW + SECOND}, "snoozed"),
        ({"snoozed_until": NOW}, SHOWN),
        ({"dismissed_at": NOW - 3 * DAY + SECOND}, "dismissed"),
        ({"dismissed_at": NOW - 3 * DAY}, SHOWN),
    ],
)
def test_always_ask_lifts_nobodys_peace(history: dict[str, object], expected: str) -> None:
    reader = a_reader(seen=[NOW], **history)  # type: ignore[arg-type]
    assert outcome(a_catalogue(CAPPED, always()), reader) == expected


def test_always_ask_lifts_neither_schedule_nor_audience_nor_the_pages_left_in_peace() -> None:
    reader = a_reader(seen=[NOW])
    site = a_site_yaml(frequency="{max: 1, window: 30d}", never_ask_on="{sections: [obituaries]}")
    assert outcome(a_catalogue(site, always(schedule="{until: 2026-01-01}")), reader) == "site_cap"
    assert outcome(a_catalogue(site, always(audience="{sections: [Sport]}")), reader) == "site_cap"
    assert outcome(a_catalogue(site, always(schedule="{until: 2026-01-01}"))) == "not_scheduled"
    assert outcome(a_catalogue(site, always()), reader, a_page(section="Obituaries")) == "page_excluded"


def test_always_ask_does_not_lift_how_many_a_page_may_hold() -> None:
    campaigns = {
        "lights-on": a_campaign_yaml(always_ask="true", priority="30"),
        "strip": a_campaign_yaml(always_ask="true", placement="banner", priority="20"),
    }
    site = a_site_yaml(frequency="{max: 1, window: 30d, per_page: 1}")
    decided = outcomes(a_catalogue(site, campaigns), a_reader(seen=[NOW]), placements=["banner", "inline"])
    assert decided == {"banner": "site_cap", "inline": SHOWN}


def test_once_the_site_is_capped_only_those_that_always_ask_do() -> None:
    campaigns = {
        "best": a_campaign_yaml(priority="90"),
        "lights-on": a_campaign_yaml(always_ask="true", priority="1"),
        "strip": a_campaign_yaml(placement="banner"),
    }
    site = a_site_yaml(frequency="{max: 1, window: 30d, per_page: 3}")
    placements = ["inline", "banner", "overlay"]
    fresh = outcomes(a_catalogue(site, campaigns), placements=placements)
    assert fresh == {"inline": "shown: best", "banner": "shown: strip", "overlay": "no_campaign"}
    capped = outcomes(a_catalogue(site, campaigns), a_reader(seen=[NOW]), placements=placements)
    assert capped == {"inline": SHOWN, "banner": "site_cap", "overlay": "site_cap"}


# Never again


def test_never_again_is_for_as_long_as_we_hold_the_reader() -> None:
    assert outcome(reader=a_reader(never_again=True), now=NOW + 4000 * DAY) == "never_again"


def test_never_again_is_told_before_what_passes() -> None:
    reader = a_reader(never_again=True, snoozed_until=NOW + DAY, dismissed_at=NOW)
    assert outcome(reader=reader) == "never_again"


# Staged rollouts


def reached(rollout: str) -> set[str]:
    """The readers whom the campaign has reached."""
    catalogue = a_catalogue(campaigns={"lights-on": a_campaign_yaml(rollout=rollout)})
    found = {name: outcome(catalogue, a_reader(name)) for name in READERS}
    assert set(found.values()) <= {SHOWN, "not_in_audience"}
    return {name for name, decided in found.items() if decided == SHOWN}


def test_a_larger_share_only_adds_readers() -> None:
    shares = [reached(share) for share in ("0%", "1%", "10%", "25%", "50%", "99%", "100%")]
    assert all(smaller <= larger for smaller, larger in pairwise(shares))
    assert (shares[0], shares[-1]) == (set(), set(READERS))


def test_a_quarter_is_about_a_quarter() -> None:
    assert 70 <= len(reached("25%")) <= 130


def test_two_campaigns_reach_readers_of_their_own() -> None:
    campaigns = {place: a_campaign_yaml(rollout="50%", placement=place) for place in ("inline", "banner")}
    catalogue = a_catalogue(campaigns=campaigns)
    found = {tuple(outcomes(catalogue, a_reader(name), placements=["inline", "banner"]).values()) for name in READERS}
    assert len(found) == 4


def test_the_next_campaign_asks_those_whom_the_best_has_not_reached() -> None:
    campaigns = {
        "best": a_campaign_yaml(rollout="50%", priority="90"),
        "lights-on": a_campaign_yaml(priority="1"),
    }
    catalogue = a_catalogue(campaigns=campaigns)
    assert {outcome(catalogue, a_reader(name)) for name in READERS} == {"shown: best", SHOWN}


# The holdback


def held_back(holdback: str | None, **lines: str) -> set[str]:
    """The readers who are never asked."""
    catalogue = a_catalogue(a_site_yaml(holdback=holdback, **lines))
    return {name for name in READERS if outcome(catalogue, a_reader(name)) == "holdback"}


def test_growing_the_holdback_moves_nobody_out() -> None:
    shares = [held_back(share) for share in (None, "0%", "2.5%", "5%", "50%")]
    assert shares[0] == shares[1] == set()
    assert all(smaller <= larger for smaller, larger in pairwise(shares))
    assert 160 <= len(shares[-1]) <= 240


def test_the_holdback_is_the_last_reason_of_all() -> None:
    """It counts those who would have been asked, so whoever would not have been is not in it."""
    name = min(held_back("50%"))
    catalogue = a_catalogue(a_site_yaml(holdback="50%", frequency="{max: 1, window: 30d}"))
    assert outcome(catalogue, a_reader(name)) == "holdback"
    assert outcome(catalogue, a_reader(name, seen=[NOW])) == "site_cap"
    assert outcome(catalogue, a_reader(name, snoozed_until=NOW + DAY)) == "snoozed"
    assert outcome(catalogue, a_reader(name, gifts=[(GiftState.RECURRING, NOW)])) == "supporter"
    assert outcomes(catalogue, a_reader(name), placements=["banner"]) == {"banner": "no_campaign"}


def test_a_held_back_reader_takes_the_places_that_an_asked_one_would() -> None:
    """Or the holdback would be another group than the one it is compared with."""
    name = min(held_back("50%"))
    campaigns = {"lights-on": a_campaign_yaml(priority="30"), "strip": a_campaign_yaml(placement="banner")}
    site = a_site_yaml(holdback="50%", frequency="{max: 9, window: 30d, per_page: 1}")
    decided = outcomes(a_catalogue(site, campaigns), a_reader(name), placements=["banner", "inline"])
    assert decided == {"banner": "site_cap", "inline": "holdback"}


def test_not_even_a_day_when_it_is_always_asked_asks_the_holdback() -> None:
    name = min(held_back("50%"))
    catalogue = a_catalogue(a_site_yaml(holdback="50%", frequency="{max: 0, window: 30d}"), always())
    assert outcome(catalogue, a_reader(name)) == "holdback"


def test_the_holdback_passes_the_gate() -> None:
    lines = {
        "holdback": "50%",
        "meter": "{allowance: 0}",
        "placements": "{inline: {selector: article}, gate: {selector: article}}",
    }
    passing = held_back(lines["holdback"])
    catalogue = a_catalogue(a_site_yaml(**lines))
    for name in READERS[:40]:
        access = decided_by(catalogue, a_reader(name)).access
        expected = (True, AccessReason.HOLDBACK) if name in passing else (False, AccessReason.USED_UP)
        assert (access.granted, access.reason) == expected
