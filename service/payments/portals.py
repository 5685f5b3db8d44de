"""Which configuration of the customer portal a site has."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from service.payments.account import Account
from service.payments.wishes import PORTAL, is_ours

_KEPT_FOR = timedelta(minutes=10)


@dataclass
class Portals:
    """Finds each site's configuration by our mark, and remembers it for ten minutes."""

    account: Account
    _found: dict[str, str] = field(default_factory=dict)
    _known_until: datetime | None = None

    def configuration(self, site_id: str, now: datetime) -> str | None:
        """Its id, or None: then sessions take the account's own, which is set in Stripe's Dashboard.

        Raises PaymentsError.
        """
        if self._known_until is None or now >= self._known_until:
            ours = [one for one in self.account.configurations() if is_ours(one, PORTAL) and one["active"]]
            # Stripe lists the newest first; of two of a site's, that which `stripe setup` looks after stands first
            self._found = {one["metadata"].get("site", ""): one["id"] for one in reversed(ours)}
            self._known_until = now + _KEPT_FOR
        return self._found.get(site_id)
