"""The proof, for a publisher's own server, that an article may be read: a JWT that any stock library verifies."""

import json
from base64 import urlsafe_b64encode
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from hashlib import sha256
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey, derive_private_key
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from jwt import encode
from jwt.algorithms import ECAlgorithm

_ALGORITHM = "ES256"
# One token serves every reader of an article for a minute: signing costs a decision more than all the rest of it.
BUCKET_SECONDS = 60
LIFE_SECONDS = 300
_MOST_CHARACTERS = 4_000_000  # anybody may send us addresses, and long ones
_ORDER = 0xFFFFFFFF00000000FFFFFFFFFFFFFFFFBCE6FAADA7179E84F3B9CAC2FC632551  # of P-256


class AccessTokens:
    """Signs access tokens and publishes the keys to verify them. The first secret signs; all of them are published."""

    def __init__(self, secret_keys: Sequence[str], issuer: str) -> None:
        self._issuer = issuer
        self._private = _private_key(secret_keys[0])
        public = [_public_jwk(_private_key(secret)) for secret in dict.fromkeys(secret_keys)]
        self._headers = {"kid": public[0]["kid"]}
        self.key_set = {"keys": public}
        self._minute = _Minute(0)

    def token(self, site_id: str, url: str, reason: str, now: datetime) -> str:
        """Says that the article at `url` may be read, and why: until the end of this minute and five minutes more."""
        bucket = int(now.timestamp()) // BUCKET_SECONDS
        minute = self._minute
        if minute.bucket != bucket or minute.characters > _MOST_CHARACTERS:
            # Replaced as a whole, so that a thread of another minute can only keep its own for longer, never mix them.
            minute = self._minute = _Minute(bucket)
        token = minute.tokens.get((site_id, url, reason))
        if token is None:
            token = minute.tokens[site_id, url, reason] = self._sign(site_id, url, reason, bucket * BUCKET_SECONDS)
            minute.characters += len(url) + len(token)
        return token

    def _sign(self, site_id: str, url: str, reason: str, at: int) -> str:
        claims = {
            "iss": self._issuer,
            "aud": site_id,
            "sub": url,
            "reason": reason,
            "iat": at,
            "exp": at + BUCKET_SECONDS + LIFE_SECONDS,
        }
        return encode(claims, self._private, _ALGORITHM, self._headers)


@dataclass(slots=True)
class _Minute:
    """The tokens of one minute, by site, address and reason."""

    bucket: int
    tokens: dict[tuple[str, str, str], str] = field(default_factory=dict)
    characters: int = 0


def _private_key(secret: str) -> EllipticCurvePrivateKey:
    """A key of its own for each secret, so that there is no other secret to keep and to replace.

    Source: FIPS 186-5, A.2.1: 64 bits more than the order has, so that no key is likelier than another.
    """
    stretched = HKDF(SHA256(), 40, salt=None, info=b"honestybox access token ES256").derive(secret.encode())
    return derive_private_key(int.from_bytes(stretched) % (_ORDER - 1) + 1, SECP256R1())


def _public_jwk(private: EllipticCurvePrivateKey) -> Mapping[str, Any]:
    """The public half. Its name is its own fingerprint (RFC 7638), the same in every worker."""
    public: dict[str, Any] = ECAlgorithm.to_jwk(private.public_key(), as_dict=True)
    text = json.dumps(public, sort_keys=True, separators=(",", ":"))
    kid = urlsafe_b64encode(sha256(text.encode()).digest()).rstrip(b"=").decode()
    return {**public, "use": "sig", "alg": _ALGORITHM, "kid": kid}
