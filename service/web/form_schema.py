"""The shape of the contribution form, for the OpenAPI document."""

from marshmallow import Schema, fields

from service.domain.money import Interval
from service.domain.site import CheckoutMode


def _per_interval(values: fields.Field) -> fields.Dict:  # type: ignore[type-arg]
    """One of them for each of `intervals`."""
    return fields.Dict(keys=fields.Enum(Interval, by_value=True), values=values, required=True)


class AmountSchema(Schema):
    """An amount, and how the reader's language writes it."""

    minor = fields.Integer(required=True, strict=True)
    label = fields.String(required=True)


class LimitsSchema(Schema):
    """The least and the most that is accepted, without fees."""

    minimum_minor = fields.Integer(required=True, strict=True)
    maximum_minor = fields.Integer(required=True, strict=True)
    minimum_label = fields.String(required=True)
    maximum_label = fields.String(required=True)


class FeesSchema(Schema):
    """The offer to cover the fees: charged is ceil((amount + fixed) x 10000 / (10000 - percent)), in whole steps."""

    fixed_minor = fields.Integer(required=True, strict=True)
    percent_bp = fields.Integer(required=True, strict=True, metadata={"description": "150 is 1.5 %."})
    checked = fields.Boolean(required=True, metadata={"description": "Taken unless the reader says otherwise."})


class NumberSchema(Schema):
    """How the language writes amounts: "1.234,50" has the sizes [3, 3], and "." as its group."""

    zero = fields.String(required=True, metadata={"description": "The digit 0; its nine others follow in Unicode."})
    decimal = fields.String(required=True)
    group = fields.String(required=True)
    sizes = fields.List(fields.Integer(), required=True, metadata={"description": "Of the last group, and the others."})
    minimum_grouping = fields.Integer(
        required=True, metadata={"description": "Digits that must stand before the first group, or there is none."}
    )


class FormSchema(Schema):
    """What the contribution form needs to be drawn."""

    currency = fields.String(required=True)
    exponent = fields.Integer(required=True, metadata={"description": "How many decimals the currency has."})
    step_minor = fields.Integer(required=True, metadata={"description": "Amounts are whole multiples of it."})
    symbol = fields.String(required=True)
    number = fields.Nested(NumberSchema, required=True)
    intervals = fields.List(fields.Enum(Interval, by_value=True), required=True)
    default_interval = fields.Enum(Interval, by_value=True, required=True)
    amounts = _per_interval(fields.List(fields.Nested(AmountSchema)))
    chosen = _per_interval(fields.Integer())
    limits = _per_interval(fields.Nested(LimitsSchema))
    amount_labels = _per_interval(fields.String(metadata={"description": 'Such as "{amount} a month".'}))
    payment_methods = fields.String(required=True)
    fees = fields.Nested(FeesSchema, required=True, allow_none=True, metadata={"description": "Null: not offered."})
    currencies = fields.List(
        fields.String(), metadata={"description": "What the reader may change to, the current one first."}
    )
    checkout = fields.Enum(CheckoutMode, by_value=True, required=True)
    email = fields.Boolean(required=True, metadata={"description": "The form asks for an address, which may be empty."})


class FormAnswerSchema(Schema):
    """GET /embed/v1/forms/…"""

    form = fields.Nested(FormSchema, required=True)
