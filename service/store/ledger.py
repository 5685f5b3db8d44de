"""The ledger: one idempotent line for each contribution, keyed by the Stripe object that it mirrors."""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from itertools import count
from typing import Any

from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.store.connection import Store, load_script

_BEGIN, _WRITE = load_script("look"), load_script("ledger")
# What is left of looking at something that is no contribution; a look itself takes seconds.
_KEEP_LOOK_SECONDS = 3600
_PAGE = 500


class Ledger:
    """Contributions as Stripe last confirmed them. Every method raises StoreUnavailableError without Redis."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def begin_look(self, contribution: str) -> int:
        """A number for the look at Stripe that is about to begin: `write` lets only the latest one stand."""
        return int(self._store.run(_BEGIN, _key(contribution), _KEEP_LOOK_SECONDS))

    def write(self, contribution: Contribution, look: int) -> bool:
        """True when this changed the line. An equal line, or one from a later look, changes nothing."""
        changed = bool(self._store.run(_WRITE, _key(contribution.id), look, _dump(contribution)))
        began = int(contribution.began_at.timestamp())
        self._store.command("ZADD", _index(contribution.attribution.site), began, contribution.id)
        return changed

    def get(self, contribution: str) -> Contribution | None:
        """The line, or None."""
        body = self._store.command("HGET", _key(contribution), "body")
        return _load(body) if body else None

    def of_site(self, site: str, since: date | None = None) -> Iterator[Contribution]:
        """Every line of the site that began on the day `since` (in UTC) or later, oldest first; one by one."""
        first = int(datetime.combine(since, time(), UTC).timestamp()) if since else "-inf"
        for name in self._store.command("ZRANGE", _index(site), first, "+inf", "BYSCORE"):
            line = self.get(name.decode())
            if line is not None:
                yield line


    def began_between(
        self, site: str, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[datetime, str]]:
        """When each line of the site began and its id, newest first; from `since` to `until`, both included."""
        newest = int(until.timestamp()) if until else "+inf"
        oldest = int(since.timestamp()) if since else "-inf"
        for offset in count(step=_PAGE):
            words = (newest, oldest, "BYSCORE", "REV", "LIMIT", offset, _PAGE, "WITHSCORES")
            row = self._store.command("ZRANGE", _index(site), *words)
            for name, began in zip(row[::2], row[1::2], strict=True):
                yield datetime.fromtimestamp(float(began), UTC), name.decode()
            if len(row) < 2 * _PAGE:
                return


class Bookmark:
    """How far the worker has read Stripe's events."""

    _KEY = "hb:events-read-until"

    def __init__(self, store: Store) -> None:
        self._store = store

    def get(self) -> datetime | None:
        """The moment until which every event is accounted for, or None."""
        seconds = self._store.command("GET", self._KEY)
        return datetime.fromtimestamp(int(seconds), UTC) if seconds else None

    def set(self, until: datetime) -> None:
        """Moves the bookmark."""
        self._store.command("SET", self._KEY, int(until.timestamp()))


def _key(contribution: str) -> str:
    return f"hb:l:{{{contribution}}}"


def _index(site: str) -> str:
    return f"hb:li:{{{site}}}"


def _dump(line: Contribution) -> str:
    body: dict[str, Any] = {
        "id": line.id,
        "state": line.state,
        "interval": line.interval,
        "currency": line.currency,
        "amount_minor": line.amount_minor,
        "began_at": line.began_at.isoformat(),
        "ended_at": line.ended_at.isoformat() if line.ended_at else None,
        "customer": line.customer,
        "attribution": {name: getattr(line.attribution, name) for name in Attribution.__dataclass_fields__},
        "payments": [{"id": paid.id, "net_minor": paid.net_minor, "at": paid.at.isoformat()} for paid in line.payments],
    }
    return json.dumps(body, sort_keys=True)


def _load(body: bytes) -> Contribution:
    values = json.loads(body)
    ended_at = values["ended_at"]
    return Contribution(
        id=values["id"],
        state=State(values["state"]),
        interval=Interval(values["interval"]),
        currency=values["currency"],
        amount_minor=values["amount_minor"],
        began_at=datetime.fromisoformat(values["began_at"]),
        ended_at=datetime.fromisoformat(ended_at) if ended_at else None,
        customer=values["customer"],
        attribution=Attribution(**values["attribution"]),
        payments=tuple(
            Payment(paid["id"], paid["net_minor"], datetime.fromisoformat(paid["at"])) for paid in values["payments"]
        ),
    )
