"""retention: of site.yaml, and what it must not cut short."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from marshmallow import post_load

from service.catalogue.fields import StaffSchema
from service.catalogue.times import Span
from service.domain.retention import LONGEST, Retention
from service.domain.span import span_text
from service.domain.tallies import LOOKS_BACK

_MONTH = timedelta(days=31)  # a calendar period of the meter


class RetentionSchema(StaffSchema):
    """retention: whole days."""

    readers = Span(whole_days=True, least=_MONTH, most=LONGEST, load_default=LONGEST)
    counters = Span(whole_days=True, least=LOOKS_BACK, most=LONGEST, load_default=LONGEST)

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Retention:
        return Retention(**values)


def forgotten_too_soon(loaded: Mapping[str, Any]) -> str:
    """What a reader would be promised for longer than they are remembered; "" where there is nothing.

    `loaded`: site.yaml's values. A record is litter once it expires, and never a rule: no rest may end by it.
    """
    readers = loaded["retention"].readers
    longest, name = max(_promises(loaded))
    if longest <= readers:
        return ""
    return f"must be at least {span_text(longest)}, since {name} is as long (got {span_text(readers)})"


def _promises(loaded: Mapping[str, Any]) -> Iterator[tuple[timedelta, str]]:
    rest, meter = loaded["rest"], loaded["meter"]
    yield loaded["frequency"]["window"], "frequency.window"
    yield loaded["frequency"]["min_gap"], "frequency.min_gap"
    yield max(rest.after_dismissal), "rest.after_dismissal"
    yield rest.after_once, "rest.after_once"
    yield rest.after_cancelled, "rest.after_cancelled"
    yield timedelta(days=max(loaded["snooze"].choices)), "one of snooze.choices"
    if meter and isinstance(meter.period, timedelta):
        yield meter.period, "meter.period"
