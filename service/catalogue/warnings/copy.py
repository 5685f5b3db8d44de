"""Warnings about the words that readers are told."""

from collections.abc import Iterator

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles


def missing_languages(files: SiteFiles) -> Iterator[Problem]:
    """A variant that is not written in each of the site's languages."""
    default = files.site.default_language
    for campaign in files.plan.campaigns:
        for variant in campaign.variants:
            missing = [language for language in files.site.languages if language not in variant.copy]
            if missing:
                told = f"has no words in {', '.join(missing)}, so those readers get {default}; add them"
                yield files.of_campaign(campaign, ("variants", variant.name, "copy"), told)
