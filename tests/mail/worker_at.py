"""The worker, at a moment that the test says: `python -m tests.mail.worker_at 2026-12-22T12:00:00+00:00`."""

import os
import sys
import threading
from datetime import datetime

from service.settings import Settings
from service.worker import open_worker

if __name__ == "__main__":
    now = datetime.fromisoformat(sys.argv[1])
    open_worker(Settings.from_environ(os.environ), lambda: now).run(1, threading.Event())
