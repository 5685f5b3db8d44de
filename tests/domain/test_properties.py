"""What holds for every reader, every page and every moment."""

from datetime import datetime, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from service.domain.decision import Reader
from service.domain.experiment import choose_variant
from service.domain.page import Page
from service.domain.reader import GiftState, History
from service.domain.reason import Reason
from service.domain.site import Placement
from tests.builders import (
    DAY,
    NOW,
    SECOND,
    SITE,
    a_campaign_yaml,
    a_catalogue,
    a_reader,
    a_site_yaml,
    outcomes,
    variants_yaml,
)

PLACEMENTS = [str(placement) for placement in Placement if placement is not Placement.GATE]
CAMPAIGNS = {
    "first": a_campaign_yaml(placement="inline", priority="30", frequency="{max: 2, window: 7d, min_gap: 6h}"),
    "second": a_campaign_yaml(placement="inline", priority="20", schedule="{from: 2026-06-01, until: 2026-11-25}"),
    "strip": a_campaign_yaml(placement="banner", priority="25", frequency="{max: 3, window: 30d}"),
    "letter": a_campaign_yaml(placement="overlay", priority="40", frequency="{max: 1, window: 30d}"),
    "note": a_campaign_yaml(placement="overlay", priority="5", variants=variants_yaml(a=2, b=1, c=0)),
}
SITE_YAML = a_site_yaml(
    frequency="{max: 4, window: 30d, min_gap: 1h, per_page: 2}", never_ask_on="{sections: [obituaries]}"
)
CATALOGUE, LOADED_AGAIN = a_catalogue(SITE_YAML, CAMPAIGNS), a_catalogue(SITE_YAML, CAMPAIGNS)

moments = st.integers(min_value=-400 * 86400, max_value=400 * 86400).map(
    lambda seconds: NOW + timedelta(seconds=seconds)
)
impressions = st.lists(st.tuples(st.sampled_from([*CAMPAIGNS, "gone"]), moments), max_size=12)
gifts = st.lists(st.tuples(st.sampled_from(GiftState), moments), max_size=4)
asked_for = st.lists(st.sampled_from(PLACEMENTS), min_size=1, max_size=3, unique=True)
readers = st.builds(
    a_reader,
    st.text(max_size=30),
    snoozed_until=st.none() | moments,
    dismissed_at=st.none() | moments,
    seen=impressions,
    gifts=gifts,
)
pages = st.builds(
    Page,
    st.text(max_size=50),
    section=st.sampled_from(["", "obituaries", "World"]),
    tags=st.lists(st.text(max_size=5), max_size=3).map(tuple),
)


@given(readers | st.builds(Reader, st.text(), st.sampled_from(Reason)), pages, asked_for, moments)
def test_every_placement_that_was_asked_for_gets_an_outcome(
    reader: Reader, page: Page, placements: list[str], now: datetime
) -> None:
    decided = outcomes(CATALOGUE, reader, page, now, placements)
    assert decided.keys() == set(placements)
    assert {text for text in decided.values() if not text.startswith("shown: ")} <= set(Reason)


@given(readers, moments, asked_for, st.sampled_from([GiftState.RECURRING, GiftState.ONCE, GiftState.PENDING]))
def test_a_supporter_is_never_asked(reader: Reader, now: datetime, placements: list[str], state: GiftState) -> None:
    history = reader.history
    assert isinstance(history, History)
    supporter = a_reader(gifts=[(gift.state, gift.at) for gift in history.gifts] + [(state, now - 13 * DAY)])
    assert set(outcomes(CATALOGUE, supporter, now=now, placements=placements).values()) == {"supporter"}


@given(impressions, moments, asked_for, st.integers(min_value=1, max_value=400 * 86400))
def test_a_snoozed_reader_is_never_asked(
    seen: list[tuple[str, datetime]], now: datetime, placements: list[str], seconds: int
) -> None:
    reader = a_reader(snoozed_until=now + seconds * SECOND, seen=seen)
    assert set(outcomes(CATALOGUE, reader, now=now, placements=placements).values()) == {"snoozed"}


@given(impressions, moments, moments, st.integers(min_value=0, max_value=400 * 86400))
def test_snoozing_longer_never_shows_more(
    seen: list[tuple[str, datetime]], now: datetime, until: datetime, longer: int
) -> None:
    """One placement, because a page's places are shared: what one gives up another may take."""
    for placement in PLACEMENTS:
        short = outcomes(CATALOGUE, a_reader(snoozed_until=until, seen=seen), now=now, placements=[placement])
        long = outcomes(
            CATALOGUE, a_reader(snoozed_until=until + longer * SECOND, seen=seen), now=now, placements=[placement]
        )
        if not short[placement].startswith("shown"):
            assert not long[placement].startswith("shown")


@given(impressions, st.tuples(st.sampled_from(list(CAMPAIGNS)), moments), moments, st.sampled_from(PLACEMENTS))
def test_one_more_impression_never_turns_a_cap_into_an_appeal(
    seen: list[tuple[str, datetime]], one_more: tuple[str, datetime], now: datetime, placement: str
) -> None:
    before = outcomes(CATALOGUE, a_reader(seen=seen), now=now, placements=[placement])[placement]
    after = outcomes(CATALOGUE, a_reader(seen=[*seen, one_more]), now=now, placements=[placement])[placement]
    if before in ("site_cap", "campaign_cap"):
        assert not after.startswith("shown")


@settings(max_examples=40)
@given(st.permutations(list(CAMPAIGNS)), readers, moments)
def test_the_order_of_the_files_never_matters(names: list[str], reader: Reader, now: datetime) -> None:
    shuffled = a_catalogue(SITE_YAML, {name: CAMPAIGNS[name] for name in names})
    assert outcomes(shuffled, reader, now=now, placements=PLACEMENTS) == outcomes(
        CATALOGUE, reader, now=now, placements=PLACEMENTS
    )


@given(st.permutations(PLACEMENTS), readers, moments)
def test_the_order_in_which_placements_are_asked_for_never_matters(
    placements: list[str], reader: Reader, now: datetime
) -> None:
    assert outcomes(CATALOGUE, reader, now=now, placements=placements) == outcomes(
        CATALOGUE, reader, now=now, placements=PLACEMENTS
    )


@given(readers, moments)
def test_a_page_never_holds_more_appeals_than_it_may(reader: Reader, now: datetime) -> None:
    decided = outcomes(CATALOGUE, reader, now=now, placements=PLACEMENTS)
    shown = [placement for placement, text in decided.items() if text.startswith("shown")]
    assert len(shown) <= 2
    assert shown == ["overlay"] or "overlay" not in shown


@given(st.text())
def test_the_same_reader_always_meets_the_same_wording(reader: str) -> None:
    chosen = {
        choose_variant(campaign, reader).name
        for catalogue in (CATALOGUE, LOADED_AGAIN)
        for campaign in catalogue.plans[SITE].of(Placement.OVERLAY)
        if campaign.id == "note"
    }
    assert chosen in ({"a"}, {"b"})
