"""GET and DELETE /v1/readers/me: what we hold on the reader who asks, and an end of it."""

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.domain.site import Site
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.requests import reader_of


def readers_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("readers", __name__)

    @views.get("/v1/readers/me")
    def tell() -> ResponseReturnValue:
        site, reader = _asking(parts)
        return parts.reader_data.held(site.id, reader, parts.clock())

    @views.delete("/v1/readers/me")
    def erase() -> ResponseReturnValue:
        site, reader = _asking(parts)
        return parts.reader_data.erase(site.id, reader, parts.clock())

    return views


def _asking(parts: Parts) -> tuple[Site, str]:
    """Who asks, by the token that their browser keeps; in a header, since addresses end up in logs."""
    site = parts.site(request.args.get("site", ""))
    parts.guard.pace("readers", parts.clock(), address=parts.guard.address)
    kind, _, token = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise ProblemError(401, "Send the reader's token as Authorization: Bearer …", "reader")
    return site, reader_of(parts.tokens, site, token.strip())
