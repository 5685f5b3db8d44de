"""The same as `test_lives`, with a Redis that is lost on the way, wholly or in part: Stripe alone is the ledger."""

from collections import Counter

from redis import Redis

from service.logs import configure_logging
from service.store.connection import Store
from tests.payments.lives import World, live
from tests.payments.reckoning import reckon

LIVES, TOGETHER, STEPS = 1000, 25, 6
# The lines alone are another matter: a look is numbered by the second there, and these lives are quicker.
PARTS = ("*", "*", "hb:r:*", "hb:li:*", "hb:reconcile:*")


def test_after_a_lost_redis_a_thousand_lives_are_rebuilt_from_stripe_alone(valkey_server: str) -> None:
    configure_logging("ERROR")
    lived = 0
    losses: Counter[str] = Counter()
    for seed in range(LIVES, LIVES + LIVES // TOGETHER):
        redis = Redis.from_url(valkey_server)
        redis.flushall()
        world = World(seed, redis, Store(valkey_server))
        live(world, TOGETHER // 2, STEPS)
        world.lose(world.chance.choice(PARTS))
        live(world, TOGETHER, STEPS)
        if world.chance.random() < 0.5:
            world.reconcile()
        world.lose(world.chance.choice(PARTS))
        world.reconcile()
        lived += reckon(world).total()
        losses += world.happened
    assert lived >= LIVES
    assert losses["a loss of *"] > 10
