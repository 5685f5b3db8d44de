"""Why an appeal is withheld: every rule, in order, each a row that names its reason. Source: DESIGN §6."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from service.domain.campaign import Campaign
from service.domain.reader import PENDING_PAYMENT, Gift, GiftState, History, Page
from service.domain.site import FrequencyCap, Placement, Rest, Site


class Reason(StrEnum):
    """The closed list. README, staff page and metrics are made from it."""

    SWITCHED_OFF = "switched_off"
    PAGE_EXCLUDED = "page_excluded"
    NO_CONSENT = "no_consent"
    STORE_UNAVAILABLE = "store_unavailable"
    SUPPORTER = "supporter"
    SNOOZED = "snoozed"
    DISMISSED = "dismissed"
    SITE_CAP = "site_cap"
    NOT_SCHEDULED = "not_scheduled"
    CAMPAIGN_CAP = "campaign_cap"
    NO_CAMPAIGN = "no_campaign"
    SHUT_OUT = "shut_out"

    @property
    def meaning(self) -> str:
        """One sentence for staff and for the README."""
        return _MEANINGS[self]


_MEANINGS = {
    Reason.SWITCHED_OFF: "The site or this placement is switched off in site.yaml.",
    Reason.PAGE_EXCLUDED: "The page is listed under never_ask_on.",
    Reason.NO_CONSENT: "The reader has not agreed to storage, so their history cannot be known.",
    Reason.STORE_UNAVAILABLE: "Redis cannot be reached, so the reader's history cannot be known.",
    Reason.SUPPORTER: "The reader gives regularly, gave recently, or has a payment on its way.",
    Reason.SNOOZED: 'The reader chose "remind me later" and the time has not come.',
    Reason.DISMISSED: "The reader closed an appeal less than rest.after_dismissal ago.",
    Reason.SITE_CAP: "The site's frequency cap is reached: appeals per window, gap between two, or per page.",
    Reason.NOT_SCHEDULED: "The best campaign for this placement has not begun or has ended.",
    Reason.CAMPAIGN_CAP: "The best campaign for this placement has reached its own frequency cap.",
    Reason.NO_CAMPAIGN: "No campaign is written for this placement.",
    Reason.SHUT_OUT: "An appeal that needs the page to itself was chosen for another placement, or this one needs it.",
}


@dataclass(frozen=True, slots=True)
class View:
    """One reader at one moment: all that the rules about readers may look at."""

    site: Site
    history: History
    now: datetime


PlacementRule = tuple[Reason, Callable[[Site, Placement], bool]]
PageRule = tuple[Reason, Callable[[Site, Page], bool]]
ReaderRule = tuple[Reason, Callable[[View], bool]]
CampaignRule = tuple[Reason, Callable[[View, Campaign], bool]]


def switched_on(site: Site, placement: Placement) -> bool:
    """True unless the site's or the placement's kill switch is off."""
    return site.switched_on and placement in site.placements and site.placements[placement].switched_on


def page_allowed(site: Site, page: Page) -> bool:
    """True unless staff said never to ask on this page."""
    return not site.never_ask_on.cover(page)


def is_supporter(gifts: Sequence[Gift], rest: Rest, now: datetime) -> bool:
    """True for a reader who gives regularly, gave within `rest.after_once`, or whose payment is on its way.

    One who stopped giving is left in peace for `rest.after_cancelled`. Source: DESIGN §6, rule 3.
    """
    spans = {
        GiftState.PENDING: PENDING_PAYMENT,
        GiftState.ONCE: rest.after_once,
        GiftState.ENDED: rest.after_cancelled,
    }
    return any(
        gift.state is GiftState.RECURRING or (gift.state in spans and now < gift.at + spans[gift.state])
        for gift in gifts
    )


def not_supporter(view: View) -> bool:
    """True while the reader may be asked for money."""
    return not view.history.gifts or not is_supporter(view.history.gifts, view.site.rest, view.now)


def not_snoozed(view: View) -> bool:
    """True from the very moment the snooze ends."""
    until = view.history.snoozed_until
    return until is None or until <= view.now


def not_dismissed(view: View) -> bool:
    """True once `rest.after_dismissal` has passed since the last dismissal."""
    at = view.history.dismissed_at
    return at is None or at + view.site.rest.after_dismissal <= view.now


def under_cap(seen: Sequence[datetime], cap: FrequencyCap, now: datetime) -> bool:
    """True while fewer than `cap.max` impressions fall in the half-open window (now - cap.window, now].

    `seen` is oldest first; the newest must be at least `cap.min_gap` ago. Source: DESIGN §6, rules 6 and 9.
    """
    if not seen:
        return cap.max > 0
    start = now - cap.window
    return sum(at > start for at in seen) < cap.max and seen[-1] + cap.min_gap <= now


def under_site_cap(view: View) -> bool:
    """True while all campaigns together stay under the site's cap."""
    return under_cap([impression.at for impression in view.history.impressions], view.site.frequency, view.now)


def scheduled(view: View, campaign: Campaign) -> bool:
    """True while the campaign runs."""
    return campaign.schedule.covers(view.now)


def under_campaign_cap(view: View, campaign: Campaign) -> bool:
    """True while the campaign stays under its own cap, or has none."""
    if campaign.frequency is None:
        return True
    seen = [impression.at for impression in view.history.impressions if impression.campaign_key == campaign.key]
    return under_cap(seen, campaign.frequency, view.now)


PLACEMENT_RULES: Sequence[PlacementRule] = ((Reason.SWITCHED_OFF, switched_on),)
PAGE_RULES: Sequence[PageRule] = ((Reason.PAGE_EXCLUDED, page_allowed),)
READER_RULES: Sequence[ReaderRule] = (
    (Reason.SUPPORTER, not_supporter),
    (Reason.SNOOZED, not_snoozed),
    (Reason.DISMISSED, not_dismissed),
    (Reason.SITE_CAP, under_site_cap),
)
CAMPAIGN_RULES: Sequence[CampaignRule] = (
    (Reason.NOT_SCHEDULED, scheduled),
    (Reason.CAMPAIGN_CAP, under_campaign_cap),
)
