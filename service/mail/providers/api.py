"""One question to a provider's API: no redirect is followed, nobody is waited for long, no endless answer is read."""

import json
from collections.abc import Mapping
from typing import Any, NamedTuple

import requests

from service.mail.errors import ProviderRefusedError, ProviderUnavailableError

CONNECT_SECONDS, ANSWER_SECONDS = 3.0, 10.0
_MOST_BYTES = 256 * 1024


class Answer(NamedTuple):
    """The status, and the JSON object that came with it; empty where there was none."""

    status: int
    body: Mapping[str, Any]

    @property
    def good(self) -> bool:
        """True where the provider did as it was asked."""
        return 200 <= self.status < 300


def ask(method: str, url: str, body: Mapping[str, Any] | None, headers: Mapping[str, str]) -> Answer:
    """The provider's answer, whatever it is. Raises ProviderUnavailableError where there is none."""
    try:
        with requests.request(
            method, url, json=body, headers={"User-Agent": "honestybox", **headers}, stream=True, auth=_without,
            timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False,
        ) as answer:  # fmt: skip
            return Answer(answer.status_code, _object(answer.raw.read(_MOST_BYTES, decode_content=True)))
    except (requests.RequestException, OSError) as error:
        raise ProviderUnavailableError(type(error).__name__) from None  # its words hold the address that was asked


def refusal(answer: Answer, code: str, hopeless: bool) -> ProviderRefusedError | ProviderUnavailableError:
    """What to raise for an answer that is not good. `code`: the provider's own word for what is wrong.

    A key that is wrong or a list that is gone is for the publisher to mend, and the sign-up as good as ever.
    """
    kind = ProviderRefusedError if hopeless else ProviderUnavailableError
    return kind(f"{answer.status} {code}".strip())


def _object(raw: bytes) -> Mapping[str, Any]:
    try:
        found = json.loads(raw)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _without(request: requests.PreparedRequest) -> requests.PreparedRequest:
    """No login but ours: without this, one for the provider's host would be taken from the operator's .netrc."""
    return request
