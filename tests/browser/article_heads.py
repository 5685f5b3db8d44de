"""Real article heads, served on loopback with a script of ours in their <head>, and what is true of each."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

from .fake_service import minified

EMBED = Path(__file__).parents[2] / "service" / "embed"
TABLE = Path(__file__).with_name("article_heads.tsv")


@dataclass(frozen=True, slots=True)
class Head:
    """One row of the table: a file and the facts that `readPage` owes us, in its own shape."""

    file: str
    facts: Mapping[str, object]


def read_table(table: Path = TABLE) -> list[Head]:
    """The table made by reading the files; its first lines tell the rules."""
    lines = [line for line in table.read_text("utf-8").splitlines() if not line.startswith("#")]
    return [_head(row) for row in csv.DictReader(lines, delimiter="\t", quoting=csv.QUOTE_NONE)]


def _head(row: dict[str, str]) -> Head:
    facts: dict[str, object] = {
        "url": row["url"],
        "section": row["section"] or None,
        "language": row["language"] or None,
        "type": row["type"],
        "premium": row["premium"] == "true",
        "tags": _list(row["tags"]),
        "authors": _list(row["authors"]),
    }
    return Head(row["file"], facts)


def _list(cell: str) -> list[str]:
    return cell.split("|") if cell else []


def with_tag(html: str, tag: str) -> str:
    """The page with `tag` as the first thing in its head."""
    head, opened, rest = html.partition("<head>")
    assert opened, "this page has no <head> to put the tag into"
    return f"{head}{opened}{tag}{rest}"


@contextmanager
def serve_heads(folder: Path, tag: str) -> Iterator[str]:
    """The origin, on loopback, of every page in `folder` with `tag` in its head.

    Our modules lie under /embed/v1/, minified as in production. For the whole path, let `tag` name a real service.
    """

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            name = self.path.partition("?")[0].rpartition("/")[2]
            if self.path.startswith("/embed/v1/") and (EMBED / name).is_file():
                self._answer("text/javascript", minified(name).decode())
            elif name and (folder / name).is_file():
                self._answer("text/html", with_tag((folder / name).read_text("utf-8"), tag))
            else:
                self.send_error(404)

        def _answer(self, kind: str, body: str) -> None:
            content = body.encode()
            self.send_response(200)
            self.send_header("Content-Type", f"{kind}; charset=utf-8")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            """Ninety lines of access log would hide the one failure."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
