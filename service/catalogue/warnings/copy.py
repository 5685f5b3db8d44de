"""Warnings about the words that readers are told."""

from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles
from service.domain.campaign import Copy, Element, Node
from service.domain.site import Placement


class Room(NamedTuple):
    """How many characters a placement has room for, on a phone, before readers have to scroll to what they may do."""

    heading: int
    body: int
    button: int = 24


ROOMS: Mapping[Placement, Room] = {
    Placement.BANNER: Room(60, 240),
    Placement.INLINE: Room(90, 1200),
    Placement.OVERLAY: Room(90, 900),
    Placement.GATE: Room(90, 700),
}


def missing_languages(files: SiteFiles) -> Iterator[Problem]:
    """A variant that is not written in each of the site's languages."""
    default = files.site.default_language
    for campaign in files.plan.campaigns:
        for variant in campaign.variants:
            missing = [language for language in files.site.languages if language not in variant.copy]
            if missing:
                told = f"has no words in {', '.join(missing)}, so those readers get {default}; add them"
                yield files.of_campaign(campaign, ("variants", variant.name, "copy"), told)


def long_copy(files: SiteFiles) -> Iterator[Problem]:
    """Words that are too many for their placement."""
    for campaign in files.plan.campaigns:
        room = ROOMS[campaign.placement]
        for variant in campaign.variants:
            for language, copy in variant.copy.items():
                for part, length in _lengths(copy).items():
                    if length > (fit := getattr(room, part)):
                        told = f"is {length} characters long; in a {campaign.placement} some {fit} fit"
                        yield files.of_campaign(campaign, ("variants", variant.name, "copy", language, part), told)


def _lengths(copy: Copy) -> dict[str, int]:
    return {"heading": _length(copy.heading), "body": _length(copy.body), "button": len(copy.button)}


def _length(nodes: Sequence[Node]) -> int:
    """As readers see it; a placeholder is a few characters, a paragraph's end none."""
    return sum(_length(node.children) if isinstance(node, Element) else len(_text(node)) for node in nodes)


def _text(node: Node) -> str:
    return node if isinstance(node, str) else "12 articles"
