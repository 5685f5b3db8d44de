"""honestybox reconcile: what Stripe says and our ledger does not, told and repaired."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime, time
from os import environ

from tqdm import tqdm

from service.books import Books, open_books
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.domain.contribution import Contribution
from service.domain.money import to_major
from service.domain.reconciliation import Scope, Verdict
from service.logs import configure_logging
from service.payments.errors import PaymentsError
from service.payments.reconcile import Looked
from service.settings import Settings, SettingsError
from service.store.errors import StoreUnavailableError

DONE, UNFINISHED, DIFFERENT = 0, 1, 3  # 2 is argparse's


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    does = "compares Stripe with our ledger, tells what differs, and repairs it"
    ends = "ends with 0 when nothing differs any more, 3 when something still does, 1 when it could not finish"
    reconcile = subparsers.add_parser("reconcile", help=does, description=f"{does}; {ends}")
    reconcile.add_argument(
        "--since", type=_day, metavar="DATE", help="only what was begun on that day (UTC) or later (everything)"
    )
    reconcile.add_argument("--dry-run", action="store_true", help="only tell; change nothing")
    reconcile.add_argument("--site", action="append", default=[], metavar="SITE", help="only this one (all)")
    reconcile.set_defaults(run=run)


def _day(text: str) -> datetime:
    return datetime.combine(date.fromisoformat(text), time(), UTC)


def run(given: argparse.Namespace) -> int:
    """Prints a line for each difference; the exit code."""
    try:
        settings = Settings.from_environ(environ)
        configure_logging(settings.log_level)
        sites = Loader(settings.config_dir, settings.extra_origins).load().sites
        books = open_books(settings, lambda: sites, now)
    except (SettingsError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return UNFINISHED
    for site in set(given.site) - set(sites):
        print(f"--site: there is no {site}; {did_you_mean(site, list(sites))}", file=sys.stderr)
        return UNFINISHED
    return _reconciled(books, given, now().replace(microsecond=0))


def _reconciled(books: Books, given: argparse.Namespace, now: datetime) -> int:
    scope = Scope(given.since, tuple(sorted(set(given.site))))
    looking = books.reconciler.compare(scope) if given.dry_run else books.reconciler.repair(scope, now)
    try:
        with closing(looking):
            remained = _told(looking)
    except (PaymentsError, StoreUnavailableError) as error:
        print(f"stopped: {error}; {_again(given)}", file=sys.stderr)
        return UNFINISHED
    except KeyboardInterrupt:
        print(f"stopped; {_again(given)}", file=sys.stderr)
        return UNFINISHED
    return DIFFERENT if remained else DONE


def _again(given: argparse.Namespace) -> str:
    return "nothing was changed" if given.dry_run else "the same command goes on from there"


def _told(looking: Iterator[Looked]) -> int:
    """How many still differ. A bar shows how far it is, where somebody watches."""
    looked_at = differed = remained = 0
    with tqdm(unit=" contributions", disable=None) as bar:
        for looked in looking:
            bar.update()
            looked_at += 1
            if looked.verdict is Verdict.AGREES:
                continue
            differed += 1
            remained += looked.verdict.remains
            bar.write(_line(looked), file=sys.stdout)
    print(f"{looked_at} compared, {differed} differed, {differed - remained} repaired")
    return remained


def _line(looked: Looked) -> str:
    parts = [looked.subject, f"ledger: {_words(looked.ledger)}", f"Stripe: {_stripe(looked)}"]
    if looked.ledger and looked.stripe and _words(looked.ledger) == _words(looked.stripe):
        names = Contribution.__dataclass_fields__
        other = [name for name in names if getattr(looked.ledger, name) != getattr(looked.stripe, name)]
        parts.append(f"another {', '.join(other)}")  # only the name: a reader's id may be among the values
    if looked.verdict is Verdict.REPAIRED:
        parts.append("repaired")
    return "  ".join(parts)


def _stripe(looked: Looked) -> str:
    if looked.verdict in (Verdict.UNKNOWN, Verdict.STRANGE, Verdict.UNREADABLE):
        return str(looked.verdict)
    return _words(looked.stripe)


def _words(line: Contribution | None) -> str:
    if line is None:
        return "nothing"
    kept = f"{to_major(line.revenue_minor, line.currency)} {line.currency}"
    payments = f"{len(line.payments)} payment{'s' * (len(line.payments) != 1)}"
    return f"{line.state} {line.interval} {to_major(line.amount_minor, line.currency)}, {kept} in {payments}"
