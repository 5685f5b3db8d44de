"""Limits in front of what costs something: 429 with Retry-After, and a metric.

While Redis is away nothing can be counted, and StoreUnavailableError goes on to the caller, whose answer is 503: what
these limits stand before needs Redis itself, and an outage must not be the hour in which stolen cards are tried.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil

from flask import request

from service.domain.limit import Limit
from service.store.limits import Limits
from service.web.client_address import subscriber
from service.web.metrics import count_limited
from service.web.problems import ProblemError

# What to say to somebody who may come back in so many minutes.
Sentence = Callable[[int], str]


class TooManyError(ProblemError):
    """Asked too often. `limit`: its name."""

    def __init__(self, limit: str, wait: timedelta, sentence: Sentence | None = None) -> None:
        seconds = max(1, ceil(wait.total_seconds()))
        told = sentence(ceil(seconds / 60)) if sentence else f"Too many requests; send the next in {seconds} seconds."
        super().__init__(429, told, retry_after=seconds)
        self.limit, self.headers = limit, {"Retry-After": str(seconds)}


@dataclass(frozen=True, slots=True)
class Guard:
    """Holds the current request to limits. Every method raises TooManyError or StoreUnavailableError.

    `guard.pace("links", now, email=email, address=guard.address, site=site.id)` is held to the limits links.email,
    links.address and links.site, in this order; one whose name is empty or None is left out. Name the nearest first, so
    that one reader who asks too often uses up nothing of their whole office's. `address_header`: as WSGI names it.
    """

    limits: Limits
    rules: Mapping[str, Limit]
    address_header: str = ""

    @property
    def address(self) -> str | None:
        """Whom to count the current request for, by where it comes from; None when that is nobody in particular."""
        return subscriber(request.environ, self.address_header)

    def pace(self, what: str, now: datetime, sentence: Sentence | None = None, **whose: str | None) -> None:
        """For what comes in great numbers: every request counts, in each limit until one refuses it."""
        for limit, name in self._named(what, whose):
            if wait := self.limits.pace(limit, name, now):
                raise _too_many(limit, wait, sentence)

    def count_once(
        self, what: str, thing: str, now: datetime, sentence: Sentence | None = None, **whose: str | None
    ) -> bool:
        """True for a new thing: the same again counts no second time, and what one limit refuses counts in none."""
        counted: list[tuple[Limit, str]] = []
        for limit, name in self._named(what, whose):
            wait, new = self.limits.count_once(limit, name, thing, now)
            if wait:
                for earlier, whom in counted:
                    self.limits.uncount(earlier, whom, thing)
                raise _too_many(limit, wait, sentence)
            if new:
                counted.append((limit, name))
        return bool(counted)

    def _named(self, what: str, whose: Mapping[str, str | None]) -> Iterator[tuple[Limit, str]]:
        for kind, name in whose.items():
            if name:
                yield self.rules[f"{what}.{kind}"], name


def _too_many(limit: Limit, wait: timedelta, sentence: Sentence | None) -> TooManyError:
    count_limited(limit.name)
    return TooManyError(limit.name, wait, sentence)
