"""honestybox results: what asking brought, by campaign, wording and placement."""

import argparse
import csv
import json
import os
import sys
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Any

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.domain.export import csv_cells
from service.domain.report import CampaignResults, Span
from service.domain.results_table import Row, Table, columns, rows
from service.domain.results_text import holdback_told, notes, told
from service.domain.retention import LONGEST
from service.domain.verdict import verdict
from service.logs import configure_logging
from service.settings import Settings, SettingsError
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.manner import PATIENT
from service.store.results import Results, ResultsBook

_DAYS = 30


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    results = subparsers.add_parser("results", help="what asking brought, by campaign, wording and placement")
    results.add_argument("site", help="the folder's name under sites/")
    results.add_argument("--campaign", metavar="NAME", help="this one alone (all)")
    results.add_argument("--from", dest="first", type=_day, metavar="DATE", help=f"first day, in UTC ({_DAYS} days)")
    results.add_argument("--until", dest="last", type=_day, metavar="DATE", help="last day, in UTC (today)")
    results.add_argument("--by", type=Table, choices=list(Table), default=Table.VARIANTS, help="a row each (variants)")
    results.add_argument("--format", choices=["text", "json", "csv"], default="text", help="json has all tables (text)")
    results.set_defaults(run=run)


def _day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be a day such as 2026-11-24 (got {text})") from error


class _RefusedError(Exception):
    """What was asked for is not there; the message says what is."""


def run(given: argparse.Namespace) -> int:
    """Prints the results; 1 when what is named is not there, or Redis is not."""
    try:
        settings = Settings.from_environ(os.environ)
        configure_logging(settings.log_level)  # on standard error: the results may go into a file
        span = _span(given, now().date())
        found = _found(settings, given.site, span, given.campaign or "")
        chosen = _chosen(found, given.campaign)
    except (SettingsError, CatalogueError, StoreUnavailableError, _RefusedError) as error:
        print(error, file=sys.stderr)
        return 1
    match given.format:
        case "json":
            print(json.dumps(_as_json(found, chosen), ensure_ascii=False, indent=2))
        case "csv":
            writer = csv.writer(sys.stdout)
            writer.writerow(columns(given.by))
            writer.writerows(csv_cells(row.values()) for row in _rows(found, chosen, given.by))
        case _:
            print("\n".join(_as_text(found, chosen, given.by)))
    return 0


def _span(given: argparse.Namespace, today: date) -> Span:
    last = given.last or today
    first = given.first or last - timedelta(days=_DAYS - 1)
    if first > last:
        raise _RefusedError(f"--from: {first} is after --until {last}")
    if last - first > LONGEST:
        raise _RefusedError(f"--from: counts are kept for {LONGEST.days} days; begin on {last - LONGEST} or later")
    return Span(first, last)


def _found(settings: Settings, name: str, span: Span, campaign: str) -> Results:
    catalogue = Loader(settings.config_dir, settings.extra_origins).load()
    if name not in catalogue.sites:
        raise _RefusedError(f"there is no site {name}; {did_you_mean(name, sorted(catalogue.sites))}")
    book = ResultsBook(Store(settings.redis_url, manner=PATIENT))
    return book.look(catalogue.sites[name], catalogue.plans[name].campaigns, span, campaign)


def _chosen(found: Results, campaign: str | None) -> Sequence[CampaignResults]:
    campaigns = found.report.campaigns
    if campaign is None:
        return list(campaigns.values())
    if campaign not in campaigns:
        raise _RefusedError(f"--campaign: there is no {campaign}; {did_you_mean(campaign, sorted(campaigns))}")
    return [campaigns[campaign]]


def _rows(found: Results, chosen: Iterable[CampaignResults], table: Table) -> list[Row]:
    order = columns(table)
    return [{name: row[name] for name in order} for row in rows(found.report, table, chosen)]


def _as_json(found: Results, chosen: Sequence[CampaignResults]) -> dict[str, Any]:
    report, currency = found.report, found.report.site.default_currency
    return {
        "site": report.site.id,
        "from": report.span.first.isoformat(),
        "until": report.span.last.isoformat(),
        "currency": currency,
        "exchange_rates": {code: str(rate) for code, rate in report.site.exchange_rates.items()},
        "without_rate": report.without_rate,
        "verdicts": {one.id: verdict(one, currency) for one in chosen},
        **{table: _rows(found, chosen, table) for table in Table},
        "holdback": list(holdback_told(found.report.site, found.earned, found.reading)),
    }


def _as_text(found: Results, chosen: Sequence[CampaignResults], table: Table) -> Iterable[str]:
    site, span = found.report.site, found.report.span
    yield f"{site.name}, {span.first} to {span.last} (UTC)."
    yield from notes(found.report)
    if not chosen:
        yield "\nNo campaign is written, and none was counted in these days."
    for one in chosen:
        yield f"\n{one.id}{' (its file is gone)' if one.written is None else ''}"
        yield from told(_rows(found, [one], table), table)
        yield verdict(one, site.default_currency)
    yield ""
    yield from holdback_told(site, found.earned, found.reading)
