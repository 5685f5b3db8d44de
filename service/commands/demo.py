"""honestybox demo: the whole thing on this machine, with nothing to set up."""

import argparse
from os import environ

from service.commands import Subparsers


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    demo = subparsers.add_parser("demo", help="a sample newspaper, the service and a Stripe sandbox on this machine")
    demo.add_argument(
        "--port", type=int, default=environ.get("PORT") or "8000", help="the paper's port; two more follow"
    )
    demo.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Runs until it is stopped."""
    from service.demo.run import run_demo  # noqa: PLC0415  the demo's parts are not for a server

    return int(run_demo(given.port))
