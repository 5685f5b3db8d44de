"""POST /v1/decisions, the hot path: a WSGI callable in front of Flask, with Flask's errors, limits and CORS."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from secrets import token_hex
from typing import TYPE_CHECKING, Any, NamedTuple

from service.domain.campaign import Campaign
from service.domain.decision import Reader, Show, Withhold, decide
from service.domain.reader import History
from service.domain.rules import Reason
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.cors import cors_headers
from service.web.decision_request import DecisionRequest
from service.web.metrics import count_decision, count_problem
from service.web.problems import CONTENT_TYPE, ProblemError, as_problem
from service.web.published import Published
from service.web.requests import MOST_BYTES, check_origin, known_site, read_json, reader_of
from service.web.tokens import Receipt, Tokens, new_reader

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = "/v1/decisions"
_MONTH = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Decisions:
    """Answers decisions. `published` gives what is running now; `country_header` is the edge's, or empty."""

    published: Callable[[], Published]
    readers: ReaderStore
    tokens: Tokens
    clock: Callable[[], datetime]
    country_header: str

    def answer(self, body: bytes, origin: str | None, country: str | None) -> str:
        """The answer's JSON. Raises ProblemError."""
        published = self.published()
        values = read_json(body)
        request = published.requests.read(values)
        site = known_site(published.catalogue.sites, request.site)
        check_origin(site, origin)
        now = self.clock()
        reader, token = self._reader(site, request)
        view = _View(published, site, request, reader, now, country)
        history = self._history(view)
        if history is Reason.STORE_UNAVAILABLE:
            token = request.reader  # a new one would be a reader nobody remembers
        outcomes = decide(
            site,
            published.catalogue.campaigns[site.id],
            Reader(reader, history),
            request.page,
            request.placements,
            now,
        )
        return self._render(view, history, token, outcomes)

    def _reader(self, site: Site, request: "DecisionRequest") -> tuple[str, str | None]:
        """The reader's id and the token to keep."""
        if not request.consent:
            return "", None
        if request.reader is None:
            reader = new_reader()
            return reader, self.tokens.reader_token(site.id, reader)
        return reader_of(self.tokens, site, request.reader), request.reader

    def _history(self, view: "_View") -> History | Reason:
        if not view.request.consent:
            return Reason.NO_CONSENT
        page = view.request.page
        article = page.url if page.type == "article" else None
        try:
            return self.readers.record_view(view.site.id, view.reader, article, view.now)
        except StoreUnavailableError:
            return Reason.STORE_UNAVAILABLE

    def _render(self, view: "_View", history: History | Reason, token: str | None, outcomes: Any) -> str:
        appeals, withheld = [], []
        for placement, outcome in outcomes.items():
            match outcome:
                case Show(campaign, variant) if isinstance(history, History):
                    appeals.append(self._appeal(view, history, campaign, variant))
                    count_decision(view.site.id, placement, "shown")
                case Withhold(reason):
                    withheld.append(f'"{placement}":"{reason}"')
                    count_decision(view.site.id, placement, reason)
        reader = f'"{token}"' if token else "null"
        access = '{"granted":true,"reason":"no_meter"}'
        return (
            f'{{"reader":{reader},"access":{access},"appeals":[{",".join(appeals)}],'
            f'"withheld":{{{",".join(withheld)}}}}}'
        )

    def _appeal(self, view: "_View", history: History, campaign: Campaign, variant: Any) -> str:
        site = view.site
        receipt = Receipt(
            site=site.id,
            reader=view.reader,
            campaign=campaign.id,
            variant=variant.name,
            placement=campaign.placement,
            config=view.published.catalogue.version,
            at=view.now,
            nonce=token_hex(4),
        )
        language = site.language_for(view.request.page.language)
        template = view.published.appeals.template(site, campaign, variant, language, site.currency_for(view.country))
        return template.render(self.tokens.receipt_token(receipt), history.articles_read(_MONTH, view.now))


class _View(NamedTuple):
    """What one answer is made from; a tuple, because a frozen dataclass costs a decision four times as much to make."""

    published: Published
    site: Site
    request: "DecisionRequest"
    reader: str
    now: datetime
    country: str | None


def in_front_of(app: "WSGIApplication", decisions: Decisions) -> "WSGIApplication":
    """`app`, with decisions answered before it is asked."""

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != _PATH or environ["REQUEST_METHOD"] == "OPTIONS":
            return app(environ, start_response)
        origin = environ.get("HTTP_ORIGIN")
        try:
            country = environ.get(decisions.country_header) if decisions.country_header else None
            body = decisions.answer(_body(environ), origin, country).encode()
            status, kind = "200 OK", "application/json"
        except Exception as error:  # noqa: BLE001  the outermost handler of this path
            problem = as_problem(error)
            count_problem("decisions", problem.field)
            body = problem.body
            status, kind = f"{problem.status.value} {problem.status.phrase}", CONTENT_TYPE
        headers = [
            ("Content-Type", kind),
            ("Content-Length", str(len(body))),
            ("Cache-Control", "no-store"),
            *cors_headers(decisions.published().catalogue.sites, origin),
        ]
        if status.startswith("405"):
            headers.append(("Allow", "OPTIONS, POST"))
        start_response(status, headers)
        return (body,)

    return serve


def _body(environ: "WSGIEnvironment") -> bytes:
    """At most one byte more than is allowed, so that `read_json` sees that it is too much.

    Never more than the request has: the input of a kept-alive connection ends nowhere, and reading on would wait for
    the next request. A body of unknown length is read only where the server says that its input ends.
    """
    if environ["REQUEST_METHOD"] != "POST":
        raise ProblemError(405, "Only POST is answered here.")
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit():
        size = min(int(length), MOST_BYTES + 1)
    else:
        size = MOST_BYTES + 1 if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(size)
    return body
