"""The part of site.yaml that is about money: which currencies, and which amounts in each."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from service.catalogue.currency_amounts import Reading
from service.catalogue.fields import (
    Checked,
    Group,
    ListOf,
    MapOf,
    Number,
    OneOf,
    StaffField,
    StaffSchema,
    Switch,
    country,
    currency,
)
from service.domain.money import CHARGED, Interval

MOST = 10_000_000_000  # more than Stripe takes in any currency, whose own limit is told later


def amount(**kwargs: Any) -> Number:
    """An amount in major units."""
    return Number(whole=False, most=MOST, **kwargs)


def charged(code: str) -> str:
    """A currency that Stripe can be asked for."""
    if currency(code) not in CHARGED:
        raise ValueError(f"{code} is not charged by Stripe; choose another currency, such as USD or EUR")
    return code


class EachSchema(StaffSchema):
    """One amount for each interval."""

    once = amount(required=True)
    monthly = amount(required=True)
    annual = amount(required=True)


@dataclass(frozen=True, slots=True)
class Limit:
    """minimum or maximum. `each`: written for every interval, not once for all."""

    each: bool
    by_interval: dict[Interval, Decimal]


class OneOrEach(StaffField):
    """One amount for every interval, or a group with one for each."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Limit:
        if isinstance(value, dict):
            group = EachSchema().load(value)
            return Limit(True, {interval: Decimal(group[interval]) for interval in Interval})
        return Limit(False, dict.fromkeys(Interval, Decimal(amount().deserialize(value))))


class AmountsSchema(StaffSchema):
    """currencies.<code>: amounts in major units, as people say them."""

    minimum = OneOrEach(required=True)
    maximum = OneOrEach(required=True)
    once = ListOf(amount(), required=True)
    monthly = ListOf(amount(), required=True)
    annual = ListOf(amount(), required=True)


class Rate(Number):
    """exchange_rates.<code>: what one unit is worth in units of the default currency."""

    def __init__(self) -> None:
        super().__init__(whole=False)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> Decimal:
        rate = Decimal(super()._deserialize(value, attr, data, **kwargs))
        if not rate:
            raise ValidationError("must be above 0 (got 0)")
        return rate


class Currencies(StaffField):
    """currencies: `default`, `by_country`, `choice`, and one group for each currency."""

    OWN_KEYS = ("default", "by_country", "choice")

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a group with `default` and one group for each currency")
        errors: dict[str, Any] = {}
        written = {code: group for code, group in value.items() if code not in self.OWN_KEYS}
        groups = _groups(written, errors)
        default = value.get("default")
        if not isinstance(default, str) or default not in written:
            errors["default"] = [f"must name one of the currencies below ({', '.join(written) or 'none yet'})"]
        countries = MapOf(Checked(country), OneOf({code: code for code in written}))
        by_country = _attempt(errors, "by_country", countries, value.get("by_country") or {})
        choice = _attempt(errors, "choice", Switch(), value.get("choice", False))
        readings = {code: Reading(code) for code in groups}
        built = {code: readings[code].amounts(group) for code, group in groups.items()}
        errors |= {code: reading.wrong for code, reading in readings.items() if reading.wrong}
        if errors:
            raise ValidationError(errors)
        return {
            "default_currency": default,
            "currency_by_country": by_country,
            "currency_choice": choice,
            "currencies": built,
        }


def _groups(written: dict[str, Any], errors: dict[str, Any]) -> dict[str, Any]:
    """The groups of amounts that have a currency's code and the right keys."""
    known = [code for code in written if _attempt(errors, code, Checked(charged), code)]
    groups = {code: _attempt(errors, code, Group(AmountsSchema), written[code]) for code in known}
    return {code: group for code, group in groups.items() if group is not None}


def _attempt(errors: dict[str, Any], name: str, field: Any, value: Any) -> Any:
    """The value, or None after noting under `name` what is wrong: one mistake must not hide the others."""
    try:
        return field.deserialize(value)
    except ValidationError as error:
        errors[name] = error.messages
        return None
