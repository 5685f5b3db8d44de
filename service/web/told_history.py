"""A reader's history as somebody writes it down in JSON, to see what would be decided."""

from collections.abc import Callable, Iterator, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from marshmallow import ValidationError, fields, validate

from service.catalogue.problems import did_you_mean
from service.domain.access import UNMETERED, Metering, metering
from service.domain.memory import DISMISSED, NEVER, SEEN, SNOOZED, Memory
from service.domain.page import Page
from service.domain.plan import Plan
from service.domain.reader import Gift, GiftState, History, short_key
from service.web.problems import ProblemError
from service.web.requests import load
from service.web.schemas import LONGEST_NAME, MOST_NAMES, MOST_TAGS, StrictSchema, WebAddress

_Happening = tuple[str, datetime, Callable[[datetime], Any]]


def _text(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_NAME), **kwargs)


def _moment(**kwargs: Any) -> fields.DateTime:
    """A moment; without a zone it is one of the site's."""
    told: dict[str, Any] = {"invalid": "Not a moment such as 2026-12-03T14:05."}
    return fields.DateTime(format="iso", error_messages=told, validate=_this_century, **kwargs)


def _this_century(at: datetime) -> None:
    if not 2000 <= at.year < 2100:  # a reader's record holds no others
        raise ValidationError("Not in this century.")


class OpenedSchema(StrictSchema):
    """An article that was opened."""

    url = WebAddress(required=True)
    at = _moment(required=True)
    section = _text(load_default="")
    tags = fields.List(_text(), load_default=tuple, validate=validate.Length(max=MOST_TAGS))
    premium = fields.Boolean(load_default=False, truthy={True}, falsy={False})


class SeenSchema(StrictSchema):
    """An appeal that was seen; of which campaign, if that matters."""

    campaign = _text(load_default="")
    at = _moment(required=True)


class GivenSchema(StrictSchema):
    """Where a contribution stands, and since when."""

    state = fields.String(required=True, validate=validate.OneOf([state.name.lower() for state in GiftState]))
    at = _moment(required=True)


class ToldHistorySchema(StrictSchema):
    """Everything before the page view in question."""

    first_seen = _moment()
    visits = fields.Integer(strict=True, validate=validate.Range(0, 65_535))
    articles = fields.List(fields.Nested(OpenedSchema), load_default=list)
    impressions = fields.List(fields.Nested(SeenSchema), load_default=list)
    dismissals = fields.List(_moment(), load_default=list)
    snoozed_until = _moment()
    never_again = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    put_off_at = _moment()
    gifts = fields.List(fields.Nested(GivenSchema), load_default=list)
    newsletters = fields.List(_text(), load_default=list, validate=validate.Length(max=MOST_NAMES))


_SCHEMA = ToldHistorySchema()


def told_history(values: Any, plan: Plan, page: Page, newsletters: frozenset[str], now: datetime) -> History:
    """The history in `values`, with the page view of `now` in it. Raises ProblemError naming the field."""
    told = load(_SCHEMA, values)
    memory = Memory()
    happened = [(field, _in_zone(plan, at), happen) for field, at, happen in _happenings(told, plan, memory)]
    for field, at, _ in happened:
        if at > now:
            raise ProblemError(422, f"{at:%Y-%m-%d %H:%M} is later than the moment in question.", field)
    for name in told["newsletters"]:  # from the beginning, since the meter may be kinder to who has one
        memory.record_newsletter(name, min((at for _, at, _ in happened), default=now), has=True)
    for _, at, happen in sorted(happened, key=lambda one: one[1]):
        happen(at)
    _remember(memory, told, plan, now)
    history = _opened(memory, plan, page, newsletters, now)
    return history._replace(visits=told["visits"]) if "visits" in told else history


def _in_zone(plan: Plan, at: datetime) -> datetime:
    return at if at.tzinfo else at.replace(tzinfo=plan.site.time_zone)


def _happenings(told: Mapping[str, Any], plan: Plan, memory: Memory) -> Iterator[_Happening]:
    """Each with its field, its moment, and what it does to `memory`."""
    if "first_seen" in told:
        yield "first_seen", told["first_seen"], partial(memory.record_view, 0)
    for number, one in enumerate(told["articles"]):
        page = Page(one["url"], one["section"], tuple(one["tags"]), premium=one["premium"], type="article")
        yield f"articles.{number}.at", one["at"], partial(_opened, memory, plan, page, frozenset())
    for number, one in enumerate(told["impressions"]):
        key = _campaign_key(plan, one["campaign"], f"impressions.{number}.campaign")
        yield f"impressions.{number}.at", one["at"], partial(memory.happened, key, number, SEEN)
    for number, at in enumerate(told["dismissals"]):
        yield f"dismissals.{number}", at, partial(memory.happened, 0, number, DISMISSED)
    for number, one in enumerate(told["gifts"]):
        yield f"gifts.{number}.at", one["at"], partial(_give, memory, str(number), GiftState[one["state"].upper()])
    if "put_off_at" in told:
        later = plan.site.meter.later if plan.site.meter else None
        if later is not None:
            yield "put_off_at", told["put_off_at"], partial(memory.put_off, Metering(1), later)


def _campaign_key(plan: Plan, campaign: str, field: str) -> int:
    if not campaign:
        return short_key("")
    if campaign not in plan.by_id:
        hint = did_you_mean(campaign, sorted(plan.by_id))
        raise ProblemError(422, f"{plan.site.id} has no campaign {campaign}; {hint}", field)
    return plan.by_id[campaign].key


def _opened(memory: Memory, plan: Plan, page: Page, newsletters: frozenset[str], at: datetime) -> History:
    match = plan.page(page)
    counts = UNMETERED if plan.site.meter is None else metering(plan.site, page, newsletters, at)
    return memory.record_view(match.article, at, counts, match.topics)


def _give(memory: Memory, contribution: str, state: GiftState, at: datetime) -> None:
    memory.record_gift(contribution, Gift(state, at), 0, at)


def _remember(memory: Memory, told: Mapping[str, Any], plan: Plan, now: datetime) -> None:
    """What holds at the moment in question, whenever it began."""
    if told["never_again"]:
        memory.happened(0, 0, NEVER, now)
    if "snoozed_until" in told:
        memory.happened(0, 0, SNOOZED, now, _in_zone(plan, told["snoozed_until"]))
