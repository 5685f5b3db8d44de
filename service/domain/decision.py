"""What one page view gets: whether the article is open, and for each placement an appeal or the reason why not."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import NamedTuple, TypeAlias

from service.domain.access import Access
from service.domain.access_rules import in_holdback, reader_access
from service.domain.campaign import Campaign, Kind
from service.domain.experiment import choose_variant
from service.domain.outcome import Outcome, Outcomes, Withhold
from service.domain.page import Page
from service.domain.plan import Layout, PageMatch, Plan
from service.domain.reader import History, Visit
from service.domain.reason import Reason
from service.domain.rules import GATE_REASONS, READER_RULES
from service.domain.site import Placement, Site
from service.domain.view import View, view_of

Weights: TypeAlias = Mapping[str, Mapping[str, float]]
"""The weights of variants by campaign id, where they are not the ones in the files (domain.allocation)."""


_CARD_UPDATE = Kind.CARD_UPDATE
_new = tuple.__new__  # looked up once: every decision needs it


class Decision(NamedTuple):
    """What one page view gets."""

    access: Access
    outcomes: Outcomes


class Reader(NamedTuple):
    """The one who reads: their id, and their history or the reason why it cannot be known."""

    id: str
    history: History | Reason


def decide(  # noqa: PLR0913  what a page view is, and what the caller happens to know already
    plan: Plan,
    reader: Reader,
    page: Page,
    visit: Visit,
    placements: tuple[Placement, ...],
    now: datetime,
    weights: Weights | None = None,
    known: PageMatch | None = None,
) -> Decision:
    """The outcome for each requested placement, and the reader's access. Raises nothing. Source: DESIGN §6.

    `known`: what `plan.opened` says of the page, where the caller has asked already.
    """
    site, (reader_id, history) = plan.site, reader
    known = known or plan.opened(page, visit)
    if isinstance(history, Reason):
        article = known.access or reader_access(site, page, known.article, None, history, now)
        return Decision(article, _unasked(site, known.refused, history, article, placements))
    view = view_of(site, reader_id, history, page, visit, now)
    article = known.access or reader_access(site, page, known.article, view, None, now)
    fitting = plan.fitting(view, known)
    # Whom no appeal was ever shown is asked what any other such reader is: on this kind of page, with these campaigns.
    alike = plan.shared and history.has_only_read and not visit.newsletters
    shared = (fitting, known.refused, article.granted, placements) if alike else None
    layout = plan.layouts.get(shared)
    if layout is None:
        layout = _layout(plan, view, fitting, placements, article)
        if shared is not None:
            plan.keep_layout(shared, layout)
    asking = tuple([_variant(one, site, reader_id, weights) for _, one in layout.asking]) if layout.asking else ()
    return _new(Decision, (article, layout.made.get(asking) or layout.outcomes(asking)))


def _unasked(
    site: Site, refused: Reason | None, unknown: Reason, article: Access, placements: Sequence[Placement]
) -> Outcomes:
    """Without a history nobody is asked; what can be said without it comes first."""
    outcomes: dict[Placement, Outcome] = {}
    for placement in placements:
        if not site.uses(placement):
            found = Reason.SWITCHED_OFF
        elif placement is Placement.GATE and article.granted and refused is None:
            found = Reason.ACCESS_GRANTED
        else:
            found = refused or unknown
        outcomes[placement] = Withhold(found)
    return Outcomes(outcomes)


def _layout(plan: Plan, view: View, fitting: int, placements: Sequence[Placement], article: Access) -> Layout:
    """Who asks where on this page view, and why nobody does elsewhere."""
    stopped = plan.page(view.page).refused or _stopped(view, plan)
    candidates = [(placement, _candidate(plan, view, fitting, placement, article, stopped)) for placement in placements]
    return _share_the_page(candidates, plan.site.per_page)


def _stopped(view: View, plan: Plan) -> Reason | None:
    """The first rule about the reader that lets nobody ask."""
    for rule in READER_RULES:
        if not rule.allows(view) and not (rule.reason is Reason.SUPPORTER and plan.speaks_to(view.cohort)):
            return rule.reason
    return None


def _candidate(
    plan: Plan, view: View, fitting: int, placement: Placement, article: Access, stopped: Reason | None
) -> Campaign | Reason:
    """The best campaign for the placement, or why there is none."""
    if placement not in plan.usable:
        return Reason.SWITCHED_OFF
    if placement is Placement.GATE:
        return _gate(plan, view, fitting, article, stopped)
    if stopped is Reason.SITE_CAP and plan.always_ask:
        found = plan.best(view, fitting, placement, among=plan.always_ask)
        return Reason.SITE_CAP if isinstance(found, Reason) else found
    return stopped or plan.best(view, fitting, placement)


def _gate(plan: Plan, view: View, fitting: int, article: Access, stopped: Reason | None) -> Campaign | Reason:
    """A gate obeys the meter, not the caps; but whoever asked to be left in peace is gated without being asked."""
    if stopped is Reason.PAGE_EXCLUDED:
        return stopped
    if article.granted:
        return Reason.ACCESS_GRANTED
    if stopped in GATE_REASONS:
        return stopped
    return plan.best(view, fitting, Placement.GATE, capped=False)


def _share_the_page(candidates: Sequence[tuple[Placement, Campaign | Reason]], per_page: int) -> Layout:
    """Admits candidates, the gate and then the best priority first, until the page is full or one has it to itself."""
    refused: dict[Placement, Reason] = {}
    asking = []
    for placement, candidate in candidates:
        if isinstance(candidate, Reason):
            refused[placement] = candidate
        else:
            asking.append((placement is not Placement.GATE, -candidate.priority, candidate.id, placement, candidate))
    admitted: list[tuple[Placement, Campaign]] = []
    for *_, placement, candidate in sorted(asking):
        if admitted and (placement.has_the_page_to_itself or admitted[0][0].has_the_page_to_itself):
            refused[placement] = Reason.SHUT_OUT
        elif len(admitted) >= per_page:
            refused[placement] = Reason.SITE_CAP
        else:
            admitted.append((placement, candidate))
    return Layout(refused, admitted, {})


def _variant(campaign: Campaign, site: Site, reader: str, weights: Weights | None) -> str | None:
    """The name of the wording this reader meets; None for one of the holdback."""
    # Whoever gives already is no part of comparing those who are asked with those who are not.
    if campaign.kind is not _CARD_UPDATE and in_holdback(site, reader):
        return None
    return choose_variant(campaign, reader, weights.get(campaign.id) if weights else None).name
