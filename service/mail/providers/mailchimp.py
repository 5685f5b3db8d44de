"""Mailchimp. Source: mailchimp.com/developer/marketing/api/list-members/ (add or update), …/marketing/docs/errors/"""

import base64
from hashlib import md5
from typing import Any

from service.mail.providers.api import Answer, ask, refusal
from service.mail.providers.subscriber import Subscriber

# Whoever is one of these never asked to be left alone: they bought something, or were put aside by staff.
_MAY_BE_SUBSCRIBED = frozenset(("transactional", "archived", "pending"))
# Mailchimp lets nobody in again by its API who unsubscribed, bounced or was deleted for good; they stay out.
_STAYS_OUT = frozenset(("Member In Compliance State", "Forgotten Email Not Subscribed"))
_HOPELESS = frozenset(("Invalid Resource",))  # "looks fake or invalid, please enter a real email address"


class Mailchimp:
    """`key` ends with the data center that its account lives in: KEY-us21. `base`: another address, for tests."""

    def __init__(self, key: str, base: str = "") -> None:
        self._base = base or f"https://{key.rpartition('-')[2]}.api.mailchimp.com"
        login = base64.b64encode(f"honestybox:{key}".encode()).decode()
        self._headers = {"Authorization": f"Basic {login}"}

    def subscribe(self, subscriber: Subscriber) -> None:
        """See Provider. `status_if_new` leaves whoever is there already as they are, unsubscribed among them."""
        wanted = {
            "email_address": subscriber.email,
            "status_if_new": "subscribed",
            "language": subscriber.language.partition("-")[0],
        }
        answer = self._put("PUT", subscriber, wanted)
        if answer.good and answer.body.get("status") in _MAY_BE_SUBSCRIBED:
            answer = self._put("PATCH", subscriber, {"status": "subscribed"})
        title = str(answer.body.get("title", ""))
        if not answer.good and title not in _STAYS_OUT:
            raise refusal(answer, title, title in _HOPELESS)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """See Provider."""
        answer = self._put("PATCH", subscriber, {"status": "unsubscribed"})
        title = str(answer.body.get("title", ""))
        if not answer.good and answer.status != 404 and title not in _STAYS_OUT:
            raise refusal(answer, title, hopeless=False)

    def _put(self, method: str, subscriber: Subscriber, body: dict[str, Any]) -> Answer:
        member = md5(subscriber.email.lower().encode(), usedforsecurity=False).hexdigest()
        url = f"{self._base}/3.0/lists/{subscriber.list}/members/{member}"
        return ask(method, url, body, self._headers)
