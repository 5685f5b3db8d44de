"""What came of asking, as it is counted."""

from datetime import date
from enum import StrEnum
from typing import NamedTuple

LONGEST_SECTION = 60


class Count(NamedTuple):
    """How often something happened on one day (in UTC).

    `kind`: served, seen, clicked, dismissed, snoozed, never (asked again), started (pressed Continue and came to a
    Checkout), or holdback (would have been asked).
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


def section_name(text: str) -> str:
    """A page's section as it is counted: one printable line, not too long, without the mark that parts our fields."""
    printable = "".join(letter if letter.isprintable() and letter != "|" else " " for letter in text)
    name = " ".join(printable.split())[:LONGEST_SECTION].rstrip()
    return "" if name == OTHERS else name
