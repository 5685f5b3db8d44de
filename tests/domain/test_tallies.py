"""From counts and gifts to what allocation goes by."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date, datetime

import pytest

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.results import Count
from service.domain.tallies import Tallies
from tests.builders import DAY, NOW, SECOND, SITE, a_campaign_yaml, a_catalogue, a_site_yaml, variants_yaml

RATES = "{EUR: 1.08, JPY: 0.0064}"
TODAY = NOW.date()
EVEN = {"a": 0.5, "b": 0.5}


def tallies(now: datetime = NOW, **lines: str) -> Tallies:
    """Of one automatic campaign, and one that is not."""
    allocated = {"allocation": "{method: automatic, floor: 10%, minimum: 100}", "variants": variants_yaml(a=1, b=1)}
    campaigns = {"lights-on": a_campaign_yaml(**{**allocated, **lines}), "plain": a_campaign_yaml()}
    catalogue = a_catalogue(a_site_yaml(exchange_rates=RATES), campaigns)
    return Tallies(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, now)


def seen(
    variant: str, times: int = 10_000, day: date = TODAY, *, kind: str = "seen", campaign: str = "lights-on"
) -> Count:
    return Count(day, campaign, variant, "inline", kind, times)


def gifts(
    variant: str,
    many: int,
    *,
    at: datetime = NOW,
    currency: str = "USD",
    amount_minor: int = 1000,
    state: State = State.PAID,
    campaign: str = "lights-on",
) -> list[Contribution]:
    one = Contribution(
        "pi_1", state, Interval.ONCE, currency, amount_minor, at, None, "cus_1",
        Attribution(SITE, "a-reader", campaign, variant, "inline"), (Payment("pi_1", amount_minor, at),),
    )  # fmt: skip
    return [replace(one, id=f"pi_{number}") for number in range(many)]


def weights(counts: Iterable[Count], given: Iterable[Contribution], **lines: str) -> Mapping[str, float]:
    book = tallies(**lines)
    book.count(counts)
    book.give(given)
    return book.weights()["lights-on"]


SEEN = (seen("a"), seen("b"))


def test_the_variant_that_brings_more_gets_more_readers() -> None:
    assert weights(SEEN, gifts("a", 10) + gifts("b", 60))["b"] > 0.85
    assert weights(SEEN, gifts("a", 60) + gifts("b", 10))["a"] > 0.85


def test_only_automatic_campaigns_have_weights() -> None:
    assert tallies().weights().keys() == {"lights-on"}


@pytest.mark.parametrize(
    "strange",
    [
        gifts("gone", 90),
        gifts("b", 90, campaign="plain"),
        gifts("b", 90, campaign=""),
        gifts("b", 90, state=State.REFUNDED),
        gifts("b", 90, state=State.PENDING),
        gifts("b", 90, at=NOW - 91 * DAY),
    ],
)
def test_gifts_that_do_not_count_change_nothing(strange: list[Contribution]) -> None:
    given = gifts("a", 30) + gifts("b", 30)
    assert weights(SEEN, given + strange) == weights(SEEN, given)


def test_only_what_was_really_seen_is_an_impression() -> None:
    served = [seen(name, kind=kind) for name in "ab" for kind in ("served", "clicked", "holdback")]
    assert weights(served, gifts("b", 90)) == EVEN
    assert weights([seen("a"), seen("b", campaign="plain")], gifts("b", 90)) == EVEN


def test_impressions_of_all_days_and_placements_are_added_up() -> None:
    halves = [seen(name, 50, TODAY - number * DAY) for name in "ab" for number in range(2)]
    assert weights(halves, gifts("b", 90)) != EVEN
    assert weights(halves[:-1], gifts("b", 90)) == EVEN


def test_it_looks_back_90_days_in_whole_days() -> None:
    days = list(tallies().days)
    assert (days[0], days[-1], len(days)) == (TODAY - 90 * DAY, TODAY, 91)


@pytest.mark.parametrize(
    ("begins", "first"),
    [("2026-11-20", "2026-11-19"), ("2026-11-20 01:00", "2026-11-20"), ("2020-01-01", "2026-08-24")],
)
def test_it_looks_back_no_further_than_the_campaign_goes(begins: str, first: str) -> None:
    """The schedule is in Amsterdam's time, an hour ahead; days are of UTC."""
    book = tallies(schedule=f"{{from: {begins}}}")
    assert next(iter(book.days)).isoformat() == first


def test_what_was_given_before_the_campaign_began_does_not_count() -> None:
    schedule = "{from: 2026-11-20 01:00}"  # midnight in UTC
    began = datetime.fromisoformat("2026-11-20T00:00:00Z")
    days = [seen(name, day=began.date()) for name in "ab"]
    assert weights(days, gifts("b", 90, at=began - SECOND), schedule=schedule) == EVEN
    assert weights(days, gifts("b", 90, at=began), schedule=schedule) != EVEN


def test_a_campaign_that_has_not_begun_has_no_days() -> None:
    assert list(tallies(schedule="{from: 2027-01-01}").days) == []


def test_without_automatic_campaigns_there_is_nothing_to_look_at() -> None:
    catalogue = a_catalogue()
    book = Tallies(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, NOW)
    assert (list(book.days), book.weights()) == ([], {})


def test_gifts_are_compared_in_one_currency() -> None:
    yen = gifts("a", 30, currency="JPY", amount_minor=1000)  # some six dollars
    assert weights(SEEN, yen + gifts("b", 30, amount_minor=6400))["b"] > 0.85


def test_a_currency_that_has_no_rate_is_told_and_left_out() -> None:
    book = tallies()
    book.count(SEEN)
    book.give(gifts("b", 90, currency="GBP"))
    assert book.weights()["lights-on"] == EVEN
    assert book.without_rate == {"GBP"}
