"""Sign-ups for newsletters: which address wished for what, under a keyed hash of the address and never the address.

It is here only sealed, in the jobs that send the mail and hand it to the provider; they are gone when that is done.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from secrets import token_hex

from service.domain.newsletter import CONFIRM_LIFE, SignUp
from service.domain.retention import Retention, usual_retention
from service.store.connection import Store
from service.store.jobs import JSON, Jobs

MAIL_JOB, DELIVERY_JOB, END_JOB, LAPSE_JOB = (f"newsletter_{what}" for what in ("mail", "delivery", "end", "lapse"))
_MOMENTS = ("asked_at", "confirmed_at", "delivered_at", "ended_at")


class SignUps:
    """Every method raises StoreUnavailableError without Redis. `secret` keys the hashes. `retention`: what holds for a
    site; they are kept as long as a reader's record, so that the same wish is not delivered twice."""

    def __init__(
        self, store: Store, jobs: Jobs, secret: str, retention: Callable[[str], Retention] = usual_retention
    ) -> None:
        self._store, self._jobs, self._secret, self._retention = store, jobs, secret.encode(), retention

    def name(self, site: str, newsletter: str, email: str) -> str:
        """What a sign-up is called: the same for the same address, and nobody can tell whose it is."""
        text = f"{site}\0{newsletter}\0{email.lower()}"
        return hmac.new(self._secret, text.encode(), hashlib.sha256).hexdigest()[:32]

    def ask(self, site: str, name: str, newsletter: str, reader: str, now: datetime) -> SignUp:
        """The sign-up, wished for now; `reader` may be empty."""
        known, new = self.find(site, name), token_hex(16)
        if known:
            self._jobs.drop(LAPSE_JOB, _lapse(name, known))  # the latest wish decides
        sign_up = known.asked_again(new, reader, now) if known else SignUp(new, newsletter, reader, now)
        self._write(site, name, sign_up, self._keep(site) if sign_up.confirmed_at else 2 * CONFIRM_LIFE)
        return sign_up

    def find(self, site: str, name: str) -> SignUp | None:
        """The sign-up, or None when nothing is known of it (any more)."""
        row = self._store.command("HGETALL", _key(site, name))
        fields = dict(zip(row[::2], row[1::2], strict=True))
        return _sign_up({field.decode(): value.decode() for field, value in fields.items()}) if fields else None

    def confirm(self, site: str, name: str, sign_up: SignUp, now: datetime) -> SignUp:
        """The sign-up, confirmed; the first time counts."""
        confirmed = replace(sign_up, confirmed_at=sign_up.confirmed_at or now, ended_at=None)
        self._write(site, name, confirmed, self._keep(site))
        return confirmed

    def delivered(self, site: str, name: str, now: datetime) -> None:
        """The provider has it."""
        self._mark(site, name, "delivered_at", now)

    def end(self, site: str, name: str, now: datetime) -> None:
        """The reader has taken it back: what is not yet delivered never will be."""
        self._mark(site, name, "ended_at", now)
        self._drop(name)

    def put(
        self, kind: str, name: str, arguments: Mapping[str, JSON], delay: timedelta = timedelta(), turn: int = 0
    ) -> None:
        """A job about the sign-up, on disk before this returns. Of one kind there is one at a time, and one more while
        a job puts its own successor: that is the next `turn`."""
        urgent = kind == MAIL_JOB  # somebody looks into the mailbox
        self._jobs.put(kind, arguments, _unique(name, turn), delay, urgent=urgent, kept=True)

    def put_lapse(self, name: str, sign_up: SignUp, arguments: Mapping[str, JSON]) -> None:
        """A job for when the wish can be confirmed no more."""
        self._jobs.put(LAPSE_JOB, arguments, _lapse(name, sign_up), CONFIRM_LIFE)

    def of_reader(self, site: str, reader: str) -> list[SignUp]:
        """What the reader signed up for, in no order."""
        return [sign_up for _, sign_up in self._of_reader(site, reader)]

    def erase(self, site: str, reader: str) -> int:
        """Forgets them, and what was still to be done about them; how many there were. A provider keeps what it has."""
        erased = 0
        for name, sign_up in self._of_reader(site, reader):
            self._drop(name)
            self._jobs.drop(LAPSE_JOB, _lapse(name, sign_up))
            self._store.command("DEL", _key(site, name))
            erased += 1
        self._store.command("DEL", _index(site, reader))
        return erased

    def _of_reader(self, site: str, reader: str) -> Iterator[tuple[str, SignUp]]:
        for member in self._store.command("SMEMBERS", _index(site, reader)):
            name = member.decode()
            sign_up = self.find(site, name)
            if sign_up is not None and sign_up.reader == reader:  # another browser may have signed the same address up
                yield name, sign_up

    def _keep(self, site: str) -> timedelta:
        return self._retention(site).readers

    def _drop(self, name: str) -> None:
        for kind in (MAIL_JOB, DELIVERY_JOB, END_JOB):
            for turn in range(2):
                self._jobs.drop(kind, _unique(name, turn))

    def _mark(self, site: str, name: str, field: str, now: datetime) -> None:
        self._store.command("HSET", _key(site, name), field, _text(now))
        self._store.command("EXPIRE", _key(site, name), _seconds(self._keep(site)))

    def _write(self, site: str, name: str, sign_up: SignUp, keep: timedelta) -> None:
        """All of it in one command, so that nobody meets half."""
        key, seconds = _key(site, name), _seconds(keep)
        moments = [part for field in _MOMENTS for part in (field, _text(getattr(sign_up, field)))]
        facts = ["id", sign_up.id, "newsletter", sign_up.newsletter, "reader", sign_up.reader]
        self._store.command("HSET", key, *facts, *moments)
        self._store.command("EXPIRE", key, seconds)
        if sign_up.reader:
            self._store.command("SADD", _index(site, sign_up.reader), name)
            self._store.command("EXPIRE", _index(site, sign_up.reader), _seconds(self._keep(site)))


def _unique(name: str, turn: int) -> str:
    return f"{name}/{turn % 2}"


def _lapse(name: str, sign_up: SignUp) -> str:
    return f"{name}/{_text(sign_up.asked_at)}"


def _key(site: str, name: str) -> str:
    return f"hb:n:{{{site}:{name}}}"


def _index(site: str, reader: str) -> str:
    return f"hb:nr:{{{site}:{reader}}}"


def _seconds(span: timedelta) -> int:
    return span // timedelta(seconds=1)


def _text(moment: datetime | None) -> str:
    return str(int(moment.timestamp())) if moment else ""


def _sign_up(fields: Mapping[str, str]) -> SignUp | None:
    """None for what is left when a record expired and one of its fields was written afterwards."""
    if "id" not in fields:
        return None
    moments = {field: datetime.fromtimestamp(int(fields[field]), UTC) if fields[field] else None for field in _MOMENTS}
    return SignUp(fields["id"], fields["newsletter"], fields["reader"], **moments)  # type: ignore[arg-type]
