"""Warnings about how appeals look."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.catalogue.problems import Problem
from service.catalogue.warnings.site_files import SiteFiles
from service.domain.theme import USUAL_DARK, USUAL_LIGHT, Dark, Palette, Theme, contrast

# What is written or drawn on what, and how far the two must be apart. Source: WCAG 2.2, 1.4.3 and 1.4.11, level AA.
_TEXT, _SHAPES = 4.5, 3.0
_PAIRS = (
    ("text", "background", _TEXT), ("quiet", "background", _TEXT), ("on_accent", "accent", _TEXT),
    ("accent", "background", _SHAPES),
)  # fmt: skip


def hard_to_read(files: SiteFiles) -> Iterator[Problem]:
    """Colours of the theme that are too much alike, those included that are as usual."""
    theme = files.site.theme
    if theme is None:
        return
    for group, usual in _schemes(theme):
        written: Palette = getattr(theme, group)
        palette = written.over(usual)
        for ink, paper, least in _PAIRS:
            found = contrast(getattr(palette, ink), getattr(palette, paper))
            named = next((name for name in (ink, paper) if getattr(written, name)), None)
            if named and found < least:
                told = (
                    f"{ink} ({getattr(palette, ink)}) on {paper} ({getattr(palette, paper)}) has a contrast of "
                    f"{found:.1f}, and many cannot read it; take colours further apart, to at least {least} (WCAG AA)"
                )
                yield files.of_site(("theme", group, named), told)


def _schemes(theme: Theme) -> Iterator[tuple[str, Palette]]:
    if theme.dark is not Dark.ALWAYS:
        yield "light_colours", USUAL_LIGHT
    if theme.dark is not Dark.NEVER:
        yield "dark_colours", USUAL_DARK


def strange_hosts(files: SiteFiles) -> Iterator[Problem]:
    """Images that readers' browsers would have to fetch from somebody else, before anybody gave or agreed to it."""
    own = [(urlsplit(origin).hostname or "").removeprefix("www.") for origin in files.site.origins]
    for campaign in files.plan.campaigns:
        host = urlsplit(campaign.image.src).hostname if campaign.image else None
        if host and not any(f".{host}".endswith(f".{domain}") for domain in own):
            told = f"{host} is not yours, and would be told of everybody who reads; put the file on a host of your own"
            yield files.of_campaign(campaign, ("image", "src"), told)
