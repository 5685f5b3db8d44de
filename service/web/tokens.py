"""What a browser carries for us, signed: who reads, and which appeal was decided for them."""

import hmac
import secrets
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import cache
from hashlib import blake2b
from typing import NamedTuple

from service.domain.reader import short_key

RECEIPT_LIFE = timedelta(days=7)
# Stands in a receipt where the version of the config does otherwise, which is eight hexadecimal digits.
PREVIEW = "preview"
_READER_BYTES = 16
_READER_LENGTH = 22


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


def receipt_subject(campaign: str, variant: str, placement: str, config: str) -> str:
    """The part of a receipt that is the same for all readers of one wording."""
    return f"{campaign}.{variant}.{placement}.{config}"


def _signature(keyed: "blake2b", text: str) -> str:
    signing = keyed.copy()
    signing.update(text.encode())
    return signing.hexdigest()


def new_reader() -> str:
    """A reader nobody has seen."""
    return secrets.token_urlsafe(_READER_BYTES)


class Tokens:
    """Signs and checks. The first secret signs; all of them are good for checking, so that they can be replaced.

    A signature is a keyed BLAKE2b of 128 bits (RFC 7693), begun once for each key and copied: HMAC by way of OpenSSL
    takes eight times as long, and every decision signs and checks. It is compared as text, so that there is exactly one
    way to write a token.
    """

    def __init__(self, secret_keys: Sequence[str]) -> None:
        self._secrets = tuple(key.encode() for key in secret_keys)
        self._keys = cache(self._derived)

    def _derived(self, purpose: str) -> "tuple[blake2b, ...]":
        """For each secret a hash that has taken in the key for this purpose, and nothing yet."""
        keys = (hmac.digest(secret, purpose.encode(), "sha256") for secret in self._secrets)
        return tuple(blake2b(key=key, digest_size=16) for key in keys)

    def signed(self, purpose: str, text: str) -> str:
        """`text` with a signature that is good for this purpose alone."""
        keys = self._keys
        return f"{text}.{_signature(keys(purpose)[0], text)}"

    def unsigned(self, purpose: str, token: str, meant: str) -> str:
        """The text that was signed for this purpose. Raises TokenError: it is not what was `meant`."""
        text, _, signature = token.rpartition(".")
        if token.isascii():
            keys = self._keys
            for keyed in keys(purpose):
                if hmac.compare_digest(signature, _signature(keyed, text)):
                    return text
        raise TokenError(f"is not {meant}")

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
        site, reader, campaign, variant, placement, config, at, nonce = receipt
        return self.new_receipt(site, reader, receipt_subject(campaign, variant, placement, config), at, nonce)

    def new_receipt(self, site: str, reader: str, subject: str, at: datetime, nonce: str) -> str:
        """The token of the receipt that has these parts."""
        return self.signed("receipt", f"{site}.{reader}.{subject}.{int(at.timestamp())}.{nonce}")

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
