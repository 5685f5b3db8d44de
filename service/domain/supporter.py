"""A supporter as one link by mail finds them: nothing here tells who they are."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

LINK_LIFE = timedelta(minutes=30)
GRANT_LIFE = timedelta(minutes=10)
# As many as a reader's record holds: of more than these nobody would be recognised by.
MOST_CONTRIBUTIONS = 30
MOST_OWNERS = 5


@dataclass(frozen=True, slots=True)
class Owner:
    """One of Stripe's customers, who can look after gifts of their own; `gave_at`: when the one that counts began."""

    customer: str
    gave_at: datetime


@dataclass(frozen=True, slots=True)
class Supporter:
    """What was given to one site from one e-mail address.

    `owners`: the one to manage first. `contributions`: the one that counts last, since a reader's record holds so many
    and the newest stay.
    """

    owners: tuple[Owner, ...]
    contributions: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pass:
    """What a link or a grant opens, until `until`. `return_url`: the reader's own page of the site, or empty text."""

    supporter: Supporter
    return_url: str
    until: datetime

    def as_values(self) -> dict[str, Any]:
        """Itself, without `until`, as JSON has it."""
        owners = [[owner.customer, int(owner.gave_at.timestamp())] for owner in self.supporter.owners]
        return {"owners": owners, "contributions": list(self.supporter.contributions), "return_url": self.return_url}

    @classmethod
    def from_values(cls, values: Any, until: datetime) -> "Pass":
        """Itself again."""
        owners = tuple(Owner(customer, datetime.fromtimestamp(at, UTC)) for customer, at in values["owners"])
        return cls(Supporter(owners, tuple(values["contributions"])), values["return_url"], until)
