"""honestybox webhooks: what became of the outgoing ones."""

import argparse
import sys
from collections.abc import Iterator
from itertools import islice
from os import environ

from service.commands import Subparsers
from service.domain.delivery import Delivery
from service.logs import configure_logging
from service.settings import Settings, SettingsError
from service.store.connection import Store
from service.store.deliveries import Deliveries
from service.store.errors import StoreUnavailableError
from service.store.manner import PATIENT


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    webhooks = subparsers.add_parser("webhooks", help="tells what became of outgoing webhooks")
    actions = webhooks.add_subparsers(dest="action", required=True)
    log = actions.add_parser("log", help="the latest tries, newest first: time, site, receiver, event, outcome, try")
    log.add_argument("--site", action="append", metavar="SITE", help="of this site alone; may be said again")
    log.add_argument("--failed", action="store_true", help="only what did not arrive")
    log.add_argument("--limit", type=int, default=50, metavar="N", help="so many of each site (50; 1,000 are kept)")
    webhooks.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints the tries; 1 when they cannot be read."""
    try:
        settings = Settings.from_environ(environ)
        configure_logging(settings.log_level)
        deliveries = Deliveries(Store(settings.redis_url, manner=PATIENT))
        for site in given.site or sorted(settings.outgoing_webhooks):
            for delivery in islice(_wanted(deliveries, site, given), given.limit):
                print(_line(delivery))
    except (SettingsError, StoreUnavailableError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1
    return 0


def _wanted(deliveries: Deliveries, site: str, given: argparse.Namespace) -> Iterator[Delivery]:
    return (one for one in deliveries.of_site(site) if not (given.failed and one.arrived))


def _line(one: Delivery) -> str:
    return f"{one.at:%Y-%m-%dT%H:%M:%SZ}  {one.site}  {one.host}  {one.event}  {one.outcome}  try {one.tries}"
