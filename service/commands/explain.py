"""honestybox explain: what one reader would be shown on one page, and why; nothing is recorded."""

import argparse
import json
import sys
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from os import environ
from pathlib import Path
from typing import Any, NamedTuple

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, did_you_mean
from service.commands import Subparsers, now
from service.domain.decision import Weights
from service.domain.plan import Plan
from service.domain.reader import History
from service.domain.reason import Reason
from service.domain.site import Placement
from service.settings import Settings, SettingsError
from service.store.allocations import Allocations
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.decision_request import DecisionRequest, DecisionRequests
from service.web.explained_text import text_of
from service.web.explaining import explain_request, foreseen
from service.web.problems import ProblemError
from service.web.requests import reader_of
from service.web.schemas import DEVICES, PAGE_TYPES
from service.web.tokens import Tokens
from service.web.told_history import told_history

_SOMEBODY = "somebody"  # the same one each time, so that the same question has the same answer

_YEARS = range(2000, 2100)  # a reader's record holds no others


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    explain = subparsers.add_parser("explain", help="tells what a reader is shown on a page, and why")
    explain.add_argument("--site", required=True, help="the folder's name under sites/")
    explain.add_argument("--config", type=Path, help="the folder that holds sites/ (config)")
    explain.add_argument("--placement", action="append", choices=list(map(str, Placement)), help="(all of the site's)")
    explain.add_argument("--at", type=_moment, help="another moment, such as 2026-12-03T14:05, in the site's time zone")
    explain.add_argument("--json", action="store_true", help="everything as JSON")
    _add_page(explain.add_argument_group("the page"))
    _add_visit(explain.add_argument_group("the visit"))
    who = explain.add_argument_group("the reader (somebody who has just come)").add_mutually_exclusive_group()
    who.add_argument("--reader", metavar="TOKEN", help="the reader's token: honestybox:reader in their local storage")
    who.add_argument("--history", type=Path, metavar="FILE", help="a history that you wrote down, see README")
    who.add_argument("--no-consent", action="store_true", help="somebody who does not agree to storage")
    explain.set_defaults(run=run)


def _add_page(page: "argparse._ArgumentGroup") -> None:
    page.add_argument("--url", required=True, help="its address")
    page.add_argument("--section", default="")
    page.add_argument("--tag", action="append", default=[])
    page.add_argument("--author", action="append", default=[])
    page.add_argument("--language", default="")
    page.add_argument("--type", choices=PAGE_TYPES, default="article", help="(article)")
    page.add_argument("--premium", action="store_true")


def _add_visit(visit: "argparse._ArgumentGroup") -> None:
    visit.add_argument("--country", type=_country, metavar="XX", help="two letters (unknown)")
    visit.add_argument("--device", choices=DEVICES)
    visit.add_argument("--referrer", default="", metavar="URL")
    visit.add_argument("--utm", action="append", default=[], type=_pair, metavar="NAME=VALUE")
    visit.add_argument("--signed-in", action=argparse.BooleanOptionalAction)
    visit.add_argument("--attribute", action="append", default=[], type=_pair, metavar="NAME=VALUE")
    visit.add_argument("--newsletter", action="append", default=[], help="one that the site knows the reader to have")


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator or not name:
        raise argparse.ArgumentTypeError(f"must look like name=value (got {text})")
    return name, value


def _country(text: str) -> str:
    if len(text) != 2 or not text.isascii() or not text.isalpha():
        raise argparse.ArgumentTypeError(f"must be two letters such as NL (got {text})")
    return text.upper()


def _moment(text: str) -> datetime:
    try:
        at = datetime.fromisoformat(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(f"must be a moment such as 2026-12-03T14:05 (got {text})") from error
    if at.year not in _YEARS:
        raise argparse.ArgumentTypeError(f"must be in this century (got {text})")
    return at


def run(given: argparse.Namespace) -> int:
    """Prints the explanation; 1 when what is asked about is not there."""
    try:
        document = _document(given, now().replace(microsecond=0))
    except (SettingsError, CatalogueError, StoreUnavailableError, _UnknownError) as error:
        print(str(error) or "Redis cannot be reached; try again, or write down a --history", file=sys.stderr)
        return 1
    except ProblemError as problem:
        print(f"{problem.field}: {problem.detail}", file=sys.stderr)
        return 1
    print(json.dumps(document, ensure_ascii=False, indent=2) if given.json else text_of(document))
    return 0


class _UnknownError(Exception):
    """Something that was asked for is not there; the message says what is."""


class _Known(NamedTuple):
    """What is known of the reader, and the weights that hold."""

    reader: str
    history: History | Reason
    weights: Weights


def _document(given: argparse.Namespace, clock: datetime) -> dict[str, Any]:
    settings = Settings.from_environ(environ) if given.reader else None
    folder = given.config or (settings.config_dir if settings else Path(environ.get("HONESTYBOX_CONFIG_DIR", "config")))
    plans = Loader(folder, settings.extra_origins if settings else {}).load().plans
    if given.site not in plans:
        raise _UnknownError(f"--site: no site is called {given.site}; {did_you_mean(given.site, sorted(plans))}")
    plan = plans[given.site]
    now = _now(given.at, plan, clock)
    request = _request(given, plan)
    if settings:
        known = _of_token(settings, plan, request, now)
    else:
        known = _Known(_SOMEBODY, _told(given, plan, request, now), {})
    return explain_request(plan, request, known.reader, known.history, now, known.weights)


def _now(at: datetime | None, plan: Plan, clock: datetime) -> datetime:
    if at is None:
        return clock
    return at.replace(tzinfo=at.tzinfo or plan.site.time_zone).astimezone(UTC)


def _request(given: argparse.Namespace, plan: Plan) -> DecisionRequest:
    """What the script would have asked. Raises ProblemError as the service would."""
    body = {
        "site": plan.site.id,
        "reader": given.reader,
        "consent": not given.no_consent,
        "page": {
            "url": given.url, "section": given.section, "tags": given.tag, "authors": given.author,
            "language": given.language, "premium": given.premium, "type": given.type,
        },
        "visit": {
            "referrer": given.referrer, "utm": dict(given.utm), "device": given.device, "signed_in": given.signed_in,
            "attributes": dict(given.attribute), "newsletters": given.newsletter,
        },
        "placements": given.placement or _placements(plan),
    }  # fmt: skip
    return DecisionRequests().validate(body, given.country)


def _placements(plan: Plan) -> Sequence[str]:
    return [str(placement) for placement in Placement if placement in plan.site.placements]


def _told(given: argparse.Namespace, plan: Plan, request: DecisionRequest, now: datetime) -> History | Reason:
    if not request.consent:
        return Reason.NO_CONSENT
    values = _read(given.history) if given.history else {}
    return told_history(values, plan, request.page, request.visit.newsletters, now)


def _read(file: Path) -> Mapping[str, Any]:
    try:
        values: Mapping[str, Any] = json.loads(file.read_text("utf-8"))
    except OSError as error:
        raise _UnknownError(f"--history: {file} cannot be read: {error.strerror}") from error
    except ValueError as error:
        raise _UnknownError(f"--history: {file} is no JSON: {error}") from error
    return values


def _of_token(settings: Settings, plan: Plan, request: DecisionRequest, now: datetime) -> _Known:
    """What Redis holds of the reader; changes nothing there."""
    site, store = plan.site, Store(settings.redis_url)
    reader = reader_of(Tokens(settings.secret_keys), site, request.reader or "")
    allocations = Allocations(store)
    allocations.refresh([site.id])
    return _Known(reader, foreseen(ReaderStore(store), plan, request, reader, now), allocations.current(site.id))
