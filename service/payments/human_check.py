"""The one door to who can tell humans from machines: Cloudflare Turnstile or hCaptcha.

Sources: developers.cloudflare.com/turnstile/get-started/server-side-validation, docs.hcaptcha.com ("Verify the user
response server side"). The reader's address, which both take, is not sent.
"""

import threading
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import structlog

from service.domain.human_check import CheckKeys, Provider

log = structlog.get_logger(__name__)

CONNECT_SECONDS, ANSWER_SECONDS = 2.0, 3.0
# As with Stripe, a slow provider must not take the threads that answer readers.
_AT_ONCE, _QUEUE_SECONDS = 1, 1.0
# What they say when the trouble is ours or their own, and not the reader's answer.
_OUR_TROUBLE = frozenset(
    """missing-input-secret invalid-input-secret sitekey-secret-mismatch bad-request internal-error
    invalid-or-already-seen-secret not-using-dummy-secret""".split()
)


class CheckUnavailableError(Exception):
    """The provider cannot be reached, is too slow, or refuses our keys. Nothing is known of the reader."""


@dataclass(frozen=True, slots=True)
class _Service:
    """`script`: what a page loads; `verify`: what we ask. `repeatable`: takes a key by which one answer may be asked
    about twice, as a double click does."""

    script_base: str
    script: str
    verify_base: str
    verify: str
    repeatable: bool


_SERVICES: Mapping[Provider, _Service] = {
    Provider.TURNSTILE: _Service(
        "https://challenges.cloudflare.com", "/turnstile/v0/api.js?render=explicit",
        "https://challenges.cloudflare.com", "/turnstile/v0/siteverify", repeatable=True,
    ),
    Provider.HCAPTCHA: _Service(
        "https://js.hcaptcha.com", "/1/api.js?render=explicit",
        "https://api.hcaptcha.com", "/siteverify", repeatable=False,
    ),
}  # fmt: skip


class HumanVerifier:
    """Asks the provider. `base`: another address of it, for tests."""

    def __init__(self, keys: CheckKeys, base: str = "") -> None:
        self._keys, self._service, self._base = keys, _SERVICES[keys.provider], base
        self._places = threading.BoundedSemaphore(_AT_ONCE)

    @property
    def wanted(self) -> dict[str, str]:
        """What a page needs to show the check."""
        script = (self._base or self._service.script_base) + self._service.script
        return {"provider": self._keys.provider, "site_key": self._keys.site_key, "script_url": script}

    def is_human(self, answer: str, hosts: Collection[str], attempt: str) -> bool:
        """True when the provider vouches for `answer`, and it was given on a page of one of `hosts`.

        `attempt`, a UUID: the same answer may be asked about again for the same one. Raises CheckUnavailableError.
        """
        told = self._asked(answer, attempt)
        if told.get("success") is True:
            return told.get("hostname") in hosts
        codes = told.get("error-codes")
        if not isinstance(codes, list) or _OUR_TROUBLE.intersection(map(str, codes)):
            log.error("human_check_refused_us", provider=self._keys.provider, codes=codes)
            raise CheckUnavailableError("the provider refused our request")
        return False

    def _asked(self, answer: str, attempt: str) -> Mapping[str, Any]:
        fields = {"secret": self._keys.secret, "response": answer}
        if self._service.repeatable:
            fields["idempotency_key"] = attempt
        else:
            fields["sitekey"] = self._keys.site_key
        if not self._places.acquire(timeout=_QUEUE_SECONDS):
            raise CheckUnavailableError("other requests are waiting for the provider")
        try:
            told = requests.post(
                (self._base or self._service.verify_base) + self._service.verify,
                data=fields, timeout=(CONNECT_SECONDS, ANSWER_SECONDS), allow_redirects=False,
            )  # fmt: skip
            read = told.json() if told.status_code == 200 else None
        except requests.RequestException as error:  # what is not JSON is one, too
            raise CheckUnavailableError(type(error).__name__) from None  # its text may hold what we sent
        finally:
            self._places.release()
        if not isinstance(read, Mapping):
            raise CheckUnavailableError(f"the provider answered {told.status_code}")
        return read
