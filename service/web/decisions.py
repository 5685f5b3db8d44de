"""POST /v1/decisions: what one page view gets. The hot path; `front.py` puts it in front of Flask."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import count
from secrets import token_bytes

from service.domain.access import UNMETERED, Access, counting
from service.domain.decision import Reader, decide
from service.domain.plan import PageMatch, Plan
from service.domain.reader import History
from service.domain.reason import Reason
from service.domain.site import Site
from service.store.allocations import Allocations
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.answers import answer_of
from service.web.decision_request import DecisionRequest
from service.web.previewed import PreviewedDecisions
from service.web.published import Published
from service.web.rendered import Rendered
from service.web.requests import check_origin, known_site, read_json, reader_of
from service.web.tally import Tally
from service.web.tokens import Tokens, new_reader

_MONTH_SECONDS = 30 * 86400
_NO_METER = b'{"granted":true,"reason":"no_meter"}'
_STORE_UNAVAILABLE = Reason.STORE_UNAVAILABLE  # looked up once: every decision compares
_numbers = count(int.from_bytes(token_bytes(4)))


def _nonce() -> str:
    """Eight hexadecimal digits that tell two receipts of a reader apart. No secret: receipts are signed."""
    return f"{next(_numbers) & 0xFFFFFFFF:08x}"


@dataclass(frozen=True, slots=True)
class Prepared:
    """What requests come to that differ in nothing but the reader. `request` is without its reader."""

    request: DecisionRequest
    site: Site
    plan: Plan
    page: PageMatch
    currency: str


@dataclass(frozen=True, slots=True)
class Decisions:
    """Answers decisions. `published` gives what is running now."""

    published: Callable[[], Published]
    readers: ReaderStore
    tokens: Tokens
    access_token: Callable[[str, str, str, datetime], str]
    allocations: Allocations
    tally: Tally
    previewed: PreviewedDecisions
    clock: Callable[[], datetime]

    def answer(self, body: bytes, origin: str | None, country: str | None) -> bytes:
        """The answer's JSON. Raises ProblemError."""
        # Functions that an attribute holds are fetched before they are called, here and on: Python 3.11 finds them
        # fast then, and only then.
        running, clock = self.published, self.clock
        published = running()
        prepared, sent = published.shapes.recall(body, country) or _prepare(published, body, country)
        request, site, page = prepared.request, prepared.site, prepared.page
        check_origin(site, origin)
        if request.preview is not None:
            return self.previewed.answer(published, site, replace(request, reader=sent))
        reader, token = self._reader(prepared, sent)
        now = clock()
        history = self._history(prepared, reader, now)
        if history is _STORE_UNAVAILABLE:
            token = sent  # a new one would be a reader nobody remembers
        access, outcomes = decide(
            prepared.plan, Reader(reader, history), request.page, request.visit, request.placements, now,
            self.allocations.current(site.id), page,
        )  # fmt: skip
        self.tally.note(site.id, now, outcomes)
        alike = published.renderer.render(site, outcomes, page.language, prepared.currency)
        told = _NO_METER if site.meter is None else self._access(published, prepared, access, now)
        return answer_of(token, told, self._appeals(alike, site.id, reader, history, now), alike.withheld)

    def _reader(self, prepared: Prepared, sent: str | None) -> tuple[str, str | None]:
        """The reader's id and the token to keep."""
        if not prepared.request.consent:
            return "", None
        if sent is None:
            reader = new_reader()
            return reader, self.tokens.reader_token(prepared.site.id, reader)
        return reader_of(self.tokens, prepared.site, sent), sent

    def _history(self, prepared: Prepared, reader: str, now: datetime) -> History | Reason:
        request, site, page = prepared.request, prepared.site, prepared.page
        if not request.consent:
            return Reason.NO_CONSENT
        counts = UNMETERED
        if page.access is None and site.meter is not None and not request.page.premium:
            counts = counting(site, site.meter, request.visit.newsletters, now)
        try:
            return self.readers.record_view(site.id, reader, page.article, now, counts, page.topics)
        except StoreUnavailableError:
            return _STORE_UNAVAILABLE

    def _appeals(
        self, alike: Rendered, site: str, reader: str, history: History | Reason, now: datetime
    ) -> Sequence[bytes]:
        """The appeals as JSON, in pieces: what is alike for all such readers, and what is this one's."""
        pieces: list[bytes] = []
        for subject, template in alike.appeals:
            if pieces:
                pieces.append(b",")
            read = 0
            if template.counts_articles and isinstance(history, History):
                read = history.articles_read(now.timestamp() - _MONTH_SECONDS)
            receipt = self.tokens.new_receipt(site, reader, subject, now, _nonce())
            pieces += template.render(receipt, read)
        return pieces

    def _access(self, published: Published, prepared: Prepared, access: Access, now: datetime) -> bytes:
        request, site, sign = prepared.request, prepared.site, self.access_token
        token = None
        if access.granted and request.page.is_article:
            token = sign(site.id, request.page.url, access.reason, now)
        return published.access.render(site, access, prepared.page.language, token)


def _prepare(published: Published, body: bytes, country: str | None) -> tuple[Prepared, str | None]:
    """What the request comes to but for its reader, remembered, and its reader's token. Raises ProblemError."""
    request = published.requests.read(read_json(body), country)
    site = known_site(published.catalogue.sites, request.site)
    plan = published.catalogue.plans[site.id]
    prepared = Prepared(
        request=replace(request, reader=None),
        site=site,
        plan=plan,
        page=plan.opened(request.page, request.visit),
        currency=site.currency_for(request.visit.country),
    )
    published.shapes.remember(body, country, request.reader, prepared)
    return prepared, request.reader
