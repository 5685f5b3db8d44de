"""A decision's answer, put together from what was rendered before."""

from collections.abc import Sequence


def answer_of(token: str | None, access: bytes, appeals: Sequence[Sequence[bytes]], withheld: bytes) -> bytes:
    """The JSON text. `token`: the reader's, to keep; `appeals`: each in pieces; `withheld`: what its braces hold."""
    pieces = [b'{"reader":"', token.encode(), b'","access":'] if token else [b'{"reader":null,"access":']
    between = b',"appeals":['
    pieces.append(access)
    for appeal in appeals:
        pieces += (between, *appeal)
        between = b","
    pieces += (b'],"withheld":{' if appeals else b',"appeals":[],"withheld":{', withheld, b"}}")
    return b"".join(pieces)
