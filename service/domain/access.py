"""May this reader read on, and why."""

from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from service.domain.meter import Meter
from service.domain.page import Page
from service.domain.site import Placement, Site


class AccessReason(StrEnum):
    """Why an article is open or cut. The README's table is made from it."""

    NO_METER = "no_meter"
    NOT_METERED = "not_metered"
    EXEMPT = "exempt"
    NO_CONSENT = "no_consent"
    STORE_UNAVAILABLE = "store_unavailable"
    HOLDBACK = "holdback"
    SUPPORTER = "supporter"
    PREMIUM = "premium"
    WITHIN_ALLOWANCE = "within_allowance"
    PUT_OFF = "put_off"
    USED_UP = "used_up"
    PREVIEW = "preview"

    @property
    def meaning(self) -> str:
        """One sentence for staff and for the README."""
        return _MEANINGS[self]


_MEANINGS = {
    AccessReason.NO_METER: "Open: the site has no meter, or its gate is switched off.",
    AccessReason.NOT_METERED: "Open: only articles are metered.",
    AccessReason.EXEMPT: "Open: the page is listed under meter.exempt or never_ask_on.",
    AccessReason.NO_CONSENT: "The reader has not agreed to storage; open, unless meter.without_consent is closed.",
    AccessReason.STORE_UNAVAILABLE: "Redis cannot be reached; open, unless meter.on_outage is closed.",
    AccessReason.HOLDBACK: "Open: the reader is one of the few who are never asked.",
    AccessReason.SUPPORTER: "Open: the reader gives regularly, gave recently, or has a payment on its way.",
    AccessReason.PREMIUM: "Cut: the article is for supporters only.",
    AccessReason.WITHIN_ALLOWANCE: "Open: one of the free articles of this period; opening it again is free.",
    AccessReason.PUT_OFF: 'Open: the reader pressed "later" at a soft gate, once in this period.',
    AccessReason.USED_UP: "Cut: the free articles of this period are used up.",
    AccessReason.PREVIEW: "Open: a preview, which counts nothing.",
}


class Access(NamedTuple):
    """Whether the article is open. `used`, `allowance`, `resets_at` and `later` only where the page is metered."""

    granted: bool
    reason: AccessReason
    used: int | None = None
    allowance: int | None = None
    resets_at: datetime | None = None
    later: bool = False
    """True when the reader may put this gate off."""


class Metering(NamedTuple):
    """What the store needs to count an article: from when, and how many. `since` 0: nothing is counted."""

    since: int = 0
    allowance: int = 0
    newsletter_bonus: int = 0


UNMETERED = Metering()


def metering(site: Site, page: Page, newsletters: frozenset[str], now: datetime) -> Metering:
    """How the meter counts this page view. Supporters' articles are counted, too."""
    meter = site.meter
    if meter is None or not page.is_article or page.premium or is_exempt(site, page) or not site.uses(Placement.GATE):
        return UNMETERED
    return counting(site, meter, newsletters, now)


def counting(site: Site, meter: Meter, newsletters: frozenset[str], now: datetime) -> Metering:
    """How the site's meter counts an article that it counts."""
    since = site.periods.since(now)
    if newsletters:
        return Metering(since, meter.allowance + meter.newsletter_bonus, 0)
    return Metering(since, meter.allowance, meter.newsletter_bonus)


def is_exempt(site: Site, page: Page) -> bool:
    """True for a page that is never cut. A premium one is exempt only where nobody is ever asked."""
    return site.never_ask_on.cover(page) or (
        site.meter is not None and not page.premium and site.meter.exempt.cover(page)
    )
