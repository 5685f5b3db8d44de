"""A site's theme as the script is told it: with each appeal, gate and thanks, and only where the site has one."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from service.domain.site import Site
from service.domain.theme import Palette, Theme


def theme_of(site: Site) -> Mapping[str, Any]:
    """`{"theme": …}`, or nothing."""
    return {"theme": _told(site.theme)} if site.theme else {}


def _told(theme: Theme) -> Mapping[str, Any]:
    told = {
        "dark": theme.dark,
        "light_colours": _colours(theme.light_colours),
        "dark_colours": _colours(theme.dark_colours),
        "text_font": theme.text_font,
        "heading_font": theme.heading_font,
        "corner_px": theme.corner_px,
    }
    return {name: value for name, value in told.items() if value not in ("", None, {})}


def _colours(palette: Palette) -> Mapping[str, str]:
    return {name: value for name, value in asdict(palette).items() if value}
