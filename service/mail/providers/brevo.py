"""Brevo. Source: developers.brevo.com/reference/create-contact and …/remove-contact-from-list"""

from service.mail.providers.api import ask, refusal
from service.mail.providers.subscriber import Subscriber

_THERE_ALREADY = "duplicate_parameter"
_INVALID = "invalid_parameter"


class Brevo:
    """`base`: another address, for tests."""

    def __init__(self, key: str, base: str = "https://api.brevo.com") -> None:
        self._base, self._headers = base, {"api-key": key}

    def subscribe(self, subscriber: Subscriber) -> None:
        """See Provider. Of a contact that is there only the lists change: who unsubscribed is `emailBlacklisted`, and
        stays so."""
        wanted = {"email": subscriber.email, "listIds": [int(subscriber.list)], "updateEnabled": True}
        answer = ask("POST", f"{self._base}/v3/contacts", wanted, self._headers)
        code = str(answer.body.get("code", ""))
        if not answer.good and code != _THERE_ALREADY:
            # a list that is gone is an invalid parameter, too, and that can be mended
            about_address = "email" in str(answer.body.get("message", "")).lower()
            raise refusal(answer, code, code == _INVALID and about_address)

    def unsubscribe(self, subscriber: Subscriber) -> None:
        """See Provider. One that is not on the list (any more) is what was wanted."""
        url = f"{self._base}/v3/contacts/lists/{subscriber.list}/contacts/remove"
        answer = ask("POST", url, {"emails": [subscriber.email]}, self._headers)
        code = str(answer.body.get("code", ""))
        if not answer.good and not (answer.status == 400 and code == _INVALID):
            raise refusal(answer, code, hopeless=False)
