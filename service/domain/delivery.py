"""One try to tell a receiver of a change."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Delivery:
    """`host`, because the rest of an address may be its secret; `outcome`: the status, or why there was none."""

    at: datetime
    site: str
    host: str
    event: str
    outcome: str
    tries: int

    @property
    def arrived(self) -> bool:
        """True when the receiver said that it has it."""
        return self.outcome.startswith("2") and self.outcome.isdigit()
