"""A site's campaigns, indexed so that a thousand of them cost a decision no more than ten.

Each campaign is one bit, the best one the lowest. For the page, for each value of every other fact that campaigns ask
for, for what readers have given, and for the time between two schedule boundaries, the bits that fit are worked out
once; a decision takes the intersection, and asks only those that are left for their rollout and their cap. The naive
way, campaign by campaign and rule by rule, is `explanation`; a property test holds the two against each other.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from service.domain.access import Access
from service.domain.access_rules import page_access
from service.domain.audience import About, page_topics
from service.domain.campaign import Campaign, Kind
from service.domain.fact_index import FactIndex, indexes_of
from service.domain.outcome import Outcome, Outcomes, Show, Withhold
from service.domain.page import Page
from service.domain.reader import History, Visit, short_key
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, PAGE_RULES, rolled_out, under_campaign_cap
from service.domain.site import Placement, Site
from service.domain.view import Cohort, View

_MOST_PAGES, _MOST_LAYOUTS = 10_000, 1000


@dataclass(frozen=True, slots=True)
class Layout:
    """For each placement why nobody asks there, or the campaign that does.

    `made`: the `outcomes` so far by who meets which wording, since there are few and every decision needs them.
    """

    refused: Mapping[Placement, Reason]
    asking: Sequence[tuple[Placement, Campaign]]
    made: dict[tuple[str | None, ...], Outcomes]

    def outcomes(self, variants: tuple[str | None, ...]) -> Outcomes:
        """What becomes of each placement, for a reader who meets these wordings; None where they are held back."""
        outcomes: dict[Placement, Outcome] = {placement: Withhold(reason) for placement, reason in self.refused.items()}
        for (placement, campaign), name in zip(self.asking, variants, strict=True):
            if name is None:
                outcomes[placement] = Withhold(Reason.HOLDBACK, campaign)
            else:
                outcomes[placement] = Show(campaign, campaign.variant(name))
        made = self.made[variants] = Outcomes(outcomes)
        return made


@dataclass(frozen=True, slots=True)
class PageMatch:
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
            cohort: self._bits(cohort in campaign.cohorts for campaign in self.campaigns) for cohort in Cohort
        }
        self._card_updates = self._bits(campaign.kind is Kind.CARD_UPDATE for campaign in self.campaigns)
        self._instants = sorted(
            {at for campaign in self.campaigns for at in (campaign.schedule.start, campaign.schedule.end) if at}
        )
        self._page_facts, self._visit_facts, self._reader_facts = (
            indexes_of(self.campaigns, about) for about in (About.PAGE, About.VISIT, About.READER)
        )
        self.usable = frozenset(placement for placement in Placement if site.uses(placement))
        self.shared = all(campaign.rollout >= 1 for campaign in self.campaigns)
        """True when all readers of whom nothing is known but what they read are asked alike."""
        self.layouts: dict[tuple[Any, ...] | None, Layout] = {}
        self._between: dict[int, int] = {}
        self._pages: dict[Page, PageMatch] = {}

    @staticmethod
    def _bits(fits: Iterable[bool]) -> int:
        return sum(1 << position for position, one in enumerate(fits) if one)

    def keep_layout(self, shared: tuple[Any, ...], layout: Layout) -> None:
        """Remembers what is alike for all readers who have only read."""
        if len(self.layouts) >= _MOST_LAYOUTS:
            self.layouts.clear()
        self.layouts[shared] = layout

    def of(self, placement: Placement) -> list[Campaign]:
        """The campaigns for the placement, best first."""
        return [campaign for campaign in self.campaigns if campaign.placement is placement]

    def speaks_to(self, cohort: Cohort) -> bool:
        """True when some campaign is for readers who have given this much."""
        return bool(self._cohorts[cohort])

    def page(self, page: Page) -> PageMatch:
        """What the page is to this site's campaigns; worked out once, and remembered."""
        match = self._pages.get(page)
        if match is None:
            if len(self._pages) >= _MOST_PAGES:
                self._pages.clear()
            match = self._pages[page] = self._match(page)
        return match

    def _nobodys(self, page: Page, visit: Visit) -> View:
        """A view for rules and facts that do not look at the reader."""
        return View(self.site, "", _NO_HISTORY, Cohort.STRANGER, page, visit, _EPOCH)

    def _match(self, page: Page) -> PageMatch:
        view = self._nobodys(page, Visit())
        article, topics = 0, frozenset[int]()
        if page.is_article:
            article, topics = short_key(page.url), self.topics & page_topics(page.section, page.tags)
        return PageMatch(
            refused=next((rule.reason for rule in PAGE_RULES if not rule.allows(view)), None),
            access=page_access(self.site, page),
            language=self.site.language_for(page.language),
            bits=_holding(self._page_facts, view, self._bits(True for _ in self.campaigns)),
            article=article,
            topics=tuple(sorted(topics)),
        )

    def best(
        self, view: View, fitting: int, placement: Placement, *, capped: bool = True, among: int = -1
    ) -> Campaign | Reason:
        """The best campaign that may ask here, or why the best of the placement's may not: of those that ask for what
        this reader could be asked for, where there are such.

        `fitting`: what `fitting` gives for the view. `capped`: False for a gate, which obeys no caps. `among`: only
        campaigns with these bits.
        """
        wanted = self._placements[placement]
        if not wanted:
            return Reason.NO_CAMPAIGN
        left = wanted & fitting & among
        while left:
            lowest = left & -left
            campaign = self.campaigns[lowest.bit_length() - 1]
            if (campaign.rollout >= 1 or rolled_out(view, campaign)) and (
                not capped or under_campaign_cap(view, campaign)
            ):
                return campaign
            left ^= lowest
        kind = self._card_updates if view.cohort is Cohort.PAST_DUE else ~self._card_updates
        return refusal(view, self.campaigns[_first(wanted & kind or wanted)], capped=capped) or Reason.NO_CAMPAIGN

    def opened(self, page: Page, visit: Visit) -> PageMatch:
        """What the page is to this site's campaigns for all who come to it in this way."""
        match = self.page(page)
        return replace(match, bits=_holding(self._visit_facts, self._nobodys(page, visit), match.bits))

    def fitting(self, view: View, opened: PageMatch) -> int:
        """The campaigns that run now and whose audience the view is in."""
        bits = opened.bits & self._cohorts[view.cohort] & self._running(view.now)
        return _holding(self._reader_facts, view, bits)

    def _running(self, now: datetime) -> int:
        """The campaigns whose schedule covers `now`; the same between two boundaries."""
        between = bisect_right(self._instants, now)
        bits = self._between.get(between)
        if bits is None:
            bits = self._between[between] = self._bits(campaign.schedule.covers(now) for campaign in self.campaigns)
        return bits


_EPOCH = datetime.fromtimestamp(0, UTC)
_NO_HISTORY = History(_EPOCH)


def _holding(facts: Sequence[FactIndex], view: View, bits: int) -> int:
    """Those of `bits` whose conditions on the facts hold."""
    for fact in facts:
        if bits & fact.concerned:
            bits &= fact.holding(view)
    return bits


def _first(bits: int) -> int:
    """The place of the lowest bit that is set."""
    return (bits & -bits).bit_length() - 1


def refusal(view: View, campaign: Campaign, *, capped: bool = True) -> Reason | None:
    """The first of the campaign's own rules that refuses, or None."""
    for rule in CAMPAIGN_RULES:
        if not rule.allows(view, campaign) and (capped or rule.reason is not Reason.CAMPAIGN_CAP):
            return rule.reason
    return None
