"""What webhooks missed: reads Stripe's own list of events and looks again at what they are about."""

from datetime import datetime, timedelta
from typing import Protocol

import structlog

from service.payments.errors import UnknownObjectError
from service.payments.gateway import Gateway
from service.payments.recording import Recorder
from service.payments.webhooks import SUBJECTS, subject_of

log = structlog.get_logger(__name__)

STRIPE_KEEPS = timedelta(days=29)
OVERLAP = timedelta(minutes=10)  # Stripe may list an event a little after its time stamp


class BookmarkBook(Protocol):
    """How far events were read; see `store.ledger.Bookmark`."""

    def get(self) -> datetime | None: ...
    def set(self, until: datetime) -> None: ...


def catch_up(gateway: Gateway, recorder: Recorder, bookmark: BookmarkBook, now: datetime) -> int:
    """Records everything Stripe reported since the last time; how many contributions it looked at.

    Without a bookmark, as after a lost Redis, it reads all that Stripe still has. The bookmark moves only when
    everything was recorded, so a failure half-way is made good the next time. Raises what `Recorder.record` raises.
    """
    last = bookmark.get()
    since = max(last - OVERLAP, now - STRIPE_KEEPS) if last else now - STRIPE_KEEPS
    events = gateway.events_since(since, list(SUBJECTS))
    subjects = sorted({subject for subject in map(subject_of, events) if subject})
    for subject in subjects:
        try:
            recorder.record(subject, now)
        except UnknownObjectError:  # it would stand in the way of all that follow, for ever
            log.warning("caught_up_without", id=subject)
    bookmark.set(now)
    log.info("caught_up", since=since.isoformat(), contributions=len(subjects))
    return len(subjects)
