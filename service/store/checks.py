"""Human checks that were passed: one answer is good for one attempt, and one attempt needs no second answer."""

from hashlib import sha256

from service.store.connection import Store

# Longer than any provider's answer stays good, and than a reader needs to pay.
_KEEP_SECONDS = 3600


class Checks:
    """Every method raises StoreUnavailableError. Neither answers nor attempts are in Redis, only their hashes."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def claim(self, answer: str, attempt: str) -> bool:
        """True when the answer is this attempt's, from now on; False when it is another's."""
        words = ("SET", _key("answer", answer), _hash(attempt), "NX", "GET", "EX", _KEEP_SECONDS)
        held: bytes | None = self._store.command(*words)
        return held is None or held.decode() == _hash(attempt)

    def passed(self, attempt: str) -> bool:
        """True when the attempt was found to be a human's."""
        return bool(self._store.command("EXISTS", _key("passed", attempt)))

    def remember(self, attempt: str) -> None:
        """It was."""
        self._store.command("SET", _key("passed", attempt), 1, "EX", _KEEP_SECONDS)


def _hash(text: str) -> str:
    return sha256(text.encode(errors="replace")).hexdigest()[:32]


def _key(what: str, text: str) -> str:
    return f"hb:check:{what}:{{{_hash(text)}}}"
