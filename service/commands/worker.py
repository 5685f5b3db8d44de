"""honestybox worker: looks after what readers do not wait for."""

import argparse
import signal
import sys
import threading
from os import environ

from service.catalogue.problems import CatalogueError
from service.commands import Subparsers, now
from service.settings import Settings, SettingsError
from service.worker import open_worker


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    does = (
        "works the job queue, records what webhooks missed, and works out which variant gets how many readers, for ever"
    )
    worker = subparsers.add_parser("worker", help=does)
    worker.add_argument("--once", action="store_true", help="what is due, then stop")
    worker.add_argument(
        "--every", type=int, default=300, metavar="SECONDS",
        help="how often it does what is not in the queue (300); the queue is worked all the time",
    )  # fmt: skip
    worker.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Works until it is told to stop; what fails is tried the next time."""
    try:
        worker = open_worker(Settings.from_environ(environ), now)
    except (SettingsError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    if given.once:
        return 0 if worker.once() else 1
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    return 0 if worker.run(given.every, stop) else 1
