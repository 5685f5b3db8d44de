"""Warnings about audiences that nobody can be in."""

from collections.abc import Iterator

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles
from service.catalogue.yaml_file import Path_
from service.domain.audience import Choice, Patterns, Range, Supporters
from service.domain.campaign import Campaign
from service.domain.site import Placement

_NOBODY = "so nobody is in this audience"


def empty_audiences(files: SiteFiles) -> Iterator[Problem]:
    """A campaign whose audience contradicts itself, its placement or the site."""
    for campaign in files.plan.campaigns:
        for path, told in (*_contradictions(campaign), *_behind_the_gate(campaign), *_excluded(campaign, files)):
            yield files.of_campaign(campaign, path, told)


def gates_without_a_meter(files: SiteFiles) -> Iterator[Problem]:
    """A gate that no article is ever cut at."""
    for campaign in files.plan.of(Placement.GATE):
        if files.site.meter is None:
            told = "is never shown: site.yaml has no meter, so no article is cut; write one, or another placement"
            yield files.of_campaign(campaign, ("placement",), told)


def _contradictions(campaign: Campaign) -> Iterator[tuple[Path_, str]]:
    wanted = {condition.name: condition.wanted for condition in campaign.audience.conditions}
    for name, one in wanted.items():
        path = ("audience", *name.split(".", 1))
        include, exclude = _names(one)
        if include and include <= exclude:
            yield (*path, "include"), f"is all in exclude, too, which wins, {_NOBODY}; write each name once"
        if name == "visits" and isinstance(one, Range) and one.max == 0:
            yield (*path, "max"), f"is 0, and the visit itself counts, {_NOBODY}; write 1 or more"
    whole, today = wanted.get("articles_read"), wanted.get("articles_read_today")
    articles_only = isinstance(types := wanted.get("types"), Choice) and types.include == frozenset({"article"})
    if isinstance(whole, Range) and whole.max == 0 and articles_only and not campaign.audience.topics:
        yield ("audience", "articles_read", "max"), f"is 0, and the article itself counts, {_NOBODY}; write 1 or more"
    if isinstance(today, Range) and today.max == 0 and articles_only:
        path = ("audience", "articles_read_today", "max")
        yield path, f"is 0, and the article itself counts, {_NOBODY}; write 1 or more"


def _names(wanted: object) -> tuple[frozenset[str], frozenset[str]]:
    """What is included and what is not, of a list of names."""
    if isinstance(wanted, Choice):
        return wanted.include or frozenset(), wanted.exclude
    if isinstance(wanted, Patterns):
        return frozenset(wanted.sources[0]), frozenset(wanted.sources[1])
    return frozenset(), frozenset()


def _behind_the_gate(campaign: Campaign) -> Iterator[tuple[Path_, str]]:
    if campaign.placement is not Placement.GATE:
        return
    if campaign.audience.supporters is Supporters.ONLY:
        yield ("audience", "supporters"), f"is only those who pass every gate, {_NOBODY}; write another placement"
    for condition in campaign.audience.conditions:
        include, _ = _names(condition.wanted)
        if condition.name == "types" and include and "article" not in include:
            yield ("audience", "types"), f"has no article, and only articles are cut, {_NOBODY}; add article"


def _excluded(campaign: Campaign, files: SiteFiles) -> Iterator[tuple[Path_, str]]:
    never = files.site.never_ask_on
    for condition in campaign.audience.conditions:
        kept_out = {"sections": never.sections, "tags": never.tags}.get(condition.name, frozenset())
        include, _ = _names(condition.wanted)
        if include and include <= kept_out:
            told = f"is all in never_ask_on.{condition.name} of site.yaml, {_NOBODY}; take it out of one of the two"
            yield ("audience", condition.name), told
