"""Results, from real counters and a real ledger: a million simulated events, and what the simulation knows of them."""

from collections import Counter
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from redis import Redis

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.experiment import place_among_readers
from service.domain.money import Interval
from service.domain.reader import short_key
from service.domain.report import KINDS, Span
from service.domain.results import OTHERS, Among, Dimension
from service.store.connection import Store
from service.store.counters import Counters
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from service.store.reading import Readings
from service.store.results import Results, ResultsBook
from tests.builders import DAY, NOW, SITE, a_campaign_yaml, a_catalogue, a_site_yaml, variants_yaml

EVENTS, DAYS = 1_000_000, 365
SPAN = Span((NOW - (DAYS - 1) * DAY).date(), NOW.date())
KIND_SHARES = (90, 4, 2, 3, 0.5, 0.5)
CAMPAIGNS = {"lights-on": a_campaign_yaml(variants=variants_yaml(a=1, b=1)), "unseen": a_campaign_yaml()}
CATALOGUE = a_catalogue(a_site_yaml(exchange_rates="{EUR: 1.08}", holdback="10%"), CAMPAIGNS)


def look(url: str, span: Span = SPAN) -> Results:
    return ResultsBook(Store(url)).look(CATALOGUE.sites[SITE], CATALOGUE.plans[SITE].campaigns, span)


def happenings(random: Random) -> list[tuple[Any, ...]]:
    """Day, campaign, variant, placement, kind and where, of each event."""
    among = [Among(country, device, "World") for country in ("NL", "DE", "") for device in ("phone", "desktop")]
    possible = [
        (day, campaign, variant, placement, kind, where)
        for day in list(SPAN.days)[::14]
        for campaign, variant in (("lights-on", "a"), ("lights-on", "b"), ("lights-on", "gone"), ("ended", "old"))
        for placement in ("inline", "banner")
        for kind in KINDS
        for where in among
    ]
    likely = dict(zip(KINDS, KIND_SHARES, strict=True))
    return random.choices(possible, [likely[kind] for *_, kind, _ in possible], k=EVENTS)


def test_results_of_a_million_events_are_what_the_simulation_knows(valkey_url: str) -> None:
    counters, events = Counters(Store(valkey_url), background=False), happenings(Random(1))
    for number, (day, campaign, variant, placement, kind, where) in enumerate(events):
        counters.add(SITE, day, campaign, variant, placement, kind, among=where)
        if number % 250_000 == 0:
            counters.flush()
    counters.flush()
    known = Counter(events)
    report = look(valkey_url).report
    told, by = Counter(), Counter()
    for name, results in report.campaigns.items():
        for (variant, placement), line in results.lines.items():
            told += Counter({(name, variant, placement, kind): times for kind, times in line.counts.items()})
        for dimension, names in results.among.items():
            by += Counter(
                {(name, dimension, one, kind): n for one, line in names.items() for kind, n in line.counts.items()}
            )
    expected, expected_by = Counter(), Counter()
    for (_, *place, kind, where), times in known.items():
        expected[(*place, kind)] += times
        for dimension, value in zip(Dimension, where, strict=True):
            expected_by[place[0], dimension, value, kind] += times
    assert told.total() == EVENTS
    assert told == expected
    assert by == expected_by
    weeks = report.campaigns["lights-on"].stretches
    assert sum(line.seen for line in weeks.values()) == report.campaigns["lights-on"].whole.seen
    assert len(weeks) == 27
    assert report.campaigns["unseen"].whole.seen == 0
    assert (report.campaigns["ended"].written, report.campaigns["lights-on"].written) == (None, {"a", "b"})


def gift(number: int, **changes: Any) -> Contribution:
    attribution = Attribution(
        SITE, changes.pop("reader", ""), changes.pop("campaign", "lights-on"), changes.pop("variant", "a"), "inline",
        country=changes.pop("country", "NL"), section=changes.pop("section", ""),
    )  # fmt: skip
    values = {
        "id": f"pi_{number}", "state": State.PAID, "interval": Interval.ONCE, "currency": "USD", "amount_minor": 1000,
        "began_at": NOW, "ended_at": None, "customer": "", "attribution": attribution,
    } | changes  # fmt: skip
    paid = (Payment("pi", values["amount_minor"], NOW),) if values["state"] is not State.PENDING else ()
    return Contribution(**values, payments=paid)


def test_only_what_stripe_confirmed_is_given_and_each_gift_counts_where_it_belongs(redis_url: str) -> None:
    store = Store(redis_url)
    ledger, counters = Ledger(store), Counters(store, background=False)
    lines = [
        gift(1),
        gift(2, interval=Interval.MONTHLY, state=State.ACTIVE, variant="b", country="DE"),
        gift(3, interval=Interval.ANNUAL, state=State.ACTIVE, currency="EUR"),
        gift(4, currency="GBP", section="Nowhere counted"),
        gift(5, state=State.PENDING),
        gift(6, state=State.REFUNDED),
        gift(7, campaign=""),
        gift(8, began_at=NOW - 366 * DAY),
        gift(9, variant="gone"),
    ]
    for line in lines:
        ledger.write(line, ledger.begin_look(line.id))
    for variant in "ab":
        counters.add(
            SITE, NOW.date(), "lights-on", variant, "inline", "seen", 2000, among=Among("NL", "phone", "World")
        )
    counters.flush()
    report = look(redis_url).report
    results = report.campaigns["lights-on"]
    given = {name: line.given for name, line in results.variants.items()}
    assert given == {"a": {"once": 2, "annual": 1}, "b": {"monthly": 1}, "gone": {"once": 1}}
    assert {name: line.value_minor for name, line in results.variants.items()} == {"a": 2080, "b": 12_000, "gone": 1000}
    assert report.without_rate == {"GBP": 1}
    countries, sections = results.among[Dimension.COUNTRY], results.among[Dimension.SECTION]
    assert {name: (line.seen, line.gifts) for name, line in countries.items()} == {"NL": (4000, 4), OTHERS: (0, 1)}
    assert {name: (line.seen, line.gifts) for name, line in sections.items()} == {
        "World": (4000, 0),
        "": (0, 4),
        OTHERS: (0, 1),
    }
    assert results.chances.keys() == {"a", "b"}  # nobody saw the third
    assert look(redis_url).report.campaigns["lights-on"].chances == results.chances


def readers(held: bool, many: int) -> list[str]:
    found = (f"{number:022}" for number in range(10_000))
    return [name for name in found if (place_among_readers(SITE, name) < 0.1) is held][:many]


@pytest.mark.parametrize("server", ["valkey_server"])
def test_asking_is_compared_with_the_holdback(server: str, request: pytest.FixtureRequest) -> None:
    url = request.getfixturevalue(server)
    Redis.from_url(url).flushall()
    store = Store(url)
    ledger, book, readings = Ledger(store), ReaderStore(store), Readings(store)
    site = CATALOGUE.sites[SITE]
    asked = [name for name in readers(held=False, many=4000) if place_among_readers(SITE, name) < 0.2][:150]
    for name, articles in [*((name, 2) for name in asked), *((name, 4) for name in readers(held=True, many=150))]:
        for article in range(articles):
            book.record_view(SITE, name, short_key(f"{article}"), NOW - timedelta(days=article))
    book.record_view(SITE, asked[0], 77, NOW - timedelta(days=31))  # too long ago
    for number, name in enumerate([*asked[:90], readers(held=True, many=1)[0], ""]):
        line = gift(number, reader=name, campaign="" if number % 2 else "lights-on")
        ledger.write(line, ledger.begin_look(line.id))
    assert look(url).reading is None
    readings.measure_when_due([site], NOW)
    found = look(url)
    assert found.earned is not None
    assert found.reading is not None
    assert (found.earned.asked.readers, found.earned.held.readers, found.earned.unknown) == (90, 1, 1)
    low, middle, high = found.earned.difference
    assert middle == 90 * 1000 - 9 * 1000
    assert 0 < low < middle < high
    assert (found.reading.asked[:2], found.reading.held[:2]) == ((150, 300), (150, 600))
    assert found.reading.difference == (-2, -2, -2)
    book.record_view(SITE, asked[1], 78, NOW)
    readings.measure_when_due([site], NOW)  # once a day is enough
    assert look(url).reading == found.reading
    assert look(url, Span(NOW.date() - DAY, NOW.date() - DAY)).reading is None
