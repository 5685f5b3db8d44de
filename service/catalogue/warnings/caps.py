"""Warnings about how often: caps that never bind, or that nobody gets past."""

from collections.abc import Iterator
from datetime import timedelta

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles
from service.domain.campaign import Campaign
from service.domain.site import FrequencyCap, Placement, Site
from service.domain.span import span_text


def binds(campaign: Campaign, site: Site) -> bool:
    """True when the campaign's own cap can stop it while the site's does not."""
    return campaign.frequency is not None and _idle(campaign, campaign.frequency, site) is None


def idle_caps(files: SiteFiles) -> Iterator[Problem]:
    """A campaign's cap that makes no difference."""
    for campaign in files.plan.campaigns:
        if campaign.frequency and (told := _idle(campaign, campaign.frequency, files.site)):
            yield files.of_campaign(campaign, ("frequency",), told)


def tight_caps(files: SiteFiles) -> Iterator[Problem]:
    """A cap that lets nothing through, or less than it says."""
    if told := _tight(files.site.frequency):
        yield files.of_site(("frequency", "max"), told)
    for campaign in files.plan.campaigns:
        if campaign.frequency and (told := _tight(campaign.frequency)):
            yield files.of_campaign(campaign, ("frequency", "max"), told)


def forgotten_windows(files: SiteFiles) -> Iterator[Problem]:
    """A campaign's cap that looks back further than readers are remembered."""
    kept = files.site.retention.readers
    for campaign in files.plan.campaigns:
        if campaign.frequency and campaign.frequency.window > kept:
            told = f"is longer than readers are remembered ({span_text(kept)}); write less, or a longer retention"
            yield files.of_campaign(campaign, ("frequency", "window"), told)


def rolled_out_to_nobody(files: SiteFiles) -> Iterator[Problem]:
    """A campaign that has reached no reader yet."""
    for campaign in files.plan.campaigns:
        if not campaign.rollout:
            yield files.of_campaign(campaign, ("rollout",), "is 0%, so nobody meets it; write the share that should")


def _idle(campaign: Campaign, cap: FrequencyCap, site: Site) -> str | None:
    if campaign.placement is Placement.GATE:
        return "makes no difference: a gate obeys the meter and no cap; delete it"
    if campaign.always_ask:
        return "makes no difference: always_ask lifts it; delete one of the two"
    whole = site.frequency
    if cap.max >= whole.max and cap.window <= whole.window and cap.min_gap <= whole.min_gap:
        most = f"{whole.max} within {span_text(whole.window)}"
        return f"makes no difference: the site's own cap ({most}) is always reached first; write a smaller max"
    return None


def _tight(cap: FrequencyCap) -> str | None:
    if cap.max == 0:
        return "is 0, so nobody is asked; write 1 or more"
    if cap.min_gap * (cap.max - 1) >= cap.window > timedelta():
        fit = -(-cap.window // cap.min_gap)
        return f"is never reached: only {fit} fit into {span_text(cap.window)} that are {span_text(cap.min_gap)} apart"
    return None
