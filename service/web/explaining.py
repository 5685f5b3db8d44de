"""What would be decided for a page view, and why; nothing is recorded."""

from datetime import datetime
from typing import Any

from service.domain.access import UNMETERED, Metering, metering
from service.domain.decision import Reader, Weights
from service.domain.explanation import explain
from service.domain.plan import Plan
from service.domain.reader import History
from service.domain.reason import Reason
from service.store.errors import StoreUnavailableError
from service.store.readers import ReaderStore
from service.web.decision_request import DecisionRequest
from service.web.explained import explained


def explain_request(
    plan: Plan, request: DecisionRequest, reader: str, history: History | Reason, now: datetime, weights: Weights
) -> dict[str, Any]:
    """The explanation's document."""
    given = (request.page, request.visit, request.placements)
    return explained(explain(plan, Reader(reader, history), *given, now, weights))


def foreseen(
    readers: ReaderStore, plan: Plan, request: DecisionRequest, reader: str, now: datetime
) -> History | Reason:
    """The history with this page view in it, as a decision would see it, or why it cannot be known."""
    if not request.consent:
        return Reason.NO_CONSENT
    page = plan.page(request.page)
    try:
        return readers.foresee_view(
            plan.site.id, reader, page.article, now, counts_of(plan, request, now), page.topics
        )
    except StoreUnavailableError:
        return Reason.STORE_UNAVAILABLE


def counts_of(plan: Plan, request: DecisionRequest, now: datetime) -> Metering:
    """How the meter counts the page view."""
    if plan.site.meter is None:
        return UNMETERED
    return metering(plan.site, request.page, request.visit.newsletters, now)
