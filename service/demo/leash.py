"""So that nothing is left behind when the demo is killed outright."""

import os
import threading
from collections.abc import Callable


def when_parent_is_gone(act: Callable[[], object]) -> None:
    """Call `act` when standard input ends: the parent holds the other end of that pipe, and so does its death."""

    def wait() -> None:
        # Not sys.stdin: a worker forked meanwhile could never get hold of its lock.
        while os.read(0, 1024):
            pass
        act()

    threading.Thread(target=wait, name="leash", daemon=True).start()
