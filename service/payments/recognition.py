"""A reader who proved by mail that they gave: from now on, whatever becomes of their gifts reaches this browser too."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from service.domain.contribution import Contribution
from service.domain.supporter import Supporter
from service.payments.customers import Customers
from service.payments.errors import UnknownObjectError
from service.payments.recording import ReaderBook, Recorder

# Any look at Stripe is later than this one, which was none, and what it wrote stands.
_NO_LOOK = 0


class LinkBook(Protocol):
    """Where lines and their readers are kept; see `store.ledger.Ledger`."""

    def link(self, contribution: str, reader: str) -> None: ...
    def get(self, contribution: str) -> Contribution | None: ...


@dataclass(frozen=True, slots=True)
class Recognition:
    """Links readers to what they gave. Everything here may be repeated."""

    ledger: LinkBook
    readers: ReaderBook

    def recognise(self, site: str, supporter: Supporter, reader: str, now: datetime) -> list[str]:
        """Remembers the gifts that the ledger knows, without Stripe; those that it does not, to be looked up.

        The link is written first: a look at Stripe that ends after it finds the reader itself, and one that ended
        before has written the line that is read here. Raises the store's error.
        """
        unknown = []
        for contribution in supporter.contributions:
            self.ledger.link(contribution, reader)
            line = self.ledger.get(contribution)
            if line is None:
                unknown.append(contribution)
            elif line.attribution.site == site:
                self.readers.record_gift(site, reader, contribution, line.gift, _NO_LOOK, now)
        return unknown


def keep_in_stripe(
    customers: Customers, recorder: Recorder, owners: Sequence[str], unknown: Sequence[str], reader: str, now: datetime
) -> None:
    """Writes the reader where a lost Redis is rebuilt from, and records what the ledger did not know.

    Raises PaymentsError and the store's error; all of it may be repeated.
    """
    for customer in owners:
        customers.add_reader(customer, reader)
    for contribution in unknown:
        try:
            recorder.record(contribution, now)
        except UnknownObjectError:  # gone from Stripe since; it would stand in the way of the others
            continue
