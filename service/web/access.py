"""POST /v1/access/later: the reader puts a soft gate off."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.domain.access import AccessReason, Metering
from service.domain.meter import Mode
from service.web.access_answers import iso
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.requests import load, read_json, reader_of
from service.web.schemas import LaterSchema

_LATER = LaterSchema()


def access_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = Blueprint("access", __name__)

    @views.post("/v1/access/later")
    def later() -> ResponseReturnValue:
        wish = load(_LATER, read_json(request_body()))
        site = parts.site(wish["site"])
        reader, now, meter = reader_of(parts.tokens, site, wish["reader"]), parts.clock(), site.meter
        if meter is None or meter.mode is not Mode.SOFT:
            raise ProblemError(409, "This gate cannot be put off.", "site")
        period = Metering(site.periods.since(now), meter.allowance)
        until = parts.patient_readers.put_off(site.id, reader, period, meter.later, now)
        if until is None:
            raise ProblemError(409, "The gate was put off before in this period.", "reader")
        token = parts.access_tokens.token(site.id, wish["url"], AccessReason.PUT_OFF, now)
        return {
            "access": {"granted": True, "reason": AccessReason.PUT_OFF, "token": token},
            "until": iso(until),
        }

    return views
