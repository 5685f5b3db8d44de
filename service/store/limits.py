"""Who has asked how often. Whom a count is about is kept as a keyed hash: no address and no e-mail address is in Redis.

Own scripts rather than the `limits` library or Flask-Limiter, which is built on it: they would open connections of
their own beside `Store`, which knows our Clusters, Sentinels, time-outs and breaker; read the clock by themselves; need
several round trips for one limit; and cannot count two presses of one attempt as one.
"""

import hashlib
import hmac
from datetime import datetime, timedelta

from service.domain.limit import Limit
from service.store.connection import Store, load_script

_ONCE, _PACE = load_script("limit_once"), load_script("limit_pace")
_MS = timedelta(milliseconds=1)


class Limits:
    """Every method raises StoreUnavailableError when Redis cannot be had. `secret` keys the hashes."""

    def __init__(self, store: Store, secret: str) -> None:
        self._store = store
        self._secret = secret.encode()

    def pace(self, limit: Limit, whose: str, now: datetime) -> timedelta:
        """How long `whose` next request has to wait; nothing when it is admitted, and counted.

        For what comes in great numbers: `limit.most` at once, and then as many in each window, evenly.
        """
        words = (_ms(now), limit.window // _MS, limit.most)
        return int(self._store.run(_PACE, self._key(limit, whose), *words)) * _MS

    def count_once(self, limit: Limit, whose: str, thing: str, now: datetime) -> tuple[timedelta, bool]:
        """How long `whose` new `thing` has to wait, nothing when admitted; and whether it was counted just now.

        At most `limit.most` different things in any half-open window (now - window, now]; the same thing again within
        it is admitted and not counted. A refused one is not counted either, so that waiting as told is enough.
        """
        words = (_ms(now), limit.window // _MS, limit.most, self._digest(thing))
        wait, counted = self._store.run(_ONCE, self._key(limit, whose), *words)
        return int(wait) * _MS, bool(counted)

    def uncount(self, limit: Limit, whose: str, thing: str) -> None:
        """As if the thing had not been counted."""
        self._store.command("ZREM", self._key(limit, whose), self._digest(thing))

    def _key(self, limit: Limit, whose: str) -> str:
        return f"hb:limit:{{{limit.name}:{self._digest(whose)}}}"

    def _digest(self, text: str) -> str:
        """Sixteen characters: two of a site's readers will not share them."""
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:16]


def _ms(now: datetime) -> int:
    return int(now.timestamp() * 1000)
