"""A few readers and pages that everybody can picture, and what each reader would meet on each page."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from itertools import count
from typing import NamedTuple

from service.domain.access_rules import in_holdback
from service.domain.audience import Choice
from service.domain.decision import Reader, Weights, decide
from service.domain.outcome import Show
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import Gift, GiftState, History, Opened, Visit, short_key
from service.domain.reason import Reason
from service.domain.site import Placement, Site

_DAY, _BETWEEN = timedelta(days=1), timedelta(hours=20)
_MOST_SECTIONS = 4


class Typical(NamedTuple):
    """A reader. `articles`: how many they opened before this one, one after the other, twenty hours apart."""

    name: str
    told: str
    articles: int = 0
    known_days: int = 0
    gift: tuple[GiftState, int] | None = None
    snoozed_days: int = 0


READERS = (
    Typical("new", "is here for the first time"),
    Typical("returning", "read 3 articles lately", 3, 40),
    Typical("regular", "read 12 articles lately", 12, 400),
    Typical("snoozed", "asked to be reminded later", 3, 90, snoozed_days=10),
    Typical("lapsed", "gave once, two years ago", 3, 900, (GiftState.ONCE, 730)),
    Typical("supporter", "gives every month", 8, 400, (GiftState.RECURRING, 200)),
)
BY_NAME = {reader.name: reader for reader in READERS}


class Spot(NamedTuple):
    """A page that readers come to."""

    label: str
    page: Page


class Meeting(NamedTuple):
    """What one reader meets on one page: the placement and the campaign of each appeal; without one, the reasons."""

    shown: Sequence[tuple[Placement, str]]
    reasons: Sequence[Reason]
    cut: bool


def typical_reader(site: Site, typical: Typical, page: Page, now: datetime) -> Reader:
    """The reader with this page open; never one of the few whom nobody asks."""
    name = next(name for number in count() if not in_holdback(site, name := f"{typical.name}-{number}"))
    opened = [(number, int((now - number * _BETWEEN).timestamp())) for number in range(typical.articles, 0, -1)]
    if page.is_article:
        opened.append((short_key(page.url), int(now.timestamp())))
    history = History(
        first_seen=now - typical.known_days * _DAY,
        visits=1 + typical.articles,
        snoozed_until=now + typical.snoozed_days * _DAY if typical.snoozed_days else None,
        gifts=[Gift(typical.gift[0], now - typical.gift[1] * _DAY)] if typical.gift else (),
        articles=opened,
        counted=_counted(site, opened, now),
    )
    return Reader(name, history)


def _counted(site: Site, opened: Sequence[Opened], now: datetime) -> Sequence[Opened]:
    """Those that the meter gave away in its running period, the oldest first."""
    if site.meter is None:
        return ()
    since = site.periods.since(now)
    return [one for one in opened if one[1] >= since][: site.meter.allowance]


def spots(plan: Plan) -> list[Spot]:
    """Any article, one in each section that a campaign is for, a premium one where that matters, and the front page."""
    home = plan.site.home
    conditions = [condition for campaign in plan.campaigns for condition in campaign.audience.conditions]
    named = {
        name
        for condition in conditions
        if condition.name == "sections" and isinstance(condition.wanted, Choice)
        for name in condition.wanted.include or ()
    }
    found = [Spot("Any article", _article(home))]
    found += [Spot(f"In {name}", _article(home, section=name)) for name in sorted(named)[:_MOST_SECTIONS]]
    if plan.site.meter or any(condition.name == "premium" for condition in conditions):
        found.append(Spot("Premium article", _article(home, premium=True)))
    return [*found, Spot("Front page", Page(f"{home}/", type="home"))]


def _article(home: str, section: str = "", *, premium: bool = False) -> Page:
    return Page(f"{home}/an-article", section=section, premium=premium, type="article")


def meeting(plan: Plan, typical: Typical, page: Page, visit: Visit, now: datetime, weights: Weights) -> Meeting:
    """What becomes of this reader's page view."""
    placements = placements_of(plan.site, page)
    reader = typical_reader(plan.site, typical, page, now)
    access, outcomes = decide(plan, reader, page, visit, tuple(placements), now, weights)
    shown = [(place, one.campaign.id) for place, one in outcomes.items() if isinstance(one, Show)]
    refused = {one.reason for one in outcomes.values() if not isinstance(one, Show)} - {Reason.ACCESS_GRANTED}
    return Meeting(shown, () if shown else [reason for reason in Reason if reason in refused], not access.granted)


def placements_of(site: Site, page: Page) -> list[Placement]:
    """Those that the script asks for on such a page, where the site has them."""
    asked = [place for place in Placement if page.is_article or place in (Placement.BANNER, Placement.OVERLAY)]
    return [place for place in asked if place in site.placements]
