"""The browsers in which a giver was recognised: Stripe's customer names them, and that is where they come back from."""

import pytest
from redis import Redis

from service.domain.reader import GiftState
from service.domain.reconciliation import Scope, Verdict
from service.logs import configure_logging
from service.store.connection import Store
from tests.payments.giving import SITE
from tests.payments.lives import World

FIRST, SECOND = "a" * 22, "b" * 22


@pytest.fixture
def world(valkey_server: str) -> World:
    """One monthly gift, whose giver was recognised in two further browsers; the service knows nothing yet."""
    configure_logging("ERROR")
    redis = Redis.from_url(valkey_server)
    redis.flushall()
    world = World(1, redis, Store(valkey_server))
    while not world.lives or world.vault.objects[world.lives[-1]]["mode"] == "payment":
        world.begin()
    world.sandbox.pay(world.lives[-1])
    (customer,) = world.vault.all("customer")
    customer["metadata"]["readers"] = f"{FIRST} {SECOND}"
    return world


def gifts(world: World, reader: str) -> list[GiftState]:
    return [gift.state for gift in world.readers.history(SITE, reader, world.now).gifts]


def reconciled(world: World) -> Verdict:
    (looked,) = world.reconciler.repair(Scope(), world.now)
    return looked.verdict


def test_a_redis_that_was_lost_knows_all_of_them_again(world: World) -> None:
    assert reconciled(world) is Verdict.REPAIRED
    assert gifts(world, FIRST) == gifts(world, SECOND) == [GiftState.RECURRING]
    assert reconciled(world) is Verdict.AGREES


def test_one_that_was_written_to_stripe_and_no_further_is_told_and_linked(world: World) -> None:
    reconciled(world)
    (customer,) = world.vault.all("customer")
    third = "c" * 22
    customer["metadata"]["readers"] += f" {third}"
    (told,) = world.reconciler.compare(Scope())
    assert told.verdict is Verdict.DIFFERS
    assert gifts(world, third) == []
    assert reconciled(world) is Verdict.REPAIRED
    assert gifts(world, third) == [GiftState.RECURRING]
    assert reconciled(world) is Verdict.AGREES


def test_all_of_them_hear_of_the_end(world: World) -> None:
    reconciled(world)
    (subscription,) = world.vault.all("subscription")
    world.sandbox.cancel(subscription["id"])
    assert reconciled(world) is Verdict.REPAIRED
    assert gifts(world, FIRST) == gifts(world, SECOND) == [GiftState.ENDED]
