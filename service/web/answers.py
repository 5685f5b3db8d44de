"""A decision's answer, put together from what was rendered before."""

from collections.abc import Iterable


def answer_of(token: str | None, access: bytes, appeals: Iterable[bytes], withheld: bytes) -> bytes:
    """The JSON text. `token`: the reader's, to keep; `appeals`: in pieces, commas and all; `withheld`: what its braces
    hold. It is put together once, since copying is what it costs."""
    who = b'{"reader":"%b","access":' % token.encode() if token else b'{"reader":null,"access":'
    return b"".join((who, access, b',"appeals":[', *appeals, b'],"withheld":{', withheld, b"}}"))
