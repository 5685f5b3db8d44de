"""One page view of the forecast: who opens what and when, and what they then do with what they are shown."""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from service.domain.memory import Memory
from service.domain.page import Page
from service.domain.reader import Visit


class Act(StrEnum):
    """What a reader does with an appeal, or with a gate (LATER)."""

    SEEN = "seen"
    CLICKED = "clicked"
    DISMISSED = "dismissed"
    SNOOZED = "snoozed"
    NEVER = "never"
    GAVE_ONCE = "gave_once"
    GAVE_MONTHLY = "gave_monthly"
    LATER = "later"


class PageView(NamedTuple):
    """`luck` decides what the reader does: the same under both configs, so that only these differ.

    `then`: what they did according to the file of page views; None leaves it to `luck`.
    """

    at: datetime
    page: Page
    visit: Visit
    luck: int
    consent: bool = True
    then: tuple[Act, ...] | None = None


class Person(NamedTuple):
    """One reader, as far as they are remembered at the beginning, and their page views in order."""

    id: str
    memory: Memory
    views: Sequence[PageView]
