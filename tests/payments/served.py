"""Something that answers on a port of the loopback."""

import logging
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any

from flask import Flask
from werkzeug.serving import make_server
from werkzeug.wsgi import get_input_stream


def wait_until(holds: Callable[[], object], seconds: float = 20) -> None:
    """Returns once `holds` is true; fails when it never is."""
    end = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < end, "it never came true"
        time.sleep(0.02)


class Served:
    """A Flask app in threads of this process, until `stop`."""

    def __init__(self, app: Flask, port: int = 0) -> None:
        logging.getLogger("werkzeug").setLevel(logging.CRITICAL)  # faults are injected; their tracebacks are no news
        self._app = app
        self._server = make_server("127.0.0.1", port, self._serve, threaded=True)
        self._server.daemon_threads = True  # type: ignore[attr-defined]
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self._thread.start()

    def _serve(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        """As granian does and werkzeug does not: a body ends where it ends."""
        environ["wsgi.input"] = get_input_stream(environ)
        return self._app(environ, start_response)

    def stop(self) -> None:
        """Answers no more."""
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
