"""From counters and ledger to the weights that every process draws by."""

from collections.abc import Iterator, MutableMapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.store.allocations import Allocations, Allocator
from service.store.connection import Store
from service.store.counters import Counters
from service.store.errors import StoreUnavailableError
from service.store.ledger import Ledger
from tests.builders import NOW, SECOND, SITE, a_campaign_yaml, a_catalogue, a_site_yaml, variants_yaml
from tests.servers import RealServer, wait_until

CAMPAIGN = a_campaign_yaml(allocation="{method: automatic, minimum: 100}", variants=variants_yaml(a=1, b=1))
CATALOGUE = a_catalogue(a_site_yaml(exchange_rates="{EUR: 1.08, JPY: 0.0064}"), {"lights-on": CAMPAIGN})
WEIGHTS = {"lights-on": {"a": 0.25, "b": 0.75}}


@pytest.fixture
def store(redis_url: str) -> Store:
    """Every server that we support."""
    return Store(redis_url)


@pytest.fixture
def allocator(store: Store) -> Allocator:
    """As the worker has it."""
    return Allocator(Counters(store, background=False), Ledger(store), Allocations(store))


def count(allocator: Allocator, variant: str, times: int) -> None:
    for _ in range(times):
        allocator.counters.add(SITE, NOW.date(), "lights-on", variant, "inline", "seen")
    allocator.counters.flush()


def give(allocator: Allocator, variant: str, many: int, site: str = SITE, at: datetime = NOW) -> None:
    for number in range(many):
        name = f"pi_{variant}{number}"
        line = Contribution(
            name, State.PAID, Interval.ONCE, "USD", 1000, at, None, "cus_1",
            Attribution(site, "a-reader", "lights-on", variant, "inline"), (Payment(name, 1000, at),),
        )  # fmt: skip
        allocator.ledger.write(line, allocator.ledger.begin_look(name))


def allocate(allocator: Allocator, now: Any = NOW) -> Any:
    return allocator.allocate(CATALOGUE.sites[SITE], CATALOGUE.plans[SITE].campaigns, now)


def test_counts_and_gifts_decide_and_every_process_reads_the_same(allocator: Allocator, store: Store) -> None:
    count(allocator, "a", 3000)
    count(allocator, "b", 3000)
    give(allocator, "a", 3)
    give(allocator, "b", 40)
    written = allocate(allocator)
    assert written["lights-on"]["b"] > 0.85
    for _ in range(2):
        web = Allocations(store)
        web.refresh([SITE, "mercury"])
        assert web.current(SITE) == written
        assert web.current("mercury") == {}


def test_gifts_to_another_site_do_not_count(allocator: Allocator) -> None:
    count(allocator, "a", 3000)
    count(allocator, "b", 3000)
    give(allocator, "b", 40, site="mercury")
    assert allocate(allocator)["lights-on"] == {"a": 0.5, "b": 0.5}


def test_the_same_data_give_the_same_weights_again(allocator: Allocator) -> None:
    count(allocator, "a", 3000)
    count(allocator, "b", 3000)
    give(allocator, "a", 12)
    give(allocator, "b", 15)
    assert allocate(allocator) == allocate(allocator, NOW + timedelta(minutes=5))


def test_the_ledger_is_read_from_a_day_on(allocator: Allocator) -> None:
    midnight = NOW.replace(hour=0)
    give(allocator, "before", 1, at=midnight - SECOND)
    give(allocator, "at", 1, at=midnight)
    give(allocator, "after", 1, at=midnight + SECOND)
    assert [line.id for line in allocator.ledger.of_site(SITE, since=NOW.date())] == ["pi_at0", "pi_after0"]
    assert len(list(allocator.ledger.of_site(SITE))) == 3


def test_before_anything_was_read_there_are_no_weights(store: Store) -> None:
    assert Allocations(store).current(SITE) == {}


def test_what_is_stored_says_when_it_was_computed(store: Store, redis_url: str) -> None:
    Allocations(store).write(SITE, WEIGHTS, NOW)
    assert Redis.from_url(redis_url).get("hb:w:{gazette}") == (
        b'{"computed_at": "2026-11-22T12:00:00+00:00", "version": 1, "weights": {"lights-on": {"a": 0.25, "b": 0.75}}}'
    )


def test_weights_of_another_version_are_not_taken_and_told_once(
    store: Store, redis_url: str, logged: list[MutableMapping[str, Any]]
) -> None:
    allocations = Allocations(store)
    allocations.write(SITE, WEIGHTS, NOW)
    allocations.refresh([SITE])
    Redis.from_url(redis_url).set("hb:w:{gazette}", '{"version": 2, "shares": []}')
    allocations.refresh([SITE])
    allocations.refresh([SITE])
    assert allocations.current(SITE) == WEIGHTS
    assert [entry["event"] for entry in logged] == ["weights_not_taken"]


def test_it_reads_by_itself(store: Store) -> None:
    Allocations(store).write(SITE, WEIGHTS, NOW)
    web = Allocations(store)
    web.watch(lambda: [SITE])
    wait_until(lambda: web.current(SITE) == WEIGHTS)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[RealServer]:
    """A server of this test's own, which it may harm."""
    with RealServer("valkey", tmp_path) as server:
        yield server


def test_while_redis_is_away_the_last_weights_stand(server: RealServer) -> None:
    allocations = Allocations(Store(server.patient_url))
    allocations.write(SITE, WEIGHTS, NOW)
    allocations.refresh([SITE])
    server.kill()
    with pytest.raises(StoreUnavailableError):
        allocations.refresh([SITE])
    assert allocations.current(SITE) == WEIGHTS


def test_a_redis_that_forgot_the_weights_leaves_the_last_ones(store: Store, redis_url: str) -> None:
    allocations = Allocations(store)
    allocations.write(SITE, WEIGHTS, NOW)
    allocations.refresh([SITE])
    Redis.from_url(redis_url).flushall()
    allocations.refresh([SITE])
    assert allocations.current(SITE) == WEIGHTS
