"""What only Stripe's events tell, which it keeps for 30 days: when a regular gift was paused, resumed, or kept."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from service.domain.contribution import Happened, Moment
from service.payments.gateway import Stripe
from service.payments.story import instant


def _changed(event: Stripe) -> Happened | None:
    """What an update was about, as far as it leaves no trace in the subscription."""
    now, before = event["data"]["object"], event["data"].get("previous_attributes") or {}
    if "pause_collection" in before and bool(before["pause_collection"]) != bool(now.get("pause_collection")):
        return Happened.PAUSED if now.get("pause_collection") else Happened.RESUMED
    if before.get("cancel_at_period_end") and not now.get("cancel_at_period_end") and now["status"] != "canceled":
        return Happened.KEPT
    return None


RECENT: Mapping[str, Callable[[Stripe], Happened | None]] = {
    "customer.subscription.paused": lambda event: Happened.PAUSED,
    "customer.subscription.resumed": lambda event: Happened.RESUMED,
    "customer.subscription.updated": _changed,
}


def recent_moments(events: Iterable[Stripe], subscription: str) -> Iterator[Moment]:
    """What the events say of this subscription."""
    for event in events:
        what = RECENT[event["type"]](event) if event["data"]["object"].get("id") == subscription else None
        if what:
            yield Moment(instant(event["created"]), what)
