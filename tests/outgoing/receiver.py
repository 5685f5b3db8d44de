"""Somebody who is told of changes: answers as a test wishes, and keeps what came."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


@dataclass(frozen=True, slots=True)
class Heard:
    """One request. `headers` have small names."""

    path: str
    headers: dict[str, str]
    body: bytes


@dataclass
class Receiver:
    """At `url`, until `stop`. `answer` speaks to the one who sent, and answers."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    heard: list[Heard] = field(default_factory=list)
    answer: Callable[[BaseHTTPRequestHandler], None] | None = None

    def __post_init__(self) -> None:
        receiver = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): text for name, text in self.headers.items()}
                receiver.heard.append(Heard(self.path, headers, body))
                (receiver.answer or receiver.say)(self)

            def do_GET(self) -> None:
                self.do_POST()

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()

    @property
    def url(self) -> str:
        """Where it is."""
        return f"http://127.0.0.1:{self._server.server_port}/hook?key=very-secret"

    def say(self, to: BaseHTTPRequestHandler) -> None:
        """The status and the headers."""
        to.send_response(self.status)
        for name, text in self.headers.items():
            to.send_header(name, text)
        to.send_header("Content-Length", "0")
        to.end_headers()

    def stop(self) -> None:
        """Hears no more."""
        self._server.shutdown()
        self._server.server_close()


def talk_for_ever(to: BaseHTTPRequestHandler) -> None:
    """An answer without an end."""
    to.send_response(200)
    to.send_header("Transfer-Encoding", "chunked")
    to.end_headers()
    try:
        while True:
            to.wfile.write(b"1000\r\n" + b"a" * 4096 + b"\r\n")
            time.sleep(0.001)
    except OSError:
        return
