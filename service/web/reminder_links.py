"""The link in a mail about a reminder: it names the reminder, and nobody but us can read by it whose it is."""

from dataclasses import dataclass
from typing import NamedTuple
from urllib.parse import urlencode

from service.domain.reminder import Reminder
from service.web.seal import Seal, SealError

_PURPOSE = "reminder"


class ReminderName(NamedTuple):
    """Which reminder."""

    site: str
    reader: str
    id: str


@dataclass(frozen=True, slots=True)
class ReminderLinks:
    """Makes and reads them."""

    seal: Seal
    public_url: str

    def token(self, wish: Reminder) -> str:
        """What the link carries."""
        return self.seal.close(" ".join((_PURPOSE, wish.site, wish.reader, wish.id)))

    def address(self, wish: Reminder) -> str:
        """Our page for it."""
        query = urlencode({"language": wish.language, "token": self.token(wish)})
        return f"{self.public_url}/{wish.site}/reminder?{query}"

    def read(self, token: str) -> ReminderName | None:
        """What the token names; None for one that we did not make, or made for something else."""
        try:
            parts = self.seal.open(token).split(" ")
        except (SealError, UnicodeError):
            return None
        return ReminderName(*parts[1:]) if len(parts) == 4 and parts[0] == _PURPOSE else None


