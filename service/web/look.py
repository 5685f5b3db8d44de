"""What belongs to looks, as the script is told it: only where there is something to tell.

A site's theme goes with each appeal, gate and thanks; what a campaign has beside its words with its appeals.
"""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from service.domain.campaign import Campaign
from service.domain.image import Image
from service.domain.site import Site
from service.domain.theme import Palette, Theme


def theme_of(site: Site) -> Mapping[str, Any]:
    """`{"theme": …}`, or nothing."""
    return {"theme": _told(site.theme)} if site.theme else {}


def beside_the_words(campaign: Campaign, language: str) -> Mapping[str, Any]:
    """`image`, `ticker` and `show_after`, each where the campaign has one.

    A ticker's numbers are asked for by the script: they change, and an appeal is rendered once."""
    found: dict[str, Any] = {}
    if campaign.image:
        found["image"] = _image(campaign.image, language)
    if campaign.ticker:
        found["ticker"] = True
    if campaign.show_after:
        found["show_after"] = asdict(campaign.show_after)
    return found


def _image(image: Image, language: str) -> Mapping[str, Any]:
    alt = image.alt[language] if image.alt else ""
    return {"src": image.src, "width": image.width, "height": image.height, "alt": alt}


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
