"""honestybox check: every problem in the staff files, and in the environment when asked to."""

import argparse
from os import environ
from pathlib import Path

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.commands import Subparsers
from service.settings import Settings, SettingsError


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    check = subparsers.add_parser("check", help="tells every problem in the staff files")
    check.add_argument("folder", nargs="?", type=Path, help="the folder that holds sites/ (config)")
    check.add_argument("--settings", action="store_true", help="the environment too, as the service will read it")
    check.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints every problem, one a line; 1 when there is any."""
    try:
        settings = Settings.from_environ(environ) if given.settings else None
        folder = given.folder or (
            settings.config_dir if settings else Path(environ.get("HONESTYBOX_CONFIG_DIR", "config"))
        )
        loader = Loader(folder)
        if settings:
            loader = Loader(folder, settings.extra_origins, settings.abilities)
        catalogue = loader.load()
    except (SettingsError, CatalogueError) as error:
        print(error)
        return 1
    campaigns = sum(len(plan.campaigns) for plan in catalogue.plans.values())
    print(f"{folder}: {len(catalogue.sites)} site(s), {campaigns} campaign(s), no problems")
    return 0
