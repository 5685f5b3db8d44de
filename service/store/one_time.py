"""Passes that work once: kept under a hash of their token, so that nobody who reads Redis can use one."""

import json
import secrets
from datetime import UTC, datetime, timedelta
from hashlib import sha256

from service.domain.supporter import Pass
from service.store.connection import Store

_BYTES = 32
# Litter collection: whether a pass is too old is told by the moment it holds.
_KEEP_SECONDS = int(timedelta(days=1).total_seconds())


class OneTimePasses:
    """Passes of one purpose. Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store, purpose: str) -> None:
        self._store, self._purpose = store, purpose

    def issue(self, site: str, granted: Pass) -> str:
        """The token of a new pass of the site."""
        token = secrets.token_urlsafe(_BYTES)
        self.give_back(site, token, granted)
        return token

    def look(self, site: str, token: str, now: datetime) -> Pass | None:
        """What the token opens, as long as it is good; it stays so."""
        return _fresh(self._store.command("GET", self._key(site, token)), now)

    def take(self, site: str, token: str, now: datetime) -> Pass | None:
        """What the token opens, for the first who asks; None for everybody after, and when it is too old.

        GETDEL is one step for Redis: of any number who ask at once, one is given it. Another site's name makes another
        key, so a token taken to the wrong place is neither good nor spent there.
        """
        return _fresh(self._store.command("GETDEL", self._key(site, token)), now)

    def give_back(self, site: str, token: str, granted: Pass) -> None:
        """As if it had not been taken: what it was taken for could not be done."""
        body = json.dumps([int(granted.until.timestamp()), granted.as_values()])
        self._store.command("SET", self._key(site, token), body, "EX", _KEEP_SECONDS)

    def _key(self, site: str, token: str) -> str:
        name = f"{self._purpose}/{site}/{token}"
        return f"hb:once:{sha256(name.encode(errors='replace')).hexdigest()}"


def _fresh(body: bytes | None, now: datetime) -> Pass | None:
    if body is None:
        return None
    seconds, values = json.loads(body)
    until = datetime.fromtimestamp(seconds, UTC)
    return Pass.from_values(values, until) if now < until else None
