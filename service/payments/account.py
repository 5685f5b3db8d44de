"""What of a Stripe account its owner sets up, and `honestybox stripe setup` does for them."""

from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import Any

from service.payments.gateway import MOST_TYPES, Gateway, Stripe

_ALL: dict[str, Any] = {"limit": 100}


@dataclass(frozen=True, slots=True)
class Account:
    """The account's webhook endpoints, portal configurations and events. Every method raises PaymentsError."""

    gateway: Gateway

    def endpoints(self) -> list[Stripe]:
        """All webhook endpoints, ours and others', newest first."""
        return self._listed(lambda v1: v1.webhook_endpoints.list(_ALL))

    def make_endpoint(self, params: Stripe) -> Stripe:
        """A new one, with its `secret`, which Stripe tells this once."""
        return self._one(lambda v1: v1.webhook_endpoints.create(params))

    def change_endpoint(self, ident: str, params: Stripe) -> Stripe:
        """As it is then."""
        return self._one(lambda v1: v1.webhook_endpoints.update(ident, params))

    def remove_endpoint(self, ident: str) -> None:
        """For good."""
        self.gateway.api(lambda v1: v1.webhook_endpoints.delete(ident))

    def configurations(self) -> list[Stripe]:
        """All configurations of the customer portal, newest first."""
        return self._listed(lambda v1: v1.billing_portal.configurations.list(_ALL))

    def make_configuration(self, params: Stripe) -> Stripe:
        """A new one."""
        return self._one(lambda v1: v1.billing_portal.configurations.create(params))

    def change_configuration(self, ident: str, params: Stripe) -> Stripe:
        """As it is then."""
        return self._one(lambda v1: v1.billing_portal.configurations.update(ident, params))

    def newest_events(self, types: list[str], most: int) -> list[Stripe]:
        """The newest events of these types, at most `most` (100), newest first."""
        events: list[Stripe] = []
        for first in range(0, len(types), MOST_TYPES):
            wish = {"types": types[first : first + MOST_TYPES], "limit": most}
            events += self.gateway.api(partial(_newest, wish))
        return sorted(events, key=lambda event: int(event["created"]), reverse=True)[:most]

    def clock(self) -> datetime | None:
        """What time it is at Stripe, in whole seconds; None where it does not say."""
        headers = self.gateway.api(lambda v1: v1.events.list({"limit": 1}).last_response.headers)
        try:
            return parsedate_to_datetime(str(headers["Date"])).astimezone(UTC)
        except (KeyError, ValueError):
            return None

    def _listed(self, call: Any) -> list[Stripe]:
        found = self.gateway.api(lambda v1: list(call(v1).auto_paging_iter()))
        return [thing.to_dict() for thing in found]

    def _one(self, call: Any) -> Stripe:
        answer: Stripe = self.gateway.api(call).to_dict()
        return answer


def _newest(wish: dict[str, Any], v1: Any) -> list[Stripe]:
    return [event.to_dict() for event in v1.events.list(wish).data]
