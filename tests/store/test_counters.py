"""Counts for results: added up in the process, sent in batches, kept while Redis is away."""

import os
import subprocess
import sys
import threading
import timeit
from collections.abc import Iterator, MutableMapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.domain.results import OTHERS, Among, Count, section_name
from service.domain.retention import Retention
from service.store.connection import Store
from service.store.counters import Counters
from service.store.errors import StoreUnavailableError
from service.store.shares import MOST_NAMES, Shares
from tests.servers import RealServer, wait_until

DAY = date(2026, 11, 22)
NEXT = DAY + timedelta(1)
SEEN = ("lights-on", "plain", "inline", "seen")


@pytest.fixture
def counters(redis_url: str) -> Counters:
    """Without a thread of its own, so that the test says when it sends."""
    return Counters(Store(redis_url), background=False)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    """A server of this test's own, which it may harm."""
    with RealServer("valkey", tmp_path) as server:
        yield server


def counted(counters: Counters, *days: date, site: str = "gazette") -> list[Count]:
    return sorted(counters.of(site, days or (DAY,)))


def test_what_happened_is_added_up_by_day_campaign_variant_placement_and_kind(counters: Counters) -> None:
    for _ in range(3):
        counters.add("gazette", DAY, *SEEN)
    counters.add("gazette", DAY, "lights-on", "plain", "inline", "clicked")
    counters.add("gazette", NEXT, *SEEN)
    counters.add("mercury", DAY, *SEEN)
    counters.flush()
    counters.add("gazette", DAY, *SEEN)
    counters.flush()
    assert counted(counters, DAY, NEXT) == [
        Count(DAY, "lights-on", "plain", "inline", "clicked", 1),
        Count(DAY, *SEEN, 4),
        Count(NEXT, *SEEN, 1),
    ]
    assert counted(counters, site="mercury") == [Count(DAY, *SEEN, 1)]


def test_a_day_of_which_nothing_is_known_has_no_counts(counters: Counters) -> None:
    assert counted(counters) == []


def test_two_processes_add_to_the_same_counts(counters: Counters, redis_url: str) -> None:
    other = Counters(Store(redis_url), background=False)
    for one in (counters, other):
        one.add("gazette", DAY, *SEEN)
        one.flush()
    assert counted(counters) == [Count(DAY, *SEEN, 2)]


def test_counts_are_kept_as_long_as_their_site_says(redis_url: str) -> None:
    spans = {"gazette": Retention(), "mercury": Retention(counters=timedelta(days=90))}
    counters = Counters(Store(redis_url), background=False, retention=spans.__getitem__)
    server = Redis.from_url(redis_url)
    for site, days in (("gazette", 400), ("mercury", 90)):
        counters.add(site, DAY, *SEEN, 1, Among("NL", "phone", "World"))
        counters.flush()
        keys = [f"hb:n:{{{site}}}:2026-11-22", f"hb:nb:{{{site}}}:2026-11-22", f"hb:nb:{{{site}}}:2026-11"]
        assert [server.ttl(key) for key in keys] == [pytest.approx(days * 86_400, abs=5)] * 3


def test_a_flush_is_one_call_for_each_site_and_day(counters: Counters, redis_url: str) -> None:
    for number in range(900):
        counters.add("gazette", DAY, f"c-{number}", "plain", "inline", "seen")
    counters.flush()
    server = Redis.from_url(redis_url)
    server.config_resetstat()
    for number in range(900):
        counters.add("gazette", DAY, f"c-{number}", "plain", "inline", "seen")
    counters.flush()
    counters.flush()
    assert server.info("commandstats")["cmdstat_evalsha"]["calls"] == 1


def test_threads_that_count_at_once_lose_nothing(counters: Counters) -> None:
    def count() -> None:
        for _ in range(2000):
            counters.add("gazette", DAY, *SEEN)

    threads = [threading.Thread(target=count) for _ in range(4)]
    for thread in threads:
        thread.start()
    while any(thread.is_alive() for thread in threads):
        counters.flush()
    counters.flush()
    assert counted(counters) == [Count(DAY, *SEEN, 8000)]


def test_counting_costs_about_a_microsecond(counters: Counters) -> None:
    seconds = min(timeit.repeat(lambda: counters.add("gazette", DAY, *SEEN), number=10_000, repeat=5)) / 10_000
    assert seconds < 5e-6  # an order of magnitude above what an idle machine needs


def test_without_redis_counts_are_kept_and_sent_later(server: RealServer) -> None:
    counters = Counters(Store(server.patient_url), background=False)
    server.kill()
    for _ in range(3):
        counters.add("gazette", DAY, *SEEN)
        with pytest.raises(StoreUnavailableError):
            counters.flush()
    server.start()
    wait_until(lambda: flushed(counters))
    assert counted(counters) == [Count(DAY, *SEEN, 3)]


def flushed(counters: Counters) -> bool:
    try:
        counters.flush()
    except StoreUnavailableError:
        return False
    return True


def test_what_is_kept_is_bounded_and_dropping_is_told_once(
    server: RealServer, logged: list[MutableMapping[str, Any]]
) -> None:
    counters = Counters(Store(server.patient_url), background=False, most=10)
    server.kill()
    for _ in range(2):
        for number in range(30):
            counters.add("gazette", DAY, f"c-{number:02}", "plain", "inline", "seen")
        assert not flushed(counters)
    assert [entry["event"] for entry in logged].count("counts_dropped") == 1
    server.start()
    wait_until(lambda: flushed(counters))
    assert [(one.campaign, one.times) for one in counted(counters)] == [(f"c-{number:02}", 2) for number in range(10)]


def test_it_sends_by_itself(redis_url: str) -> None:
    counters = Counters(Store(redis_url))
    counters.add("gazette", DAY, *SEEN)
    wait_until(lambda: counted(counters) == [Count(DAY, *SEEN, 1)])


IN_A_FORK = """
import multiprocessing, sys
from datetime import date
from service.store.connection import Store
from service.store.counters import Counters

counters = Counters(Store(sys.argv[1]))
add = ("gazette", date(2026, 11, 22), "lights-on", "plain", "inline", "seen")
counters.add(*add)
child = multiprocessing.get_context("fork").Process(target=counters.add, args=add)
child.start()
child.join(20)
counters.add(*add)
"""


def test_a_process_that_ends_sends_the_rest_and_a_forked_one_its_own_only(counters: Counters, redis_url: str) -> None:
    """A worker of granian is such a process; the parent had a thread by then, which does not outlive the fork."""
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
    subprocess.run([sys.executable, "-c", IN_A_FORK, redis_url], check=True, env=environment, timeout=60)
    assert counted(counters) == [Count(DAY, *SEEN, 3)]


def test_what_readers_did_is_counted_by_country_device_and_section_too(redis_url: str) -> None:
    store = Store(redis_url)
    counters, shares = Counters(store, background=False), Shares(store)
    for day, among in ((DAY, Among("NL", "phone", "World")), (DAY, Among("NL", "", "World")), (NEXT, Among("DE"))):
        counters.add("gazette", day, *SEEN, among=among)
    counters.add("gazette", date(2026, 12, 31), *SEEN, among=Among("FR"))
    counters.flush()

    def found(first: date, last: date, dimension: str) -> dict[str, int]:
        told = [one for one in shares.of("gazette", first, last) if one.dimension == dimension]
        assert {one[2:5] for one in told} <= {("lights-on", "inline", "seen")}
        return {name: sum(one.times for one in told if one.name == name) for name in sorted({one.name for one in told})}

    assert found(DAY, NEXT, "country") == {"DE": 1, "NL": 2}
    assert found(DAY, DAY, "device") == {"": 1, "phone": 1}
    assert found(DAY, DAY, "section") == {"World": 2}
    # whole months are read from the month's own counts, and come to the same
    whole_months = found(date(2026, 11, 1), date(2027, 1, 3), "country")
    assert whole_months == {"DE": 1, "FR": 1, "NL": 2}
    assert counted(counters) == [Count(DAY, *SEEN, 2)]


def test_sections_of_a_day_are_bounded_and_the_rest_are_others(redis_url: str) -> None:
    """Whoever has a receipt may say any section."""
    store = Store(redis_url)
    for process in range(2):
        counters = Counters(store, background=False)
        for number in range(40):
            counters.add("gazette", DAY, *SEEN, among=Among(section=f"s-{process}-{number:02}"))
        counters.flush()
    told = {one.name: one.times for one in Shares(store).of("gazette", DAY, DAY) if one.dimension == "section"}
    assert (len(told), told[OTHERS], sum(told.values())) == (MOST_NAMES + 1, 30, 80)


@pytest.mark.parametrize(
    ("told", "name"),
    [
        ("World", "World"),
        ("  World \n News ", "World News"),
        ("a|b", "a b"),
        ("\x1b[31mred\u202e", "[31mred"),
        ("half \ud800", "half"),
        ("x" * 200, "x" * 60),
        ("*", ""),
    ],
)
def test_a_section_is_one_printable_line_without_our_marks(told: str, name: str) -> None:
    assert section_name(told) == name
