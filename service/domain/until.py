"""When a refusal ends by itself: from that very moment the rule lets the reader be asked, if nothing else happens."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from service.domain.campaign import Campaign
from service.domain.reader import RUNNING
from service.domain.reason import Reason
from service.domain.rules import rest_after, seen_at, seen_of
from service.domain.site import FrequencyCap
from service.domain.view import View, gift_spans


def cap_free_at(seen: Sequence[datetime], cap: FrequencyCap) -> datetime | None:
    """When a cap that is reached is free again; None for a cap of none. `seen`: oldest first, as in `under_cap`."""
    if cap.max <= 0 or not seen:
        return None
    rested = seen[-1] + cap.min_gap
    return max(rested, seen[-cap.max] + cap.window) if len(seen) >= cap.max else rested


def gifts_rest_until(view: View) -> datetime | None:
    """When the reader is no supporter any more; None while a regular gift runs."""
    spans = gift_spans(view.site.rest)
    if any(gift.state in RUNNING for gift in view.history.gifts):
        return None
    return max((gift.at + spans[gift.state] for gift in view.history.gifts if gift.state in spans), default=None)


def _dismissal_until(view: View) -> datetime | None:
    at = view.history.dismissed_at
    return at + rest_after(view) if at else None


READER_UNTIL: Mapping[Reason, Callable[[View], datetime | None]] = {
    Reason.SUPPORTER: gifts_rest_until,
    Reason.SNOOZED: lambda view: view.history.snoozed_until,
    Reason.DISMISSED: _dismissal_until,
    Reason.SITE_CAP: lambda view: cap_free_at(seen_at(view), view.site.frequency),
}


def _begins_at(view: View, campaign: Campaign) -> datetime | None:
    start = campaign.schedule.start
    return start if start and view.now < start else None


CAMPAIGN_UNTIL: Mapping[Reason, Callable[[View, Campaign], datetime | None]] = {
    Reason.NOT_SCHEDULED: _begins_at,
    Reason.CAMPAIGN_CAP: lambda view, campaign: (
        cap_free_at(seen_of(view, campaign), campaign.frequency) if campaign.frequency else None
    ),
}
