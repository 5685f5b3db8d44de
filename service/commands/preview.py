"""honestybox preview: a link that shows one campaign on one page, to whoever opens it."""

import argparse
import sys
from collections.abc import Collection
from datetime import datetime, timedelta
from os import environ

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.settings import Settings, SettingsError
from service.web.previews import LIFE, Preview, Previews, is_page_of, with_token
from service.web.tokens import Tokens

_MOST_DAYS = 90


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    preview = subparsers.add_parser("preview", help="prints a link that shows a campaign on a page, counting nothing")
    preview.add_argument("--site", required=True, help="the folder's name under sites/")
    preview.add_argument("--campaign", required=True, help="the file's name, without .yaml")
    preview.add_argument("--variant", help="one wording (the reader's own)")
    preview.add_argument("--language", help="one of the site's languages (the page's own)")
    preview.add_argument("--days", type=_days, default=LIFE.days, help=f"how long the link is good ({LIFE.days})")
    preview.add_argument("url", metavar="URL", help="the page's address")
    preview.set_defaults(run=run)


def _days(text: str) -> int:
    if not text.isdecimal() or not 1 <= int(text) <= _MOST_DAYS:
        raise argparse.ArgumentTypeError(f"must be 1 to {_MOST_DAYS} days (got {text})")
    return int(text)


def run(given: argparse.Namespace) -> int:
    """Prints the link; 1 when what it names is not there."""
    try:
        settings = Settings.from_environ(environ)
        catalogue = Loader(settings.config_dir, settings.extra_origins).load()
        preview = _preview(given, catalogue, now().replace(microsecond=0))
    except (SettingsError, CatalogueError, _UnknownError) as error:
        print(error, file=sys.stderr)
        return 1
    print(with_token(given.url, Previews(Tokens(settings.secret_keys)).token(preview)))
    return 0


class _UnknownError(Exception):
    """Something that was asked for is not there; the message says what is."""


def _preview(given: argparse.Namespace, catalogue: Catalogue, now: datetime) -> Preview:
    _require(given.site, catalogue.sites, "--site: no site is called")
    site = catalogue.sites[given.site]
    campaigns = catalogue.plans[site.id].by_id
    _require(given.campaign, campaigns, f"--campaign: {site.id} has no campaign")
    if given.variant is not None:
        names = [variant.name for variant in campaigns[given.campaign].variants]
        _require(given.variant, names, f"--variant: {given.campaign} has no variant")
    if given.language is not None:
        _require(given.language, site.languages, f"--language: {site.id} is not published in")
    if not is_page_of(site, given.url):
        origins = " or ".join(sorted(site.origins))
        raise _UnknownError(f"URL: {given.url} is no page of {site.id}; its pages begin with {origins}")
    return Preview(site.id, given.campaign, given.variant, given.language, now + timedelta(days=given.days))


def _require(name: str, known: Collection[str], told: str) -> None:
    if name not in known:
        raise _UnknownError(f"{told} {name}; {did_you_mean(name, sorted(known))}")
