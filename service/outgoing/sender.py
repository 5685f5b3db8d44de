"""One webhook on its way: no redirect is followed, nobody is waited for long, of the answer only the status counts."""

from collections.abc import Sequence
from typing import TypeAlias

import requests

from service.outgoing.errors import NotDeliveredError
from service.outgoing.signature import signed_headers

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 7.0
Request: TypeAlias = requests.PreparedRequest


class Sender:
    """Sends signed bodies."""

    def __init__(self, keys: Sequence[bytes]) -> None:
        self._keys = keys

    def send(self, url: str, name: str, body: str, at: int) -> int:
        """The receiver's status. Raises NotDeliveredError naming what is wrong when there is none.

        The answer's body is not read: nothing in it is of use, and it may be endless.
        """
        content = body.encode()
        headers = {
            "Content-Type": "application/json",
            "User-Agent": "honestybox",
            **signed_headers(name, at, content, self._keys),
        }
        try:
            with requests.post(
                url, content, headers=headers, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False,
                stream=True, auth=_without,
            ) as answer:  # fmt: skip
                return answer.status_code
        except requests.RequestException as error:
            raise NotDeliveredError(type(error).__name__) from error


def _without(request: Request) -> Request:
    """No login: without this, one for the receiver's host would be taken from the operator's .netrc."""
    return request
