"""What a browser carries for us, signed: who reads, and which appeal was decided for them."""

import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import sha256
from typing import NamedTuple

from itsdangerous import BadSignature, Signer
from itsdangerous.signer import SigningAlgorithm

from service.domain.reader import short_key

RECEIPT_LIFE = timedelta(days=7)
# Stands in a receipt where the version of the config does otherwise, which is eight hexadecimal digits.
PREVIEW = "preview"
_READER_BYTES = 16
_READER_LENGTH = 22
# itsdangerous passes over whatever is no base64 in a signature, and a token is sent back as it came.
_TOKEN = re.compile(r"[A-Za-z0-9_.-]*")


class TokenError(ValueError):
    """A token that was not made here, or was altered, or has had its time."""


class Receipt(NamedTuple):
    """Proof that an appeal was decided for a reader. Names only: every part is made of a-z, 0-9, - and _."""

    site: str
    reader: str
    campaign: str
    variant: str
    placement: str
    config: str
    at: datetime
    nonce: str

    @property
    def key(self) -> int:
        """What the reader's record holds of it."""
        return short_key(f"{self.nonce}/{int(self.at.timestamp())}")

    @property
    def is_preview(self) -> bool:
        """True when the appeal was shown by a preview link: whatever happens to it is neither recorded nor counted."""
        return self.config == PREVIEW


def new_reader() -> str:
    """A reader nobody has seen."""
    return secrets.token_urlsafe(_READER_BYTES)


class _Sha256(SigningAlgorithm):
    """HMAC in one call to OpenSSL: a decision signs and checks, and hashlib's objects cost it 5 microseconds more."""

    def get_signature(self, key: bytes, value: bytes) -> bytes:
        return hmac.digest(key, value, "sha256")


class Tokens:
    """Signs and checks. The first secret signs; all of them are good for checking, so that they can be replaced."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secrets = tuple(key.encode() for key in secret_keys)
        self._signer = cache(self._make_signer)

    def _make_signer(self, purpose: str) -> Signer:
        # itsdangerous takes the newest key last. The keys are derived here, once, and not at every call.
        keys = [hmac.digest(secret, purpose.encode(), sha256) for secret in reversed(self._secrets)]
        return Signer(keys, key_derivation="none", algorithm=_Sha256())

    def signed(self, purpose: str, text: str) -> str:
        """`text` with a signature that is good for this purpose alone."""
        return self._signer(purpose).sign(text).decode()

    def unsigned(self, purpose: str, token: str, meant: str) -> str:
        """The text that was signed for this purpose. Raises TokenError: it is not what was `meant`."""
        if not _TOKEN.fullmatch(token):
            raise TokenError(f"is not {meant}")
        try:
            return self._signer(purpose).unsign(token).decode()
        except (BadSignature, UnicodeError) as error:
            raise TokenError(f"is not {meant}") from error

    def reader_token(self, site: str, reader: str) -> str:
        """The token that the browser keeps."""
        return self.signed(f"reader:{site}", reader)

    def reader(self, site: str, token: str) -> str:
        """The reader's id. Raises TokenError; another site's token is no better than a forged one."""
        reader = self.unsigned(f"reader:{site}", token, "a reader token of this site")
        if len(reader) != _READER_LENGTH:
            raise TokenError("is not a reader token of this site")
        return reader

    def receipt_token(self, receipt: Receipt) -> str:
        """The receipt as the browser quotes it."""
        parts = (
            receipt.site,
            receipt.reader,
            receipt.campaign,
            receipt.variant,
            receipt.placement,
            receipt.config,
            str(int(receipt.at.timestamp())),
            receipt.nonce,
        )
        return self.signed("receipt", ".".join(parts))

    def receipt(self, token: str, now: datetime) -> Receipt:
        """The receipt. Raises TokenError when it was not made here or is older than seven days."""
        text = self.unsigned("receipt", token, "a receipt of this service")
        site, reader, campaign, variant, placement, config, at, nonce = text.split(".")
        receipt = Receipt(
            site, reader, campaign, variant, placement, config, datetime.fromtimestamp(int(at), UTC), nonce
        )
        if now >= receipt.at + RECEIPT_LIFE:
            raise TokenError("is older than seven days")
        return receipt
