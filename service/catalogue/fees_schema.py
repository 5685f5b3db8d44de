"""The part of site.yaml that lets readers cover the fees."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from marshmallow import ValidationError

from service.catalogue.fields import Checked, MapOf, Number, StaffField, StaffSchema, Switch, currency
from service.domain.amounts import Amounts
from service.domain.fees import WHOLE_BP, CoverFees, Fee, charged_minor
from service.domain.money import Interval, MoneyError, most_minor, step_minor, to_major, to_whole_minor

MOST_PERCENT = 20  # no payment method costs so much; whoever writes more means something else
_LEAST_PERCENT = Decimal("0.1")


class FeePercent(StaffField):
    """A number such as 1.5, in basis points: 150."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, Decimal)):
            raise ValidationError(f"must be a number such as 1.5, without a % (got {value!r})")
        percent = Decimal(value)
        if not 0 <= percent <= MOST_PERCENT:
            raise ValidationError(f"must be between 0 and {MOST_PERCENT} (got {percent}); write 1.5 for 1.5 %")
        if 0 < percent < _LEAST_PERCENT:
            meant = f"{(percent * 100).normalize():f}"
            raise ValidationError(f"is only {percent} % of a payment; write {meant} for {meant} %")
        if percent * 100 != int(percent * 100):
            raise ValidationError(f"has at most two decimals (got {percent}); write {percent:.2f}")
        return int(percent * 100)


class CoverFeesSchema(StaffSchema):
    """cover_fees: what is taken off every payment, so that readers may pay it on top."""

    percent = FeePercent(required=True)
    fixed = MapOf(Checked(currency), Number(whole=False), required=True)
    checked = Switch(load_default=False)


def cover_fees(loaded: Mapping[str, Any], currencies: Mapping[str, Amounts]) -> CoverFees:
    """The offer, with a fee for each of the site's currencies. Raises ValidationError with every mistake."""
    fees = {}
    wrong: dict[str, Any] = {}
    for code in {**currencies, **loaded["fixed"]}:
        try:
            fees[code] = _fee(code, loaded, currencies)
        except ValidationError as error:
            wrong[code] = error.messages
    if wrong:
        raise ValidationError({"fixed": wrong})
    if not any(fee.percent_bp or fee.fixed_minor for fee in fees.values()):
        raise ValidationError({"percent": ["is 0, and so is every fixed fee: nothing to cover; delete cover_fees"]})
    return CoverFees(fees, loaded["checked"])


def _fee(code: str, loaded: Mapping[str, Any], currencies: Mapping[str, Amounts]) -> Fee:
    if code not in currencies:
        known = ", ".join(currencies)
        raise ValidationError(f"is not one of the site's currencies ({known}); delete it")
    if code not in loaded["fixed"]:
        raise ValidationError("is missing; add it, and write 0 where nothing is fixed")
    try:
        fixed = to_whole_minor(Decimal(loaded["fixed"][code]), code)
    except MoneyError as error:
        raise ValidationError(str(error)) from error
    least = min(limits.minimum_minor for limits in currencies[code].limits.values())
    if fixed > least:
        cure = f"write it in {code}, such as 0.30, or raise minimum"
        raise ValidationError(f"is more than the smallest gift ({to_major(least, code)}); {cure}")
    return Fee(loaded["percent"], fixed)


def too_large_with_fees(offer: CoverFees, currencies: Mapping[str, Amounts]) -> dict[str, Any]:
    """The maximums that Stripe takes alone but not with the fees on top, as errors under `currencies`."""
    wrong: dict[str, Any] = {}
    for code, amounts in currencies.items():
        highest = max(amounts.limits[interval].maximum_minor for interval in Interval)
        if charged_minor(highest, offer.by_currency[code], code) > most_minor(code):
            most = to_major(_most_before(offer.by_currency[code], code), code)
            wrong[code] = {"maximum": [f"is more than Stripe takes once the fees are added; write at most {most}"]}
    return wrong


def _most_before(fee: Fee, code: str) -> int:
    """The most that can be given when the fees come on top."""
    most = most_minor(code) * (WHOLE_BP - fee.percent_bp) // WHOLE_BP - fee.fixed_minor
    return most - most % step_minor(code)
