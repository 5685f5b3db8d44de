"""Whether mail would go out. Nothing is sent."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient, on_this_machine
from service.domain.campaign import Kind
from service.mail.errors import MailError
from service.mail.post import greet

_SET = "Set HONESTYBOX_MAIL_URL and HONESTYBOX_MAIL_FROM to those of your mail server."


def mail(patient: Patient) -> Iterator[Finding]:
    """The server, the encryption and the password."""
    url = patient.values["mail_url"]
    parts = urlsplit(url)
    if not url:
        told = "no mail is sent, so nobody is recognised on another device or can change their card"
        cards = [campaign.id for campaign in patient.campaigns if campaign.kind is Kind.CARD_UPDATE]
        yield problem(f"{told}, as {', '.join(cards)} asks them to", _SET) if cards else warning(told, _SET)
    elif parts.scheme == "file":
        yield warning(f"mails are only put into {parts.path}", _SET)
    else:
        yield _greeted(url, f"{parts.hostname}")


def _greeted(url: str, host: str) -> Finding:
    try:
        encrypted = greet(url)
    except MailError as error:
        cure = "Correct HONESTYBOX_MAIL_URL: host, port, smtp or smtps, user and password."
        return problem(f"{host} would take no mail of ours: {error}", cure)
    if not encrypted and not on_this_machine(url):
        return warning(f"{host} takes our mail, and offers no encryption", "Use a server, or a port, that does.")
    return well(f"{host} takes our mail")
