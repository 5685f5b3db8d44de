"""The only place where parts are wired together."""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import lru_cache, partial
from os import environ
from time import time

import structlog
from flask import Flask, Response, request
from werkzeug.exceptions import HTTPException, MethodNotAllowed

from service.books import open_books, retention_in
from service.catalogue.loader import Loader
from service.catalogue.reloader import Reloader
from service.catalogue.warnings import warnings_of
from service.catalogue.words import Dictionary, load_dictionary
from service.domain.site import Site
from service.logs import configure_logging
from service.pages.views import PAGE_VIEWS
from service.payments.human_check import HumanVerifier
from service.settings import Settings
from service.staff.pages import staff_views
from service.store.allocations import Allocations
from service.store.audit import Audit
from service.store.checks import Checks
from service.store.counters import Counters
from service.store.errors import StoreUnavailableError
from service.store.held import Givers, HeldRecords
from service.store.limits import Limits
from service.store.on_disk import waiting_for
from service.store.readers import ReaderStore
from service.store.reconciliations import Reconciliations
from service.store.reminders import Reminders
from service.store.sign_outs import SignOuts
from service.store.tickers import Tickers
from service.web.access import access_views
from service.web.access_tokens import AccessTokens
from service.web.admission import Admission
from service.web.assets import assets_views
from service.web.contributions import contributions_views
from service.web.cors import PREFLIGHT_HEADERS
from service.web.country import Countries
from service.web.decisions import Decisions
from service.web.events import events_views
from service.web.explain import explain_views
from service.web.forms import forms_views
from service.web.front import in_front_of
from service.web.human_check import HumanCheck
from service.web.key_set import key_set_views
from service.web.limits import Guard
from service.web.metrics import count_problem
from service.web.newsletter_desk import NewsletterDesk
from service.web.newsletters import newsletters_views
from service.web.operations import operations_views
from service.web.parts import Parts
from service.web.previewed import PreviewedDecisions
from service.web.previews import Previews
from service.web.problems import CONTENT_TYPE, ProblemError, as_problem
from service.web.published import Published, publish
from service.web.reader_data import ReaderData
from service.web.readers import readers_views
from service.web.reminder_links import ReminderLinks
from service.web.staff_door import Door
from service.web.supporter_desk import open_desk
from service.web.supporters import supporters_views
from service.web.tally import Tally
from service.web.tickers import tickers_views
from service.web.tokens import Tokens
from service.web.webhooks import webhooks_views

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
_VIEWS = (
    access_views, events_views, contributions_views, webhooks_views, assets_views, forms_views, key_set_views,
    operations_views, explain_views, supporters_views, readers_views, newsletters_views, tickers_views, *PAGE_VIEWS,
)  # fmt: skip


def utc_now() -> datetime:
    """The time, in whole seconds: what readers' records hold."""
    return _second(int(time()))


@lru_cache(maxsize=2)  # many readers come in one second
def _second(seconds: int) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def create_app(settings: Settings | None = None, *, clock: Clock = utc_now, watch: bool = True) -> Flask:
    """The service. Raises SettingsError or CatalogueError rather than start half-right.

    `watch`: do in the background what no request waits for, such as taking up changes in the staff files.
    """
    settings = settings or Settings.from_environ(environ)
    configure_logging(settings.log_level)
    dictionary = load_dictionary()
    loader = Loader(settings.config_dir, settings.extra_origins, settings.abilities)
    published = partial(publish, dictionary=dictionary, public_url=settings.public_url, mails=settings.mails)
    reloader = Reloader(loader, published, lambda catalogue: warnings_of(catalogue, clock()))
    parts = _parts(settings, dictionary, reloader, clock, background=watch)
    if watch:
        reloader.watch()
        parts.countries.watch()
        parts.allocations.watch(lambda: parts.sites)
    app = _flask_app(parts)
    app.extensions["honestybox"] = parts
    app.extensions["honestybox_reloader"] = reloader
    return app


def _parts(
    settings: Settings, dictionary: Dictionary, reloader: Reloader[Published], clock: Clock, *, background: bool
) -> Parts:
    def sites() -> Mapping[str, Site]:
        return reloader.current.catalogue.sites

    books, retention = open_books(settings, sites, clock), retention_in(sites)
    tokens = Tokens(settings.secret_keys)
    counters = Counters(books.store, background=background, retention=retention)
    guard = Guard(Limits(books.patient, settings.secret_keys[0]), settings.limits, settings.client_address_header)
    verifier = HumanVerifier(settings.human_check, settings.human_check_base) if settings.human_check else None
    human_check = HumanCheck(verifier, Checks(books.patient), books.lookout)
    desk = open_desk(settings, books.patient, books.patient_readers, books.gateway)
    reminders = Reminders(books.patient, waiting_for(settings.redis_url))
    held, givers = HeldRecords(books.patient), Givers(books.patient)
    return Parts(
        settings=settings,
        published=lambda: reloader.current,
        config_problems=lambda: reloader.problems,
        config_warnings=lambda: reloader.warnings,
        dictionary=dictionary,
        store=books.store,
        readers=ReaderStore(books.store, retention),
        patient_readers=books.patient_readers,
        tokens=tokens,
        previews=Previews(tokens),
        access_tokens=AccessTokens(settings.secret_keys, settings.public_url),
        countries=Countries(settings.country_header, settings.country_database, settings.client_address_header),
        tally=Tally(counters, background=background),
        gateway=books.gateway,
        recorder=books.recorder,
        reconciliations=Reconciliations(books.store),
        jobs=books.jobs,
        reminders=reminders,
        reminder_links=ReminderLinks(desk.seal, settings.public_url),
        reader_data=ReaderData(held, givers, reminders, books.sign_ups, books.jobs, desk.seal),
        desk=desk,
        newsletters=NewsletterDesk(books.sign_ups, books.patient_readers, desk.seal),
        counters=counters,
        results=books.results,
        allocations=Allocations(books.store),
        tickers=Tickers(books.store),
        guard=guard,
        lookout=books.lookout,
        admission=Admission(guard, human_check, books.lookout),
        deliveries=books.deliveries,
        door=Door(settings, tokens, SignOuts(books.patient)),
        audit=Audit(books.patient),
        clock=clock,
    )


def _flask_app(parts: Parts) -> Flask:
    app = Flask("service", static_folder=None)
    for views in _VIEWS:
        app.register_blueprint(views(parts))
    for blueprint in staff_views(parts):
        app.register_blueprint(blueprint)
    app.register_error_handler(ProblemError, _problem_response)
    app.register_error_handler(HTTPException, _http_problem)
    app.register_error_handler(StoreUnavailableError, _store_problem)
    app.register_error_handler(Exception, _unexpected_problem)
    app.before_request(_preflight)
    app.after_request(partial(_with_headers, parts))
    decisions = Decisions(
        published=parts.published,
        readers=parts.readers,
        tokens=parts.tokens,
        access_token=parts.access_tokens.token,
        allocations=parts.allocations,
        tally=parts.tally,
        previewed=PreviewedDecisions(parts.tokens, parts.previews, parts.clock),
        clock=parts.clock,
    )
    app.wsgi_app = in_front_of(app.wsgi_app, decisions, parts.countries.of)  # type: ignore[method-assign,assignment]
    return app


def _preflight() -> Response | None:
    """The script needs none of these; a site's own code that sends application/json does."""
    if request.method == "OPTIONS" and request.path.startswith("/v1/"):
        return Response(status=204, headers=list(PREFLIGHT_HEADERS))
    return None


def _with_headers(parts: Parts, response: Response) -> Response:
    if request.path.startswith("/v1/"):
        response.headers.extend(parts.published().cors.of(request.headers.get("Origin")))
        response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    return response


def _problem_response(problem: ProblemError) -> Response:
    count_problem(request.endpoint or "none", problem.field)
    return Response(problem.body, problem.status, problem.headers, content_type=CONTENT_TYPE)


def _http_problem(error: HTTPException) -> Response:
    response = _problem_response(ProblemError(error.code or 500, error.description or error.name))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(sorted(error.valid_methods or ()))
    return response


def _store_problem(_: StoreUnavailableError) -> Response:
    return _problem_response(ProblemError(503, "Our memory does not answer, so this may not be recorded. Try again."))


def _unexpected_problem(error: Exception) -> Response:
    return _problem_response(as_problem(error))
