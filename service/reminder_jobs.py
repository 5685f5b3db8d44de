"""Reminders, wired for the worker: the mail that asks to confirm one is a job; those that are due are looked for."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from service.books import Books
from service.catalogue.languages import direction
from service.catalogue.loader import Catalogue
from service.catalogue.words import load_dictionary
from service.domain.site import Site
from service.mail.post import Post
from service.mail.reminders import Reminding
from service.settings import Settings
from service.store.job_worker import GiveUpError, Handler
from service.store.reminders import Reminders
from service.web.days import long_day
from service.web.reminder_links import ReminderLinks
from service.web.reminders import CONFIRM_JOB
from service.web.seal import Seal, SealError


def open_reminding(settings: Settings, books: Books, catalogue: Callable[[], Catalogue]) -> Reminding | None:
    """What sends reminders; None without mail, where nobody can have asked for one."""
    if not settings.mails:
        return None
    dictionary, seal = load_dictionary(), Seal(settings.secret_keys)

    def opened(email: str) -> str | None:
        try:
            return seal.open(email)
        except SealError:
            return None

    def site(name: str) -> Site | None:
        return catalogue().sites.get(name)

    return Reminding(
        kept=Reminders(books.patient),
        history=books.patient_readers.history,
        site=site,
        open_email=opened,
        address_of=ReminderLinks(seal, settings.public_url).address,
        day=long_day,
        words=lambda language: dictionary.for_language(language).say,
        direction=direction,
        post=Post(settings.mail_url, settings.mail_from),
    )


def reminder_jobs(
    settings: Settings, reminding: Reminding | None, clock: Callable[[], datetime]
) -> Mapping[str, Handler]:
    """What asks a reader to confirm."""
    if reminding is None:
        return {}
    links = ReminderLinks(Seal(settings.secret_keys), settings.public_url)

    def ask(job: Mapping[str, Any]) -> None:
        name = links.read(job["token"])
        if name is None:
            raise GiveUpError("sealed with a secret that is gone")
        reminding.ask(*name, clock())

    return {CONFIRM_JOB: ask}
