"""A mail that a reader asked for: one, when their snooze ends, and then the address is forgotten."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from service.domain.reader import History
from service.domain.site import Site
from service.domain.view import Cohort, cohort_of

# Whoever has not pressed the button in the mail by then was somebody else, or has thought better of it.
CONFIRM_WITHIN = timedelta(days=3)
# A mail server that is away for longer, or a worker that nobody starts: by then the reader expects nothing any more.
WORTH_SENDING = timedelta(days=14)
# Before the next try, and before another worker takes up what one that died had in its hands.
PAUSE = timedelta(minutes=10)


class Stage(StrEnum):
    """How far a reminder has come."""

    ASKED = "asked"  # nobody has shown that the mailbox is theirs
    CONFIRMED = "confirmed"
    SENDING = "sending"  # the mail server has said that it takes the letter, and may have it


@dataclass(frozen=True, slots=True)
class Reminder:
    """One reader's. `id`: of this wish, so that a later one makes the links of an earlier one worthless.

    `email` is sealed: only who holds our secret can read it. `url`: the page to come back to, one of the site's own.
    """

    site: str
    reader: str
    id: str
    email: str
    url: str
    language: str
    asked_at: datetime
    due: datetime
    stage: Stage

    def can_be_confirmed(self, now: datetime) -> bool:
        """True until it is too late, or done."""
        return self.stage is Stage.ASKED and now < self.asked_at + CONFIRM_WITHIN


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing is to be sent before `until`."""

    until: datetime


@dataclass(frozen=True, slots=True)
class Forget:
    """Nothing is ever to be sent, because of `reason`."""

    reason: str


def verdict(
    reminder: Reminder, site: Site | None, history: History, now: datetime
) -> Wait | Forget | None:
    """What keeps the mail from being sent now; None when nothing does.

    A later snooze moves it, since the mail says that we may ask again. Whoever has given meanwhile is not asked, and
    whoever will never be asked again is not either.
    """
    if site is None:
        return Forget("no_site")
    if reminder.stage is Stage.SENDING:
        return Forget("perhaps_sent")  # its worker died there; one mail was promised, so never a second
    if reminder.stage is Stage.ASKED:
        until = reminder.asked_at + CONFIRM_WITHIN  # one that took the place of an earlier, confirmed one
        return Wait(until) if now < until else Forget("unconfirmed")
    if not _still_to_be_asked(history, site, now):
        return Forget("not_to_be_asked")
    due = max(reminder.due, history.snoozed_until or reminder.due)
    if now < due:
        return Wait(due)
    return Forget("too_late") if now >= due + WORTH_SENDING else None


def _still_to_be_asked(history: History, site: Site, now: datetime) -> bool:
    return not history.never_again and cohort_of(history, site.rest, now) in (Cohort.STRANGER, Cohort.LAPSED)
