"""A publisher's own system, told by a signed webhook. Source: standard-webhooks/spec"""

import json
from collections.abc import Callable

from service.mail.errors import ProviderUnavailableError
from service.mail.providers.subscriber import Subscriber

Send = Callable[[str, str, str], int]
"""To an address, under an id that is the same when it is sent again, a body: the receiver's status."""


class Webhook:
    """One address for all of a site's newsletters."""

    def __init__(self, url: str, send: Send) -> None:
        self._url, self._send = url, send

    def subscribe(self, subscriber: Subscriber) -> None:
        """See Provider. Raises what `send` raises, too."""
        self._tell("subscribed", subscriber)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """See Provider. Raises what `send` raises, too."""
        self._tell("unsubscribed", subscriber)

    def _tell(self, what: str, subscriber: Subscriber) -> None:
        at = subscriber.at.isoformat().replace("+00:00", "Z")
        told = {
            "site": subscriber.site,
            "newsletter": subscriber.newsletter,
            "email": subscriber.email,
            "language": subscriber.language,
            "at": at,
        }
        body = json.dumps({"type": f"newsletter.{what}", "timestamp": at, "data": told}, ensure_ascii=False)
        status = self._send(self._url, f"sub_{subscriber.id}_{what}", body)
        if not 200 <= status < 300:
            raise ProviderUnavailableError(str(status))
