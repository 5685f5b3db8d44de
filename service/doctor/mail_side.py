"""Whether mail would go out. Nothing is sent."""

from collections.abc import Iterator
from urllib.parse import urlsplit

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient, on_this_machine
from service.domain.campaign import Kind
from service.mail.errors import MailError
from service.mail.post import greet
from service.settings import abilities

_SET = "Set HONESTYBOX_MAIL_URL and HONESTYBOX_MAIL_FROM to those of your mail server."


def mail(patient: Patient) -> Iterator[Finding]:
    """The server, the encryption and the password."""
    url = patient.values["mail_url"]
    parts = urlsplit(url)
    yield from _promised(patient, mails=bool(url))
    if not url:
        told = "no mail is sent, so nobody is recognised on another device or can change their card"
        cards = [campaign.id for campaign in patient.campaigns if campaign.kind is Kind.CARD_UPDATE]
        yield problem(f"{told}, as {', '.join(cards)} asks them to", _SET) if cards else warning(told, _SET)
    elif parts.scheme == "file":
        yield warning(f"mails are only put into {parts.path}", _SET)
    else:
        yield _greeted(url, f"{parts.hostname}")


def _promised(patient: Patient, *, mails: bool) -> Iterator[Finding]:
    """What staff's files offer readers and the settings cannot keep: it is then left out, and nobody is told."""
    can = abilities(patient.values)
    for site in patient.sites:
        if site.snooze.reminder_email and not mails:
            yield warning(f"{site.id} offers reminders by mail, and none is sent", _SET)
        for newsletter in site.newsletters.values():
            if newsletter.provider is None or can.can_deliver(site.id, newsletter):
                continue
            told = f"nobody can sign up for {newsletter.id} of {site.id}, and its campaigns do not run"
            if not mails:
                yield warning(f"{told}: no mail is sent", _SET)
            else:
                key = f"Name {newsletter.provider} and its key in HONESTYBOX_NEWSLETTER_PROVIDERS for {site.id}."
                yield warning(f"{told}: {newsletter.provider} is not in the settings", key)


def _greeted(url: str, host: str) -> Finding:
    try:
        encrypted = greet(url)
    except MailError as error:
        cure = "Correct HONESTYBOX_MAIL_URL: host, port, smtp or smtps, user and password."
        return problem(f"{host} would take no mail of ours: {error}", cure)
    if not encrypted and not on_this_machine(url):
        return warning(f"{host} takes our mail, and offers no encryption", "Use a server, or a port, that does.")
    return well(f"{host} takes our mail")
