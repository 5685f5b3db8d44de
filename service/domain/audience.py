"""For whom a campaign is: conditions on the page, the visit and the reader, all of which must hold.

One meaning everywhere: `include` needs one match (left out, everybody is in), `exclude` allows none, and exclude wins.
What is not known (no referrer, no section) matches no name, so it is in no include list and in no exclude list; an
unknown country can be named as `unknown`.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from functools import cache, partial
from re import Pattern
from typing import Any, NamedTuple, Protocol

from service.domain.meter import Calendar, calendar_bounds
from service.domain.reader import short_key, topic_key
from service.domain.view import Cohort, View

UNKNOWN_COUNTRY = "unknown"


class Supporters(StrEnum):
    """Which supporters a campaign is for."""

    EXCLUDE = "exclude"
    ONLY = "only"
    LAPSED = "lapsed"
    INCLUDE = "include"

    @property
    def cohorts(self) -> frozenset[Cohort]:
        """The readers it is for. Whose renewal did not work is asked for nothing else."""
        return _COHORTS[self]


_COHORTS = {
    Supporters.EXCLUDE: frozenset({Cohort.STRANGER, Cohort.LAPSED}),
    Supporters.ONLY: frozenset({Cohort.SUPPORTER}),
    Supporters.LAPSED: frozenset({Cohort.LAPSED}),
    Supporters.INCLUDE: frozenset({Cohort.STRANGER, Cohort.LAPSED, Cohort.SUPPORTER}),
}


class Wanted(Protocol):
    """What a campaign asks of one fact."""

    def admits(self, found: Any) -> bool:
        """True when the fact is as wanted."""

    def told(self) -> str:
        """As staff read it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """Names to include and to exclude, in small letters."""

    include: frozenset[str] | None = None
    exclude: frozenset[str] = frozenset()

    def admits(self, found: Iterable[str]) -> bool:
        """True when one of `found` is included and none is excluded; whatever their case."""
        names = {name.casefold() for name in found}
        return (self.include is None or not self.include.isdisjoint(names)) and self.exclude.isdisjoint(names)

    def told(self) -> str:
        """As staff read it."""
        return _told(self.include and sorted(self.include), sorted(self.exclude))


@dataclass(frozen=True, slots=True)
class Patterns:
    """Addresses to include and to exclude, where * stands for anything. The sources are what staff wrote."""

    include: Pattern[str] | None
    exclude: Pattern[str] | None
    sources: tuple[tuple[str, ...], tuple[str, ...]]

    def admits(self, found: Iterable[str]) -> bool:
        """True when an address is included and none is excluded."""
        addresses = list(found)
        return (self.include is None or any(map(self.include.fullmatch, addresses))) and not (
            self.exclude and any(map(self.exclude.fullmatch, addresses))
        )

    def told(self) -> str:
        """As staff read it."""
        return _told(self.sources[0], self.sources[1])


def _told(include: Iterable[str] | None, exclude: Iterable[str]) -> str:
    parts = [f"{verb} {', '.join(names)}" for verb, names in (("one of", include or ()), ("none of", exclude)) if names]
    return "; ".join(parts) or "anything"


@dataclass(frozen=True, slots=True)
class Range:
    """A number between two limits, both allowed; None is open."""

    min: int | None = None
    max: int | None = None

    def admits(self, found: int) -> bool:
        """True within the limits. Zero is a number like any other."""
        return (self.min is None or found >= self.min) and (self.max is None or found <= self.max)

    def told(self) -> str:
        """As staff read it."""
        limits = (("at least", self.min), ("at most", self.max))
        return ", ".join(f"{word} {limit}" for word, limit in limits if limit is not None) or "any number"


@dataclass(frozen=True, slots=True)
class Switch:
    """True or false; what is not known is neither."""

    wanted: bool

    def admits(self, found: bool | None) -> bool:
        """True when it is known to be so."""
        return found is self.wanted

    def told(self) -> str:
        """As staff read it."""
        return "yes" if self.wanted else "no"


class About(StrEnum):
    """What a fact is told by, and so how long it stays as it is."""

    PAGE = "page"  # the same for every reader of it
    VISIT = "visit"  # the same for all who come in this way
    READER = "reader"  # and the moment: another one each time


class Fact(NamedTuple):
    """Something a campaign may ask of a page view."""

    about: About
    of: Callable[[View], Any]


@dataclass(frozen=True, slots=True)
class Condition:
    """One line under `audience`. `within`: what a count is taken of, as staff read it."""

    name: str
    fact: Fact
    wanted: Wanted
    within: str = ""

    def holds(self, view: View) -> bool:
        """True when the page view is as wanted."""
        return self.wanted.admits(self.fact.of(view))

    def told(self) -> str:
        """What is wanted, as staff read it."""
        return f"{self.wanted.told()} {self.within}".strip()


def _languages(view: View) -> tuple[str, ...]:
    """The page's language and all that it is a kind of: zh-Hans-CN is zh-Hans and zh, too. Source: RFC 4647, 3.3.1."""
    parts = view.page.language.replace("_", "-").split("-")
    return tuple("-".join(parts[:length]) for length in range(1, len(parts) + 1)) if parts[0] else ()


def _known(text: str | None) -> tuple[str, ...]:
    return (text,) if text else ()


def _newsletters(view: View, known: Iterable[str]) -> frozenset[str]:
    """What the page says, and what we remember of those that site.yaml names."""
    held = set(view.history.newsletters)
    return view.visit.newsletters.union(name for name in known if short_key(name) in held)


# Those about the reader cheapest first: what one of them settles, the next need not be asked.
FACTS: dict[str, Fact] = {
    "sections": Fact(About.PAGE, lambda view: _known(view.page.section)),
    "tags": Fact(About.PAGE, lambda view: view.page.tags),
    "authors": Fact(About.PAGE, lambda view: view.page.authors),
    "urls": Fact(About.PAGE, lambda view: (view.page.url,)),
    "types": Fact(About.PAGE, lambda view: _known(view.page.type)),
    "languages": Fact(About.PAGE, _languages),
    "premium": Fact(About.PAGE, lambda view: view.page.premium),
    "countries": Fact(About.VISIT, lambda view: (view.visit.country or UNKNOWN_COUNTRY,)),
    "devices": Fact(About.VISIT, lambda view: _known(view.visit.device)),
    "referrers": Fact(About.VISIT, lambda view: _known(view.visit.referrer)),
    "signed_in": Fact(About.VISIT, lambda view: view.visit.signed_in),
    "visits": Fact(About.READER, lambda view: view.history.visits),
    "days_since_first_seen": Fact(About.READER, lambda view: (view.now - view.history.first_seen).days),
    "newsletters": Fact(About.READER, lambda view: _newsletters(view, view.site.newsletters)),
    "articles_read_today": Fact(About.READER, lambda view: view.history.articles_read(_midnight(view) - 1)),
}


@cache
def utm(name: str) -> Fact:
    """The value of `utm_<name>` in the page's address."""
    return Fact(About.VISIT, lambda view: _known(view.visit.utm.get(name)))


@cache
def attribute(name: str) -> Fact:
    """What the page itself says of the reader under this name."""
    return Fact(About.VISIT, lambda view: _known(view.visit.attributes.get(name)))


@cache
def articles_read(window: timedelta, topic: int | None) -> Fact:
    """How many distinct articles were opened in (now - window, now], this one included."""
    return Fact(About.READER, partial(_articles_read, window=window, topic=topic))


def _articles_read(view: View, window: timedelta, topic: int | None) -> int:
    return view.history.articles_read((view.now - window).timestamp(), topic)


def _midnight(view: View) -> int:
    return calendar_bounds(Calendar.DAY, view.site.time_zone, view.now)[0]


def without(newsletter: str) -> Condition:
    """That the reader does not have this newsletter."""
    return Condition("newsletters", FACTS["newsletters"], Choice(exclude=frozenset({newsletter})))


@dataclass(frozen=True, slots=True)
class Audience:
    """All conditions must hold. `topics`: what the readers' records have to keep apart for `articles_read`."""

    conditions: tuple[Condition, ...] = ()
    supporters: Supporters = Supporters.EXCLUDE
    topics: frozenset[int] = frozenset()


EVERYBODY = Audience()


def page_topics(section: str, tags: Iterable[str]) -> frozenset[int]:
    """The topics that an article is about."""
    keys = {topic_key("tag", tag) for tag in tags}
    return frozenset(keys | {topic_key("section", section)} if section else keys)
