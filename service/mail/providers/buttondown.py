"""Buttondown. Source: docs.buttondown.com/api-subscribers-create, …/api-subscribers-update, …/api-idempotency-keys"""

from urllib.parse import quote

from service.mail.providers.api import ask, refusal
from service.mail.providers.subscriber import Subscriber

_THERE_ALREADY = "email_already_exists"
_HOPELESS = frozenset(("email_invalid", "email_blocked", "email_empty", "subscriber_blocked"))
_GONE = frozenset(("unsubscribed", "removed", "complained", "undeliverable", "blocked"))


class Buttondown:
    """Where one account has several newsletters of ours, `list` is the tag that tells them apart. `base`: another
    address, for tests."""

    def __init__(self, key: str, base: str = "https://api.buttondown.com") -> None:
        self._base, self._headers = base, {"Authorization": f"Token {key}"}

    def subscribe(self, subscriber: Subscriber) -> None:
        """See Provider. `regular`: they have confirmed to us, so Buttondown need not ask them once more.

        By default it refuses to touch a subscriber who is there, unsubscribed or not.
        """
        tags = [subscriber.list] if subscriber.list else []
        wanted = {"email_address": subscriber.email, "type": "regular", **({"tags": tags} if tags else {})}
        headers = {**self._headers, "X-Idempotency-Key": subscriber.id}
        answer = ask("POST", f"{self._base}/v1/subscribers", wanted, headers)
        code = str(answer.body.get("code", ""))
        if code == _THERE_ALREADY:
            self._tag(subscriber)
        elif not answer.good:
            raise refusal(answer, code, code in _HOPELESS)

    def _tag(self, subscriber: Subscriber) -> None:
        """Adds the newsletter's tag to whoever is there for another one; not to who has left."""
        if not subscriber.list:
            return
        found = ask("GET", self._one(subscriber), None, self._headers)
        tags = found.body.get("tags") or []
        if found.good and (found.body.get("type") in _GONE or subscriber.list in tags):
            return
        tagged = {"tags": [*tags, subscriber.list]}
        answer = ask("PATCH", self._one(subscriber), tagged, self._headers) if found.good else found
        if not answer.good:
            raise refusal(answer, str(answer.body.get("code", "")), hopeless=False)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """See Provider. From all of the account, as Buttondown's own link does."""
        answer = ask("PATCH", self._one(subscriber), {"type": "unsubscribed"}, self._headers)
        if not answer.good and answer.status != 404:
            raise refusal(answer, str(answer.body.get("code", "")), hopeless=False)

    def _one(self, subscriber: Subscriber) -> str:
        return f"{self._base}/v1/subscribers/{quote(subscriber.email, safe='@')}"
