"""honestybox: what a developer, an editor or an operator runs by hand."""

import argparse
import sys
from collections.abc import Sequence

from service.commands import (
    check,
    demo,
    doctor,
    explain,
    forecast,
    jobs,
    preview,
    reconcile,
    stripe_setup,
    webhooks,
    worker,
)

COMMANDS = (
    demo,
    check,
    doctor,
    explain,
    forecast,
    preview,
    reconcile,
    stripe_setup,
    worker,
    jobs,
    webhooks,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    parser = argparse.ArgumentParser(prog="honestybox", description="Asks a news site's readers for support.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    given = parser.parse_args(arguments)
    code: int = given.run(given)
    return code


if __name__ == "__main__":
    sys.exit(main())
