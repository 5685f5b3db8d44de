"""POST /staff/explain: a decision's request, answered with the reasons; nothing is recorded or counted."""

from datetime import UTC, datetime
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue
from marshmallow import fields, validate

from service.domain.site import Site
from service.web.decision_request import DecisionRequest, visit_of
from service.web.explaining import explain_request, foreseen
from service.web.parts import Parts, request_body
from service.web.requests import known_site, load, read_json, reader_of
from service.web.schemas import DecisionSchema
from service.web.staff import staff_blueprint
from service.web.tokens import new_reader


class ExplainSchema(DecisionSchema):
    """POST /staff/explain: as a decision, and for another moment or country if wanted. A preview follows no rules."""

    class Meta(DecisionSchema.Meta):
        exclude = ("preview",)

    at = fields.AwareDateTime(
        load_default=None,
        allow_none=True,
        format="iso",
        default_timezone=UTC,
        # a reader's record holds no others
        validate=validate.Range(datetime(2000, 1, 1, tzinfo=UTC), datetime(2100, 1, 1, tzinfo=UTC)),
    )
    country = fields.String(
        load_default=None,
        allow_none=True,
        validate=validate.Regexp(r"[A-Z]{2}\Z", error="Not two capital letters."),
    )


_EXPLAIN = ExplainSchema()


def explain_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = staff_blueprint("explain", parts)

    @views.post("/staff/explain")
    def explain() -> ResponseReturnValue:
        wish = load(_EXPLAIN, read_json(request_body()))
        site = known_site(parts.sites, wish["site"])
        plan = parts.published().catalogue.plans[site.id]
        now = wish["at"] or parts.clock()
        asked = _request(wish, wish["country"] or parts.countries.of(request.environ))
        reader = _reader(parts, site, asked)
        history = foreseen(parts.readers, plan, asked, reader, now)
        return explain_request(plan, asked, reader, history, now, parts.allocations.current(site.id))

    return views


def _request(wish: dict[str, Any], country: str | None) -> DecisionRequest:
    return DecisionRequest(
        site=wish["site"],
        reader=wish["reader"] or None,
        consent=wish["consent"] is not False,
        page=wish["page"],
        visit=visit_of(wish["visit"] or {}, country),
        placements=tuple(dict.fromkeys(wish["placements"])),
        preview=None,
    )


def _reader(parts: Parts, site: Site, asked: DecisionRequest) -> str:
    """The reader's id; of somebody who has just come where none is named."""
    if not asked.consent:
        return ""
    return reader_of(parts.tokens, site, asked.reader) if asked.reader else new_reader()
