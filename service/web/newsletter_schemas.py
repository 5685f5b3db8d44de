"""What requests and answers about newsletters look like."""

from marshmallow import Schema, fields, validate

from service.domain.email_address import LONGEST
from service.web.schemas import LONGEST_LANGUAGE, LONGEST_TOKEN, StrictSchema


class SubscriptionSchema(StrictSchema):
    """POST /v1/newsletters/…/subscriptions: `reader` is null where the browser keeps nothing for us.

    `receipt`: of the appeal that holds the form, for results; one that is too old is no mistake.
    """

    site = fields.String(required=True)
    email = fields.String(required=True, validate=validate.Length(max=LONGEST))
    language = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_LANGUAGE))
    reader = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_TOKEN))
    receipt = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_TOKEN))


class NewsletterAnswerSchema(Schema):
    """GET /embed/v1/newsletters/…"""

    language = fields.String()
    direction = fields.String()
    newsletter = fields.Dict(metadata={"description": "id, title, frequency, preview, privacy, and the form's words."})
