"""What requests look like. The OpenAPI document is made from these same schemas."""

import re
import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from marshmallow import RAISE, Schema, ValidationError, fields, post_load, validate, validates_schema

from service.domain.money import Interval
from service.domain.page import Page
from service.domain.site import Placement

LONGEST_URL, LONGEST_NAME, LONGEST_LANGUAGE = 2000, 200, 35
LONGEST_EMAIL = 254  # RFC 5321
MOST_TAGS, MOST_AUTHORS, MOST_EVENTS, MOST_NAMES, LONGEST_TOKEN = 50, 20, 50, 20, 600
PAGE_TYPES = ("article", "section", "home", "other")
DEVICES = ("phone", "tablet", "desktop")
EVENT_TYPES = ("seen", "clicked", "dismissed")
_CHECK = r"[!-~]{0,8000}\Z"  # Turnstile's have up to 2048 characters; hCaptcha names no limit
_EMAIL = re.compile(r"[^@\s]+@[^@\s.]+(\.[^@\s.]+)+")


def _name(**kwargs: Any) -> fields.String:
    return fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_NAME), **kwargs)


def _token(**kwargs: Any) -> fields.String:
    return fields.String(validate=validate.Length(max=LONGEST_TOKEN), **kwargs)


def _named_texts() -> fields.Dict:
    """Names and values of somebody else's choosing, few and short."""
    text = fields.String(validate=validate.Length(max=LONGEST_NAME))
    return fields.Dict(
        keys=text, values=text, load_default=dict, allow_none=True, validate=validate.Length(max=MOST_NAMES)
    )


def _switch(**kwargs: Any) -> fields.Boolean:
    return fields.Boolean(allow_none=True, truthy={True}, falsy={False}, **kwargs)


class StrictSchema(Schema):
    """Keys nobody knows are refused: a misspelt one must not be quietly ignored."""

    class Meta:
        unknown = RAISE


class WebAddress(fields.String):
    """An absolute http or https address."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **kwargs: Any) -> str:
        text = super()._deserialize(value, attr, data, **kwargs) or ""
        if len(text) > LONGEST_URL:
            raise ValidationError(f"Longer than {LONGEST_URL} characters.")
        if not is_web_address(text):
            raise ValidationError("Not an http or https address.")
        return text


def is_web_address(text: str) -> bool:
    """True for an absolute http(s) address without control characters."""
    try:
        parts = urlsplit(text)
    except ValueError:
        return False
    return parts.scheme in ("http", "https") and bool(parts.hostname) and text.isprintable() and " " not in text


def is_email(text: str) -> bool:
    """True for what can be an address. Whether mail arrives there only mail can tell."""
    return bool(_EMAIL.fullmatch(text)) and text.isprintable()


class PageSchema(StrictSchema):
    """The page that is open."""

    url = WebAddress(required=True)
    section = _name()
    tags = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_NAME)),
        load_default=tuple,
        allow_none=True,
        validate=validate.Length(max=MOST_TAGS),
    )
    authors = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_NAME)),
        load_default=tuple,
        allow_none=True,
        validate=validate.Length(max=MOST_AUTHORS),
    )
    language = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_LANGUAGE))
    premium = _switch(load_default=False)
    type = fields.String(load_default="other", allow_none=True, validate=validate.OneOf(PAGE_TYPES))

    @post_load
    def _build(self, values: dict[str, Any], **_: Any) -> Page:
        return Page(
            url=values["url"],
            section=values["section"] or "",
            tags=tuple(values["tags"] or ()),
            authors=tuple(values["authors"] or ()),
            language=values["language"] or "",
            premium=bool(values["premium"]),
            type=values["type"] or "other",
        )


class VisitSchema(StrictSchema):
    """How the reader came, and on what."""

    referrer = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_URL))
    utm = _named_texts()
    device = fields.String(load_default=None, allow_none=True, validate=validate.OneOf(DEVICES))
    width = fields.Integer(load_default=None, allow_none=True, strict=True, validate=validate.Range(0, 100_000))
    signed_in = _switch(load_default=None)
    attributes = _named_texts()
    newsletters = fields.List(
        fields.String(validate=validate.Length(max=LONGEST_NAME)),
        load_default=list,
        allow_none=True,
        validate=validate.Length(max=MOST_NAMES),
    )


class DecisionSchema(StrictSchema):
    """POST /v1/decisions"""

    site = fields.String(required=True)
    reader = _token(load_default=None, allow_none=True)
    consent = _switch(load_default=True)
    page = fields.Nested(PageSchema, required=True)
    visit = fields.Nested(VisitSchema, load_default=dict, allow_none=True)
    placements = fields.List(
        fields.Enum(Placement, by_value=True), required=True, validate=validate.Length(min=1, max=len(Placement))
    )
    preview = _token(load_default=None, allow_none=True)


class EventSchema(StrictSchema):
    """One thing that happened to an appeal."""

    receipt = _token(required=True)
    type = fields.String(required=True, validate=validate.OneOf(EVENT_TYPES))


class WhereSchema(StrictSchema):
    """Where a reader did it, for results alone: what a page says of itself, as its decision was told."""

    device = fields.String(load_default="", allow_none=True, validate=validate.OneOf(("", *DEVICES)))
    section = _name()


class EventsSchema(WhereSchema):
    """POST /v1/events"""

    events = fields.List(fields.Nested(EventSchema), required=True, validate=validate.Length(min=1, max=MOST_EVENTS))


class SnoozeSchema(WhereSchema):
    """POST /v1/snoozes: for some days, or for as long as we hold the reader."""

    reader = _token(required=True)
    receipt = _token(required=True)
    days = fields.Integer(strict=True)
    never = fields.Boolean(load_default=False, truthy={True}, falsy={False})
    email = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_EMAIL))
    url = WebAddress(load_default="", metadata={"description": "With `email`: the page that its mail leads back to."})
    language = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_LANGUAGE))

    @validates_schema
    def _one_of_both(self, values: dict[str, Any], **_: Any) -> None:
        if ("days" in values) == values["never"]:
            raise ValidationError({"days": ["Send either days or never."]})
        if values["never"] and values["email"]:
            raise ValidationError({"email": ["Never is never: no mail is sent then."]})


class OutcomeSchema(StrictSchema):
    """POST /v1/contributions/outcome"""

    site = fields.String(required=True)
    reader = _token(required=True)
    session = fields.String(required=True, validate=validate.Regexp(r"cs_[A-Za-z0-9_]{1,200}\Z"))
    url = WebAddress(required=True)


class LaterSchema(StrictSchema):
    """POST /v1/access/later"""

    site = fields.String(required=True)
    reader = _token(required=True)
    url = WebAddress(required=True)


class ContributionSchema(WhereSchema):
    """POST /v1/contributions"""

    site = fields.String(required=True)
    reader = _token(required=True)
    receipt = _token(load_default=None, allow_none=True)
    interval = fields.Enum(Interval, by_value=True, required=True)
    currency = fields.String(required=True, validate=validate.Length(equal=3))
    amount_minor = fields.Integer(required=True, strict=True, metadata={"description": "Without fees."})
    cover_fees = _switch(load_default=False)
    language = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_LANGUAGE))
    attempt = fields.String(required=True)
    return_url = WebAddress(required=True)
    email = fields.String(load_default="", allow_none=True, validate=validate.Length(max=LONGEST_EMAIL))
    check = fields.String(load_default=None, allow_none=True, validate=validate.Regexp(_CHECK))
    hosted = _switch(load_default=False)
    again = _switch(load_default=False)

    @post_load
    def _check_email(self, values: dict[str, Any], **_: Any) -> Mapping[str, Any]:
        values["email"] = (values["email"] or "").strip()
        if values["email"] and not is_email(values["email"]):
            raise ValidationError({"email": ["Not an e-mail address."]})
        return values

    @post_load
    def _check_attempt(self, values: dict[str, Any], **_: Any) -> Mapping[str, Any]:
        try:
            values["attempt"] = str(uuid.UUID(values["attempt"]))
        except ValueError as error:
            raise ValidationError({"attempt": ["Not a UUID."]}) from error
        return values
