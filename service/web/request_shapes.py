"""Decisions' requests that differ in nothing but the reader: what was read and accepted once is not read again.

The readers of one page, on the same kind of screen and from the same place, send the same bytes around their token. The
whole of it but the token is the key; the token is no more than text until its signature is checked.
"""

from service.web.decision_request import DecisionRequest
from service.web.schemas import LONGEST_TOKEN

_BEFORE = b'"reader":"'
_MOST_SHAPES = 10_000
_MOST_BYTES = 8_000_000  # anybody may send us requests, and long ones


class RequestShapes:
    """Remembers accepted requests by their bytes without the reader's token."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, str | None], DecisionRequest] = {}
        self._bytes = 0

    def recall(self, body: bytes, country: str | None) -> DecisionRequest | None:
        """The request in `body`, when all but its reader was accepted before; else None."""
        parts = _apart(body)
        if parts is None:
            return None
        around, token = parts
        known = self._known.get((around, country))
        if known is None:
            return None
        return DecisionRequest(known[0], token, *known[2:])

    def remember(self, body: bytes, country: str | None, request: DecisionRequest) -> None:
        """`request` is what `body` holds."""
        parts = _apart(body)
        if parts is None or parts[1] != request.reader:
            return
        self._bytes += len(body)
        if len(self._known) >= _MOST_SHAPES or self._bytes > _MOST_BYTES:
            self._known.clear()
            self._bytes = len(body)
        self._known[parts[0], country] = request


def _apart(body: bytes) -> tuple[bytes, str] | None:
    """What stands around the one reader's token, and the token; None for a body that is not as plain as the script's.

    Nothing is escaped in it, so the key that is found is the only one of its name, and the quote behind it its end.
    """
    start = body.find(_BEFORE) + len(_BEFORE)
    end = body.find(b'"', start)
    if not len(_BEFORE) <= start < end <= start + LONGEST_TOKEN or b"\\" in body or body.count(b'"reader"') != 1:
        return None
    token = body[start:end]
    if not token.isascii() or not token.decode().isprintable():
        return None
    return body[:start] + body[end:], token.decode()
