"""honestybox: what a developer, an editor or an operator runs by hand."""

import argparse
import os
import select
import signal
import sys
from collections.abc import Sequence

from service.commands import (
    check,
    contributions,
    demo,
    doctor,
    explain,
    forecast,
    jobs,
    new,
    preview,
    reconcile,
    results,
    schema,
    staff,
    stripe_setup,
    webhooks,
    worker,
)

COMMANDS = (
    demo,
    new,
    check,
    schema,
    doctor,
    explain,
    forecast,
    preview,
    reconcile,
    results,
    stripe_setup,
    staff,
    worker,
    jobs,
    webhooks,
    contributions,
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs one command; its exit code."""
    parser = argparse.ArgumentParser(prog="honestybox", description="Asks a news site's readers for support.")
    subparsers = parser.add_subparsers(dest="command", required=True)
    for command in COMMANDS:
        command.add(subparsers)
    given = parser.parse_args(arguments)
    try:
        code: int = given.run(given)
        sys.stdout.flush()
    except BrokenPipeError:
        if not _nobody_reads():
            raise
        # or Python would try once more when it ends, and complain
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 128 + signal.SIGPIPE
    return code


def _nobody_reads() -> bool:
    """True when what we print goes to a program that has gone, such as `head`."""
    pipe = select.poll()
    pipe.register(sys.stdout.fileno(), select.POLLOUT)
    return any(event & select.POLLERR for _, event in pipe.poll(0))


if __name__ == "__main__":
    sys.exit(main())
