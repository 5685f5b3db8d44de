"""What came of asking, as it is counted."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

from service.domain.contribution import State

LONGEST_SECTION = 60
SIGNED_UP, CONFIRMED = "signed_up", "confirmed"
_GIVEN = frozenset(str(state) for state in State if state.given)
_EPOCH, _DAY_SECONDS = date(1970, 1, 1).toordinal(), 86_400


class Count(NamedTuple):
    """How often something happened on one day (in UTC).

    `kind`: served, seen, clicked, dismissed, snoozed, never (asked again), started (pressed Continue and came to a
    Checkout), signed_up (for a newsletter), confirmed (that), or holdback (would have been asked).
    """

    day: date
    campaign: str
    variant: str
    placement: str
    kind: str
    times: int


class Dimension(StrEnum):
    """What readers and pages are told apart by, beside the wording that they met."""

    COUNTRY = "country"
    DEVICE = "device"
    SECTION = "section"


class Among(NamedTuple):
    """Where something happened, in the order of Dimension. Empty text where it is not known."""

    country: str = ""
    device: str = ""
    section: str = ""


NOWHERE = Among()
OTHERS = "*"
"""Stands for every further country or section of a day that had its fill of them."""


class Share(NamedTuple):
    """How often something happened in a span of days, in one country, on one kind of device or in one section."""

    dimension: Dimension
    name: str
    campaign: str
    placement: str
    kind: str
    times: int


class Giving(NamedTuple):
    """A gift as results need it: a tuple, since a year has tens of thousands.

    `began`: seconds since 1970. `state` and `interval`: a contribution's, as text. `gross_minor` came in so far, of
    which `back_minor` was taken back. `place`: of its reader among all (`experiment.place_among_readers`), where known.
    """

    name: str
    began: int
    state: str
    interval: str
    currency: str
    amount_minor: int
    gross_minor: int
    back_minor: int
    campaign: str
    variant: str
    placement: str
    country: str
    device: str
    section: str
    place: float | None

    @property
    def day(self) -> date:
        """The day on which it began, in UTC."""
        return date.fromordinal(_EPOCH + self.began // _DAY_SECONDS)

    @property
    def was_given(self) -> bool:
        """True once money has really come."""
        return self.state in _GIVEN

    @property
    def worth(self) -> tuple[str, str, str, int, int, int]:
        """What its value depends on, as `value.value_in` takes it."""
        return self[2:8]


def section_name(text: str) -> str:
    """A page's section as it is counted: one printable line, not too long, without the mark that parts our fields."""
    printable = "".join(letter if letter.isprintable() and letter != "|" else " " for letter in text)
    name = " ".join(printable.split())[:LONGEST_SECTION].rstrip()
    return "" if name == OTHERS else name
