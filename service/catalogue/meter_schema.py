"""The part of site.yaml about free articles: how many, on which pages, in which period."""

from datetime import timedelta
from typing import Any

from marshmallow import post_load

from service.catalogue.addresses import Address, pattern_of
from service.catalogue.audience_schema import MOST_ARTICLES
from service.catalogue.fields import Group, ListOf, Number, OneOf, StaffSchema, Switch, Text
from service.catalogue.times import Period, Span
from service.domain.meter import Calendar, Meter, Mode
from service.domain.page import NO_PAGES, Exclusions

_OPEN = {"open": True, "closed": False}


class ExclusionsSchema(StaffSchema):
    """A set of pages: any match is enough."""

    sections = ListOf(Text(), load_default=list, least=0)
    tags = ListOf(Text(), load_default=list, least=0)
    urls = ListOf(Address(), load_default=list, least=0)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Exclusions:
        return Exclusions(
            frozenset(section.casefold() for section in values["sections"]),
            frozenset(tag.casefold() for tag in values["tags"]),
            pattern_of(values["urls"]),
        )


class MeterSchema(StaffSchema):
    """meter: free articles."""

    allowance = Number(required=True, most=MOST_ARTICLES // 2)
    period = Period(load_default=Calendar.MONTH)
    mode = OneOf(Mode, load_default=Mode.SOFT)
    later = Span(load_default=timedelta(days=1), zero=False)
    newsletter_bonus = Number(load_default=0, most=MOST_ARTICLES // 2)
    exempt = Group(ExclusionsSchema, load_default=NO_PAGES)
    on_outage = OneOf(_OPEN, load_default=True)
    without_consent = OneOf(_OPEN, load_default=True)
    markup = Switch(load_default=False)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Meter:
        on_outage, without_consent = values.pop("on_outage"), values.pop("without_consent")
        return Meter(open_on_outage=on_outage, open_without_consent=without_consent, **values)
