"""Stripe's lists and our ledger's own, gone through side by side: what either of them has is met once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from heapq import merge
from itertools import starmap
from typing import NamedTuple, Protocol

from service.domain.reconciliation import Kind
from service.payments.gateway import Gateway, Stripe, linked_to
from service.payments.patience import patiently
from service.payments.snapshot import attribution_of

_SECOND = timedelta(seconds=1)  # the grain of Stripe's times


class IndexBook(Protocol):
    """When each line began; see `store.ledger.Ledger`."""

    def began_between(
        self, site: str, since: datetime | None, until: datetime | None
    ) -> Iterator[tuple[datetime, str]]: ...


class Made(NamedTuple):
    """A contribution's id, when it was made, and the readers linked to its customer at Stripe."""

    at: datetime
    subject: str
    linked: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Walk:
    """Through all of these sites that was made at `since` or later. `wait`: sleeps so many seconds.

    `after_page` is called after each page, which may be a stranger's from end to end.
    """

    gateway: Gateway
    ledger: IndexBook
    sites: frozenset[str]
    since: datetime | None
    wait: Callable[[float], None]
    after_page: Callable[[], None]

    def newest_first(self, kind: Kind, before: datetime | None) -> Iterator[Made]:
        """Every contribution of this kind, from `before` back; in memory are two pages of a hundred."""
        earlier: frozenset[str] = frozenset()
        until, last = before, ""
        while True:
            page = patiently(partial(self.gateway.made_between, kind, self.since, before, last), self.wait)
            things, more = page["data"], page["has_more"]
            listed = frozenset(str(thing["id"]) for thing in things)
            oldest = _made_at(things[-1]) if more else None
            since = oldest + _SECOND if oldest else self.since  # the next page may hold more of that second
            ours = (_made_of(thing) for thing in things if _site_of(thing) in self.sites)
            only_held = (one for one in self._held(kind, since, until) if one.subject not in listed | earlier)
            yield from merge(ours, only_held, key=lambda made: made.at, reverse=True)
            self.after_page()
            if not more:
                return
            earlier, until, last = listed, oldest, str(things[-1]["id"])

    def _held(self, kind: Kind, since: datetime | None, until: datetime | None) -> Iterator[Made]:
        """What our ledger holds of the same span of time, newest first."""
        books = [starmap(Made, self.ledger.began_between(site, since, until)) for site in self.sites]
        for made in merge(*books, key=lambda made: made.at, reverse=True):
            if made.subject.startswith("sub_") is (kind is Kind.SUBSCRIPTIONS):
                yield made


def _site_of(thing: Stripe) -> str:
    attribution = attribution_of(thing)
    return attribution.site if attribution else ""


def _made_of(thing: Stripe) -> Made:
    return Made(_made_at(thing), str(thing["id"]), linked_to(thing.get("customer")))


def _made_at(thing: Stripe) -> datetime:
    return datetime.fromtimestamp(int(thing["created"]), UTC)
