"""The shape of a ticker, for the OpenAPI document."""

from marshmallow import Schema, fields


class TickerSchema(Schema):
    """How far a campaign has come, in the reader's language."""

    raised_minor = fields.Integer(required=True)
    goal_minor = fields.Integer(required=True)
    currency = fields.String(required=True)
    percent = fields.Integer(required=True, metadata={"description": "From 0 to 100, whatever is above."})
    percent_label = fields.String(required=True)
    text = fields.String(required=True, metadata={"description": 'Such as "€12,345 of €50,000".'})
    until = fields.DateTime(required=True, allow_none=True, metadata={"description": "The last second that counts."})
    until_text = fields.String(required=True, metadata={"description": "With a {date} to fill in."})


class TickerAnswerSchema(Schema):
    """GET /embed/v1/tickers/…"""

    ticker = fields.Nested(TickerSchema, required=True, allow_none=True, metadata={"description": "Null: not known."})
