"""What is added to a snooze whose reader wants a mail at its end."""

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from service.domain.email_address import email_address
from service.domain.reminder import CONFIRM_WITHIN, Reminder, Stage
from service.domain.site import Site
from service.web.access_answers import iso
from service.web.links import front_page, page_of
from service.web.parts import Parts
from service.web.problems import ProblemError

CONFIRM_JOB = "reminder_confirm"
_ID_BYTES = 16


def check_reminder(parts: Parts, site: Site, wish: Mapping[str, Any], now: datetime) -> str | None:
    """The address to write to, or None where no mail is wanted; asked before anything is done.

    The answer is the same for every address: nobody learns by it who was here. Raises ProblemError for what is no
    address, for a site that sends no reminders, and for who asks too often.
    """
    if not wish["email"]:
        return None
    if not (site.snooze.reminder_email and parts.settings.mails):
        raise ProblemError(422, "This site sends no reminders.", "email")
    address = email_address(wish["email"])
    if address is None:
        raise ProblemError(422, "Not an e-mail address.", "email")
    parts.guard.pace("reminders", now, email=address.lower(), address=parts.guard.address, site=site.id)
    return address


def ask_to_confirm(
    parts: Parts, site: Site, reader: str, address: str, wish: Mapping[str, Any], until: datetime
) -> dict[str, Any]:
    """Keeps the wish, and has its mail sent to confirm it; an earlier wish of this reader is forgotten.

    Double opt-in, though it is one mail only: anybody may write anybody's address here, and who never asked must not be
    asked for money. Raises StoreUnavailableError.
    """
    now = parts.clock()
    reminder = Reminder(
        site=site.id,
        reader=reader,
        id=secrets.token_urlsafe(_ID_BYTES),
        email=parts.desk.seal.close(address),
        url=page_of(site, wish["url"]) or front_page(site),
        language=site.language_for(wish["language"]),
        asked_at=now,
        due=until,
        stage=Stage.ASKED,
    )
    parts.reminders.put(reminder)
    parts.jobs.put(CONFIRM_JOB, {"token": parts.reminder_links.token(reminder)}, urgent=True, kept=True)
    return {"confirm_by": iso(now + CONFIRM_WITHIN)}
