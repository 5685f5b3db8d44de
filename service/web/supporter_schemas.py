"""What requests of and for supporters look like."""

from marshmallow import fields, validate

from service.domain.email_address import LONGEST
from service.web.schemas import LONGEST_LANGUAGE, LONGEST_TOKEN, StrictSchema, WebAddress


class LinkSchema(StrictSchema):
    """POST /v1/supporters/links"""

    site = fields.String(required=True)
    email = fields.String(required=True, validate=validate.Length(max=LONGEST))
    language = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_LANGUAGE))
    return_url = WebAddress(load_default=None, allow_none=True)


class RecognitionSchema(StrictSchema):
    """POST /v1/supporters/recognitions: `reader` is null in a browser that nobody has seen."""

    site = fields.String(required=True)
    reader = fields.String(load_default=None, allow_none=True, validate=validate.Length(max=LONGEST_TOKEN))
    grant = fields.String(required=True, validate=validate.Length(max=LONGEST_TOKEN))
