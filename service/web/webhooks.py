"""POST /webhooks/stripe: signed events. Any order, any repetition, the same final state."""

import structlog
from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.payments.declines import Decline, decline_in
from service.payments.errors import PaymentsError, SignatureError, UnknownObjectError
from service.payments.gateway import Stripe
from service.payments.webhooks import SUBJECTS, subject_of, verified_event
from service.store.errors import StoreUnavailableError
from service.web.metrics import count_decline, count_webhook
from service.web.parts import Parts
from service.web.problems import ProblemError

log = structlog.get_logger(__name__)

_MOST_BYTES = 1024 * 1024
_NOT_COLLECTED = "invoice.finalization_failed"


def webhooks_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = Blueprint("webhooks", __name__)

    @views.post("/webhooks/stripe")
    def stripe_event() -> ResponseReturnValue:
        body = request.stream.read(_MOST_BYTES + 1)
        if len(body) > _MOST_BYTES:
            raise ProblemError(413, "The body is too large.", "body")
        try:
            event = verified_event(body, request.headers.get("Stripe-Signature"), parts.settings.stripe_webhook_secrets)
        except SignatureError as error:
            count_webhook("refused")
            raise ProblemError(400, f"Refused: {error}.", "Stripe-Signature") from error
        outcome = _outcome(parts, event)
        count_webhook(outcome)
        return {"outcome": outcome}

    return views


def _outcome(parts: Parts, event: Stripe) -> str:
    if event.get("livemode") is not parts.settings.livemode:
        return "other_mode"
    try:
        _note_decline(parts, decline_in(event))
        return _recorded(parts, event)
    except (PaymentsError, StoreUnavailableError) as error:
        count_webhook("unavailable")
        # Stripe sends it again, for three days.
        raise ProblemError(503, "Not recorded yet; send it again.") from error


def _note_decline(parts: Parts, decline: Decline | None) -> None:
    if decline is None or decline.site not in parts.sites:
        return
    if parts.lookout.note_decline(decline.event, decline.site, decline.at, parts.clock()):
        count_decline(decline.site)


def _recorded(parts: Parts, event: Stripe) -> str:
    if event["type"] not in SUBJECTS:
        return "unknown_type"
    subject = subject_of(event)
    if not subject:
        return "ignored"
    if event["type"] == _NOT_COLLECTED:
        log.error("invoice_not_finalized", id=subject)  # Stripe stops there until somebody mends it in the Dashboard
    try:
        contribution = parts.recorder.record(subject, parts.clock())
    except UnknownObjectError:
        return "ignored"
    return "recorded" if contribution else "ignored"
