"""Results of a site in a span of days: what each campaign was seen, answered and given for, and how sure that is."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, NamedTuple

from service.domain.allocation import Tally, chances
from service.domain.campaign import Campaign, Kind
from service.domain.intervals import Interval, Sums, share_interval, value_interval
from service.domain.results import CONFIRMED, OTHERS, SIGNED_UP, Count, Dimension, Giving, Share
from service.domain.site import Site
from service.domain.value import value_in

KINDS = ("seen", "clicked", "snoozed", "dismissed", "never", "started")
SIGN_UPS = (SIGNED_UP, CONFIRMED)
"""Of newsletters; by wording and day alone."""
_DRAWS = 2000  # a chance is then right to one or two in a hundred
_BY_WEEK_FROM = 60
_PER = 1000


class Span(NamedTuple):
    """Days in UTC, both included."""

    first: date
    last: date

    @property
    def days(self) -> Iterator[date]:
        """Each of them."""
        return (self.first + timedelta(days=number) for number in range((self.last - self.first).days + 1))

    def bucket(self, day: date) -> date:
        """The first day of the stretch that `day` is told in: itself, or its week's Monday in a long span."""
        long = (self.last - self.first).days >= _BY_WEEK_FROM
        return max(self.first, day - timedelta(days=day.weekday())) if long else day


@dataclass(slots=True)
class Line:
    """What happened somewhere: counts by kind, and gifts that Stripe confirmed. `values`: what each is worth in a year.

    Gifts in a currency without an exchange rate are among `given`, and not among the values.
    """

    counts: dict[str, int] = field(default_factory=dict)
    given: dict[str, int] = field(default_factory=dict)
    values: list[int] = field(default_factory=list)
    largest: int = 0
    """The largest gift that is known of, here or elsewhere in the campaign."""

    def count(self, kind: str, times: int) -> None:
        """Enters what happened."""
        self.counts[kind] = self.counts.get(kind, 0) + times

    def give(self, rhythm: str, value: int | None) -> None:
        """Enters a gift. `value`: None without an exchange rate."""
        self.given[rhythm] = self.given.get(rhythm, 0) + 1
        if value is not None:
            self.values.append(value)

    def add(self, other: "Line") -> None:
        """Enters what happened there, too."""
        for kind, times in other.counts.items():
            self.count(kind, times)
        for rhythm, times in other.given.items():
            self.given[rhythm] = self.given.get(rhythm, 0) + times
        self.values += other.values

    @property
    def seen(self) -> int:
        """Impressions."""
        return self.counts.get("seen", 0)

    @property
    def gifts(self) -> int:
        """How many were given."""
        return sum(self.given.values())

    @property
    def value_minor(self) -> int:
        """What they are worth in a year, in minor units of the site's default currency."""
        return sum(self.values)

    def share(self, kind: str) -> Interval | None:
        """Of the impressions, how many ended so, 0 to 1. `kind`: one of KINDS or SIGN_UPS, or "given"."""
        times = self.gifts if kind == "given" else self.counts.get(kind, 0)
        return share_interval(times, self.seen) if self.seen else None

    @property
    def value_per_thousand(self) -> Interval | None:
        """Minor units for a thousand impressions; None where nobody has seen or given anything."""
        found = value_interval(Sums.of(self.values), self.seen, self.largest)
        return found and Interval(*(_PER * bound for bound in found))

    @property
    def average_per_thousand(self) -> float | None:
        """What was counted, without a belief about it."""
        return _PER * self.value_minor / self.seen if self.seen else None


@dataclass(slots=True)
class CampaignResults:
    """One campaign's. `lines`: by variant and placement; `stretches`: by the first day of each."""

    id: str
    lines: dict[tuple[str, str], Line] = field(default_factory=dict)
    variants: dict[str, Line] = field(default_factory=dict)
    whole: Line = field(default_factory=Line)
    stretches: dict[date, Line] = field(default_factory=dict)
    among: dict[Dimension, dict[str, Line]] = field(default_factory=lambda: {one: {} for one in Dimension})
    written: frozenset[str] | None = None
    """The variants in its file; None where the file is gone."""
    for_money: bool = True
    """False for a campaign whose file asks for something else."""
    for_sign_ups: bool = False
    """True for a campaign whose file asks readers to sign up for a newsletter."""
    chances: Mapping[str, float] = field(default_factory=dict)
    """Of each variant that was seen, to be the best; nothing where there are not two, or no gift."""
    tallies: dict[str, tuple[dict[date, int], dict[date, list[int]]]] = field(default_factory=dict)

    def see(self, one: Count, stretch: date) -> None:
        """Enters a count of one of KINDS or SIGN_UPS."""
        for line in self._lines(one.variant, one.placement, stretch):
            line.count(one.kind, one.times)
        if one.kind == "seen":
            seen = self.tallies.setdefault(one.variant, ({}, {}))[0]
            seen[one.day] = seen.get(one.day, 0) + one.times

    def give(self, giving: Giving, value: int | None, day: date, stretch: date) -> None:
        """Enters a gift that was given on that day."""
        for line in self._lines(giving.variant, giving.placement, stretch):
            line.give(giving.interval, value)
        where = (giving.country, giving.device, giving.section)
        for names, name in zip(self.among.values(), where, strict=True):
            # a name that was not among the fifty that are counted cannot be compared with its impressions
            line = names.get(name) or names.setdefault(OTHERS if name else "", Line())
            line.give(giving.interval, value)
        if value:
            self.tallies.setdefault(giving.variant, ({}, {}))[1].setdefault(day, []).append(value)

    def share(self, one: Share) -> None:
        """Enters a count by country, device or section."""
        if one.kind in KINDS:
            names = self.among[one.dimension]
            line = names.get(one.name) or names.setdefault(one.name, Line())
            line.count(one.kind, one.times)

    def _lines(self, variant: str, placement: str, stretch: date) -> tuple[Line, Line]:
        where = (variant, placement)
        return (
            self.lines.get(where) or self.lines.setdefault(where, Line()),
            self.stretches.get(stretch) or self.stretches.setdefault(stretch, Line()),
        )

    def conclude(self, seed: str) -> None:
        """Works out what needs all of it."""
        for (variant, _), line in self.lines.items():
            self.variants.setdefault(variant, Line()).add(line)
            self.whole.add(line)
        largest = max(self.whole.values, default=0)
        for lines in (self.lines, self.variants, self.stretches, *self.among.values()):
            for line in lines.values():  # type: ignore[attr-defined]
                line.largest = largest
        self.whole.largest = largest
        seen = {name: Tally(*tally) for name, tally in self.tallies.items() if sum(tally[0].values())}
        self.chances = chances(seen, seed, _DRAWS) if len(seen) > 1 else {}


@dataclass(frozen=True, slots=True)
class Report:
    """`campaigns` by name. `without_rate`: currencies of gifts whose value is left out."""

    site: Site
    span: Span
    campaigns: Mapping[str, CampaignResults]
    without_rate: Mapping[str, int]


def report_of(
    site: Site,
    campaigns: Iterable[Campaign],
    span: Span,
    counts: Iterable[Count],
    shares: Iterable[Share],
    givings: Iterable[Giving],
    only: str = "",
) -> Report:
    """The results of campaigns that are written, and of those that are not any more but were counted.

    `only`: the one whose results are wanted, so that the others' are not worked out; "" for all.
    """
    found: dict[str, CampaignResults] = {}
    stretches = {day: span.bucket(day) for day in span.days}
    for campaign in campaigns:
        written = frozenset(variant.name for variant in campaign.variants)
        found[campaign.id] = CampaignResults(
            campaign.id,
            written=written,
            for_money=campaign.kind is Kind.CONTRIBUTION,
            for_sign_ups=campaign.kind is Kind.NEWSLETTER,
        )
    for one in counts:
        if one.kind in KINDS or one.kind in SIGN_UPS:
            results = found.get(one.campaign) or found.setdefault(one.campaign, CampaignResults(one.campaign))
            if only in ("", one.campaign):
                results.see(one, stretches[one.day])
    for share in shares:
        if share.campaign in found and only in ("", share.campaign):
            found[share.campaign].share(share)
    without_rate: dict[str, int] = {}
    values: dict[tuple[Any, ...], int | None] = {}  # most gifts are alike in what they are worth
    for giving in givings:
        if not giving.campaign or not giving.was_given or only not in ("", giving.campaign):
            continue
        worth = giving.worth
        if worth not in values:
            values[worth] = value_in(site, *worth)
        value, day = values[worth], giving.day
        if value is None:
            without_rate[giving.currency] = without_rate.get(giving.currency, 0) + 1
        results = found.get(giving.campaign) or found.setdefault(giving.campaign, CampaignResults(giving.campaign))
        results.give(giving, value, day, stretches[day])
    for results in found.values():
        results.conclude(f"{site.id}/{results.id}")
    return Report(site, span, dict(sorted(found.items())), without_rate)
