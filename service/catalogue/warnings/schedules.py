"""Warnings about when campaigns run."""

from collections.abc import Iterator

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles


def ended(files: SiteFiles) -> Iterator[Problem]:
    """A campaign that is over, and whose file is still there."""
    for campaign in files.plan.campaigns:
        end = campaign.schedule.end
        if end is not None and end <= files.now:
            day = end.astimezone(files.site.time_zone)
            told = f"is over since {day:%Y-%m-%d %H:%M}; write a later until, or take the file away"
            yield files.of_campaign(campaign, ("schedule", "until"), told)
