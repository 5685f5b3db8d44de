"""What is held of one reader, told to them in full, and forgotten."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from struct import Struct
from typing import Any

from service.domain.contribution import ABOUT_THE_READER, Contribution
from service.domain.reader import GiftState, short_key
from service.store.connection import Store, load_script
from service.store.errors import StoreUnavailableError
from service.store.gifts import Gifts
from service.store.ledger import Ledger
from service.store.ledger_line import dump, load
from service.store.record import CLICKED, DISMISSED, NEVER, SEEN, SNOOZED

_READ, _UNLINK = load_script("read"), load_script("unlink")
_HEAD = Struct("<BBHIIIIIBBBBBBB")
# The rows behind the head, in their order, as lua/record.lua writes them.
_ROWS = (
    ("articles", Struct("<II")),
    ("counted", Struct("<II")),
    ("topics", Struct("<II")),
    ("shown", Struct("<IIIB")),
    ("gifts", Struct("<IIIB")),
    ("newsletters", Struct("<I")),
)
_HAPPENED = {SEEN: "seen", CLICKED: "clicked", DISMISSED: "dismissed", SNOOZED: "snoozed", NEVER: "never"}
_RACES = 5


def everything_in(raw: bytes) -> dict[str, Any]:
    """Every field of a reader's record by name. Articles, topics, campaigns and gifts are numbers of 32 bits, which is
    all that we hold of them."""
    head = _HEAD.unpack_from(raw)
    rows, at = {}, _HEAD.size
    for (name, shape), count in zip(_ROWS, head[9:], strict=True):
        rows[name] = list(shape.iter_unpack(raw[at : at + count * shape.size]))
        at += count * shape.size
    _, flags, visits, first_seen, last_seen, snoozed_until, dismissed_at, put_off_at, dismissals = head[:9]
    return {
        "first_seen": _moment(first_seen),
        "last_seen": _moment(last_seen),
        "visits": visits,
        "snoozed_until": _moment(snoozed_until),
        "dismissed_at": _moment(dismissed_at),
        "dismissals": dismissals,
        "never_again": bool(flags & 1),
        "put_off_at": _moment(put_off_at),
        "articles": [{"article": key, "opened_at": _moment(when)} for key, when in rows["articles"]],
        "counted": [{"article": key, "counted_at": _moment(when)} for key, when in rows["counted"]],
        "topics": [{"topic": topic, "article": article} for topic, article in rows["topics"]],
        "shown": [
            {"campaign": campaign, "receipt": receipt, "at": _moment(when), "happened": _happened(what)}
            for campaign, receipt, when, what in rows["shown"]
        ],
        "gifts": [
            {"contribution": key, "state": GiftState(state).name.lower(), "at": _moment(when)}
            for key, _, when, state in rows["gifts"]
        ],
        "newsletters": [key for (key,) in rows["newsletters"]],
    }


class HeldRecords:
    """Readers' records, whole. Every method raises StoreUnavailableError."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def of(self, site: str, reader: str, now: datetime) -> dict[str, Any] | None:
        """Every field, or None where nothing is held."""
        key = _key(site, reader)
        if not self._store.command("EXISTS", key):
            return None
        return everything_in(self._store.run(_READ, key, int(now.timestamp())))

    def erase(self, site: str, reader: str) -> bool:
        """True where there was a record."""
        return bool(self._store.command("DEL", _key(site, reader)))


class Givers:
    """The ledger's lines, as far as they name a reader. Every method raises StoreUnavailableError."""

    def __init__(self, store: Store) -> None:
        self._store, self._ledger, self._gifts = store, Ledger(store), Gifts(store)

    def lines(self, site: str, reader: str, keys: Collection[int]) -> Iterator[Contribution]:
        """What the reader gave, or was recognised as the giver of; `keys`: the short keys in the reader's record."""
        names = self._ledger.began_between(site, None, None) if keys else ()
        for _, name in names:
            if short_key(name) in keys:
                line = self._ledger.get(name)
                if line and reader in (line.attribution.reader, *self._ledger.readers(name)):
                    yield line

    def of(self, site: str, contributions: Iterable[str]) -> list[str]:
        """Every reader who gave one of these to the site, or was recognised as its giver."""
        found: dict[str, None] = {}
        for name in contributions:
            line = self._ledger.get(name)
            if line and line.attribution.site == site:
                found |= dict.fromkeys(filter(None, (line.attribution.reader, *self._ledger.readers(name))))
        return list(found)

    def unlink(self, contribution: str, reader: str) -> None:
        """The line stays, for it is about money; who read what when it was given does not."""
        key = f"hb:l:{{{contribution}}}"
        for _ in range(_RACES):
            held = [value or b"" for value in self._store.command("HMGET", key, "body", "untold", "readers")]
            body, untold, readers = held
            others = b" ".join(name for name in readers.split() if name != reader.encode())
            if self._store.run(_UNLINK, key, *held, _without(body, reader), _without(untold, reader), others):
                if body:
                    self._gifts.drop(load(body).attribution.site, contribution)
                return
        raise StoreUnavailableError("the line changes faster than it can be read")


def _without(body: bytes, reader: str) -> bytes | str:
    if not body:
        return body
    line = load(body)
    if line.attribution.reader != reader:
        return body
    nobody: dict[str, Any] = dict.fromkeys(ABOUT_THE_READER, "")
    return dump(replace(line, attribution=replace(line.attribution, **nobody)))


def _happened(flags: int) -> list[str]:
    return [name for flag, name in _HAPPENED.items() if flags & flag]


def _moment(seconds: int) -> str | None:
    return datetime.fromtimestamp(seconds, UTC).isoformat().replace("+00:00", "Z") if seconds else None


def _key(site: str, reader: str) -> str:
    return f"hb:r:{{{site}:{reader}}}"
