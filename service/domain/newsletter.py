"""A newsletter that readers may sign up for, and one sign-up on its way."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

# For so long a sign-up waits for the press in its mail.
CONFIRM_LIFE = timedelta(days=7)
# A sign-up that comes so long after an earlier one was delivered is another one: its reader may have left meanwhile.
SAME_SIGN_UP = timedelta(days=1)


class MailProvider(StrEnum):
    """Who sends a newsletter, or whom its subscribers are handed to."""

    MAILCHIMP = "mailchimp"
    BREVO = "brevo"
    BUTTONDOWN = "buttondown"
    WEBHOOK = "webhook"
    CSV = "csv"


@dataclass(frozen=True, slots=True)
class Newsletter:
    """From `newsletters.<id>` in site.yaml. `title` and `frequency` are there in each of the site's languages.

    `preview` and `privacy`: https addresses, or paths such as /letters/weekly on the site's own pages. `list`: what the
    provider calls it. Without a provider it can be named, and nobody can sign up for it here.
    """

    id: str
    title: Mapping[str, str]
    frequency: Mapping[str, str]
    preview: str = ""
    privacy: str = ""
    provider: MailProvider | None = None
    list: str = ""

    def privacy_address(self, home: str) -> str:
        """The whole address of what it says of privacy, for where no page of the site is open; empty for none."""
        return home + self.privacy if self.privacy.startswith("/") else self.privacy


@dataclass(frozen=True, slots=True)
class Wish:
    """What a reader asked for. It holds the address, so it is passed on sealed alone: in the links of the mail and in
    jobs. `reader` is empty where the browser keeps nothing for us.

    `appeal`: the campaign, variant and placement of the appeal that it was written in; nothing without one.
    """

    site: str
    newsletter: str
    email: str
    language: str
    reader: str
    asked_at: datetime
    appeal: tuple[str, ...] = ()

    def is_fresh(self, now: datetime) -> bool:
        """True while it may be confirmed."""
        return now < self.asked_at + CONFIRM_LIFE


@dataclass(frozen=True, slots=True)
class SignUp:
    """One address's wish for one newsletter, without the address. `id` is the same however often it is wished for,
    confirmed or delivered; `reader` is empty where the browser keeps nothing for us."""

    id: str
    newsletter: str
    reader: str
    asked_at: datetime
    confirmed_at: datetime | None = None
    delivered_at: datetime | None = None
    ended_at: datetime | None = None
    """When the reader took it back."""

    @property
    def wanted(self) -> bool:
        """True once it was confirmed, as long as it is not taken back."""
        return self.confirmed_at is not None and self.ended_at is None

    def asked_again(self, new_id: str, reader: str, now: datetime) -> "SignUp":
        """The sign-up that the same wish is now: this one still, or another one."""
        over = self.ended_at is not None or (
            self.delivered_at is not None and now >= self.delivered_at + SAME_SIGN_UP
        )
        if over:
            return SignUp(new_id, self.newsletter, reader, now)
        return replace(self, reader=reader or self.reader, asked_at=now)
