"""POST /v1/decisions: what one page view gets. The hot path; `front.py` puts it in front of Flask."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import NamedTuple

from service.domain.access import UNMETERED, Access, metering
from service.domain.campaign import Campaign, Variant
from service.domain.decision import Decision, Reader, Show, Weights, decide
from service.domain.plan import Plan
from service.domain.reader import History
from service.domain.reason import Reason
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.decision_request import DecisionRequest
from service.web.metrics import count_decision
from service.web.previewed import PreviewedDecisions
from service.web.published import Published
from service.web.requests import check_origin, known_site, read_json, reader_of
from service.web.tokens import Receipt, Tokens, new_reader

_MONTH = timedelta(days=30)


class _Asked(NamedTuple):
    """What one answer is made from; a tuple, because a frozen dataclass costs a decision four times as much to make."""

    published: Published
    plan: Plan
    request: DecisionRequest
    reader: str
    now: datetime

    @property
    def site(self) -> Site:
        return self.plan.site


@dataclass(frozen=True, slots=True)
class Decisions:
    """Answers decisions. `published` gives what is running now, `weights` those of a site's variants."""

    published: Callable[[], Published]
    readers: ReaderStore
    tokens: Tokens
    access_token: Callable[[str, str, str, datetime], str]
    weights: Callable[[str], Weights]
    previewed: PreviewedDecisions
    clock: Callable[[], datetime]

    def answer(self, body: bytes, origin: str | None, country: str | None) -> str:
        """The answer's JSON. Raises ProblemError."""
        published = self.published()
        request = published.requests.read(read_json(body), country)
        site = known_site(published.catalogue.sites, request.site)
        check_origin(site, origin)
        if request.preview is not None:
            return self.previewed.answer(published, site, request)
        reader, token = self._reader(site, request)
        asked = _Asked(published, published.catalogue.plans[site.id], request, reader, self.clock())
        history = self._history(asked)
        if history is Reason.STORE_UNAVAILABLE:
            token = request.reader  # a new one would be a reader nobody remembers
        decision = decide(
            asked.plan,
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
        plan, request = asked.plan, asked.request
        if not request.consent:
            return Reason.NO_CONSENT
        page = plan.page(request.page)
        counts = UNMETERED
        if asked.site.meter is not None:
            counts = metering(asked.site, request.page, request.visit.newsletters, asked.now)
        try:
            return self.readers.record_view(plan.site.id, asked.reader, page.article, asked.now, counts, page.topics)
        except StoreUnavailableError:
            return Reason.STORE_UNAVAILABLE

    def _render(self, asked: _Asked, history: History | Reason, token: str | None, decision: Decision) -> str:
        appeals, withheld = [], []
        for placement, outcome in decision.outcomes.items():
            if isinstance(outcome, Show) and isinstance(history, History):
                appeals.append(self._appeal(asked, history, outcome.campaign, outcome.variant))
                count_decision(asked.request.site, placement, "shown")
            elif not isinstance(outcome, Show):
                withheld.append(f'"{placement}":"{outcome.reason}"')
                count_decision(asked.request.site, placement, outcome.reason)
        reader = f'"{token}"' if token else "null"
        return (
            f'{{"reader":{reader},"access":{self._access(asked, decision.access)},"appeals":[{",".join(appeals)}],'
            f'"withheld":{{{",".join(withheld)}}}}}'
        )

    def _access(self, asked: _Asked, access: Access) -> str:
        site, page = asked.site, asked.request.page
        if site.meter is None:
            return '{"granted":true,"reason":"no_meter"}'
        token = None
        if access.granted and page.is_article:
            token = self.access_token(site.id, page.url, access.reason, asked.now)
        return asked.published.access.render(site, access, site.language_for(page.language), token)

    def _appeal(self, asked: _Asked, history: History, campaign: Campaign, variant: Variant) -> str:
        site = asked.site
        receipt = Receipt(
            site=site.id,
            reader=asked.reader,
            campaign=campaign.id,
            variant=variant.name,
            placement=campaign.placement,
            config=asked.published.catalogue.version,
            at=asked.now,
            nonce=token_hex(4),
        )
        language = site.language_for(asked.request.page.language)
        currency = site.currency_for(asked.request.visit.country)
        template = asked.published.appeals.template(site, campaign, variant, language, currency)
        month = (asked.now - _MONTH).timestamp()
        return template.render(self.tokens.receipt_token(receipt), history.articles_read(month))
