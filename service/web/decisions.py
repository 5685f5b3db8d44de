"""POST /v1/decisions: what one page view gets. The hot path; `front.py` puts it in front of Flask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from secrets import token_bytes
from typing import NamedTuple

from service.domain.access import UNMETERED, Access, counting
from service.domain.decision import Decision, Reader, Weights, decide
from service.domain.plan import PageMatch
from service.domain.reader import History
from service.domain.reason import Reason
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.answers import answer_of
from service.web.decision_request import DecisionRequest
from service.web.previewed import PreviewedDecisions
from service.web.published import Published
from service.web.requests import check_origin, known_site, read_json, reader_of
from service.web.tally import Note
from service.web.tokens import Tokens, new_reader

_MONTH_SECONDS = 30 * 86400
_NO_METER = b'{"granted":true,"reason":"no_meter"}'
_numbers = count(int.from_bytes(token_bytes(4)))


def _nonce() -> str:
    """Eight hexadecimal digits that tell two receipts of a reader apart. No secret: receipts are signed."""
    return f"{next(_numbers) & 0xFFFFFFFF:08x}"


class _Asked(NamedTuple):
    """What one answer is made from; a tuple, because a frozen dataclass costs a decision four times as much to make."""

    published: Published
    site: Site
    page: PageMatch
    request: DecisionRequest
    reader: str
    now: datetime


@dataclass(frozen=True, slots=True)
class Decisions:
    """Answers decisions. `published` gives what is running now, `weights` those of a site's variants."""

    published: Callable[[], Published]
    readers: ReaderStore
    tokens: Tokens
    access_token: Callable[[str, str, str, datetime], str]
    weights: Callable[[str], Weights]
    note: Note
    previewed: PreviewedDecisions
    clock: Callable[[], datetime]

    def answer(self, body: bytes, origin: str | None, country: str | None) -> bytes:
        """The answer's JSON. Raises ProblemError."""
        published = self.published()
        request = published.shapes.recall(body, country)
        if request is None:
            request = published.requests.read(read_json(body), country)
            published.shapes.remember(body, country, request)
        site = known_site(published.catalogue.sites, request.site)
        check_origin(site, origin)
        if request.preview is not None:
            return self.previewed.answer(published, site, request)
        reader, token = self._reader(site, request)
        plan = published.catalogue.plans[site.id]
        asked = _Asked(published, site, plan.page(request.page), request, reader, self.clock())
        history = self._history(asked)
        if history is Reason.STORE_UNAVAILABLE:
            token = request.reader  # a new one would be a reader nobody remembers
        decision = decide(
            plan,
            Reader(reader, history),
            request.page,
            request.visit,
            request.placements,
            asked.now,
            self.weights(site.id),
        )
        return self._render(asked, history, token, decision)

    def _reader(self, site: Site, request: DecisionRequest) -> tuple[str, str | None]:
        """The reader's id and the token to keep."""
        if not request.consent:
            return "", None
        if request.reader is None:
            reader = new_reader()
            return reader, self.tokens.reader_token(site.id, reader)
        return reader_of(self.tokens, site, request.reader), request.reader

    def _history(self, asked: _Asked) -> History | Reason:
        page, request = asked.page, asked.request
        if not request.consent:
            return Reason.NO_CONSENT
        counts = UNMETERED
        if page.access is None and asked.site.meter is not None and not request.page.premium:
            counts = counting(asked.site, asked.site.meter, request.visit.newsletters, asked.now)
        try:
            return self.readers.record_view(asked.site.id, asked.reader, page.article, asked.now, counts, page.topics)
        except StoreUnavailableError:
            return Reason.STORE_UNAVAILABLE

    def _render(self, asked: _Asked, history: History | Reason, token: str | None, decision: Decision) -> bytes:
        site, now, outcomes = asked.site, asked.now, decision.outcomes
        self.note(site.id, now, outcomes)
        currency = site.currency_for(asked.request.visit.country)
        appeals, withheld = asked.published.renderer.render(site, outcomes, asked.page.language, currency)
        rendered = []
        for subject, template in appeals:
            read = 0
            if template.counts_articles and isinstance(history, History):
                read = history.articles_read(now.timestamp() - _MONTH_SECONDS)
            receipt = self.tokens.new_receipt(site.id, asked.reader, subject, now, _nonce())
            rendered.append(template.render(receipt, read))
        return answer_of(token, self._access(asked, decision.access), rendered, withheld)

    def _access(self, asked: _Asked, access: Access) -> bytes:
        site, page = asked.site, asked.request.page
        if site.meter is None:
            return _NO_METER
        token = None
        if access.granted and page.is_article:
            token = self.access_token(site.id, page.url, access.reason, asked.now)
        return asked.published.access.render(site, access, asked.page.language, token)
