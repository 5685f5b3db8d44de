"""The tallies of a site's campaigns, from what was counted and what was given."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from service.domain.allocation import Allocation, Tally, weights
from service.domain.campaign import Campaign
from service.domain.contribution import Contribution
from service.domain.results import Count
from service.domain.site import Site
from service.domain.value import value_of

LOOKS_BACK = timedelta(days=90)  # readers change, and so do the times; what was best a year ago need not be


class Tallies:
    """One page for each campaign that is allocated automatically, filled by going through counts and ledger once.

    A page begins with the campaign's schedule or 90 days ago, whichever is later, in whole days of UTC.
    """

    def __init__(self, site: Site, campaigns: Iterable[Campaign], now: datetime) -> None:
        self._site, self._now = site, now
        self._pages = {one.id: _Page(one, one.allocation, self._since(one)) for one in campaigns if one.allocation}
        self.without_rate: set[str] = set()
        """Currencies of gifts that could not be compared and were left out."""

    def _since(self, campaign: Campaign) -> date:
        earliest = self._now - LOOKS_BACK
        return max(campaign.schedule.start or earliest, earliest).astimezone(UTC).date()

    @property
    def days(self) -> Iterator[date]:
        """The days to look at; none when no campaign is allocated automatically."""
        first = min((page.since for page in self._pages.values()), default=None)
        today = self._now.astimezone(UTC).date()
        while first is not None and first <= today:
            yield first
            first += timedelta(days=1)

    def count(self, counts: Iterable[Count]) -> None:
        """Enters impressions."""
        for one in counts:
            page = self._pages.get(one.campaign)
            if page is not None and one.kind == "seen" and one.day >= page.since:
                page.see(one.variant, one.day, one.times)

    def give(self, gifts: Iterable[Contribution]) -> None:
        """Enters gifts, each on the day it began."""
        for gift in gifts:
            page = self._pages.get(gift.attribution.campaign)
            day = gift.began_at.astimezone(UTC).date()
            if page is None or day < page.since:
                continue
            value = value_of(gift, self._site)
            if value is None:
                self.without_rate.add(gift.currency)
            else:
                page.give(gift.attribution.variant, day, value)

    def weights(self) -> Mapping[str, Mapping[str, float]]:
        """The share of each variant of each campaign, by their names."""
        return {name: page.weights(f"{self._site.id}/{name}") for name, page in self._pages.items()}


class _Page:
    """What one campaign's variants did since a day; variants that are no longer written are left out."""

    def __init__(self, campaign: Campaign, allocation: Allocation, since: date) -> None:
        self.since = since
        self._allocation = allocation
        self._configured = {variant.name: variant.weight for variant in campaign.variants}
        self._lines = {name: _Line({}, {}) for name in self._configured}

    def see(self, variant: str, day: date, times: int) -> None:
        if line := self._lines.get(variant):
            line.impressions[day] = line.impressions.get(day, 0) + times

    def give(self, variant: str, day: date, value: int) -> None:
        if value and (line := self._lines.get(variant)):
            line.gifts.setdefault(day, []).append(value)

    def weights(self, seed: str) -> Mapping[str, float]:
        tallies = {name: Tally(line.impressions, line.gifts) for name, line in self._lines.items()}
        return weights(tallies, self._configured, self._allocation, seed)


@dataclass(frozen=True, slots=True)
class _Line:
    """A tally in the making."""

    impressions: dict[date, int]
    gifts: dict[date, list[int]]
