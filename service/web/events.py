"""POST /v1/events and /v1/snoozes: what readers did with an appeal."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.domain.reader import short_key
from service.domain.results import Among
from service.domain.site import Site
from service.store.readers import Happening
from service.store.record import CLICKED, DISMISSED, NEVER, SEEN, SNOOZED
from service.web.access_answers import iso
from service.web.metrics import count_event
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.reminders import ask_to_confirm, check_reminder
from service.web.requests import load, read_json, reader_of
from service.web.schemas import EventsSchema, SnoozeSchema
from service.web.tokens import Receipt
from service.web.where import where_of

_FLAGS = {"seen": SEEN, "clicked": CLICKED, "dismissed": DISMISSED, "never": NEVER}
_EVENTS, _SNOOZE = EventsSchema(), SnoozeSchema()


def happening(receipt: Receipt, flag: int) -> Happening:
    """What the reader's record keeps of it."""
    return Happening(short_key(f"{receipt.site}/{receipt.campaign}"), receipt.key, flag)


def events_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("events", __name__)

    @views.post("/v1/events")
    def events() -> ResponseReturnValue:
        batch = load(_EVENTS, read_json(request_body()))
        told = _told(parts, batch["events"])
        counting = [(receipt, kind) for receipt, kind in told if not receipt.is_preview]
        if counting:
            parts.guard.pace("events", parts.clock(), address=parts.guard.address)
        return {"recorded": _recorded(parts, counting, where_of(parts, batch))}

    @views.post("/v1/snoozes")
    def snoozes() -> ResponseReturnValue:
        wish = load(_SNOOZE, read_json(request_body()))
        receipt, site = parts.receipt(wish["receipt"], "receipt")
        if reader_of(parts.tokens, site, wish["reader"]) != receipt.reader:
            raise ProblemError(422, "The receipt is another reader's.", "receipt")
        parts.guard.pace("snoozes", parts.clock(), address=parts.guard.address)
        if not wish["never"]:
            return _snoozed(parts, site, receipt, wish) | _meanwhile(parts, site, receipt)
        _never(parts, site, receipt, where_of(parts, wish))
        return {"until": None}

    return views


def _told(parts: Parts, events: Sequence[dict[str, str]]) -> list[tuple[Receipt, str]]:
    """Each event's receipt and type. Raises ProblemError unless all are one reader's."""
    told = [
        (parts.receipt(event["receipt"], f"events.{index}.receipt")[0], event["type"])
        for index, event in enumerate(events)
    ]
    first = told[0][0]
    for index, (receipt, _) in enumerate(told):
        if (receipt.site, receipt.reader) != (first.site, first.reader):
            raise ProblemError(422, "The receipt is another reader's.", f"events.{index}.receipt")
    return told


def _recorded(parts: Parts, told: Sequence[tuple[Receipt, str]], among: Among) -> int:
    if not told:
        return 0
    (first, _), now = told[0], parts.clock()
    happenings = [happening(receipt, _FLAGS[kind]) for receipt, kind in told]
    news = parts.patient_readers.record_events(first.site, first.reader, happenings, now)
    for (receipt, kind), new in zip(told, news, strict=True):
        if new:
            _count(parts, receipt, kind, now, among)
    return sum(news)


def _snoozed(parts: Parts, site: Site, receipt: Receipt, wish: dict[str, Any]) -> dict[str, Any]:
    days = wish["days"]
    if days not in site.snooze.choices:
        raise ProblemError(422, f"Must be one of {', '.join(map(str, site.snooze.choices))}.", "days")
    now = parts.clock()
    address = check_reminder(parts, site, wish, now)
    until = now + timedelta(days=days)
    about = happening(receipt, SNOOZED)
    if not receipt.is_preview and parts.patient_readers.snooze(site.id, receipt.reader, about, until, now):
        _count(parts, receipt, "snoozed", now, where_of(parts, wish))
    answer: dict[str, Any] = {"until": iso(until)}
    if address and not receipt.is_preview:
        answer["reminder"] = ask_to_confirm(parts, site, receipt.reader, address, wish, until)
    return answer


def _meanwhile(parts: Parts, site: Site, receipt: Receipt) -> dict[str, str]:
    """The newsletter to offer to who is not asked for a while: not one that they have, or have just put off."""
    name = site.snooze.newsletter
    campaign = parts.published().catalogue.plans[site.id].by_id.get(receipt.campaign)
    asked_for_one = campaign is not None and campaign.newsletter
    if not name or asked_for_one or not parts.settings.abilities.can_deliver(site.id, site.newsletters[name]):
        return {}
    history = parts.patient_readers.history(site.id, receipt.reader, parts.clock())
    return {} if short_key(name) in history.newsletters else {"newsletter": name}


def _never(parts: Parts, site: Site, receipt: Receipt, among: Among) -> None:
    if not site.snooze.never:
        raise ProblemError(422, "This site does not offer it.", "never")
    _recorded(parts, [] if receipt.is_preview else [(receipt, "never")], among)


def _count(parts: Parts, receipt: Receipt, kind: str, now: datetime, among: Among) -> None:
    """For those who watch the service, and for results."""
    where = (receipt.campaign, receipt.variant, receipt.placement, kind)
    count_event(receipt.site, *where)
    parts.counters.add(receipt.site, now.date(), *where, among=among)
