"""honestybox: what a developer, an editor or an operator runs by hand."""

import argparse
import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from os import environ
from pathlib import Path

import structlog

from service.app import configure_logging, open_books
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.catalogue.reloader import Reloader
from service.payments.catch_up import catch_up
from service.payments.errors import PaymentsError
from service.settings import Settings, SettingsError
from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    parser = argparse.ArgumentParser(prog="honestybox", description="Asks a news site's readers for support.")
    commands = parser.add_subparsers(dest="command", required=True)
    demo = commands.add_parser("demo", help="a sample newspaper, the service and a Stripe sandbox on this machine")
    demo.add_argument(
        "--port", type=int, default=environ.get("PORT") or "8000", help="the paper's port; two more follow"
    )
    check = commands.add_parser("check", help="tells every problem in the staff files")
    check.add_argument("folder", nargs="?", type=Path, help="the folder that holds sites/ (config)")
    check.add_argument("--settings", action="store_true", help="the environment too, as the service will read it")
    worker = commands.add_parser("worker", help="records what Stripe reported and webhooks missed, for ever")
    worker.add_argument("--once", action="store_true", help="one time, then stop")
    worker.add_argument("--every", type=int, default=300, metavar="SECONDS", help="how often (300)")
    given = parser.parse_args(arguments)
    match given.command:
        case "demo":
            from service.demo.run import run_demo  # noqa: PLC0415  the demo's parts are not for a server

            return int(run_demo(given.port))
        case "check":
            return check_files(given.folder, with_settings=given.settings)
        case _:
            return run_worker(once=given.once, every_seconds=given.every)


def check_files(folder: Path | None, *, with_settings: bool) -> int:
    """Prints every problem in the folder, and in the environment when asked to, one a line; 1 when there is any."""
    try:
        settings = Settings.from_environ(environ) if with_settings else None
        folder = folder or (settings.config_dir if settings else Path(environ.get("HONESTYBOX_CONFIG_DIR", "config")))
        catalogue = Loader(folder, settings.extra_origins if settings else {}).load()
    except (SettingsError, CatalogueError) as error:
        print(error)
        return 1
    campaigns = sum(len(rows) for ranked in catalogue.campaigns.values() for rows in ranked.values())
    print(f"{folder}: {len(catalogue.sites)} site(s), {campaigns} campaign(s), no problems")
    return 0


def run_worker(*, once: bool, every_seconds: int) -> int:
    """Catches up with Stripe again and again; what fails is tried the next time."""
    try:
        settings = Settings.from_environ(environ)
        configure_logging(settings.log_level)
        reloader = Reloader(Loader(settings.config_dir, settings.extra_origins), lambda catalogue: catalogue.sites)
    except (SettingsError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    books = open_books(settings, lambda site: site in reloader.current)
    while True:
        try:
            catch_up(books.gateway, books.recorder, books.bookmark, datetime.now(UTC).replace(microsecond=0))
        except (PaymentsError, StoreUnavailableError) as error:
            log.warning("catch_up_failed", error=type(error).__name__)
            if once:
                return 1
        if once:
            return 0
        time.sleep(every_seconds)
        reloader.refresh()


if __name__ == "__main__":
    sys.exit(main())
