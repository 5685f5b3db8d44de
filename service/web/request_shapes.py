"""Decisions' requests that differ in nothing but the reader: what was read and accepted once is not read again.

The readers of one page, on the same kind of screen and from the same place, send the same bytes around their token. The
whole of it but the token is the key; the token is no more than text until its signature is checked.
"""

from service.web.decision_request import DecisionRequest
from service.web.schemas import LONGEST_TOKEN

_BEFORE = b'"reader":"'
_OF_TOKENS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_MOST_SHAPES = 10_000
_MOST_BYTES = 8_000_000  # anybody may send us requests, and long ones


class RequestShapes:
    """Remembers accepted requests by their bytes around the reader's token."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes, str | None], DecisionRequest] = {}
        self._bytes = 0

    def recall(self, body: bytes, country: str | None) -> DecisionRequest | None:
        """The request in `body`, when all but its reader was accepted before; else None."""
        head, _, rest = body.partition(_BEFORE)
        token, _, tail = rest.partition(b'"')
        known = self._known.get((head, tail, country))
        if known is None or not _plain(token):
            return None
        site, _, consent, page, visit, placements, preview = known
        return DecisionRequest(site, token.decode(), consent, page, visit, placements, preview)

    def remember(self, body: bytes, country: str | None, request: DecisionRequest) -> None:
        """`request` is what `body` holds.

        Only a body as plain as the script's is remembered: nothing is escaped in it, so that the key that was found is
        the only one of its name, and the quote behind it the token's end.
        """
        head, _, rest = body.partition(_BEFORE)
        token, _, tail = rest.partition(b'"')
        if not _plain(token) or token.decode() != request.reader or b"\\" in body or body.count(b'"reader"') != 1:
            return
        self._bytes += len(body)
        if len(self._known) >= _MOST_SHAPES or self._bytes > _MOST_BYTES:
            self._known.clear()
            self._bytes = len(body)
        self._known[head, tail, country] = request


def _plain(token: bytes) -> bool:
    """True for text that could be a token of ours, which JSON writes as it stands."""
    return 0 < len(token) <= LONGEST_TOKEN and not token.translate(None, _OF_TOKENS)
