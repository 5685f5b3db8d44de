"""What staff did at the staff pages: the audit log's rows."""

from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class StaffDeed:
    """Who did what, to what, and when. `who` as they signed in; for one who could not, the name that was tried."""

    at: datetime
    who: str
    what: str
    about: str = ""
