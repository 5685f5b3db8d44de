"""Reminders: a mail to confirm the wish, and one when the time has come, sent once and never again."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import structlog

from service.domain.reader import History
from service.domain.reminder import PAUSE, Forget, Reminder, Wait, verdict
from service.domain.site import Site
from service.mail.errors import (
    MailError,
    MailNotBegunError,
    MailRefusedError,
    MailUnavailableError,
    MailUncertainError,
)
from service.mail.letter import Letter
from service.mail.notice import Notice, Say, notice

log = structlog.get_logger(__name__)

MOST_AT_ONCE = 100


class Keeps(Protocol):
    """Where reminders are; see `store.reminders.Reminders`."""

    def get(self, site: str, reader: str) -> Reminder | None: ...
    def due(self, now: datetime, most: int) -> Iterable[Reminder]: ...
    def begin(self, wish: Reminder, now: datetime) -> bool: ...
    def take_back(self, wish: Reminder, now: datetime) -> None: ...
    def postpone(self, wish: Reminder, until: datetime) -> None: ...
    def forget(self, wish: Reminder) -> bool: ...


class Sends(Protocol):
    """What takes letters away, and asks before the last step; see `mail.post.Post`."""

    def send(self, letter: Letter, now: datetime, begin: Callable[[], bool] = ...) -> None: ...


@dataclass(frozen=True, slots=True)
class Reminding:
    """`open_email`: the address, sealed, or None when nobody can open it any more. `address_of`: our page for the
    reminder. `day`: a moment as a day of the site, in a language. `history`: of a site's reader."""

    kept: Keeps
    history: Callable[[str, str, datetime], History]
    site: Callable[[str], Site | None]
    open_email: Callable[[str], str | None]
    address_of: Callable[[Reminder], str]
    day: Callable[[Site, datetime, str], str]
    words: Callable[[str], Say]
    direction: Callable[[str], str]
    post: Sends

    def ask(self, site_id: str, reader: str, wish_id: str, now: datetime) -> bool:
        """Writes to the address whether it is its owner who wants to be reminded. True when a mail went.

        Raises MailUnavailableError and the store's error.
        """
        wish, site = self.kept.get(site_id, reader), self.site(site_id)
        if site is None or wish is None or wish.id != wish_id or not wish.can_be_confirmed(now):
            return False
        say, date = self.words(wish.language), self.day(site, wish.due, wish.language)
        letter = self._letter(wish, Notice(
            site=site.name,
            subject=say("mail_confirm_subject", site=site.name),
            before=(say("mail_confirm_why", site=site.name, date=date),),
            button=say("mail_confirm_button"),
            url=self.address_of(wish),
            after=(say("mail_confirm_promise"), say("mail_confirm_not_me")),
        ))  # fmt: skip
        try:
            if letter is not None:
                self.post.send(letter, now)
        except MailRefusedError as error:
            log.warning("reminder_unconfirmable", site=site_id, error=str(error))
            letter = None
        if letter is None:
            self.kept.forget(wish)
        return letter is not None

    def send_due(self, now: datetime, stopped: Callable[[], bool] = lambda: False) -> bool:
        """Sends what is due; False when some of it will have to be tried again. Raises the store's error."""
        good, found = True, True
        while found and not stopped():
            found = False
            for wish in self.kept.due(now, MOST_AT_ONCE):
                found = True
                good = self._settle(wish, now) and good
        return good

    def _settle(self, wish: Reminder, now: datetime) -> bool:
        site = self.site(wish.site)
        match verdict(wish, site, self.history(wish.site, wish.reader, now), now):
            case Wait(until):
                self.kept.postpone(wish, until)
            case Forget(reason):
                self.kept.forget(wish)
                log.info("reminder_forgotten", site=wish.site, reason=reason)
            case None if site is not None:
                return self._send(wish, site, now)
        return True

    def _send(self, wish: Reminder, site: Site, now: datetime) -> bool:
        """Once: the reminder is marked as sent at the last moment before it is, so that no worker sends it again that
        comes after one that was killed, or whose server fell silent."""
        say = self.words(wish.language)
        letter = self._letter(wish, Notice(
            site=site.name,
            subject=say("mail_reminder_subject", site=site.name),
            before=(say("mail_reminder_why", site=site.name),),
            button=say("mail_reminder_button"),
            url=wish.url,
            after=(say("mail_reminder_forgotten"),),
        ))  # fmt: skip
        try:
            if letter is not None:
                self.post.send(letter, now, lambda: self.kept.begin(wish, now))
        except MailNotBegunError:  # cancelled, or another worker's, while we knocked at the server's door
            return True
        except MailUncertainError as error:
            log.warning("reminder_perhaps_sent", site=wish.site, error=str(error))
        except MailUnavailableError as error:
            log.warning("reminder_delayed", site=wish.site, error=str(error))
            self.kept.take_back(wish, now)
            self.kept.postpone(wish, now + PAUSE)
            return False
        except MailError as error:
            log.warning("reminder_refused", site=wish.site, error=str(error))
        self.kept.forget(wish)
        return True

    def _letter(self, wish: Reminder, what: Notice) -> Letter | None:
        email = self.open_email(wish.email)
        if email is None:
            log.warning("reminder_sealed", site=wish.site)
            return None
        return notice(what, to=email, language=wish.language, direction=self.direction(wish.language))
