"""POST /v1/supporters/links and /v1/supporters/recognitions: a supporter on another device."""

from collections.abc import Callable

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.domain.email_address import email_address
from service.domain.site import Site
from service.store.errors import StoreUnavailableError
from service.web.links import page_of
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.requests import load, read_json, reader_of
from service.web.supporter_schemas import LinkSchema, RecognitionSchema
from service.web.tokens import new_reader

_LINK, _RECOGNITION = LinkSchema(), RecognitionSchema()
LINK_JOB, READER_JOB = "supporter_link", "supporter_reader"


def supporters_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("supporters", __name__)

    @views.post("/v1/supporters/links")
    def ask() -> ResponseReturnValue:
        wish = load(_LINK, read_json(request_body()))
        site = parts.site(wish["site"])
        require_mail(parts)
        address = email_address(wish["email"])
        if address is None:
            raise ProblemError(422, "Not an e-mail address.", "email")
        ask_for_link(parts, site, address, site.language_for(wish["language"]), wish["return_url"] or "")
        return {"accepted": True}, 202

    @views.post("/v1/supporters/recognitions")
    def recognise() -> ResponseReturnValue:
        wish = load(_RECOGNITION, read_json(request_body()))
        site = parts.site(wish["site"])
        reader = reader_of(parts.tokens, site, wish["reader"]) if wish["reader"] else new_reader()
        _recognise(parts, site, wish["grant"], reader)
        return {"reader": parts.tokens.reader_token(site.id, reader)}

    return views


def require_mail(parts: Parts) -> None:
    """Raises ProblemError where no mail can be sent: a link that never comes must not be offered."""
    if not parts.settings.mails:
        raise ProblemError(404, "No mail is sent from here: HONESTYBOX_MAIL_URL is not set.")


def ask_for_link(
    parts: Parts, site: Site, address: str, language: str, return_url: str, too_many: Callable[[int], str] | None = None
) -> None:
    """Has the worker look for gifts from this address, and write to it. Raises ProblemError for one who asks too often.

    Nothing here depends on whether anybody gave from it: neither the answer, nor how long it takes.
    """
    now = parts.clock()
    parts.guard.pace("links", now, too_many, email=address.lower(), address=parts.guard.address, site=site.id)
    wanted = {
        "site": site.id,
        "email": parts.desk.seal.close(address),  # Redis is to hold no address
        "language": language,
        "return_url": page_of(site, return_url),
        "asked_at": now.isoformat(),
    }
    parts.jobs.put(LINK_JOB, wanted, urgent=True)  # the link is good for half an hour


def _recognise(parts: Parts, site: Site, grant: str, reader: str) -> None:
    now = parts.clock()
    granted = parts.desk.links.grants.take(site.id, grant, now)
    if granted is None:
        raise ProblemError(422, "The grant was used before, is too old, or another site's.", "grant")
    try:
        unknown = parts.desk.recognition.recognise(site.id, granted.supporter, reader, now)
        owners = [owner.customer for owner in granted.supporter.owners]
        parts.jobs.put(READER_JOB, {"owners": [*owners], "unknown": [*unknown], "reader": reader})
    except StoreUnavailableError:
        parts.desk.links.grants.give_back(site.id, grant, granted)
        raise
