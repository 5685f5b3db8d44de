"""honestybox contributions: what was given, for people and for other systems."""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from time import sleep
from typing import TextIO

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.domain.export import COLUMNS, EMAIL, Row, csv_cells, row_of
from service.logs import configure_logging
from service.payments.addresses import Addresses
from service.payments.catch_up import STRIPE_KEEPS
from service.payments.errors import PaymentsError
from service.payments.gateway import Gateway
from service.settings import Settings, SettingsError
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.ledger import Ledger
from service.store.manner import PATIENT
from service.telling.sentences import told
from service.telling.sighting import Observer

_EMAILS = (
    "a last column with the givers' e-mail addresses, which only Stripe holds: it is asked once for each customer, and "
    "the file is then personal data, to be kept and deleted as such; that is why it is not there unless you say so"
)


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    contributions = subparsers.add_parser("contributions", help="what was given, for people and for other systems")
    actions = contributions.add_subparsers(dest="action", required=True)
    export = actions.add_parser("export", help="every contribution with its attribution, a row each, oldest first")
    export.add_argument("--format", choices=["csv", "jsonl"], default="csv", help="csv, or a JSON object a line (csv)")
    export.add_argument("--site", action="append", default=[], metavar="SITE", help="of this one; may be said again")
    export.add_argument("--since", type=_day, metavar="DATE", help="begun on that day (UTC) or later")
    export.add_argument("--until", type=_day, metavar="DATE", help="begun on that day (UTC) or before")
    export.add_argument("--emails", action="store_true", help=_EMAILS)
    export.add_argument("--output", type=Path, metavar="FILE", help="here, and not to standard output")
    export.set_defaults(act=_export)
    show = actions.add_parser("show", help="the story of one contribution, from our ledger and from Stripe")
    show.add_argument("id", help="a payment intent (pi_…), subscription (sub_…), Checkout Session (cs_…) or attempt")
    show.set_defaults(act=_show)
    contributions.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be a day such as 2026-11-24 (got {text})") from error


def run(given: argparse.Namespace) -> int:
    """Does it; the exit code."""
    try:
        act: Callable[[Settings, argparse.Namespace], int] = given.act
        settings = Settings.from_environ(os.environ)
        configure_logging(settings.log_level)  # on standard error: the rows may be on the other one
        return act(settings, given)
    except (SettingsError, CatalogueError, PaymentsError, StoreUnavailableError, OSError) as error:
        if isinstance(error, BrokenPipeError):
            raise
        print(error, file=sys.stderr)
        return 1


def _export(settings: Settings, given: argparse.Namespace) -> int:
    sites = sorted(Loader(settings.config_dir, settings.extra_origins).load().sites)
    for site in set(given.site) - set(sites):
        print(f"--site: there is no {site}; {did_you_mean(site, sites)}", file=sys.stderr)
        return 1
    rows = _rows(settings, given.site or sites, given)
    with _opened(given.output) as file:
        if given.format == "csv":
            _write_csv(file, rows, [*COLUMNS, *([EMAIL] if given.emails else ())])
        else:
            file.writelines(f"{json.dumps(row, ensure_ascii=False)}\n" for row in rows)
    return 0


def _show(settings: Settings, given: argparse.Namespace) -> int:
    """Prints the story; 1 when there is none to tell."""
    sites = Loader(settings.config_dir, settings.extra_origins).load().sites
    ledger = Ledger(Store(settings.redis_url, manner=PATIENT))
    gateway = Gateway(settings.stripe_secret_key, settings.stripe_api_base)
    seen = Observer(gateway, ledger, sites.__contains__, sites).see(given.id, now() - STRIPE_KEEPS)
    print("\n".join(told(seen)))
    return 0 if seen.line else 1


def _write_csv(file: TextIO, rows: Iterable[Row], columns: Iterable[str]) -> None:
    writer = csv.writer(file)
    writer.writerow(columns)
    writer.writerows(csv_cells(row.values()) for row in rows)


def _rows(settings: Settings, sites: Iterable[str], given: argparse.Namespace) -> Iterator[Row]:
    ledger = Ledger(Store(settings.redis_url, manner=PATIENT))
    addresses = Addresses(Gateway(settings.stripe_secret_key, settings.stripe_api_base), sleep)
    for site in sites:
        for line in ledger.of_site(site, given.since, given.until):
            row = row_of(line)
            if given.emails:
                row[EMAIL] = addresses.of(line)
            yield row


@contextmanager
def _opened(path: Path | None) -> Iterator[TextIO]:
    """Where the rows go. A file of that name is there when all of them are in it, for its owner alone to read."""
    if path is None:
        yield sys.stdout
        return
    partial = path.with_name(f"{path.name}.partial")
    partial.unlink(missing_ok=True)
    try:
        descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(descriptor, "w", encoding="utf-8", newline="") as file:
            yield file
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)
