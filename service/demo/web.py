"""The service in the demo, served as in production: `python -m service.demo.web PORT`."""

import os
import signal
import sys

from granian import Granian
from granian.constants import Interfaces

from service.demo.leash import when_parent_is_gone


def main() -> None:
    when_parent_is_gone(lambda: os.kill(os.getpid(), signal.SIGTERM))
    Granian(
        "service.demo.app:create_demo_app", address="127.0.0.1", port=int(sys.argv[1]), interface=Interfaces.WSGI,
        factory=True, workers=2, blocking_threads=2, workers_kill_timeout=5,
    ).serve()  # fmt: skip


if __name__ == "__main__":
    main()
