"""The meter's rules, in order; the first that applies says whether the article is open. Source: DESIGN §5 and §6."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NamedTuple

from service.domain.access import Access, AccessReason, is_exempt
from service.domain.experiment import in_share
from service.domain.meter import Meter, Mode
from service.domain.page import Page
from service.domain.reader import History, Opened
from service.domain.reason import Reason
from service.domain.site import Placement, Site
from service.domain.view import View, no_supporter


@dataclass(slots=True)
class PageView:
    """What the access rules look at. `view` is None where the reader's history is not known."""

    site: Site
    meter: Meter
    page: Page
    article: int
    view: View | None
    unknown: Reason | None
    now: datetime
    since: int
    """The first second that counts for the meter now."""
    counted: Sequence[Opened]
    """The articles that it has counted since then."""


def page_view(
    site: Site, meter: Meter, page: Page, article: int, view: View | None, unknown: Reason | None, now: datetime
) -> PageView:
    """With what the meter counts. `article`: the page's key."""
    since = site.periods.since(now)
    counted = [row for row in view.history.counted if row[1] >= since] if view else ()
    return PageView(site, meter, page, article, view, unknown, now, since, counted)


class AccessRule(NamedTuple):
    """One row: the reason, whether the article is open then, and when the row applies."""

    reason: AccessReason
    granted: Callable[[PageView], bool]
    applies: Callable[[PageView], bool]
    compared: Callable[[PageView], Mapping[str, Any]] = lambda _: {}


def _always(_: PageView) -> bool:
    return True


def _never(_: PageView) -> bool:
    return False


def counted_now(seen: PageView) -> bool:
    """True when this article is one of the period's free ones."""
    return seen.article in [key for key, _ in seen.counted]


def is_put_off(seen: PageView) -> bool:
    """True from pressing "later" until `meter.later` has passed."""
    at = seen.view.history.put_off_at if seen.view else None
    return at is not None and seen.meter.mode is Mode.SOFT and seen.now < at + seen.meter.later


def may_put_off(meter: Meter, history: History, since: int) -> bool:
    """True while a soft gate was not put off in this period."""
    at = history.put_off_at
    return meter.mode is Mode.SOFT and (at is None or at.timestamp() < since)


def in_holdback(site: Site, reader: str) -> bool:
    """True for the readers who are never asked; the same on every machine, and growing the share moves nobody out."""
    return site.holdback > 0 and in_share(f"holdback/{site.id}", reader, site.holdback)


def _counts(seen: PageView) -> Mapping[str, Any]:
    return {"used": len(seen.counted), "allowance": _allowance(seen)}


def _allowance(seen: PageView) -> int:
    subscribed = seen.view is not None and bool(seen.view.visit.newsletters or seen.view.history.newsletters)
    return seen.meter.allowance + (seen.meter.newsletter_bonus if subscribed else 0)


# The same for every reader of a page, so that a plan asks them once.
_PAGE_RULES: Sequence[AccessRule] = (
    AccessRule(
        AccessReason.NO_METER,
        _always,
        lambda seen: not seen.site.uses(Placement.GATE),
        lambda seen: {"gate switched on": seen.site.uses(Placement.GATE)},
    ),
    AccessRule(
        AccessReason.NOT_METERED, _always, lambda seen: not seen.page.is_article, lambda seen: {"type": seen.page.type}
    ),
    AccessRule(
        AccessReason.EXEMPT,
        _always,
        lambda seen: is_exempt(seen.site, seen.page),
        lambda seen: {"section": seen.page.section, "tags": list(seen.page.tags), "url": seen.page.url},
    ),
)
ACCESS_RULES: Sequence[AccessRule] = (
    *_PAGE_RULES,
    AccessRule(
        AccessReason.NO_CONSENT,
        lambda seen: seen.meter.open_without_consent,
        lambda seen: seen.unknown is Reason.NO_CONSENT,
    ),
    AccessRule(
        AccessReason.STORE_UNAVAILABLE,
        lambda seen: seen.meter.open_on_outage,
        lambda seen: seen.unknown is Reason.STORE_UNAVAILABLE,
    ),
    AccessRule(
        AccessReason.HOLDBACK,
        _always,
        lambda seen: seen.view is not None and in_holdback(seen.site, seen.view.reader),
        lambda seen: {"holdback": seen.site.holdback},
    ),
    AccessRule(
        AccessReason.SUPPORTER,
        _always,
        lambda seen: seen.view is not None and not no_supporter(seen.view),
        lambda seen: {"reader": seen.view.cohort if seen.view else None},
    ),
    AccessRule(
        AccessReason.PREMIUM, _never, lambda seen: seen.page.premium, lambda seen: {"premium": seen.page.premium}
    ),
    AccessRule(
        AccessReason.WITHIN_ALLOWANCE, _always, counted_now, _counts
    ),
    AccessRule(
        AccessReason.PUT_OFF,
        _always,
        is_put_off,
        lambda seen: {"put off at": seen.view and seen.view.history.put_off_at, "for": seen.meter.later},
    ),
    AccessRule(AccessReason.USED_UP, _never, _always, _counts),
)

_READER_RULES = ACCESS_RULES[len(_PAGE_RULES) :]
_UNKNOWN = (AccessReason.NO_CONSENT, AccessReason.STORE_UNAVAILABLE)
# As bare rows: every decision on a metered page asks them.
_OF_ANYBODY = [(rule.reason, rule.granted, rule.applies) for rule in _READER_RULES]
_OF_THE_KNOWN = [row for row in _OF_ANYBODY if row[0] not in _UNKNOWN]
_OPEN = Access(True, AccessReason.NO_METER)


def page_access(site: Site, page: Page) -> Access | None:
    """The access of everybody to a page that no reader's history changes; None for any other page."""
    if site.meter is None:
        return _OPEN
    seen = PageView(site, site.meter, page, 0, None, None, _EVER, 0, ())
    return next((Access(True, rule.reason) for rule in _PAGE_RULES if rule.applies(seen)), None)


def reader_access(
    site: Site, page: Page, article: int, view: View | None, unknown: Reason | None, now: datetime
) -> Access:
    """Whether a page that is not open to everybody is open. `article`: its key; `unknown`: why there is no `view`."""
    if site.meter is None:
        return _OPEN
    seen = page_view(site, site.meter, page, article, view, unknown, now)
    for reason, granted, applies in _OF_ANYBODY if view is None else _OF_THE_KNOWN:
        if applies(seen):
            return _told(seen, reason, granted(seen))
    raise AssertionError("the last row always applies")


def _told(seen: PageView, reason: AccessReason, granted: bool) -> Access:
    if reason in _BEFORE_THE_METER or seen.view is None:
        return Access(granted, reason)
    allowance = _allowance(seen)
    return Access(
        granted,
        reason,
        len(seen.counted),
        allowance,
        seen.site.periods.resets_at(seen.counted, allowance, seen.now),
        not granted and not seen.page.premium and may_put_off(seen.meter, seen.view.history, seen.since),
    )


_BEFORE_THE_METER = frozenset({*_UNKNOWN, AccessReason.PREMIUM})
_EVER = datetime.fromtimestamp(0, UTC)


def access(
    site: Site, page: Page, article: int, view: View | None, unknown: Reason | None, now: datetime
) -> Access:
    """Whether the page is open, by all the rules. Raises nothing."""
    return page_access(site, page) or reader_access(site, page, article, view, unknown, now)
