"""What becomes of each placement of one page view: an appeal, or the reason why not."""

from collections.abc import Mapping
from typing import NamedTuple, TypeAlias

from service.domain.campaign import Campaign, Variant
from service.domain.reason import Reason
from service.domain.site import Placement


class Show(NamedTuple):
    """This reader is asked, with these words."""

    campaign: Campaign
    variant: Variant


class Withhold(NamedTuple):
    """This reader is not asked. `campaign`: the one that would have asked a reader of the holdback."""

    reason: Reason
    campaign: Campaign | None = None


Outcome: TypeAlias = Show | Withhold


class Outcomes(dict[Placement, Outcome]):
    """The outcome by placement. `told`: the same text for the same outcomes of a site, and for no others."""

    __slots__ = ("told",)

    def __init__(self, outcomes: Mapping[Placement, Outcome]) -> None:
        super().__init__(outcomes)
        self.told = " ".join([f"{placement}:{_told(outcome)}" for placement, outcome in outcomes.items()])


def _told(outcome: Outcome) -> str:
    if isinstance(outcome, Show):
        return f"{outcome.campaign.id}/{outcome.variant.name}"
    return outcome.reason if outcome.campaign is None else f"{outcome.reason}/{outcome.campaign.id}"
