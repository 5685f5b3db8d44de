"""A site's campaigns, indexed so that a thousand of them cost a decision no more than ten.

Each campaign is one bit, the best one the lowest. For every value that many readers share (the page, country, device,
what they have given, the moment between two schedule boundaries) the bits of the campaigns that fit are worked out
once; a decision takes the intersection, and looks only at those that are left. The naive way, campaign by campaign and
rule by rule, is `explanation`; a property test holds the two against each other.
"""

from bisect import bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from service.domain.audience import Condition, Scope, page_topics
from service.domain.campaign import Campaign
from service.domain.page import Page
from service.domain.reader import History, Visit, short_key
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, rolled_out, under_campaign_cap
from service.domain.site import Placement, Site
from service.domain.view import Cohort, View

_MOST_PAGES = 10_000


class PageMatch(NamedTuple):
    """What is the same for every reader of a page."""

    bits: int
    article: int
    """The key under which a reader's record holds it; 0 when it is no article."""
    topics: tuple[int, ...]
    """Those of its topics that some campaign counts."""


class Plan:
    """The campaigns of one site, best first; ties are broken by file name."""

    def __init__(self, site: Site, campaigns: Iterable[Campaign]) -> None:
        self.site = site
        self.campaigns: Sequence[Campaign] = sorted(campaigns, key=lambda one: (-one.priority, one.id))
        self.by_id: Mapping[str, Campaign] = {campaign.id: campaign for campaign in self.campaigns}
        self.topics = frozenset().union(*(campaign.audience.topics for campaign in self.campaigns))
        self.always_ask = self._bits(campaign.always_ask for campaign in self.campaigns)
        self._placements = {
            placement: self._bits(campaign.placement is placement for campaign in self.campaigns)
            for placement in Placement
        }
        self._cohorts = {
            cohort: self._bits(cohort in campaign.audience.supporters.cohorts for campaign in self.campaigns)
            for cohort in Cohort
        }
        self._instants = sorted(
            {at for campaign in self.campaigns for at in (campaign.schedule.start, campaign.schedule.end) if at}
        )
        self._conditions = [_by_scope(campaign) for campaign in self.campaigns]
        self._between: dict[int, int] = {}
        self._countries: dict[str | None, int] = {}
        self._devices: dict[str | None, int] = {}
        self._pages: dict[Page, PageMatch] = {}

    @staticmethod
    def _bits(fits: Iterable[bool]) -> int:
        return sum(1 << position for position, one in enumerate(fits) if one)

    def of(self, placement: Placement) -> list[Campaign]:
        """The campaigns for the placement, best first."""
        return [self.campaigns[position] for position in _positions(self._placements[placement])]

    @property
    def asks_supporters(self) -> bool:
        """True when some campaign is for readers who already give."""
        return bool(self._cohorts[Cohort.SUPPORTER])

    def page(self, page: Page) -> PageMatch:
        """What the page is to this site's campaigns; worked out once, and remembered."""
        match = self._pages.get(page)
        if match is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            match = self._pages[page] = self._match(page)
        return match

    def _match(self, page: Page) -> PageMatch:
        bits = self._holding(Scope.PAGE, View(self.site, "", _NO_HISTORY, Cohort.STRANGER, page, Visit(), _EPOCH))
        if not page.is_article:
            return PageMatch(bits, 0, ())
        return PageMatch(bits, short_key(page.url), tuple(sorted(self.topics & page_topics(page.section, page.tags))))

    def best(self, view: View, placement: Placement, *, capped: bool = True, among: int = -1) -> Campaign | Reason:
        """The best campaign that may ask here, or why the best of the placement's may not.

        `capped`: False for a gate, which obeys no caps. `among`: only campaigns with these bits.
        """
        wanted = self._placements[placement]
        if not wanted:
            return Reason.NO_CAMPAIGN
        for position in _positions(wanted & among & self._fitting(view)):
            campaign = self.campaigns[position]
            if (
                all(condition.holds(view) for condition in self._conditions[position][Scope.READER])
                and (campaign.rollout >= 1 or rolled_out(view, campaign))
                and not (capped and not under_campaign_cap(view, campaign))
            ):
                return campaign
        best = self.campaigns[next(_positions(wanted))]
        return refusal(view, best, capped=capped) or Reason.NO_CAMPAIGN

    def _fitting(self, view: View) -> int:
        """The campaigns that fit in everything that many readers share."""
        country, device = view.visit.country, view.visit.device
        if country not in self._countries:
            self._countries[country] = self._holding(Scope.COUNTRY, view)
        if device not in self._devices:
            self._devices[device] = self._holding(Scope.DEVICE, view)
        return (
            self.page(view.page).bits
            & self._cohorts[view.cohort]
            & self._running(view.now)
            & self._countries[country]
            & self._devices[device]
        )

    def _running(self, now: datetime) -> int:
        """The campaigns whose schedule covers `now`; the same between two boundaries."""
        between = bisect_right(self._instants, now)
        if between not in self._between:
            self._between[between] = self._bits(campaign.schedule.covers(now) for campaign in self.campaigns)
        return self._between[between]

    def _holding(self, scope: Scope, view: View) -> int:
        """The campaigns whose conditions of this scope hold."""
        return self._bits(all(one.holds(view) for one in each[scope]) for each in self._conditions)


_EPOCH = datetime.fromtimestamp(0, UTC)
_NO_HISTORY = History(_EPOCH)


def _positions(bits: int) -> Iterator[int]:
    """The places of the bits that are set, lowest first."""
    while bits:
        lowest = bits & -bits
        yield lowest.bit_length() - 1
        bits ^= lowest


def _by_scope(campaign: Campaign) -> Mapping[Scope, Sequence[Condition]]:
    conditions = campaign.audience.conditions
    return {scope: [one for one in conditions if one.fact.scope is scope] for scope in Scope}


def refusal(view: View, campaign: Campaign, *, capped: bool = True) -> Reason | None:
    """The first of the campaign's own rules that refuses, or None."""
    for rule in CAMPAIGN_RULES:
        if not rule.allows(view, campaign) and (capped or rule.reason is not Reason.CAMPAIGN_CAP):
            return rule.reason
    return None
