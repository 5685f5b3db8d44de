"""What the views work with; `app.py` puts it together."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from flask import request

from service.catalogue.problems import Problem
from service.catalogue.words import Dictionary
from service.domain.site import Site
from service.payments.gateway import Gateway
from service.payments.recording import Recorder
from service.settings import Settings
from service.store.allocations import Allocations
from service.store.audit import Audit
from service.store.connection import Store
from service.store.counters import Counters
from service.store.deliveries import Deliveries
from service.store.jobs import Jobs
from service.store.lookout import Lookout
from service.store.readers import ReaderStore
from service.store.reconciliations import Reconciliations
from service.store.reminders import Reminders
from service.store.results import ResultsBook
from service.store.tickers import Tickers
from service.web.access_tokens import AccessTokens
from service.web.admission import Admission
from service.web.country import Countries
from service.web.limits import Guard
from service.web.newsletter_desk import NewsletterDesk
from service.web.previews import Previews
from service.web.problems import ProblemError
from service.web.published import Published
from service.web.reader_data import ReaderData
from service.web.reminder_links import ReminderLinks
from service.web.requests import MOST_BYTES, check_origin, known_site
from service.web.staff_door import Door
from service.web.supporter_desk import SupporterDesk
from service.web.tally import Tally
from service.web.tokens import Receipt, TokenError, Tokens


@dataclass(frozen=True, slots=True)
class Parts:
    """Everything a view may need, each part made once. `patient_readers` waits for a Redis that restarts: it is for
    what readers did, while `readers` is for those who wait for an article."""

    settings: Settings
    published: Callable[[], Published]
    config_problems: Callable[[], tuple[Problem, ...]]
    config_warnings: Callable[[], tuple[Problem, ...]]
    dictionary: Dictionary
    store: Store
    readers: ReaderStore
    patient_readers: ReaderStore
    tokens: Tokens
    previews: Previews
    access_tokens: AccessTokens
    countries: Countries
    tally: Tally
    gateway: Gateway
    recorder: Recorder
    reconciliations: Reconciliations
    jobs: Jobs
    reminders: Reminders
    reminder_links: ReminderLinks
    reader_data: ReaderData
    desk: SupporterDesk
    newsletters: NewsletterDesk
    counters: Counters
    results: ResultsBook
    allocations: Allocations
    tickers: Tickers
    guard: Guard
    lookout: Lookout
    admission: Admission
    deliveries: Deliveries
    door: Door
    audit: Audit
    clock: Callable[[], datetime]

    @property
    def sites(self) -> Mapping[str, Site]:
        """The sites as they are now."""
        return self.published().catalogue.sites

    def site(self, site_id: str) -> Site:
        """The site, when the request's page is one of its own. Raises ProblemError."""
        site = known_site(self.sites, site_id)
        check_origin(site, request.headers.get("Origin"))
        return site

    def receipt(self, token: str, field: str) -> tuple[Receipt, Site]:
        """The receipt and its site. Raises ProblemError naming `field`."""
        try:
            receipt = self.tokens.receipt(token, self.clock())
        except TokenError as error:
            raise ProblemError(422, f"The receipt {error}.", field) from error
        return receipt, self.site(receipt.site)


def request_body() -> bytes:
    """The request's body, no more of it than is allowed and one byte. Raises ProblemError when it says it is longer."""
    if (request.content_length or 0) > MOST_BYTES:
        raise ProblemError(413, f"The body is larger than {MOST_BYTES} bytes.", "body")
    return request.stream.read(MOST_BYTES + 1)
