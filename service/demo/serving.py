"""Run a small Flask app in a thread, on loopback only."""

import logging
import threading
from types import TracebackType

from flask import Flask
from werkzeug.serving import WSGIRequestHandler, make_server


class QuietHandler(WSGIRequestHandler):
    """Keep-alive, and one log line per request without the terminal colours."""

    protocol_version = "HTTP/1.1"

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        # without the query, in which the sandbox is asked for customers by their e-mail address
        logging.getLogger("honestybox.demo").info("%s %s %s", self.command, self.path.partition("?")[0], code)


class Running:
    """A served app: `with Running(app) as address`, or start() and stop()."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        self.server = make_server("127.0.0.1", port, app, threaded=True, request_handler=QuietHandler)
        self.server.daemon_threads = True  # type: ignore[attr-defined]
        self.address = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.05,), name=app.name, daemon=True)

    def start(self) -> str:
        """The address it answers on."""
        self.thread.start()
        return self.address

    def stop(self) -> None:
        self.server.shutdown()
        self.thread.join()
        self.server.server_close()

    def __enter__(self) -> str:
        return self.start()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.stop()
