"""A campaign: one staff file, with its schedule, its cap and its wordings."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TypeAlias

from service.domain.allocation import Allocation
from service.domain.audience import EVERYBODY, Audience, Condition, without
from service.domain.image import Image
from service.domain.show_after import ShowAfter
from service.domain.site import FrequencyCap, Placement
from service.domain.ticker import Ticker
from service.domain.view import Cohort


class Kind(StrEnum):
    """What a campaign asks for."""

    CONTRIBUTION = "contribution"
    CARD_UPDATE = "card_update"  # of readers whose regular gift could not be renewed; for no money
    NEWSLETTER = "newsletter"  # for an e-mail address


@dataclass(frozen=True, slots=True)
class Element:
    """A piece of Markdown: `tag` is one of p, strong, em, a, ul, ol, li, br; only `a` has attributes (href)."""

    tag: str
    attributes: Mapping[str, str]
    children: tuple["Node", ...]


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A hole in the copy, filled for each reader. `forms`: plural forms, in CLDR's order for the language."""

    name: str
    forms: tuple[str, ...] = ()


Node: TypeAlias = "str | Element | Placeholder"


@dataclass(frozen=True, slots=True)
class Copy:
    """What one variant says in one language."""

    heading: Sequence[Node]
    body: Sequence[Node]
    button: str


@dataclass(frozen=True, slots=True)
class Variant:
    """One wording. `copy` always holds the site's default language."""

    name: str
    weight: float
    copy: Mapping[str, Copy]


@dataclass(frozen=True, slots=True)
class Schedule:
    """When a campaign runs: from `start` (included) until `end` (excluded); None is open."""

    start: datetime | None = None
    end: datetime | None = None

    def covers(self, now: datetime) -> bool:
        """True while the campaign runs."""
        return (self.start is None or self.start <= now) and (self.end is None or now < self.end)


@dataclass(frozen=True, slots=True)
class Campaign:
    """One staff file. `key` is what a reader's record holds of it; `rollout` the share of readers it has reached.

    `always_ask` lifts caps, never a supporter's, a snoozed or a dismissing reader's peace.
    """

    id: str
    key: int
    kind: Kind
    placement: Placement
    priority: int
    schedule: Schedule
    frequency: FrequencyCap | None
    variants: tuple[Variant, ...]
    audience: Audience = EVERYBODY
    always_ask: bool = False
    rollout: float = 1.0
    allocation: Allocation | None = None
    image: Image | None = None
    ticker: Ticker | None = None
    show_after: ShowAfter | None = None
    newsletter: str = ""
    """The one it is for, where it is for one."""

    def variant(self, name: str) -> Variant:
        """The wording of this name. Raises LookupError."""
        return {variant.name: variant for variant in self.variants}[name]

    @property
    def cohorts(self) -> frozenset[Cohort]:
        """What the readers it is for have given."""
        if self.kind is Kind.CARD_UPDATE:
            return _PAST_DUE
        wanted = self.audience.supporters.cohorts
        # whoever gives is a supporter here, whether or not the last renewal worked: it is not about money
        return wanted | _PAST_DUE if self.kind is Kind.NEWSLETTER and Cohort.SUPPORTER in wanted else wanted

    @property
    def conditions(self) -> tuple[Condition, ...]:
        """All that must hold of a page view: its audience, and of a newsletter that the reader does not have it."""
        return (*self.audience.conditions, without(self.newsletter)) if self.newsletter else self.audience.conditions


_PAST_DUE = frozenset({Cohort.PAST_DUE})
