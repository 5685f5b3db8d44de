"""What an explanation is made of."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any

from service.domain.access import Access, AccessReason
from service.domain.campaign import Campaign
from service.domain.decision import Decision
from service.domain.outcome import Outcome, Outcomes
from service.domain.page import Page
from service.domain.reader import Visit
from service.domain.reason import Reason
from service.domain.site import Placement, Site
from service.domain.view import View


class Verdict(StrEnum):
    """What came of one rule."""

    PASSED = "passed"
    REFUSED = "refused"
    WAIVED = "waived"  # it does not count here; the note says why


@dataclass(frozen=True, slots=True)
class Check:
    """One rule, what it compared, and when its refusal ends by itself, where that can be told."""

    rule: Reason | AccessReason
    verdict: Verdict
    compared: Mapping[str, Any]
    until: datetime | None = None
    note: str = ""

    @property
    def refused(self) -> bool:
        """True when nobody is asked because of it."""
        return self.verdict is Verdict.REFUSED


def checked(
    rule: Reason, *, allows: bool, compared: Mapping[str, Any], until: datetime | None = None, waived: str = ""
) -> Check:
    """The check of a rule. `waived`: why its refusal does not count here."""
    if allows:
        return Check(rule, Verdict.PASSED, compared)
    return Check(rule, Verdict.WAIVED if waived else Verdict.REFUSED, compared, until, waived)


def first_refused(checks: Iterable[Check]) -> Check | None:
    """The one that gives the reason."""
    return next((check for check in checks if check.refused), None)


@dataclass(frozen=True, slots=True)
class Weighed:
    """One campaign, with all of its own rules."""

    campaign: Campaign
    checks: tuple[Check, ...]

    @property
    def fits(self) -> bool:
        """True when it may ask this reader here."""
        return first_refused(self.checks) is None


@dataclass(frozen=True, slots=True)
class Draw:
    """What the wording was drawn by. `automatic`: the weights are not the file's own but what it has learnt."""

    weights: Mapping[str, float]
    automatic: bool


@dataclass(frozen=True, slots=True)
class Place:
    """One placement: the rules about site, page and reader, every campaign, and how the page was shared out."""

    placement: Placement
    outcome: Outcome
    checks: tuple[Check, ...]
    campaigns: tuple[Weighed, ...]
    chosen: Campaign | None
    sharing: tuple[Check, ...] = ()
    draw: Draw | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that was looked at. `view` is None where the reader's history is not known."""

    site: Site
    page: Page
    visit: Visit
    view: View | None
    now: datetime
    access: Access
    access_checks: tuple[Check, ...]
    places: tuple[Place, ...]

    @property
    def decision(self) -> Decision:
        """What it comes to."""
        return Decision(self.access, Outcomes({place.placement: place.outcome for place in self.places}))
