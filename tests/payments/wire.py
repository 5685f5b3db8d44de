"""HTTP without conveniences: no redirect is followed, no status is an error, nothing is kept between calls."""

import http.client
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

PATIENCE_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """The body's values."""
        return json.loads(self.body)

    @property
    def location(self) -> str:
        """Where a redirect leads."""
        return self.headers["location"]


def call(method: str, url: str, body: bytes | str = b"", headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to one request. Raises OSError or HTTPException when there is none."""
    parts = urlsplit(url)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    connection = http.client.HTTPConnection(parts.hostname or "", parts.port, timeout=PATIENCE_SECONDS)
    try:
        connection.request(method, path, body.encode() if isinstance(body, str) else body, dict(headers or {}))
        response = connection.getresponse()
        return Answer(response.status, {name.lower(): text for name, text in response.getheaders()}, response.read())
    finally:
        connection.close()


def post_json(url: str, values: Any, headers: Mapping[str, str] | None = None) -> Answer:
    """The answer to `values` sent as the script sends them."""
    return call("POST", url, json.dumps(values), {"Content-Type": "text/plain", **(headers or {})})
