"""Whom a newsletter's subscribers are handed to: one module for each provider, all of them opened here."""

from collections.abc import Callable, Mapping

from service.domain.newsletter import MailProvider
from service.mail.providers.brevo import Brevo
from service.mail.providers.buttondown import Buttondown
from service.mail.providers.csv_file import CsvFile
from service.mail.providers.mailchimp import Mailchimp
from service.mail.providers.subscriber import Provider
from service.mail.providers.webhook import Send, Webhook


def open_provider(kind: MailProvider, secret: str, send: Send) -> Provider:
    """The provider, ready. `secret`: its key, address or file, as in the settings; `send`: signs and sends webhooks."""
    makers: Mapping[MailProvider, Callable[[], Provider]] = {
        MailProvider.MAILCHIMP: lambda: Mailchimp(secret),
        MailProvider.BREVO: lambda: Brevo(secret),
        MailProvider.BUTTONDOWN: lambda: Buttondown(secret),
        MailProvider.WEBHOOK: lambda: Webhook(secret, send),
        MailProvider.CSV: lambda: CsvFile(secret),
    }
    return makers[kind]()
