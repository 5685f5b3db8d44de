"""The attempt in a form that needs no script: who reads the page is nobody yet, and a double click is one gift."""

import uuid
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from service.web.tokens import TokenError, Tokens, new_reader

# Stripe remembers an attempt for 24 hours; one that came later would be another gift.
LIFE = timedelta(hours=20)


@dataclass(frozen=True, slots=True)
class FormAttempt:
    """`id` and `reader`: of this one showing of the form."""

    id: uuid.UUID
    reader: str

    def of(self, *choice: object) -> str:
        """The attempt for this choice. The same choice sent again is the same one, and another choice another: whoever
        goes back and changes the amount has not pressed twice."""
        return str(uuid.uuid5(self.id, "\n".join(map(str, choice))))


def new_attempt(tokens: Tokens, site: str, now: datetime) -> str:
    """What the form carries."""
    return tokens.signed(_purpose(site), f"{uuid.uuid4()}.{new_reader()}.{int(now.timestamp())}")


def read_attempt(tokens: Tokens, site: str, token: str, now: datetime) -> FormAttempt | None:
    """The attempt; None for one that was not made here, or is too old."""
    try:
        name, reader, at = tokens.unsigned(_purpose(site), token, "a form of ours").split(".")
    except TokenError:
        return None
    fresh = now < datetime.fromtimestamp(int(at), UTC) + LIFE
    return FormAttempt(uuid.UUID(name), reader) if fresh else None


def _purpose(site: str) -> str:
    return f"support:{site}"
