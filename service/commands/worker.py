"""honestybox worker: looks after what readers do not wait for."""

import argparse
import sys
import time
from datetime import UTC, datetime
from os import environ

import structlog

from service.app import configure_logging, open_books
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.catalogue.reloader import Reloader
from service.commands import Subparsers
from service.payments.catch_up import catch_up
from service.payments.errors import PaymentsError
from service.settings import Settings, SettingsError
from service.store.errors import StoreUnavailableError

log = structlog.get_logger(__name__)


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    worker = subparsers.add_parser("worker", help="records what Stripe reported and webhooks missed, for ever")
    worker.add_argument("--once", action="store_true", help="one time, then stop")
    worker.add_argument("--every", type=int, default=300, metavar="SECONDS", help="how often (300)")
    worker.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
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
            if given.once:
                return 1
        if given.once:
            return 0
        time.sleep(given.every)
        reloader.refresh()
