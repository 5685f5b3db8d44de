"""honestybox stripe setup: makes Stripe's side of going live, and says what it made."""

import argparse
import sys
from collections.abc import Iterator, Sequence
from os import environ
from typing import Any

from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.commands import Subparsers
from service.logs import configure_logging
from service.payments.account import Account
from service.payments.errors import KeyRefusedError, PaymentsError, StripeRefusedError
from service.payments.gateway import Gateway
from service.payments.setup import Change, Note, Setup, Step
from service.payments.wishes import Difference
from service.setting_values import web_address
from service.settings import SettingsError, some

# Not all settings: the webhook's signing secret is what this command finds out.
_NEEDED = ("stripe_secret_key", "public_url", "config_dir", "extra_origins", "stripe_api_base")
_WOULD = {"made": "would make", "changed": "would change", "removed": "would remove"}


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    does = "what has to be set up in Stripe"
    commands = subparsers.add_parser("stripe", help=does).add_subparsers(dest="what", required=True)
    setup = commands.add_parser("setup", help="makes or mends the webhook endpoint and the customer portal")
    setup.add_argument("--dry-run", action="store_true", help="say what would be done, and do nothing")
    follows = "the service's earlier PUBLIC_URL, whose endpoint follows"
    setup.add_argument("--moved-from", type=_address, metavar="URL", help=follows)
    setup.add_argument("--remove-old", action="store_true", help="remove an endpoint that a newer one has replaced")
    setup.set_defaults(run=run)


def _address(text: str) -> str:
    try:
        return web_address(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def run(given: argparse.Namespace) -> int:
    """Prints each thing it makes or changes; 1 when it could not go through with it."""
    configure_logging("CRITICAL")  # what goes wrong is said below, in plain words
    try:
        setup = _setup(given)
        changes = list(_told(setup.run(), dry_run=given.dry_run))
    except (SettingsError, CatalogueError) as error:
        print(error, file=sys.stderr)
        return 1
    except PaymentsError as error:
        print(_trouble(error), file=sys.stderr)
        return 1
    if not changes:
        print("nothing to change")
    return 0


def _setup(given: argparse.Namespace) -> Setup:
    settings = some(environ, *_NEEDED)
    catalogue = Loader(settings["config_dir"], settings["extra_origins"]).load()
    gateway = Gateway(settings["stripe_secret_key"], settings["stripe_api_base"])
    return Setup(
        Account(gateway),
        settings["public_url"],
        list(catalogue.sites.values()),
        dry_run=given.dry_run,
        moved_from=given.moved_from or "",
        remove_old=given.remove_old,
    )


def _told(steps: Iterator[Step], *, dry_run: bool) -> Iterator[Change]:
    """Each change, told at once: what was made must be known though the next thing fails."""
    for step in steps:
        if isinstance(step, Note):
            print(f"note: {step.told}", flush=True)
            continue
        did = _WOULD[step.did] if dry_run else step.did
        print(" ".join(filter(None, (did, step.what, step.ident))), flush=True)
        for line in map(_difference, step.differences):
            print(f"  {line}", flush=True)
        if step.secret:
            print("  Its signing secret, shown only this once, for the service's environment:", flush=True)
            print(f"  HONESTYBOX_STRIPE_WEBHOOK_SECRETS={step.secret}", flush=True)
        yield step


def _difference(one: Difference) -> str:
    if isinstance(one.wanted, list):
        held = one.held if isinstance(one.held, Sequence) else ()
        added = [f"+{name}" for name in one.wanted if name not in held]
        gone = [f"-{name}" for name in held if name not in one.wanted]
        return f"{one.path}: {' '.join([*added, *gone])}"
    return f"{one.path}: {_value(one.held)} -> {_value(one.wanted)}"


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return "on" if value else "off"
    return str(value) if value else "(empty)"


def _trouble(error: PaymentsError) -> str:
    match error:
        case KeyRefusedError(permission=permission) if permission:
            return f"Stripe's key lacks the permission {permission}; add it under Developers > API keys."
        case KeyRefusedError():
            return "Stripe refuses HONESTYBOX_STRIPE_SECRET_KEY; compare it with those under Developers > API keys."
        case StripeRefusedError():
            return f"Stripe will not do it: {error}"
        case _:
            return f"Stripe cannot be reached ({error}). What was done so far stays; run this again."
