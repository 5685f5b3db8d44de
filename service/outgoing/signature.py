"""Signatures as the Standard Webhooks specification has them. Source: standard-webhooks/spec, "Signature scheme"."""

import hmac
from base64 import b64encode
from collections.abc import Sequence
from hashlib import sha256


def signed_headers(name: str, at: int, body: bytes, keys: Sequence[bytes]) -> dict[str, str]:
    """The headers that sign `body`, once with each key: while one is replaced, a receiver may know either."""
    content = f"{name}.{at}.".encode() + body
    signatures = (b64encode(hmac.digest(key, content, sha256)).decode() for key in keys)
    return {
        "webhook-id": name,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
