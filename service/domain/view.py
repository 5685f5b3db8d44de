"""One page view as the rules see it: the site, the reader, the page and the moment."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from enum import StrEnum
from typing import NamedTuple

from service.domain.page import Page
from service.domain.reader import PENDING_PAYMENT, RUNNING, GiftState, History, Visit
from service.domain.site import Rest, Site


class Cohort(StrEnum):
    """What a reader has given so far."""

    STRANGER = "stranger"  # nothing
    LAPSED = "lapsed"  # something, and may be asked again
    SUPPORTER = "supporter"  # gives regularly, gave recently, has a payment on its way, or stopped not long ago
    PAST_DUE = "past_due"  # a supporter whose last renewal did not work


_new = tuple.__new__


class View(NamedTuple):
    """All that a rule may look at. A tuple, because every decision makes one."""

    site: Site
    reader: str
    history: History
    cohort: Cohort
    page: Page
    visit: Visit
    now: datetime


def view_of(site: Site, reader: str, history: History, page: Page, visit: Visit, now: datetime) -> View:
    """The page view, with the reader's cohort worked out."""
    cohort = cohort_of(history, site.rest, now) if history.gifts else _STRANGER
    # what View(…) does, without a call in Python: every decision makes one
    return _new(View, (site, reader, history, cohort, page, visit, now))


def cohort_of(history: History, rest: Rest, now: datetime) -> Cohort:
    """A supporter gives regularly, gave within `rest.after_once`, or has a payment on its way.

    Where one regular gift could not be renewed, this comes before whatever else the reader gives: it is theirs to mend.
    One who stopped giving is left in peace for `rest.after_cancelled`. Source: DESIGN §6, rule 3.
    """
    if not history.gifts:
        return Cohort.STRANGER
    if any(gift.state is GiftState.PAST_DUE for gift in history.gifts):
        return Cohort.PAST_DUE
    spans = gift_spans(rest)
    if any(
        gift.state in RUNNING or (gift.state in spans and now < gift.at + spans[gift.state])
        for gift in history.gifts
    ):
        return Cohort.SUPPORTER
    gave = any(gift.state in (GiftState.ONCE, GiftState.ENDED) for gift in history.gifts)
    return Cohort.LAPSED if gave else Cohort.STRANGER


def no_supporter(view: View) -> bool:
    """False for a supporter, whether or not the last renewal worked."""
    return view.cohort is _STRANGER or view.cohort is _LAPSED


_STRANGER, _LAPSED = Cohort.STRANGER, Cohort.LAPSED  # looked up once: every decision compares


def gift_spans(rest: Rest) -> Mapping[GiftState, timedelta]:
    """How long a gift makes a supporter, by its state; a running regular one does so without an end."""
    return {
        GiftState.PENDING: PENDING_PAYMENT,
        GiftState.ONCE: rest.after_once,
        GiftState.ENDED: rest.after_cancelled,
    }
