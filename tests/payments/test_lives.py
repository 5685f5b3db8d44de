"""Whatever happens to gifts, and whatever the service hears of it: after `reconcile` our books are Stripe's truth.

A thousand lives here, a thousand in `test_lives_and_losses`: two files, so that two processes share them.
"""

from collections import Counter

from redis import Redis

from service.domain.contribution import State
from service.logs import configure_logging
from service.store.connection import Store
from tests.payments.lives import World, live
from tests.payments.reckoning import reckon

LIVES, TOGETHER, STEPS = 1000, 25, 6


def test_after_a_reconcile_the_books_of_a_thousand_lives_are_stripes_truth(valkey_server: str) -> None:
    configure_logging("ERROR")
    ends: Counter[str] = Counter()
    happened: Counter[str] = Counter()
    for seed in range(LIVES // TOGETHER):
        redis = Redis.from_url(valkey_server)
        redis.flushall()
        world = World(seed, redis, Store(valkey_server))
        live(world, TOGETHER, STEPS)
        world.reconcile()
        ends += reckon(world)
        happened += world.happened
    assert ends.total() >= LIVES
    assert ends.keys() == set(State), "some state was never met"
    assert happened["a death"] > LIVES / 10
    assert happened["a death while reconciling"] > LIVES / 100
