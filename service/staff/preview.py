"""GET /staff/preview: every appeal as readers see it, what is wrong in the files, and what is not published yet."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any, NamedTuple

from flask import Blueprint, g, request
from flask.typing import ResponseReturnValue

from service.domain.campaign import Campaign, Variant
from service.domain.site import Site
from service.domain.staff_deed import StaffDeed
from service.staff.compared import differences, excerpts
from service.staff.frame import staff_page, staff_pages
from service.staff.saved import Saved, SavedFiles
from service.staff.stage import STAGE_LIFE, stages
from service.web.parts import Parts
from service.web.previews import LIFE, Preview, is_page_of, with_token
from service.web.problems import ProblemError
from service.web.published import Published

WIDTHS: Mapping[str, int] = {"320": 320, "390": 390, "768": 768, "1280": 1280}
THEMES = ("light", "dark")
_USUAL_WIDTHS = ("390", "1280")
# On a phone and on a desktop, in pixels.
_HEIGHTS = {"banner": (560, 620), "inline": (1020, 860), "overlay": (840, 760), "gate": (1060, 900)}
_WIDE = 700


class Shown(NamedTuple):
    """One frame."""

    width: int
    theme: str
    height: int


class Wanted(NamedTuple):
    """What is to be looked at, from the files in `published`."""

    site: Site
    campaign: Campaign
    variant: Variant
    language: str


def preview_views(parts: Parts, saved_files: SavedFiles) -> Blueprint:
    """The views of this module."""
    views = staff_pages("staff_preview", parts)

    @views.get("/staff/preview")
    def preview() -> ResponseReturnValue:
        return _page(parts, saved_files)

    @views.post("/staff/preview")
    def link() -> ResponseReturnValue:
        """A link for a colleague, to the real site."""
        url = request.form.get("url", "").strip()
        return _page(parts, saved_files, url)

    return views


def _page(parts: Parts, saved_files: SavedFiles, url: str = "") -> ResponseReturnValue:
    saved = saved_files.look()
    running = parts.published()
    published = saved.published or running
    wanted = _wanted(published)
    link, refusal = _link(parts, wanted, url) if wanted and url else ("", "")
    values: dict[str, Any] = {
        "wanted": wanted, "sites": published.catalogue.sites, "rows": list(_rows(published)), "url": url,
        "widths": WIDTHS, "themes": THEMES, "frames": _frames(wanted) if wanted else (), "link": link,
        "token": stages(parts).token(_preview(parts, wanted, STAGE_LIFE)) if wanted else "",
        "page": _page_of(parts, wanted.site) if wanted else "",
        "refusal": refusal, "days": LIFE.days,
        "left_out": sorted(saved.left_out), "fallen_back": saved.published is None,
        **_about_files(saved, running),
    }  # fmt: skip
    return staff_page(parts, "preview.html", "Preview", 422 if refusal else 200, **values)


def _about_files(saved: Saved, running: Published) -> dict[str, Any]:
    return {
        "excerpts": list(excerpts(saved.problems, saved.files)),
        "warned": list(excerpts(saved.warnings, saved.files)),
        "differences": differences(running.catalogue.files, saved.files) if saved.files else [],
    }


def _rows(published: Published) -> Iterator[tuple[Site, Campaign]]:
    for site in published.catalogue.sites.values():
        for campaign in published.catalogue.plans[site.id].campaigns:
            yield site, campaign


def _wanted(published: Published) -> Wanted | None:
    """What the address names, and the first of everything else; None where there is nothing to see."""
    given = request.values
    sites = published.catalogue.sites
    site = _named(given["site"], sites, "site") if given.get("site") else next(iter(sites.values()), None)
    campaigns = published.catalogue.plans[site.id].by_id if site else {}
    seen = {name: one for name, one in campaigns.items() if site and one.placement in site.placements}
    if site is None or not seen:
        return None
    campaign = _named(given["campaign"], campaigns, "campaign") if given.get("campaign") else next(iter(seen.values()))
    if campaign.placement not in site.placements:
        raise ProblemError(404, f"{site.id} has no place for {campaign.placement}; write one in its site.yaml.")
    variants = {one.name: one for one in campaign.variants}
    variant = _named(given["variant"], variants, "variant") if given.get("variant") else campaign.variants[0]
    languages = dict.fromkeys(site.languages)
    language = given.get("language") or site.default_language
    if language not in languages:
        raise ProblemError(404, f"{site.id} is not published in this language.")
    return Wanted(site, campaign, variant, language)


def _named(name: str, known: Mapping[str, Any], what: str) -> Any:
    if name not in known:
        raise ProblemError(404, f"There is no such {what} in the files that can be shown. Has it been renamed?")
    return known[name]


def _frames(wanted: Wanted) -> Sequence[Shown]:
    given = request.values
    widths = [given["width"]] if given.get("width") in WIDTHS else _USUAL_WIDTHS
    themes = [given["theme"]] if given.get("theme") in THEMES else THEMES
    narrow, wide = _HEIGHTS[wanted.campaign.placement]
    heights = {name: wide if width >= _WIDE else narrow for name, width in WIDTHS.items()}
    return [Shown(WIDTHS[width], theme, heights[width]) for width in widths for theme in themes]


def _preview(parts: Parts, wanted: Wanted, life: timedelta) -> Preview:
    return Preview(wanted.site.id, wanted.campaign.id, wanted.variant.name, wanted.language, parts.clock() + life)


def _page_of(parts: Parts, site: Site) -> str:
    """A page of the site that opens from here: the staging site's, say, where the settings name one."""
    elsewhere = parts.settings.extra_origins.get(site.id, ())
    return f"{next(iter(elsewhere), site.home)}/"


def _link(parts: Parts, wanted: Wanted, url: str) -> tuple[str, str]:
    """The link, or why there is none."""
    site = wanted.site
    if not is_page_of(site, url):
        return "", f"That is no page of {site.name}. Its pages begin with {' or '.join(sorted(site.origins))}."
    about = f"{site.id}/{wanted.campaign.id}/{wanted.variant.name} {wanted.language}"
    parts.audit.add(StaffDeed(parts.clock(), g.visitor.who, "made a preview link", about))
    return with_token(url, parts.previews.token(_preview(parts, wanted, LIFE))), ""
