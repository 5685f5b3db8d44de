"""A decision's answer, put together from what was rendered before."""

from collections.abc import Sequence


def answer_of(token: str | None, access: bytes, appeals: Sequence[bytes], withheld: str) -> bytes:
    """The JSON text. `token`: the reader's, to keep; `withheld`: what stands between the braces."""
    reader = b'"%b"' % token.encode() if token else b"null"
    return b'{"reader":%b,"access":%b,"appeals":[%b],"withheld":{%b}}' % (
        reader,
        access,
        b",".join(appeals),
        withheld.encode(),
    )
