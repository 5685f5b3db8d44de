"""What has to wait in Redis and may be read by nobody there: an e-mail address, until its mail is sent."""

import base64
import hmac
from collections.abc import Sequence

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class SealError(ValueError):
    """Sealed by nobody here, or with a secret that has been taken away since."""


class Seal:
    """Encrypts with the first secret; all of them open, so that they can be replaced."""

    def __init__(self, secret_keys: Sequence[str]) -> None:
        keys = [hmac.digest(secret.encode(), b"seal", "sha256") for secret in secret_keys]
        self._box = MultiFernet([Fernet(base64.urlsafe_b64encode(key)) for key in keys])

    def close(self, text: str) -> str:
        """`text`, unreadable, in letters that any queue takes."""
        return self._box.encrypt(text.encode()).decode()

    def open(self, sealed: str) -> str:
        """The text again. Raises SealError."""
        try:
            return self._box.decrypt(sealed.encode()).decode()
        except InvalidToken as error:
            raise SealError("is not sealed by one of our secrets") from error
