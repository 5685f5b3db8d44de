"""POST /v1/events and /v1/snoozes: what readers did with an appeal."""

from datetime import datetime, timedelta

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.domain.reader import short_key
from service.domain.site import Site
from service.store.readers import Happening
from service.store.record import CLICKED, DISMISSED, NEVER, SEEN, SNOOZED
from service.web.access_answers import iso
from service.web.metrics import count_event
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.requests import load, read_json, reader_of
from service.web.schemas import EventsSchema, SnoozeSchema
from service.web.tokens import Receipt

_FLAGS = {"seen": SEEN, "clicked": CLICKED, "dismissed": DISMISSED}
_EVENTS, _SNOOZE = EventsSchema(), SnoozeSchema()


def happening(receipt: Receipt, flag: int) -> Happening:
    """What the reader's record keeps of it."""
    return Happening(short_key(f"{receipt.site}/{receipt.campaign}"), receipt.key, flag)


def events_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("events", __name__)

    @views.post("/v1/events")
    def events() -> ResponseReturnValue:
        batch = load(_EVENTS, read_json(request_body()))["events"]
        receipts = [parts.receipt(event["receipt"], f"events.{index}.receipt")[0] for index, event in enumerate(batch)]
        site, reader = receipts[0].site, receipts[0].reader
        for index, receipt in enumerate(receipts):
            if (receipt.site, receipt.reader) != (site, reader):
                raise ProblemError(422, "The receipt is another reader's.", f"events.{index}.receipt")
        told = [(receipt, event["type"]) for receipt, event in zip(receipts, batch, strict=True)]
        counting = [(receipt, kind) for receipt, kind in told if not receipt.is_preview]
        if not counting:
            return {"recorded": 0}
        happenings = [happening(receipt, _FLAGS[kind]) for receipt, kind in counting]
        now = parts.clock()
        news = parts.patient_readers.record_events(site, reader, happenings, now)
        for (receipt, kind), new in zip(counting, news, strict=True):
            if new:
                _count(parts, receipt, kind, now)
        return {"recorded": sum(news)}

    @views.post("/v1/snoozes")
    def snoozes() -> ResponseReturnValue:
        wish = load(_SNOOZE, read_json(request_body()))
        receipt, site = parts.receipt(wish["receipt"], "receipt")
        if reader_of(parts.tokens, site, wish["reader"]) != receipt.reader:
            raise ProblemError(422, "The receipt is another reader's.", "receipt")
        now = parts.clock()
        if wish["never"]:
            _never(parts, site, receipt, now)
            return {"until": None}
        if wish["days"] not in site.snooze.choices:
            choices = ", ".join(map(str, site.snooze.choices))
            raise ProblemError(422, f"Must be one of {choices}.", "days")
        until = now + timedelta(days=wish["days"])
        if receipt.is_preview:
            return {"until": iso(until)}
        if parts.patient_readers.snooze(site.id, receipt.reader, happening(receipt, SNOOZED), until, now):
            _count(parts, receipt, "snoozed", now)
        return {"until": iso(until)}

    return views


def _never(parts: Parts, site: Site, receipt: Receipt, now: datetime) -> None:
    if not site.snooze.never:
        raise ProblemError(422, "This site does not offer it.", "never")
    if receipt.is_preview:
        return
    (new,) = parts.readers.record_events(site.id, receipt.reader, [happening(receipt, NEVER)], now)
    if new:
        _count(parts, receipt, "never", now)


def _count(parts: Parts, receipt: Receipt, kind: str, now: datetime) -> None:
    """For those who watch the service, and for results."""
    where = (receipt.campaign, receipt.variant, receipt.placement, kind)
    count_event(receipt.site, *where)
    parts.counters.add(receipt.site, now.date(), *where)
