"""The worker in the demo, told the demo's time: `python -m service.demo.worker`."""

import os
import signal
import sys
import threading

from service.catalogue.problems import CatalogueError
from service.demo.clock import DemoClock
from service.demo.leash import when_parent_is_gone
from service.demo.places import clock_file
from service.settings import Settings, SettingsError
from service.worker import open_worker

EVERY_SECONDS = 60


def main() -> int:
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    when_parent_is_gone(stop.set)
    try:
        worker = open_worker(Settings.from_environ(os.environ), DemoClock(clock_file()))
    except (SettingsError, CatalogueError) as refusal:
        print(refusal, flush=True)
        return 1
    return 0 if worker.run(EVERY_SECONDS, stop) else 1


if __name__ == "__main__":
    sys.exit(main())
