"""honestybox forecast: what a change of the staff files would do, before readers meet it."""

import argparse
import json
import sys
from collections.abc import Iterator, Mapping
from concurrent.futures.process import BrokenProcessPool
from contextlib import ExitStack
from datetime import UTC, date, datetime, time, timedelta
from os import cpu_count, environ
from pathlib import Path
from typing import Any, TextIO

from tqdm import tqdm

from service.catalogue.folder import Files, read_files
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.domain.site import Site
from service.forecast.assumptions import Assumptions
from service.forecast.run import Part, Scenario, parts, whole
from service.forecast.stream import Stream, StreamError, read_stream
from service.forecast.table import table
from service.forecast.totals import totals

TODAY, CHANGED = "today", "changed"
_READERS, _DAYS, _SEED = 10_000, 30, 1
_ASSUMED = {
    "supporters": "readers who give already",
    "seen": "shown appeals that come into view",
    "giving": "seen appeals that are answered with a gift",
    "dismissing": "seen appeals that are closed",
    "snoozing": "seen appeals that are put off",
}


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    forecast = subparsers.add_parser("forecast", help="plays readers through the engine: what would a change do?")
    forecast.add_argument("--site", required=True, help="the folder's name under sites/")
    forecast.add_argument("--config", type=Path, help="the folder that holds sites/ (config)")
    forecast.add_argument("--against", type=Path, metavar="CONFIG", help="the same folder with your change in it")
    forecast.add_argument("--readers", type=_count, help=f"how many invented readers ({_READERS:,})")
    forecast.add_argument("--days", type=_count, help=f"how many days ({_DAYS}; of a file of page views, all)")
    forecast.add_argument("--from", dest="start", type=date.fromisoformat, metavar="DATE", help="the first day (today)")
    forecast.add_argument("--warm-up", type=_number, metavar="DAYS", help="days before it, not counted (0)")
    forecast.add_argument("--seed", type=int, default=_SEED, help=f"other readers for every other number ({_SEED})")
    _add_assumptions(forecast)
    forecast.add_argument("--views", type=Path, metavar="FILE", help="real page views, a JSON object on each line")
    forecast.add_argument("--processes", type=_count, default=cpu_count() or 1, help="how many (one for each core)")
    forecast.add_argument("--json", action="store_true", help="the totals as JSON")
    forecast.add_argument("--raw", type=Path, metavar="FILE", help="every decision, a JSON object on each line")
    forecast.add_argument("--quiet", action="store_true", help="no progress bar")
    forecast.set_defaults(run=run)


def _add_assumptions(forecast: argparse.ArgumentParser) -> None:
    for name, told in _ASSUMED.items():
        default = getattr(Assumptions(), name)
        forecast.add_argument(f"--{name}", type=_share, default=default, metavar="SHARE", help=f"{told} ({default})")


def _count(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more (got {text})")
    return int(text)


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"must be 0 or more (got {text})")
    return int(text)


def _share(text: str) -> float:
    try:
        share = float(text)
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise argparse.ArgumentTypeError(f"must be 0 to 1, such as 0.02 (got {text})")
    return share


class _RefusedError(Exception):
    """What was asked for cannot be forecast; the message says what can."""


def run(given: argparse.Namespace) -> int:
    """Prints the forecast; 1 when what it names is not there, 130 when it is stopped."""
    try:
        site, scenario = _scenario(given, now())
        found = _played(given, scenario)
    except (CatalogueError, StreamError, _RefusedError, OSError) as error:
        print(error, file=sys.stderr)
        return 1
    except BrokenProcessPool:
        print("A process was killed, perhaps for want of memory; try again with fewer --processes.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing is forecast.", file=sys.stderr)
        return 130
    first, last = (at.astimezone(site.time_zone).date() for at in (scenario.start, scenario.end - timedelta(seconds=1)))
    if given.json:
        told = {"from": str(first), "to": str(last), "readers": len(scenario), "seed": scenario.seed}
        print(json.dumps({**told, **found}, ensure_ascii=False, indent=2))
    else:
        print(f"{site.name}, {first} to {last}: {len(scenario):,} readers, seed {scenario.seed}\n\n{table(found)}")
    return 0


def _scenario(given: argparse.Namespace, now: datetime) -> tuple[Site, Scenario]:
    """The site of today's files, and what is forecast of it."""
    _refuse_both(given)
    today = given.config or Path(environ.get("HONESTYBOX_CONFIG_DIR", "config"))
    folders = {TODAY: today} | ({CHANGED: given.against} if given.against else {})
    files = {name: read_files(folder) for name, folder in folders.items()}
    sites = [_site(given.site, folders[name], files[name]) for name in folders]
    stream = _stream(given) if given.views else None
    start, end = _span(given, sites[0], stream, now)
    scenario = Scenario(
        site=given.site,
        configs=files,
        assumptions=_assumptions(given),
        seed=given.seed,
        begin=start - timedelta(days=given.warm_up or 0),
        start=start,
        end=end,
        count=given.readers or _READERS,
        stream=stream.until(end) if stream else None,
        raw=given.raw is not None,
    )
    return sites[0], scenario


def _refuse_both(given: argparse.Namespace) -> None:
    for option, value in (("--readers", given.readers), ("--warm-up", given.warm_up)):
        if given.views and value is not None:
            raise _RefusedError(f"{option}: is for invented readers; leave it out, --views names real ones")


def _site(name: str, folder: Path, files: Files) -> Site:
    sites = Loader(folder).build(files).sites
    if name not in sites:
        raise _RefusedError(f"--site: {folder} has no site {name}; {did_you_mean(name, sorted(sites))}")
    return sites[name]


def _stream(given: argparse.Namespace) -> Stream:
    with given.views.open(encoding="utf-8") as lines:
        return read_stream(lines, str(given.views), given.seed)


def _span(given: argparse.Namespace, site: Site, stream: Stream | None, now: datetime) -> tuple[datetime, datetime]:
    """[start, end): whole days in the site's time zone, or all that the file of page views holds."""
    zone = site.time_zone
    first, last = (moment.astimezone(zone).date() for moment in (stream.span if stream else (now, now)))
    start: date = given.start or first
    days = given.days or ((last - start).days + 1 if stream else _DAYS)
    if stream and not first <= start <= last:
        raise _RefusedError(f"--from: {start} is outside of {given.views}, which holds {first} to {last}")
    return (
        datetime.combine(start, time(), zone).astimezone(UTC),
        datetime.combine(start + timedelta(days=days), time(), zone).astimezone(UTC),
    )


def _assumptions(given: argparse.Namespace) -> Assumptions:
    return Assumptions(**{name: getattr(given, name) for name in _ASSUMED})


def _played(given: argparse.Namespace, scenario: Scenario) -> Mapping[str, Mapping[str, Any]]:
    """The totals of each config. Writes the raw decisions as they come."""
    with ExitStack() as stack:
        raw = stack.enter_context(given.raw.open("w", encoding="utf-8")) if given.raw else None
        found = stack.enter_context(parts(scenario, given.processes))
        # None: no bar where nobody would see it move.
        bar = stack.enter_context(tqdm(total=len(scenario), unit=" readers", disable=True if given.quiet else None))
        return {name: totals(tally) for name, tally in whole(_watched(found, bar, raw)).items()}


def _watched(found: Iterator[Part], bar: Any, raw: TextIO | None) -> Iterator[Part]:
    for part in found:
        if raw is not None:
            raw.write(part.raw)
        bar.update(part.readers)
        yield part
