"""honestybox new: a commented file to begin with, which nobody is shown before an editor says so."""

import argparse
import sys
from collections.abc import Callable, Collection
from os import environ
from pathlib import Path

from service.catalogue.fields import slug
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.catalogue.site_name import site_name
from service.catalogue.starters import campaign_to_begin_with, site_to_begin_with
from service.commands import Subparsers
from service.domain.site import Placement


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    new = subparsers.add_parser("new", help="writes a commented file to begin with: a campaign or a site")
    new.add_argument("--config", type=Path, help="the folder that holds sites/ (config)")
    what = new.add_subparsers(dest="what", required=True)
    campaign = what.add_parser("campaign", help="a campaign of two variants, which no reader meets yet")
    campaign.add_argument("site", help="the site's folder under sites/")
    campaign.add_argument("name", type=_name(slug), help="the file's name, without .yaml: a-z, 0-9 and hyphens")
    campaign.add_argument("--placement", choices=list(Placement), type=Placement, help="where it goes")
    campaign.set_defaults(run=_campaign)
    site = what.add_parser("site", help="a site, switched off")
    site.add_argument("name", type=_name(site_name), help="the folder's name: a-z, 0-9 and hyphens")
    site.set_defaults(run=_site)


def _name(take: Callable[[str], str]) -> Callable[[str], str]:
    """What argparse calls with the name, and it tells why `take` refuses one."""

    def read(text: str) -> str:
        try:
            return take(text)
        except ValueError as error:
            raise argparse.ArgumentTypeError(str(error)) from error

    return read


class _RefusedError(Exception):
    """Nothing was written; the message says why, and what to do."""


def _campaign(given: argparse.Namespace) -> int:
    """Writes the file; 1 when it cannot be."""
    folder = _folder(given)
    try:
        sites = Loader(folder).load().sites
        _require(given.site, sites, "no site is called")
        site = sites[given.site]
        placement = given.placement or _usual(site.placements)
        _require(placement, site.placements, f"{given.site} has no placement")
        path = folder / "sites" / given.site / "campaigns" / f"{given.name}.yaml"
        _write(path, campaign_to_begin_with(given.name, site, placement))
    except (CatalogueError, _RefusedError) as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: write its words, look at it with `honestybox preview`, then set rollout to 100%")
    return 0


def _site(given: argparse.Namespace) -> int:
    """Writes the file; 1 when it cannot be."""
    path = _folder(given) / "sites" / given.name / "site.yaml"
    try:
        _write(path, site_to_begin_with(given.name))
    except _RefusedError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}: write its address and amounts, then `honestybox new campaign {given.name} <name>`")
    return 0


def _folder(given: argparse.Namespace) -> Path:
    return given.config or Path(environ.get("HONESTYBOX_CONFIG_DIR", "config"))


def _require(name: str, known: Collection[str], told: str) -> None:
    if name not in known:
        raise _RefusedError(f"{told} {name}; {did_you_mean(name, sorted(known))}")


def _usual(placements: Collection[Placement]) -> Placement:
    return Placement.INLINE if Placement.INLINE in placements else next(iter(placements))


def _write(path: Path, text: str) -> None:
    """A new file, never over one that is there."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as file:
            file.write(text)
    except FileExistsError as error:
        raise _RefusedError(f"{path} is there already; choose another name") from error
    except OSError as error:
        raise _RefusedError(f"{path} cannot be written: {error.strerror}") from error
