"""The part of site.yaml that is about money: which currencies, and which amounts in each."""

from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from service.catalogue.fields import (
    Checked,
    Group,
    ListOf,
    MapOf,
    Number,
    OneOf,
    StaffField,
    StaffSchema,
    country,
    currency,
)
from service.domain.amounts import Amounts, Limits
from service.domain.money import CARD_MINIMUM, Interval, MoneyError, exponent, to_major, to_minor


class AmountsSchema(StaffSchema):
    """currencies.<code>: amounts in major units, as people say them."""

    minimum = Number(required=True, whole=False)
    maximum = Number(required=True, whole=False, most=99_999_999)
    once = ListOf(Number(whole=False, most=99_999_999), required=True)
    monthly = ListOf(Number(whole=False, most=99_999_999), required=True)
    annual = ListOf(Number(whole=False, most=99_999_999), required=True)


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
    """currencies: `default`, `by_country`, and one group for each currency."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> dict[str, Any]:
        if not isinstance(value, dict):
            raise ValidationError("must be a group with `default` and one group for each currency")
        codes = {code: group for code, group in value.items() if code not in ("default", "by_country")}
        amounts = MapOf(Checked(currency), Group(AmountsSchema)).deserialize(codes)
        errors: dict[str, Any] = {}
        default = value.get("default")
        if not isinstance(default, str) or default not in amounts:
            errors["default"] = [f"must name one of the currencies below ({', '.join(amounts) or 'none yet'})"]
        by_country = self._by_country(value.get("by_country") or {}, amounts, errors)
        built = {code: self._amounts(code, group, errors) for code, group in amounts.items()}
        if errors:
            raise ValidationError(errors)
        return {"default_currency": default, "currency_by_country": by_country, "currencies": built}

    def _by_country(self, value: Any, amounts: dict[str, Any], errors: dict[str, Any]) -> dict[str, str]:
        try:
            return MapOf(Checked(country), OneOf({code: code for code in amounts})).deserialize(value)  # type: ignore[no-any-return]
        except ValidationError as error:
            errors["by_country"] = error.messages
            return {}

    def _amounts(self, code: str, group: dict[str, Any], errors: dict[str, Any]) -> Amounts | None:
        wrong = errors.setdefault(code, {})

        def minor(path: str, amount: Any) -> int:
            try:
                return to_minor(Decimal(amount), code)
            except MoneyError as error:
                wrong[path] = [str(error)]
                return 0

        low, high = minor("minimum", group["minimum"]), minor("maximum", group["maximum"])
        least = CARD_MINIMUM.get(code, 10 if exponent(code) == 3 else 1)
        if not wrong and low < least:
            wrong["minimum"] = [f"is less than Stripe charges in {code}; write at least {to_major(least, code):f}"]
        if not wrong and high < low:
            wrong["maximum"] = [f"is less than minimum ({group['minimum']})"]
        suggested = {}
        for interval in Interval:
            suggested[interval] = tuple(minor(interval, amount) for amount in group[interval])
            if not wrong and not all(low <= amount <= high for amount in suggested[interval]):
                wrong[interval] = ["must lie between minimum and maximum"]
        if wrong:
            return None
        del errors[code]
        return Amounts(code, dict.fromkeys(Interval, Limits(low, high)), suggested)
