"""A decision, explained: every rule and every campaign, what was compared, and what came of it.

It goes the naive way, campaign by campaign and rule by rule, and knows nothing of the index in `plan` nor of the short
cuts in `decision`; a property test holds its conclusion against theirs.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import NamedTuple

from service.domain.access import Access, AccessReason
from service.domain.access_rules import ACCESS_RULES, access, in_holdback, page_view
from service.domain.campaign import Campaign, Kind
from service.domain.decision import Reader, Weights
from service.domain.experiment import choose_variant, may_stand_in
from service.domain.findings import Check, Draw, Explanation, Place, Verdict, Weighed, checked, first_refused
from service.domain.outcome import Outcome, Show, Withhold
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import History, Visit, short_key
from service.domain.reason import Reason
from service.domain.rules import CAMPAIGN_RULES, GATE_REASONS, PAGE_RULES, PLACEMENT_RULES, READER_RULES
from service.domain.site import Placement, Site
from service.domain.until import CAMPAIGN_UNTIL, READER_UNTIL
from service.domain.view import Cohort, View, view_of


def explain(
    plan: Plan,
    reader: Reader,
    page: Page,
    visit: Visit,
    placements: Sequence[Placement],
    now: datetime,
    weights: Weights | None = None,
) -> Explanation:
    """Why `decide` decides as it does, given the same. Raises nothing."""
    site, history = plan.site, reader.history
    view, unknown = None, None
    if isinstance(history, History):
        view = view_of(site, reader.id, history, page, visit, now)
    else:
        unknown = history
    article = short_key(page.url) if page.is_article else 0
    opened = access(site, page, article, view, unknown, now)
    about = _PageView(plan, view or view_of(site, "", History(now), page, visit, now), unknown, opened)
    considered = [_consider(about, placement) for placement in dict.fromkeys(placements)]
    places = considered if view is None else _share_the_page(considered, view, weights or {})
    checks = _access_checks(site, page, article, view, unknown, now)
    return Explanation(site, page, visit, view, now, opened, checks, tuple(places))


def _access_checks(
    site: Site, page: Page, article: int, view: View | None, unknown: Reason | None, now: datetime
) -> tuple[Check, ...]:
    """The rules that did not apply, and last the one that did."""
    if site.meter is None:
        return (Check(AccessReason.NO_METER, Verdict.PASSED, {"meter": False}),)
    seen = page_view(site, site.meter, page, article, view, unknown, now)
    checks: list[Check] = []
    for rule in ACCESS_RULES:
        if rule.applies(seen):
            verdict = Verdict.PASSED if rule.granted(seen) else Verdict.REFUSED
            return (*checks, Check(rule.reason, verdict, rule.compared(seen)))
        checks.append(Check(rule.reason, Verdict.WAIVED, rule.compared(seen)))
    raise AssertionError("the last row always applies")


class _PageView(NamedTuple):
    """What all placements of a page view have in common. `view` has an empty history where it is unknown."""

    plan: Plan
    view: View
    unknown: Reason | None
    access: Access


def _consider(about: _PageView, placement: Placement) -> Place:
    """The placement by itself: whoever is chosen here may still have to give way to another placement."""
    checks = _before_campaigns(about, placement)
    over_cap = any(check.refused and check.rule is Reason.SITE_CAP for check in checks)
    campaigns = () if about.unknown else _weigh_all(about, placement, over_cap=over_cap)
    stopped = any(check.refused and check.rule is not Reason.SITE_CAP for check in checks)
    fitting = [one.campaign for one in campaigns if one.fits]
    chosen = None if stopped else min(fitting, key=lambda one: (-one.priority, one.id), default=None)
    if chosen and over_cap:
        checks = [_lifted(check, chosen) if check.rule is Reason.SITE_CAP else check for check in checks]
    refusal = first_refused(checks) or (first_refused(campaigns[0].checks) if campaigns else None)
    reason = Reason(refusal.rule) if refusal else Reason.NO_CAMPAIGN
    return Place(placement, Withhold(reason), tuple(checks), campaigns, chosen)


def _lifted(check: Check, chosen: Campaign) -> Check:
    return Check(check.rule, Verdict.WAIVED, check.compared, check.until, f"{chosen.id} always asks, whatever the cap")


def _before_campaigns(about: _PageView, placement: Placement) -> list[Check]:
    """The rules about the site, the page and the reader."""
    view = about.view
    checks = [
        checked(rule.reason, allows=rule.allows(view, placement), compared=rule.compared(view, placement))
        for rule in PLACEMENT_RULES
    ]
    checks += [checked(rule.reason, allows=rule.allows(view), compared=rule.compared(view)) for rule in PAGE_RULES]
    if placement is Placement.GATE:
        compared = {"access": about.access.reason}
        checks.append(checked(Reason.ACCESS_GRANTED, allows=not about.access.granted, compared=compared))
    if about.unknown:
        return [*checks, Check(about.unknown, Verdict.REFUSED, {})]
    return checks + _about_the_reader(about, placement)


def _about_the_reader(about: _PageView, placement: Placement) -> list[Check]:
    view, plan = about.view, about.plan
    notes: dict[Reason, str] = {}
    if any(view.cohort in campaign.cohorts for campaign in plan.campaigns):
        notes[Reason.SUPPORTER] = "some campaigns are for such readers, so each campaign decides"
    if placement is Placement.GATE:
        rest = [rule.reason for rule in READER_RULES if rule.reason not in GATE_REASONS]
        notes |= dict.fromkeys(rest, "a gate obeys the meter, not this")
    return [
        checked(
            rule.reason,
            allows=rule.allows(view),
            compared=rule.compared(view),
            until=READER_UNTIL[rule.reason](view) if rule.reason in READER_UNTIL else None,
            waived=notes.get(rule.reason, ""),
        )
        for rule in READER_RULES
    ]


def _weigh_all(about: _PageView, placement: Placement, *, over_cap: bool) -> tuple[Weighed, ...]:
    """The best first; and first of all those that ask for what this reader could be asked for."""
    mine = [campaign for campaign in about.plan.campaigns if campaign.placement is placement]
    owing = about.view.cohort is Cohort.PAST_DUE
    best_first = sorted(
        mine, key=lambda one: ((one.kind is Kind.CARD_UPDATE) is not owing, -one.priority, one.id)
    )
    return tuple(Weighed(campaign, _weigh(about.view, campaign, over_cap=over_cap)) for campaign in best_first)


def _weigh(view: View, campaign: Campaign, *, over_cap: bool) -> tuple[Check, ...]:
    """All of the campaign's rules, also after the first that refuses."""
    notes = {Reason.CAMPAIGN_CAP: "a gate obeys the meter, not this"} if campaign.placement is Placement.GATE else {}
    checks = [
        checked(
            rule.reason,
            allows=rule.allows(view, campaign),
            compared=rule.compared(view, campaign),
            until=CAMPAIGN_UNTIL[rule.reason](view, campaign) if rule.reason in CAMPAIGN_UNTIL else None,
            waived=notes.get(rule.reason, ""),
        )
        for rule in CAMPAIGN_RULES
        if campaign.newsletter or rule.reason is not Reason.SUBSCRIBED
    ]
    if over_cap:
        compared = {"always asks": campaign.always_ask}
        checks.append(checked(Reason.SITE_CAP, allows=campaign.always_ask, compared=compared))
    return tuple(checks)


def _share_the_page(considered: Sequence[Place], view: View, weights: Weights) -> list[Place]:
    """Every placement with what became of it on this page, in the order in which they were asked for."""
    settled: dict[Placement, Place] = {}
    admitted: list[Placement] = []
    asking = [(place, place.chosen) for place in considered if place.chosen]
    for place, campaign in sorted(asking, key=_turn):
        sharing = _share(place.placement, campaign, admitted, view)
        outcome, draw = _outcome(campaign, first_refused(sharing), view, weights)
        settled[place.placement] = replace(place, sharing=sharing, outcome=outcome, draw=draw)
        if first_refused(sharing[:-1]) is None:  # one of the holdback takes its place, too
            admitted.append(place.placement)
    return [settled.get(place.placement, place) for place in considered]


def _turn(asking: tuple[Place, Campaign]) -> tuple[bool, int, str]:
    """The gate is served first, then the best campaign."""
    place, campaign = asking
    return place.placement is not Placement.GATE, -campaign.priority, campaign.id


def _share(
    placement: Placement, campaign: Campaign, admitted: Sequence[Placement], view: View
) -> tuple[Check, ...]:
    before = [str(one) for one in admitted]
    for_money = campaign.kind is not Kind.CARD_UPDATE
    alone = any(one.has_the_page_to_itself for one in (placement, *admitted[:1]))
    return (
        checked(Reason.SHUT_OUT, allows=not (admitted and alone), compared={"before": before}),
        checked(
            Reason.SITE_CAP,
            allows=len(admitted) < view.site.per_page,
            compared={"before": before, "per page": view.site.per_page},
        ),
        checked(
            Reason.HOLDBACK,
            allows=not (for_money and in_holdback(view.site, view.reader)),
            compared={"holdback": view.site.holdback, "for money": for_money},
        ),
    )


def _outcome(
    campaign: Campaign, refused: Check | None, view: View, weights: Weights
) -> tuple[Outcome, Draw | None]:
    if refused:
        reason = Reason(refused.rule)
        return Withhold(reason, campaign if reason is Reason.HOLDBACK else None), None
    learnt = weights.get(campaign.id)
    if learnt is not None and may_stand_in(learnt, campaign):
        used = {one.name: learnt[one.name] if one.weight else 0.0 for one in campaign.variants}
    else:
        used, learnt = {one.name: one.weight for one in campaign.variants}, None
    return Show(campaign, choose_variant(campaign, view.reader, learnt)), Draw(used, learnt is not None)
