"""Which sessions of staff were ended before their time."""

from service.store.connection import Store
from service.store.errors import StoreUnavailableError


class SignOuts:
    """Remembers each one for as long as its cookie would be good."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def add(self, session: str, seconds: int) -> None:
        """The session is over. Raises StoreUnavailableError."""
        self._store.command("SET", _key(session), 1, "EX", max(1, seconds))

    def has(self, session: str) -> bool:
        """True for one that is over. Without Redis nobody can tell: the cookie is believed until it ends by itself."""
        try:
            return bool(self._store.command("EXISTS", _key(session)))
        except StoreUnavailableError:
            return False


def _key(session: str) -> str:
    return f"hb:signedout:{{{session}}}"
