"""honestybox worker: looks after what readers do not wait for."""

import argparse
import sys
import time
from datetime import UTC, datetime
from os import environ

import structlog

from service.app import Books, configure_logging, open_books
from service.catalogue.loader import Catalogue, Loader
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
    does = "records what webhooks missed, and works out which variant gets how many readers, for ever"
    worker = subparsers.add_parser("worker", help=does)
    worker.add_argument("--once", action="store_true", help="one time, then stop")
    worker.add_argument("--every", type=int, default=300, metavar="SECONDS", help="how often (300)")
    worker.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Catches up with Stripe and allocates readers, again and again; what fails is tried the next time."""
    try:
        settings = Settings.from_environ(environ)
        configure_logging(settings.log_level)
        reloader = Reloader(Loader(settings.config_dir, settings.extra_origins), lambda catalogue: catalogue)
    except (SettingsError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    books = open_books(settings, lambda: reloader.current.sites)
    while True:
        now = datetime.now(UTC).replace(microsecond=0)
        # the gifts that were missed belong into what is allocated by
        done = _caught_up(books, now), _allocated(books, reloader.current, now)
        if given.once:
            return 0 if all(done) else 1
        time.sleep(given.every)
        reloader.refresh()


def _caught_up(books: Books, now: datetime) -> bool:
    try:
        catch_up(books.gateway, books.recorder, books.bookmark, now)
    except (PaymentsError, StoreUnavailableError) as error:
        log.warning("catch_up_failed", error=type(error).__name__)
        return False
    return True


def _allocated(books: Books, catalogue: Catalogue, now: datetime) -> bool:
    try:
        for site in catalogue.sites.values():
            books.allocator.allocate(site, catalogue.plans[site.id].campaigns, now)
    except StoreUnavailableError as error:
        log.warning("allocation_failed", error=type(error).__name__)
        return False
    return True
