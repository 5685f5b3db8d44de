"""A site's campaigns, indexed so that a thousand of them cost a decision no more than ten.

Each campaign is one bit, the best one the lowest. For every value that many readers share (the page, country, device,
what they have given, the moment between two schedule boundaries) the bits of the campaigns that fit are worked out
once; a decision takes the intersection, and looks only at those that are left. The naive way, campaign by campaign and
rule by rule, is `explanation`; a property test holds the two against each other.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from service.domain.access import Access
from service.domain.access_rules import page_access
from service.domain.audience import Condition, Scope, page_topics
from service.domain.campaign import Campaign
from service.domain.page import Page
from service.domain.reader import History, Visit, short_key
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, PAGE_RULES, rolled_out, under_campaign_cap
from service.domain.site import Placement, Site
from service.domain.view import Cohort, View

_MOST_PAGES = 10_000


class PageMatch(NamedTuple):
    """What is the same for every reader of a page."""

    refused: Reason | None
    """Why nobody is asked on it."""
    access: Access | None
    """Where it is the same for every reader."""
    language: str
    """The site's language nearest to its own."""
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
        self._of_reader = [(one, _by_scope(one)[Scope.READER]) for one in self.campaigns]
        self.usable = frozenset(placement for placement in Placement if site.uses(placement))
        self._between: dict[int, int] = {}
        self._countries: dict[str | None, int] = {}
        self._devices: dict[str | None, int] = {}
        self._pages: dict[Page, PageMatch] = {}

    @staticmethod
    def _bits(fits: Iterable[bool]) -> int:
        return sum(1 << position for position, one in enumerate(fits) if one)

    def of(self, placement: Placement) -> list[Campaign]:
        """The campaigns for the placement, best first."""
        return [campaign for campaign in self.campaigns if campaign.placement is placement]

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
        view = View(self.site, "", _NO_HISTORY, Cohort.STRANGER, page, Visit(), _EPOCH)
        article, topics = 0, frozenset[int]()
        if page.is_article:
            article, topics = short_key(page.url), self.topics & page_topics(page.section, page.tags)
        return PageMatch(
            refused=next((rule.reason for rule in PAGE_RULES if not rule.allows(view)), None),
            access=page_access(self.site, page),
            language=self.site.language_for(page.language),
            bits=self._holding(Scope.PAGE, view),
            article=article,
            topics=tuple(sorted(topics)),
        )

    def best(
        self, view: View, fitting: int, placement: Placement, *, capped: bool = True, among: int = -1
    ) -> Campaign | Reason:
        """The best campaign that may ask here, or why the best of the placement's may not.

        `fitting`: what `fitting` gives for the view. `capped`: False for a gate, which obeys no caps. `among`: only
        campaigns with these bits.
        """
        wanted = self._placements[placement]
        if not wanted:
            return Reason.NO_CAMPAIGN
        left = wanted & fitting & among
        while left:
            lowest = left & -left
            campaign, conditions = self._of_reader[lowest.bit_length() - 1]
            if (
                (not conditions or _all_hold(conditions, view))
                and (campaign.rollout >= 1 or rolled_out(view, campaign))
                and (not capped or under_campaign_cap(view, campaign))
            ):
                return campaign
            left ^= lowest
        return refusal(view, self.campaigns[_first(wanted)], capped=capped) or Reason.NO_CAMPAIGN

    def fitting(self, view: View, page: PageMatch) -> int:
        """The campaigns that fit in everything that many readers share."""
        country, device = view.visit.country, view.visit.device
        if country not in self._countries:
            self._countries[country] = self._holding(Scope.COUNTRY, view)
        if device not in self._devices:
            self._devices[device] = self._holding(Scope.DEVICE, view)
        return (
            page.bits
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


def _all_hold(conditions: Sequence[Condition], view: View) -> bool:
    return all(condition.holds(view) for condition in conditions)


def _first(bits: int) -> int:
    """The place of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1


def _by_scope(campaign: Campaign) -> Mapping[Scope, Sequence[Condition]]:
    conditions = campaign.audience.conditions
    return {scope: [one for one in conditions if one.fact.scope is scope] for scope in Scope}


def refusal(view: View, campaign: Campaign, *, capped: bool = True) -> Reason | None:
    """The first of the campaign's own rules that refuses, or None."""
    for rule in CAMPAIGN_RULES:
        if not rule.allows(view, campaign) and (capped or rule.reason is not Reason.CAMPAIGN_CAP):
            return rule.reason
    return None
