"""What one page view gets: for each placement an appeal, or the reason why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TypeAlias

from service.domain.campaign import Campaign, Variant
from service.domain.experiment import choose_variant
from service.domain.reader import History, Page
from service.domain.rules import CAMPAIGN_RULES, PAGE_RULES, PLACEMENT_RULES, READER_RULES, Reason, View
from service.domain.site import Placement, Site


@dataclass(frozen=True, slots=True)
class Show:
    """This reader is asked, with these words."""

    campaign: Campaign
    variant: Variant


@dataclass(frozen=True, slots=True)
class Withhold:
    """This reader is not asked."""

    reason: Reason


_WITHHELD = {reason: Withhold(reason) for reason in Reason}

Outcome: TypeAlias = Show | Withhold
Campaigns: TypeAlias = Mapping[Placement, Sequence[Campaign]]


@dataclass(frozen=True, slots=True)
class Reader:
    """The one who reads: their id, and their history or the reason why it cannot be known."""

    id: str
    history: History | Reason


def decide(
    site: Site,
    campaigns: Campaigns,
    reader: Reader,
    page: Page,
    placements: Sequence[Placement],
    now: datetime,
) -> dict[Placement, Outcome]:
    """The outcome for each requested placement. `campaigns` are per placement, best first.

    Raises nothing: a refusal is a value. Source: DESIGN §6.
    """
    asked = _asked(site, reader.history, page, now)
    candidates = {
        placement: _candidate(site, placement, asked, campaigns.get(placement, ())) for placement in placements
    }
    return _share_the_page(candidates, site.per_page, reader.id)


def _asked(site: Site, history: History | Reason, page: Page, now: datetime) -> View | Reason:
    """The reader as the campaigns' rules see them, or the first rule that lets nobody ask here, or this reader."""
    for reason, page_allows in PAGE_RULES:
        if not page_allows(site, page):
            return reason
    if isinstance(history, Reason):
        return history
    view = View(site, history, now)
    for reason, allows in READER_RULES:
        if not allows(view):
            return reason
    return view


def _candidate(
    site: Site, placement: Placement, asked: View | Reason, campaigns: Sequence[Campaign]
) -> Campaign | Reason:
    """The best campaign for the placement, or why there is none."""
    for reason, allows in PLACEMENT_RULES:
        if not allows(site, placement):
            return reason
    return asked if isinstance(asked, Reason) else _best_campaign(asked, campaigns)


def _best_campaign(view: View, campaigns: Sequence[Campaign]) -> Campaign | Reason:
    refusal = Reason.NO_CAMPAIGN
    for campaign in campaigns:
        reason = refused(view, campaign)
        if reason is None:
            return campaign
        if refusal is Reason.NO_CAMPAIGN:
            refusal = reason
    return refusal


def refused(view: View, campaign: Campaign) -> Reason | None:
    """The first of the campaign's own rules that refuses, or None."""
    for reason, allows in CAMPAIGN_RULES:
        if not allows(view, campaign):
            return reason
    return None


def _share_the_page(
    candidates: Mapping[Placement, Campaign | Reason], per_page: int, reader_id: str
) -> dict[Placement, Outcome]:
    """Admits candidates, best priority first, until the page is full or one has it to itself."""
    outcomes: dict[Placement, Outcome] = {}
    admitted: list[Placement] = []
    for placement, candidate in sorted(candidates.items(), key=_rank):
        if isinstance(candidate, Reason):
            outcomes[placement] = _WITHHELD[candidate]
        elif len(admitted) >= per_page:
            outcomes[placement] = _WITHHELD[Reason.SITE_CAP]
        elif admitted and (placement.has_the_page_to_itself or admitted[0].has_the_page_to_itself):
            outcomes[placement] = _WITHHELD[Reason.SHUT_OUT]
        else:
            admitted.append(placement)
            outcomes[placement] = Show(candidate, choose_variant(candidate, reader_id))
    return outcomes


def _rank(item: tuple[Placement, Campaign | Reason]) -> tuple[int, str]:
    _, candidate = item
    return (0, "") if isinstance(candidate, Reason) else (-candidate.priority, candidate.id)
