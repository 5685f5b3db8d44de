"""Stripe's lists and our own side by side, over many pages, and what was stopped half-way."""

import copy
from collections.abc import Iterator
from datetime import timedelta
from random import Random

import pytest
from redis import Redis

from service.domain.money import Interval
from service.domain.reconciliation import Kind, Scope, Verdict
from service.logs import configure_logging
from service.payments.reconcile import Looked
from service.store.connection import Store
from tests.payments.giving import SITE
from tests.payments.lives import BEGIN, World
from tests.payments.reckoning import reckon

MANY = 210


@pytest.fixture(scope="module")
def many(valkey_server: str) -> World:
    """Many single gifts, up to three in one second; nobody has heard of any."""
    configure_logging("ERROR")
    world = World(1, Redis.from_url(valkey_server), Store(valkey_server))
    for number in range(MANY):
        world.begin(Interval.ONCE)
        world.sandbox.pay(world.lives[-1])
        world.now += timedelta(seconds=Random(number).choice([0, 0, 1]))
    return world


@pytest.fixture
def world(many: World) -> Iterator[World]:
    """The same, for each test."""
    many.redis.flushall()
    many.told.clear()
    kept = copy.deepcopy(many.vault.objects)
    yield many
    many.vault.objects = kept


def ids(looked: list[Looked]) -> list[str]:
    return [one.subject for one in looked]


def newest_first(world: World) -> list[str]:
    return [intent["id"] for intent in world.vault.all("payment_intent")]


def test_every_page_is_gone_through_once_newest_first(world: World) -> None:
    looked = list(world.reconciler.repair(Scope(), world.now))
    assert ids(looked) == newest_first(world)
    assert {one.verdict for one in looked} == {Verdict.REPAIRED}
    again = list(world.reconciler.repair(Scope(), world.now))
    assert ids(again) == newest_first(world)
    assert {one.verdict for one in again} == {Verdict.AGREES}
    reckon(world)


@pytest.mark.parametrize("before", [0, 1, 100, 101, MANY - 1])
def test_what_was_stopped_goes_on_where_it_was(world: World, before: int) -> None:
    looking = world.reconciler.repair(Scope(), world.now)
    first = [next(looking) for _ in range(before)]
    looking.close()
    rest = list(world.reconciler.repair(Scope(), world.now))
    assert set(ids(first)) | set(ids(rest)) == set(newest_first(world))
    made = {intent["id"]: intent["created"] for intent in world.vault.all("payment_intent")}
    twice = set(ids(first)) & set(ids(rest))
    assert {made[one] for one in twice} <= {made[first[-1].subject]} if first else not twice
    reckon(world)


def test_since_is_itself_included(world: World) -> None:
    for at in (BEGIN, BEGIN + timedelta(seconds=40), world.now, world.now + timedelta(seconds=1)):
        expected = [one["id"] for one in world.vault.all("payment_intent") if one["created"] >= at.timestamp()]
        assert ids(list(world.reconciler.compare(Scope(since=at)))) == expected


def test_what_only_we_hold_is_met_in_its_place(world: World) -> None:
    list(world.reconciler.repair(Scope(), world.now))
    order = newest_first(world)
    gone = [order[0], order[99], order[100], order[-1]]
    for ident in gone:
        del world.vault.objects[ident]
    looked = list(world.reconciler.compare(Scope()))
    assert sorted(ids(looked)) == sorted(order)
    assert {one.subject for one in looked if one.verdict is Verdict.UNKNOWN} == set(gone)


def test_a_stranger_s_payments_are_passed_over(world: World) -> None:
    for intent in world.vault.all("payment_intent")[:150]:
        intent["metadata"] = {}
    assert len(list(world.reconciler.compare(Scope()))) == MANY - 150


def test_a_site_that_is_not_in_the_staff_files_is_a_stranger(world: World) -> None:
    assert list(world.reconciler.compare(Scope(sites=("herald",)))) == []
    assert len(list(world.reconciler.compare(Scope(sites=(SITE,))))) == MANY


def test_the_gateway_lists_one_page_with_both_ends(world: World) -> None:
    intents = world.vault.all("payment_intent")
    gateway = world.reconciler.gateway
    page = gateway.made_between(Kind.PAYMENTS, None, None)
    assert (len(page["data"]), page["has_more"]) == (100, True)
    further = gateway.made_between(Kind.PAYMENTS, None, None, page["data"][-1]["id"])
    assert further["data"][0]["id"] == intents[100]["id"]
