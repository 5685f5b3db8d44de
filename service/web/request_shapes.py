"""Decisions' requests that differ in nothing but the reader: what was read and accepted once is not read again.

The readers of one page, on the same kind of screen and from the same place, send the same bytes around their token. The
whole of it but the token is the key; the token is no more than text until its signature is checked.
"""

from typing import Generic, TypeVar

from service.web.schemas import LONGEST_TOKEN

T = TypeVar("T")

_BEFORE = b'"reader":"'
_OF_TOKENS = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-"
_MOST_SHAPES = 10_000
_MOST_BYTES = 8_000_000  # anybody may send us requests, and long ones


class RequestShapes(Generic[T]):
    """Remembers what was made of accepted requests, by their bytes around the reader's token."""

    def __init__(self) -> None:
        self._known: dict[tuple[bytes, bytes, str | None], T] = {}
        self._bytes = 0

    def recall(self, body: bytes, country: str | None) -> tuple[T, str] | None:
        """What was made of the request in `body`, when all but its reader was accepted before, and its token."""
        head, _, rest = body.partition(_BEFORE)
        token, _, tail = rest.partition(b'"')
        known = self._known.get((head, tail, country))
        if known is None or not _plain(token):
            return None
        return known, token.decode()

    def remember(self, body: bytes, country: str | None, reader: str | None, made: T) -> None:
        """`reader` is the token in `body`, and `made` what was made of all else in it.

        Only a body as plain as the script's is remembered: nothing is escaped in it, so that the key that was found is
        the only one of its name, and the quote behind it the token's end.
        """
        head, _, rest = body.partition(_BEFORE)
        token, _, tail = rest.partition(b'"')
        if not _plain(token) or token.decode() != reader or b"\\" in body or body.count(b'"reader"') != 1:
            return
        self._bytes += len(body)
        if len(self._known) >= _MOST_SHAPES or self._bytes > _MOST_BYTES:
            self._known.clear()
            self._bytes = len(body)
        self._known[head, tail, country] = made


def _plain(token: bytes) -> bool:
    """True for text that could be a token of ours, which JSON writes as it stands."""
    return 0 < len(token) <= LONGEST_TOKEN and not token.translate(None, _OF_TOKENS)
