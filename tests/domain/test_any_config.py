"""What holds for every valid config that staff may write, every history, page, visit and moment."""

from datetime import datetime
from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from service.domain.decision import Decision, Reader
from service.domain.outcome import Show
from service.domain.page import Page
from service.domain.reader import GiftState, Visit
from service.domain.reason import Reason
from service.domain.site import Placement
from service.domain.view import Cohort
from tests.builders import DAY, SECOND, SITE, decided_by
from tests.domain.strategies import (
    CAMPAIGN_IDS,
    PLACEMENTS,
    a_reader_with,
    configs,
    gated_configs,
    impressions,
    loaded,
    moments,
    names,
    pages,
    pasts,
    visits,
)

# Each example loads staff's files, which costs more than a hundred decisions.
SLOW = settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])
Config = tuple[str, dict[str, str]]
Past = dict[str, Any]
# One page view: the reader's name and past, the page, the visit and the moment.
View = tuple[str, Past, Page, Visit, datetime]
views = st.lists(st.tuples(names, pasts, pages, visits, moments), min_size=3, max_size=6)
PUBLIC = st.just({})  # campaigns for everybody who does not give yet
QUIET = st.sampled_from([
    {"never_again": True},
    {"snoozed_until": SECOND},
    {"snoozed_until": 400 * DAY},
])  # fmt: skip


def decided(catalogue: Any, view: View, placements: list[str] = PLACEMENTS, **changes: Any) -> Decision:
    name, past, page, visit, now = view
    return decided_by(catalogue, a_reader_with(name, past, **changes), page, now, placements, visit)


def shown(decision: Decision) -> set[Placement]:
    return {placement for placement, outcome in decision.outcomes.items() if isinstance(outcome, Show)}


@SLOW
@given(configs(), views, st.sampled_from([Reason.NO_CONSENT, Reason.STORE_UNAVAILABLE]))
def test_every_placement_gets_an_outcome_and_every_page_an_access(
    config: Config, seen: list[View], unknown: Reason
) -> None:
    catalogue = loaded(config)
    for view in seen:
        decision = decided(catalogue, view)
        assert list(map(str, sorted(decision.outcomes))) == sorted(PLACEMENTS)
        gone = decided_by(catalogue, Reader("", unknown), view[2], view[4], PLACEMENTS, view[3])
        assert shown(gone) == set()
        for found in (decision, gone):
            assert (Placement.GATE in shown(found)) <= (not found.access.granted)
            assert (found.outcomes[Placement.GATE] == (Reason.ACCESS_GRANTED, None)) <= found.access.granted


@SLOW
@given(configs(), views, st.sampled_from([GiftState.RECURRING, GiftState.ONCE, GiftState.PENDING]))
def test_a_supporter_is_asked_only_by_campaigns_for_supporters_and_never_cut_off(
    config: Config, seen: list[View], state: GiftState
) -> None:
    catalogue = loaded(config)
    for view in seen:
        decision = decided(catalogue, view, gifts=[*view[1]["gifts"], (state, view[4] - 13 * DAY)])
        assert decision.access.granted
        asking = [found.campaign for found in decision.outcomes.values() if isinstance(found, Show)]
        assert all(Cohort.SUPPORTER in campaign.audience.supporters.cohorts for campaign in asking)


@SLOW
@given(configs(PUBLIC), views)
def test_where_no_campaign_says_otherwise_a_supporter_is_never_asked(config: Config, seen: list[View]) -> None:
    catalogue = loaded(config)
    for view in seen:
        decision = decided(catalogue, view, gifts=[(GiftState.RECURRING, view[4])])
        assert shown(decision) == set()


@SLOW
@given(configs() | gated_configs(), views, QUIET)
def test_whoever_asked_to_be_left_in_peace_is_never_asked_not_even_at_a_gate(
    config: Config, seen: list[View], quiet: Past
) -> None:
    catalogue = loaded(config)
    for view in seen:
        until = {key: view[4] + span if key == "snoozed_until" else span for key, span in quiet.items()}
        assert shown(decided(catalogue, view, **until)) == set()


@SLOW
@given(configs(), views, st.integers(0, 400 * 86400))
def test_snoozing_longer_never_shows_more_and_never_opens_or_cuts(
    config: Config, seen: list[View], longer: int
) -> None:
    catalogue = loaded(config)
    for view in seen:
        until = view[1].get("snoozed_until") or view[4]
        for placement in PLACEMENTS:  # one at a time: what one gives up another may take
            short = decided(catalogue, view, [placement], snoozed_until=until)
            long = decided(catalogue, view, [placement], snoozed_until=until + longer * SECOND)
            assert shown(long) <= shown(short)
            assert long.access == short.access


@SLOW
@given(configs(), views, st.tuples(st.sampled_from(CAMPAIGN_IDS), moments))
def test_one_more_impression_never_turns_a_cap_into_an_appeal(
    config: Config, seen: list[View], one_more: tuple[str, datetime]
) -> None:
    catalogue = loaded(config)
    for view in seen:
        for placement in PLACEMENTS:
            before = decided(catalogue, view, [placement])
            after = decided(catalogue, view, [placement], seen=[*view[1]["seen"], one_more])
            assert shown(after) <= shown(before)
            assert after.access == before.access


@SLOW
@given(configs(), views, st.randoms(use_true_random=False))
def test_the_order_of_files_and_placements_never_matters(config: Config, seen: list[View], random: Any) -> None:
    site, campaigns = config
    shuffled, places = list(campaigns.items()), list(PLACEMENTS)
    random.shuffle(shuffled)
    random.shuffle(places)
    catalogue, other = loaded(config), loaded((site, dict(shuffled)))
    for view in seen:
        assert _told(decided(catalogue, view)) == _told(decided(other, view, places))


def _told(decision: Decision) -> Any:
    """The decision by names, because two catalogues hold two of every campaign."""
    return decision.access, {
        placement: (found.campaign.id, found.variant.name) if isinstance(found, Show) else found.reason
        for placement, found in decision.outcomes.items()
    }


@SLOW
@given(configs(), views)
def test_a_page_never_holds_more_than_it_may_and_gate_and_overlay_stand_alone(
    config: Config, seen: list[View]
) -> None:
    catalogue = loaded(config)
    for view in seen:
        places = shown(decided(catalogue, view))
        assert len(places) <= catalogue.sites[SITE].per_page
        assert len(places) <= 1 or places <= {Placement.BANNER, Placement.INLINE}


@SLOW
@given(configs(), views)
def test_nobody_is_cut_off_where_nobody_may_be_asked_or_where_the_meter_does_not_reach(
    config: Config, seen: list[View]
) -> None:
    catalogue = loaded(config)
    site = catalogue.sites[SITE]
    for view in seen:
        _, _, page, _, _ = view
        exempt = site.meter is None or site.never_ask_on.cover(page) or not page.is_article
        if exempt or (site.meter and site.meter.exempt.cover(page) and not page.premium):
            assert decided(catalogue, view).access.granted


@SLOW
@given(configs(), views, impressions)
def test_what_a_reader_saw_and_closed_neither_opens_nor_cuts_an_article(
    config: Config, seen: list[View], others: list[tuple[str, datetime]]
) -> None:
    catalogue = loaded(config)
    for view in seen:
        assume(view[1])
        changed = decided(catalogue, view, seen=others, dismissed_at=view[4], never_again=True)
        assert changed.access == decided(catalogue, view).access


@settings(SLOW, max_examples=8)
@given(configs(), views)
def test_the_same_page_view_is_always_decided_the_same(config: Config, seen: list[View]) -> None:
    """A plan that remembers pages, countries and moments answers as one that has just been made."""
    warm = loaded(config)
    first = [_told(decided(warm, view)) for view in seen]
    assert [_told(decided(warm, view)) for view in reversed(seen)] == first[::-1]
    assert [_told(decided(loaded(config), view)) for view in seen] == first
