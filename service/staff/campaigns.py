"""GET /staff/: what runs now, what comes next, what has ended, and whom it meets where."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.domain.audience import Supporters
from service.domain.campaign import Campaign, Kind
from service.domain.plan import Plan
from service.domain.reader import Visit
from service.domain.span import span_text
from service.domain.verdict import counted
from service.staff.chosen import chosen_site
from service.staff.frame import staff_page, staff_pages
from service.staff.typical import READERS, Meeting, Spot, Typical, meeting, spots
from service.web.explained_words import moment
from service.web.parts import Parts
from service.web.schemas import DEVICES

_FOR = {
    Supporters.EXCLUDE: "readers who do not give",
    Supporters.ONLY: "supporters",
    Supporters.LAPSED: "readers who gave once and may be asked again",
    Supporters.INCLUDE: "everybody, supporters too",
}


class When(StrEnum):
    """Where a campaign stands in time."""

    NOW = "Running now"
    NEXT = "Next"
    ENDED = "Ended"


class Row(NamedTuple):
    """A campaign in words."""

    campaign: Campaign
    schedule: str
    audience: Sequence[str]
    cap: str
    note: str


class Encounters(NamedTuple):
    """One reader, and what they meet on each page."""

    reader: Typical
    meetings: Sequence[tuple[Spot, Meeting]]


def campaigns_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = staff_pages("staff_campaigns", parts)

    @views.get("/staff/")
    def campaigns() -> ResponseReturnValue:
        site = chosen_site(parts)
        plan, now = parts.published().catalogue.plans[site.id], parts.clock()
        device = wanted if (wanted := request.args.get("device", "")) in DEVICES else DEVICES[0]
        groups = {when: [_row(plan, one) for one in plan.campaigns if when_of(one, now) is when] for when in When}
        return staff_page(
            parts, "campaigns.html", "Campaigns", site=site, sites=parts.sites, groups=groups, now=now, device=device,
            devices=DEVICES, spots=spots(plan), encounters=_encounters(parts, plan, now, device),
        )  # fmt: skip

    return views


def when_of(campaign: Campaign, now: datetime) -> When:
    """Whether it runs, will run, or ran."""
    if campaign.schedule.covers(now):
        return When.NOW
    start = campaign.schedule.start
    return When.NEXT if start and now < start else When.ENDED


def audience_told(campaign: Campaign) -> list[str]:
    """For whom it is, a line for each thing that must hold."""
    if campaign.kind is Kind.CARD_UPDATE:
        first = "readers whose last renewal did not work"
    else:
        first = _FOR[campaign.audience.supporters]
    return [first, *(f"{one.name.replace('_', ' ')}: {one.told()}" for one in campaign.conditions)]


def _row(plan: Plan, campaign: Campaign) -> Row:
    cap = campaign.frequency
    capped = f"at most {counted(cap.max, 'time')} in {span_text(cap.window)}" if cap else "no cap of its own"
    notes = [
        *([f"for the newsletter {campaign.newsletter}"] if campaign.newsletter else []),
        *(["asks whatever the caps"] if campaign.always_ask else []),
        *([f"rolled out to {campaign.rollout * 100:.4g}% of readers"] if campaign.rollout < 1 else []),
        *([] if plan.site.uses(campaign.placement) else [f"{campaign.placement} is off, or missing, in site.yaml"]),
    ]
    return Row(campaign, _schedule(plan, campaign), audience_told(campaign), capped, "; ".join(notes))


def _schedule(plan: Plan, campaign: Campaign) -> str:
    bounds = (("from", campaign.schedule.start), ("until", campaign.schedule.end))
    return " ".join(f"{word} {moment(at, plan.site.time_zone)}" for word, at in bounds if at) or "always"


def _encounters(parts: Parts, plan: Plan, now: datetime, device: str) -> Sequence[Encounters]:
    weights, visit = parts.allocations.current(plan.site.id), Visit(device=device)
    places = spots(plan)
    return [
        Encounters(one, [(spot, meeting(plan, one, spot.page, visit, now, weights)) for spot in places])
        for one in READERS
    ]
