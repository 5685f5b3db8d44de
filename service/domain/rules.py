"""Why an appeal is withheld: every rule, in order, each a row that names its reason. Source: DESIGN §6."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from service.domain.audience import Condition, without
from service.domain.campaign import Campaign, Kind
from service.domain.experiment import in_share
from service.domain.reason import Reason
from service.domain.site import FrequencyCap, Placement
from service.domain.view import View, no_supporter


class Rule(NamedTuple):
    """One row about the site, the page and the reader: the reason, when the view passes, and what was compared."""

    reason: Reason
    allows: Callable[[View], bool]
    compared: Callable[[View], Mapping[str, Any]]


class PlacementRule(NamedTuple):
    """One row about a placement."""

    reason: Reason
    allows: Callable[[View, Placement], bool]
    compared: Callable[[View, Placement], Mapping[str, Any]]


class AudienceLine(NamedTuple):
    """One line of an audience, held against one page view. Among what was compared, under the line's name."""

    wanted: str
    found: Any
    holds: bool


class CampaignRule(NamedTuple):
    """One row about a campaign."""

    reason: Reason
    allows: Callable[[View, Campaign], bool]
    compared: Callable[[View, Campaign], Mapping[str, Any]]


def not_snoozed(view: View) -> bool:
    """True from the very moment the snooze ends."""
    until = view.history.snoozed_until
    return until is None or until <= view.now


def rest_after(view: View) -> timedelta:
    """How long the reader's last dismissal is respected: longer with each, where site.yaml says so."""
    return view.site.rest.after_dismissals(max(1, view.history.dismissals))


def not_dismissed(view: View) -> bool:
    """True once `rest.after_dismissal` has passed since the last dismissal."""
    at = view.history.dismissed_at
    return at is None or at + rest_after(view) <= view.now


def under_cap(seen: Sequence[datetime], cap: FrequencyCap, now: datetime) -> bool:
    """True while fewer than `cap.max` impressions fall in the half-open window (now - cap.window, now].

    `seen` is oldest first; the newest must be at least `cap.min_gap` ago. Source: DESIGN §6, rules 6 and 9.
    """
    if not seen:
        return cap.max > 0
    start = now - cap.window
    return sum([at > start for at in seen]) < cap.max and seen[-1] + cap.min_gap <= now


def seen_at(view: View) -> list[datetime]:
    """When the reader saw an appeal, oldest first."""
    return [impression.at for impression in view.history.impressions]


def under_site_cap(view: View) -> bool:
    """True while all campaigns together stay under the site's cap."""
    return under_cap(seen_at(view), view.site.frequency, view.now)


def welcome(view: View, campaign: Campaign) -> bool:
    """True unless the reader gives already and the campaign is not for those who do. Source: DESIGN §6, rule 3."""
    return no_supporter(view) or gave_as_wanted(view, campaign)


def gave_as_wanted(view: View, campaign: Campaign) -> bool:
    """True when the campaign is for readers who have given as much as this one."""
    return view.cohort in campaign.cohorts


def scheduled(view: View, campaign: Campaign) -> bool:
    """True while the campaign runs."""
    return campaign.schedule.covers(view.now)


def unmet(view: View, campaign: Campaign) -> Condition | None:
    """The first condition of the audience that does not hold, or None."""
    for condition in campaign.audience.conditions:
        if not condition.holds(view):
            return condition
    return None


def rolled_out(view: View, campaign: Campaign) -> bool:
    """True for the share of readers that a staged campaign has reached; a larger share only adds readers."""
    return in_share(f"rollout/{campaign.id}", view.reader, campaign.rollout)


def in_audience(view: View, campaign: Campaign) -> bool:
    """True when the campaign is for such readers, every condition holds and the rollout has reached this one."""
    return (
        gave_as_wanted(view, campaign)
        and unmet(view, campaign) is None
        and (campaign.rollout >= 1 or rolled_out(view, campaign))
    )


def not_subscribed(view: View, campaign: Campaign) -> bool:
    """True unless the campaign is for a newsletter that the reader has, as the page says or as we remember."""
    return not campaign.newsletter or without(campaign.newsletter).holds(view)


def seen_of(view: View, campaign: Campaign) -> list[datetime]:
    """When the reader saw one of this campaign, oldest first."""
    return [impression.at for impression in view.history.impressions if impression.campaign_key == campaign.key]


def under_campaign_cap(view: View, campaign: Campaign) -> bool:
    """True while the campaign stays under its own cap, or has none. On days when it always asks, it has none."""
    if campaign.frequency is None or campaign.always_ask:
        return True
    return under_cap(seen_of(view, campaign), campaign.frequency, view.now)


def _cap(cap: FrequencyCap, seen: Sequence[datetime], now: datetime) -> Mapping[str, Any]:
    in_window = sum(at > now - cap.window for at in seen)
    last = {"last seen": seen[-1], "at least apart": cap.min_gap} if seen and cap.min_gap else {}
    return {"seen": in_window, "at most": cap.max, "within": cap.window, **last}


def _campaign_cap(view: View, campaign: Campaign) -> Mapping[str, Any]:
    if campaign.frequency is None:
        return {"cap": None}
    always = {"always asks": True} if campaign.always_ask else {}
    return {**_cap(campaign.frequency, seen_of(view, campaign), view.now), **always}


def _audience(view: View, campaign: Campaign) -> Mapping[str, Any]:
    """Every line, not only the first that does not hold."""
    welcome_by_gift = gave_as_wanted(view, campaign)
    if campaign.kind is Kind.CARD_UPDATE:
        lines = {"readers": AudienceLine("a regular gift that could not be renewed", view.cohort, welcome_by_gift)}
    else:
        lines = {"supporters": AudienceLine(campaign.audience.supporters, view.cohort, welcome_by_gift)}
    lines |= {
        one.name: AudienceLine(one.told(), one.fact.of(view), one.holds(view)) for one in campaign.audience.conditions
    }
    if campaign.rollout >= 1:
        return lines
    reached = rolled_out(view, campaign)
    return {**lines, "rollout": AudienceLine(f"among {campaign.rollout * 100:.4g}% of all readers", reached, reached)}


def _gifts(view: View) -> list[tuple[str, datetime]]:
    return [(gift.state.name.lower(), gift.at) for gift in view.history.gifts]


PLACEMENT_RULES: Sequence[PlacementRule] = (
    PlacementRule(
        Reason.SWITCHED_OFF,
        lambda view, placement: view.site.uses(placement),
        lambda view, placement: {"site": view.site.switched_on, "placement": placement in view.site.placements},
    ),
)
PAGE_RULES: Sequence[Rule] = (
    Rule(
        Reason.PAGE_EXCLUDED,
        lambda view: not view.site.never_ask_on.cover(view.page),
        lambda view: {"listed": view.site.never_ask_on.listed(view.page)},
    ),
)
# A gate is stopped by the first three only: it obeys the meter, not dismissals and caps. Source: DESIGN §6.
READER_RULES: Sequence[Rule] = (
    Rule(
        Reason.SUPPORTER,
        no_supporter,
        lambda view: {"reader": view.cohort, "gifts": _gifts(view)},
    ),
    Rule(Reason.NEVER_AGAIN, lambda view: not view.history.never_again, lambda view: {}),
    Rule(Reason.SNOOZED, not_snoozed, lambda view: {"until": view.history.snoozed_until}),
    Rule(
        Reason.DISMISSED,
        not_dismissed,
        lambda view: {
            "dismissed at": view.history.dismissed_at,
            "dismissals": view.history.dismissals,
            "respected for": rest_after(view),
        },
    ),
    Rule(Reason.SITE_CAP, under_site_cap, lambda view: _cap(view.site.frequency, seen_at(view), view.now)),
)
GATE_REASONS = frozenset({Reason.SUPPORTER, Reason.NEVER_AGAIN, Reason.SNOOZED})
CAMPAIGN_RULES: Sequence[CampaignRule] = (
    CampaignRule(
        Reason.SUPPORTER,
        welcome,
        lambda view, campaign: {"reader": view.cohort, "supporters": campaign.audience.supporters},
    ),
    CampaignRule(
        Reason.NOT_SCHEDULED,
        scheduled,
        lambda _, campaign: {"from": campaign.schedule.start, "until": campaign.schedule.end},
    ),
    CampaignRule(Reason.NOT_IN_AUDIENCE, in_audience, _audience),
    CampaignRule(Reason.SUBSCRIBED, not_subscribed, lambda _, campaign: {"newsletter": campaign.newsletter}),
    CampaignRule(Reason.CAMPAIGN_CAP, under_campaign_cap, _campaign_cap),
)
