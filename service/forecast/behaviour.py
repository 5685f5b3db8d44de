"""What a reader does with what they are shown."""

from random import Random

from service.domain.access import Access
from service.domain.campaign import Campaign, Kind
from service.domain.site import Placement, Site
from service.forecast.assumptions import Assumptions
from service.forecast.page_view import Act

_APPEAL_ACTS = frozenset(Act) - {Act.LATER}


def acts_on(
    campaign: Campaign, site: Site, then: tuple[Act, ...] | None, dice: Random, given: Assumptions
) -> tuple[Act, ...]:
    """What the reader does with an appeal. `then`: what they did by the file of page views, if it says so."""
    if then is not None:
        return tuple(act for act in then if act in _APPEAL_ACTS)
    return _by_luck(campaign, site, dice, given)


def _by_luck(campaign: Campaign, site: Site, dice: Random, given: Assumptions) -> tuple[Act, ...]:
    placement = campaign.placement
    if dice.random() >= (given.seen_alone if placement.has_the_page_to_itself else given.seen):
        return ()
    choice, monthly = dice.random(), dice.random() < given.monthly
    dismissing = 0.0 if placement is Placement.GATE else given.dismissing
    for share, act in (
        (given.giving if campaign.kind is Kind.CONTRIBUTION else 0.0, Act.GAVE_MONTHLY if monthly else Act.GAVE_ONCE),
        (given.never if site.snooze.never else 0.0, Act.NEVER),
        (given.snoozing, Act.SNOOZED),
        (dismissing, Act.DISMISSED),
    ):
        if choice < share:
            return (Act.SEEN, act)
        choice -= share
    return (Act.SEEN,)


def puts_off(access: Access, then: tuple[Act, ...] | None, dice: Random, given: Assumptions) -> bool:
    """True when the reader presses "later" at a gate that has it."""
    if access.granted or not access.later:
        return False
    return dice.random() < given.later if then is None else Act.LATER in then
