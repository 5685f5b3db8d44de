"""What we hold on one reader, told in full and forgotten: for the endpoint, and for our own page."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from service.domain.contribution import Contribution
from service.domain.newsletter import SignUp
from service.domain.reminder import Reminder
from service.store.held import Givers, HeldRecords
from service.store.jobs import Jobs
from service.store.reminders import Reminders
from service.store.signups import SignUps
from service.web.access_answers import iso
from service.web.seal import Seal, SealError

FORGET_JOB = "reader_forgotten"
KEPT_WHY = (
    "What was paid, when and how, without who read what: tax and accounting law has books kept, at Stripe and here."
)


@dataclass(frozen=True, slots=True)
class ReaderData:
    """Every method raises StoreUnavailableError."""

    records: HeldRecords
    givers: Givers
    reminders: Reminders
    sign_ups: SignUps
    jobs: Jobs
    seal: Seal

    def held(self, site: str, reader: str, now: datetime) -> dict[str, Any]:
        """Everything, by name; None and empty lists for what there is nothing of."""
        record = self.records.of(site, reader, now)
        wish = self.reminders.get(site, reader)
        return {
            "site": site,
            "reader": reader,
            "record": record,
            "reminder": wish and self._reminder(wish),
            "newsletters": [_sign_up(one) for one in self.sign_ups.of_reader(site, reader)],
            "contributions": [_contribution(line) for line in self._lines(site, reader, record)],
        }

    def erase(self, site: str, reader: str, now: datetime) -> dict[str, Any]:
        """Forgets the reader; what was there, and what is kept of it, with the reason.

        The record goes last: it names the gifts, and whoever asks again after a failure must find them still.
        """
        record = self.records.of(site, reader, now)
        wish = self.reminders.get(site, reader)
        lines = list(self._lines(site, reader, record))
        if lines:
            who = self.seal.close(f"{site} {reader}")
            self.jobs.put(FORGET_JOB, {"who": who, "contributions": [*(line.id for line in lines)]})
        for line in lines:
            self.givers.unlink(line.id, reader)
        self.reminders.erase(site, reader)
        newsletters = self.sign_ups.erase(site, reader)
        self.records.erase(site, reader)
        return {
            "erased": {"record": record is not None, "reminder": wish is not None, "newsletters": newsletters},
            "kept": [{**_contribution(line), "why": KEPT_WHY} for line in lines],
        }

    def _lines(self, site: str, reader: str, record: dict[str, Any] | None) -> list[Contribution]:
        keys = {gift["contribution"] for gift in record["gifts"]} if record else set()
        return list(self.givers.lines(site, reader, keys))

    def _reminder(self, wish: Reminder) -> dict[str, Any]:
        try:
            email = self.seal.open(wish.email)
        except SealError:
            email = None
        return {
            "stage": wish.stage, "email": email, "url": wish.url, "language": wish.language,
            "asked_at": iso(wish.asked_at), "due": iso(wish.due),
        }  # fmt: skip


def _sign_up(sign_up: SignUp) -> dict[str, Any]:
    """Without the address: we keep none. A moment that has not come is None."""
    moments = {
        name: at and iso(at)
        for name in ("asked_at", "confirmed_at", "delivered_at", "ended_at")
        for at in (getattr(sign_up, name),)
    }
    return {"newsletter": sign_up.newsletter, **moments}


def _contribution(line: Contribution) -> dict[str, Any]:
    return {
        "id": line.id, "state": line.state, "interval": line.interval, "currency": line.currency,
        "amount_minor": line.amount_minor, "began_at": iso(line.began_at), "customer": line.customer,
    }  # fmt: skip
