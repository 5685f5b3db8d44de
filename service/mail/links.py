"""Who asked for a link is sent one, if they gave: by the worker, so that no request tells by how long it takes."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

import structlog

from service.domain.supporter import LINK_LIFE, Pass, Supporter
from service.mail.errors import MailRefusedError
from service.mail.letter import Letter
from service.mail.magic_link import magic_link
from service.mail.notice import Say

log = structlog.get_logger(__name__)

# Whoever has waited for longer has asked again or gone; an old link in the mailbox would be one more to steal.
WORTH_SENDING = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Wanted:
    """One wish for a link. `site_name`: as readers know it."""

    site: str
    site_name: str
    email: str
    language: str
    return_url: str
    asked_at: datetime


class Sends(Protocol):
    """What takes letters away; see `mail.post.Post`."""

    def send(self, letter: Letter, now: datetime) -> None: ...


@dataclass(frozen=True, slots=True)
class LinkSender:
    """`find`: what was given to a site from an address. `address_of`: the address of a new link that opens a pass."""

    find: Callable[[str, str], Supporter | None]
    address_of: Callable[[str, str, Pass], str]
    words: Callable[[str], Say]
    direction: Callable[[str], str]
    post: Sends

    def send(self, wanted: Wanted, now: datetime) -> bool:
        """True when a mail went. An address nobody gave from is sent nothing: a mail to it would be a stranger's.

        Raises what `find`, `address_of` and `Post.send` raise, but for a mailbox that is not there.
        """
        if now >= wanted.asked_at + WORTH_SENDING:
            log.warning("link_too_late", site=wanted.site)
            return False
        supporter = self.find(wanted.site, wanted.email)
        if supporter is None:
            return False
        url = self.address_of(wanted.site, wanted.language, Pass(supporter, wanted.return_url, now + LINK_LIFE))
        letter = magic_link(
            self.words(wanted.language), to=wanted.email, site=wanted.site_name, url=url,
            language=wanted.language, direction=self.direction(wanted.language),
        )  # fmt: skip
        try:
            self.post.send(letter, now)
        except MailRefusedError as error:  # nor will it ever be taken
            log.warning("link_refused", site=wanted.site, error=str(error))
            return False
        return True
