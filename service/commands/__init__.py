"""What `honestybox` can do, one module for each command: `add` says what it takes, `run` does it.

They see everything, as `app.py` does; nothing but `cli.py` imports them, and they never import each other.
"""

import argparse
from datetime import UTC, datetime
from os import environ
from typing import TypeAlias

Subparsers: TypeAlias = "argparse._SubParsersAction[argparse.ArgumentParser]"


def now() -> datetime:
    """The time that a command goes by: the real one, or the moved one of the demo whose settings it was given."""
    if "HONESTYBOX_DEMO_DIR" not in environ:
        return datetime.now(UTC)
    from service.demo.clock import DemoClock  # noqa: PLC0415  the demo's parts are not for a server
    from service.demo.places import clock_file  # noqa: PLC0415

    return DemoClock(clock_file())()
