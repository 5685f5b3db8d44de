"""Warnings about when campaigns run, and which of them go first."""

from collections.abc import Iterator
from datetime import datetime
from math import inf

from service.catalogue.problems import Problem
from service.catalogue.warnings.caps import binds
from service.catalogue.warnings.site_files import SiteFiles
from service.domain.campaign import Campaign, Schedule
from service.domain.site import Placement


def ended(files: SiteFiles) -> Iterator[Problem]:
    """A campaign that is over, and whose file is still there."""
    for campaign in files.plan.campaigns:
        end = campaign.schedule.end
        if end is not None and end <= files.now:
            day = end.astimezone(files.site.time_zone)
            told = f"is over since {day:%Y-%m-%d %H:%M}; write a later until, or take the file away"
            yield files.of_campaign(campaign, ("schedule", "until"), told)


def starved(files: SiteFiles) -> Iterator[Problem]:
    """A campaign that has no turn: as long as it runs, better ones of its placement ask whomever it would ask."""
    for placement in Placement:
        better: list[Campaign] = []
        for campaign in files.plan.of(placement):
            first = [one for one in better if _asks_all_of(one, campaign)]
            if first and _covered(campaign.schedule, [one.schedule for one in first]):
                names = " and ".join(f"{one.id} (priority {one.priority})" for one in first[:2])
                told = f"is never shown: {names} goes first, for the same readers and without a cap of its own"
                less = "an audience" if placement is Placement.GATE else "a frequency, an audience"
                cure = f"give that one {less} or another schedule, or write a priority above {first[0].priority}"
                yield files.of_campaign(campaign, ("priority",), f"{told}; {cure}")
            if campaign.rollout >= 1 and not binds(campaign, files.site):  # else it steps back for some, or at times
                better.append(campaign)


def _asks_all_of(first: Campaign, campaign: Campaign) -> bool:
    """True when `first` is for everybody `campaign` is for."""
    return (
        first.cohorts >= campaign.cohorts
        and (first.always_ask or not campaign.always_ask)
        and all(condition in campaign.conditions for condition in first.conditions)
    )


def _covered(schedule: Schedule, others: list[Schedule]) -> bool:
    """True when at each moment of it one of the others runs, too."""
    reached: datetime | None = schedule.start
    for other in sorted(others, key=lambda one: one.start.timestamp() if one.start else -inf):
        if other.start is not None and (reached is None or other.start > reached):
            return False
        if other.end is None or (schedule.end is not None and other.end >= schedule.end):
            return True
        reached = other.end if reached is None else max(reached, other.end)
    return False
