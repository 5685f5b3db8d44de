"""Warnings about variants between which nothing can be decided."""

from collections.abc import Iterator

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles


def unseen_variants(files: SiteFiles) -> Iterator[Problem]:
    """A variant that can never win, because no reader gets it."""
    for campaign in files.plan.campaigns:
        for variant in campaign.variants:
            if not variant.weight:
                told = "is 0, so no reader gets this wording and it can never win; write more, or take it away"
                yield files.of_campaign(campaign, ("variants", variant.name, "weight"), told)


def equal_variants(files: SiteFiles) -> Iterator[Problem]:
    """Two variants with the same words: comparing them tells nothing."""
    for campaign in files.plan.campaigns:
        for place, variant in enumerate(campaign.variants):
            same = next((one for one in campaign.variants[:place] if one.copy == variant.copy), None)
            if same is not None:
                told = f"has the same words as {same.name}, so comparing them tells nothing; change one of them"
                yield files.of_campaign(campaign, ("variants", variant.name), told)


def lone_allocations(files: SiteFiles) -> Iterator[Problem]:
    """Readers to allocate, and one variant to give them to."""
    for campaign in files.plan.campaigns:
        if campaign.allocation and sum(variant.weight > 0 for variant in campaign.variants) == 1:
            told = "has only one variant to give readers to; write another, or delete this"
            yield files.of_campaign(campaign, ("allocation",), told)
