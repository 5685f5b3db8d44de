"""The OpenAPI document, made from the schemas that validate."""

from functools import cache
from typing import Any

from apispec import APISpec
from apispec.ext.marshmallow import MarshmallowPlugin
from marshmallow import Schema, fields

from service.domain.access import AccessReason
from service.domain.reason import Reason
from service.web.explain import ExplainSchema
from service.web.form_schema import FormAnswerSchema
from service.web.newsletter_schemas import NewsletterAnswerSchema, SubscriptionSchema
from service.web.openapi_parts import get, of_reader, post, refusals
from service.web.schemas import (
    ContributionSchema,
    DecisionSchema,
    EventsSchema,
    LaterSchema,
    OutcomeSchema,
    SnoozeSchema,
)
from service.web.supporter_schemas import LinkSchema, RecognitionSchema
from service.web.ticker_schema import TickerAnswerSchema


class AccessSchema(Schema):
    """May this reader read on, and why."""

    granted = fields.Boolean()
    reason = fields.String(metadata={"enum": [str(reason) for reason in AccessReason]})
    used = fields.Integer(metadata={"description": "Free articles used in this period."})
    allowance = fields.Integer()
    resets_at = fields.DateTime(allow_none=True, metadata={"description": "When the next article is free again."})
    token = fields.String(metadata={"description": "A JWT for the publisher's own server; see /.well-known/jwks.json."})
    markup = fields.Dict(metadata={"description": "The part to be marked up as not free, for search engines."})
    gate = fields.Dict(metadata={"description": "Where to cut the article, whether it can be put off, and the words."})


class DecisionAnswerSchema(Schema):
    """What one page view gets."""

    reader = fields.String(allow_none=True, metadata={"description": "Keep it, and send it with the next request."})
    access = fields.Nested(AccessSchema)
    appeals = fields.List(fields.Dict(), metadata={"description": "What to show, each with its receipt."})
    withheld = fields.Dict(
        keys=fields.String(),
        values=fields.String(metadata={"enum": [str(reason) for reason in Reason]}),
        metadata={"description": "Placement -> the reason why nothing is shown there."},
    )


class RecordedSchema(Schema):
    """How many events were new."""

    recorded = fields.Integer()


class UntilSchema(Schema):
    """When the reader may be asked again; null for never."""

    until = fields.DateTime(allow_none=True)


class ReminderSchema(Schema):
    """A mail is on its way that asks whether a reminder is wanted."""

    confirm_by = fields.DateTime(metadata={"description": "Afterwards the address is forgotten."})


class SnoozedSchema(UntilSchema):
    """The same, what becomes of the wish for a mail, and what may be offered meanwhile."""

    reminder = fields.Nested(ReminderSchema, metadata={"description": "Only where a mail was asked for."})
    newsletter = fields.String(metadata={"description": "One that the reader does not have; left out for none."})


class LaterAnswerSchema(UntilSchema):
    """The article is open until then."""

    access = fields.Nested(AccessSchema)


class AcceptedSchema(Schema):
    """The same for every address, known or not."""

    accepted = fields.Boolean()


class RecognisedSchema(Schema):
    """The token of the reader who is known as a supporter now."""

    reader = fields.String(metadata={"description": "Keep it, as that of a decision."})


class CheckoutSchema(Schema):
    """Where to pay; or, without an address, what Stripe's own script needs to ask for it on the page."""

    checkout_url = fields.Url(allow_none=True)
    client_secret = fields.String()
    publishable_key = fields.String()
    script_url = fields.Url()


class OutcomeAnswerSchema(Schema):
    """What became of the payment."""

    outcome = fields.String(metadata={"enum": ["paid", "pending", "unverified"]})
    access = fields.Nested(AccessSchema)


class ExplanationSchema(Schema):
    """A decision with its reasons."""

    summary = fields.List(
        fields.String(), metadata={"description": "One plain sentence for each placement, and one for the article."}
    )
    site = fields.String()
    url = fields.String()
    at = fields.DateTime()
    at_told = fields.String(metadata={"description": "The moment by the site's own clocks."})
    reader = fields.Dict(allow_none=True, metadata={"description": "What is known of the reader."})
    access = fields.Dict(metadata={"description": "Whether the article is open, and the rules up to the decisive one."})
    placements = fields.Dict(
        keys=fields.String(),
        values=fields.Dict(),
        metadata={"description": "Placement -> outcome, rules, campaigns, and how the page was shared out."},
    )


_POSTS = (
    ("/v1/decisions", "Decide what one page view gets", DecisionSchema, DecisionAnswerSchema),
    ("/v1/events", "Record what happened to appeals", EventsSchema, RecordedSchema),
    ("/v1/snoozes", "Remind me later", SnoozeSchema, SnoozedSchema),
    ("/v1/access/later", "Put a soft gate off", LaterSchema, LaterAnswerSchema),
    ("/v1/contributions", "Start a contribution", ContributionSchema, CheckoutSchema),
    ("/v1/supporters/recognitions", "Recognise a supporter in this browser", RecognitionSchema, RecognisedSchema),
    ("/v1/contributions/outcome", "What became of a payment on the page", OutcomeSchema, OutcomeAnswerSchema),
)
_GETS = (
    ("/v1/contributions/return", "Where Stripe brings the giver back: 303 to the article", ("session", "site", "to")),
    ("/{site_id}/thanks", "Where Stripe brings who gave on our page", ("session",)),
    ("/embed/v1/{name}", "The script and its modules", ()),
    ("/embed/v1/words/{site}/{language}.json", "The interface's own words", ()),
    ("/.well-known/jwks.json", "The public keys that verify access tokens", ()),
    ("/healthz", "Is the process alive", ()),
    ("/readyz", "Is it ready; Redis and config problems", ()),
    ("/metrics", "Prometheus", ()),
    ("/openapi.json", "This document", ()),
)

_HELD = {"description": "Everything that is held on the reader, by name."}
_ERASED = {"description": "The reader is forgotten; `kept` lists what had to be kept, with the reason."}
_PAGES = (
    ("/{site_id}/reminder", "Confirm a reminder, or end it"),
    ("/{site_id}/my-data", "What is held on the reader, and how to have it forgotten"),
    ("/{site_id}/newsletters/{name}", "Our page to sign up for a newsletter"),
    ("/{site_id}/support", "Our page to give on; the query may say interval, currency, amount and language"),
)


@cache
def openapi_document() -> dict[str, Any]:
    """The whole document. A test holds its paths against the application's routes."""
    spec = APISpec("Honesty Box", "1", "3.1.0", plugins=[MarshmallowPlugin()])
    for path, summary, takes, gives in _POSTS:
        spec.path(path, operations={"post": post(summary, takes, gives)})
    for path, summary, query in _GETS:
        spec.path(path, operations={"get": get(path, summary, query)})
    spec.path("/webhooks/stripe", operations={"post": {"summary": "Stripe's signed events", "responses": refusals()}})
    link = post("Mail a link to whoever gave from this address", LinkSchema, AcceptedSchema)
    link["responses"]["202"] = link["responses"].pop("200")
    spec.path("/v1/supporters/links", operations={"post": link})
    sign_up = post("Sign up for a newsletter; a mail asks for a yes", SubscriptionSchema, AcceptedSchema)
    sign_up["responses"]["202"] = sign_up["responses"].pop("200")
    spec.path("/v1/newsletters/{name}/subscriptions", operations={"post": sign_up})
    about = get("/embed/v1/newsletters/{site_id}/{name}/{language}.json", "What a newsletter's form says", ())
    about["responses"]["200"]["content"] = {"application/json": {"schema": NewsletterAnswerSchema}}
    spec.path("/embed/v1/newsletters/{site_id}/{name}/{language}.json", operations={"get": about})
    for what in ("confirm", "unsubscribe"):
        asked = get(f"/newsletters/{{name}}/{what}", "Where a newsletter's first mail leads", ("site", "wish"))
        done = {"summary": "The button of that page", "responses": {"200": {"description": "Done."}, **refusals()}}
        spec.path(f"/newsletters/{{name}}/{what}", operations={"get": asked, "post": done})
    page = get("/supporter", "Our page for supporters, and where a link from a mail leads", ("site",))
    press = {"summary": "A button of that page", "responses": {"303": {"description": "On you go."}, **refusals()}}
    spec.path("/supporter", operations={"get": page, "post": press})
    _add_pages(spec)
    spec.components.security_scheme("staff", {"type": "http", "scheme": "bearer"})
    spec.components.security_scheme("reader", {"type": "http", "scheme": "bearer"})
    about = {"get": of_reader("What is held on me", _HELD), "delete": of_reader("Forget me", _ERASED)}
    spec.path("/v1/readers/me", operations=about)
    form = get("/embed/v1/forms/{site}/{language}/{currency}.json", "The contribution form in another currency", ())
    form["responses"]["200"]["content"] = {"application/json": {"schema": FormAnswerSchema}}
    spec.path("/embed/v1/forms/{site}/{language}/{currency}.json", operations={"get": form})
    ticker = get("/embed/v1/tickers/{site}/{campaign}/{language}.json", "How far a campaign has come", ())
    ticker["responses"]["200"]["content"] = {"application/json": {"schema": TickerAnswerSchema}}
    spec.path("/embed/v1/tickers/{site}/{campaign}/{language}.json", operations={"get": ticker})
    explain = post("Why a page view gets what it gets; records nothing", ExplainSchema, ExplanationSchema)
    spec.path("/staff/explain", operations={"post": {**explain, "security": [{"staff": []}]}})
    return spec.to_dict()


def _add_pages(spec: APISpec) -> None:
    """Pages of ours, and what their forms post to."""
    for path, summary in _PAGES:
        press = {"summary": "A button of that page", "responses": {"303": {"description": "On you go."}, **refusals()}}
        spec.path(path, operations={"get": get(path, summary, ()), "post": press})
