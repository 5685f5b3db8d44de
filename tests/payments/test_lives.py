"""Whatever happens to gifts, and whatever the service hears of it: after `reconcile` our books are Stripe's truth.

Done-when 1 of contributions for real money: at least 2,000 lives, a half here, a half with a lost Redis beside.
"""

from redis import Redis

from service.app import configure_logging
from service.store.connection import Store
from tests.payments.lives import World, live
from tests.payments.reckoning import reckon

LIVES, TOGETHER, STEPS = 1000, 25, 6


configure_logging("ERROR")


def test_after_a_reconcile_the_books_of_a_thousand_lives_are_stripes_truth(valkey_server: str) -> None:
    lived = 0
    for seed in range(LIVES // TOGETHER):
        redis = Redis.from_url(valkey_server)
        redis.flushall()
        world = World(seed, redis, Store(valkey_server))
        live(world, TOGETHER, STEPS)
        world.reconcile()
        reckon(world)
        lived += len(world.lives)
    assert lived >= LIVES
