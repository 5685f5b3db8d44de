"""What one page view gets: whether the article is open, and for each placement an appeal or the reason why not."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple, TypeAlias

from service.domain.access import Access
from service.domain.access_rules import access, in_holdback
from service.domain.campaign import Campaign, Variant
from service.domain.experiment import choose_variant
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import History, Visit
from service.domain.reason import Reason
from service.domain.rules import GATE_REASONS, PAGE_RULES, READER_RULES
from service.domain.site import Placement, Site
from service.domain.view import View, view_of


class Show(NamedTuple):
    """This reader is asked, with these words."""

    campaign: Campaign
    variant: Variant


class Withhold(NamedTuple):
    """This reader is not asked. `campaign`: the one that would have asked a reader of the holdback."""

    reason: Reason
    campaign: Campaign | None = None


_WITHHELD = {reason: Withhold(reason) for reason in Reason}

Outcome: TypeAlias = Show | Withhold
Weights: TypeAlias = Mapping[str, Mapping[str, float]]
"""The weights of variants by campaign id, where they are not the ones in the files (domain.allocation)."""


class Decision(NamedTuple):
    """What one page view gets."""

    access: Access
    outcomes: Mapping[Placement, Outcome]


@dataclass(frozen=True, slots=True)
class Reader:
    """The one who reads: their id, and their history or the reason why it cannot be known."""

    id: str
    history: History | Reason


def decide(
    plan: Plan,
    reader: Reader,
    page: Page,
    visit: Visit,
    placements: Sequence[Placement],
    now: datetime,
    weights: Weights | None = None,
) -> Decision:
    """The outcome for each requested placement, and the reader's access. Raises nothing. Source: DESIGN §6."""
    site, history = plan.site, reader.history
    if isinstance(history, Reason):
        article = access(site, page, 0, None, history, now)
        return Decision(article, _unknown(site, page, history, article, placements))
    view = view_of(site, reader.id, history, page, visit, now)
    article = access(site, page, plan.page(page).article, view, None, now)
    stopped = _stopped(view, plan)
    candidates = {placement: _candidate(plan, view, placement, article, stopped) for placement in placements}
    return Decision(article, _share_the_page(candidates, view, weights or {}))


def _unknown(
    site: Site, page: Page, reason: Reason, article: Access, placements: Sequence[Placement]
) -> dict[Placement, Outcome]:
    """Without a history nobody is asked; what can be said without it comes first."""
    excluded = site.never_ask_on.cover(page)
    outcomes: dict[Placement, Outcome] = {}
    for placement in placements:
        if not site.uses(placement):
            found = Reason.SWITCHED_OFF
        elif excluded:
            found = Reason.PAGE_EXCLUDED
        elif placement is Placement.GATE and article.granted:
            found = Reason.ACCESS_GRANTED
        else:
            found = reason
        outcomes[placement] = _WITHHELD[found]
    return outcomes


def _stopped(view: View, plan: Plan) -> Reason | None:
    """The first rule about page and reader that lets nobody ask."""
    for rule in PAGE_RULES:
        if not rule.allows(view):
            return rule.reason
    for rule in READER_RULES:
        if not rule.allows(view) and not (rule.reason is Reason.SUPPORTER and plan.asks_supporters):
            return rule.reason
    return None


def _candidate(
    plan: Plan, view: View, placement: Placement, article: Access, stopped: Reason | None
) -> Campaign | Reason:
    """The best campaign for the placement, or why there is none."""
    if not view.site.uses(placement):
        return Reason.SWITCHED_OFF
    if placement is Placement.GATE:
        return _gate(plan, view, article, stopped)
    if stopped is Reason.SITE_CAP and plan.always_ask:
        found = plan.best(view, placement, among=plan.always_ask)
        return Reason.SITE_CAP if isinstance(found, Reason) else found
    return stopped or plan.best(view, placement)


def _gate(plan: Plan, view: View, article: Access, stopped: Reason | None) -> Campaign | Reason:
    """A gate obeys the meter, not the caps; but whoever asked to be left in peace is gated without being asked."""
    if stopped is Reason.PAGE_EXCLUDED:
        return stopped
    if article.granted:
        return Reason.ACCESS_GRANTED
    if stopped in GATE_REASONS:
        return stopped
    return plan.best(view, Placement.GATE, capped=False)


def _share_the_page(
    candidates: Mapping[Placement, Campaign | Reason], view: View, weights: Weights
) -> dict[Placement, Outcome]:
    """Admits candidates, the gate and then the best priority first, until the page is full or one has it to itself."""
    outcomes: dict[Placement, Outcome] = {}
    admitted: list[Placement] = []
    for placement, candidate in sorted(candidates.items(), key=_rank):
        if isinstance(candidate, Reason):
            outcomes[placement] = _WITHHELD[candidate]
        elif admitted and (placement.has_the_page_to_itself or admitted[0].has_the_page_to_itself):
            outcomes[placement] = _WITHHELD[Reason.SHUT_OUT]
        elif len(admitted) >= view.site.per_page:
            outcomes[placement] = _WITHHELD[Reason.SITE_CAP]
        else:
            admitted.append(placement)
            outcomes[placement] = _ask(candidate, view, weights)
    return outcomes


def _ask(campaign: Campaign, view: View, weights: Weights) -> Outcome:
    if in_holdback(view.site, view.reader):
        return Withhold(Reason.HOLDBACK, campaign)
    return Show(campaign, choose_variant(campaign, view.reader, weights.get(campaign.id)))


def _rank(item: tuple[Placement, Campaign | Reason]) -> tuple[int, int, str]:
    placement, candidate = item
    if isinstance(candidate, Reason):
        return (0, 0, "")
    return (0 if placement is Placement.GATE else 1, -candidate.priority, candidate.id)
