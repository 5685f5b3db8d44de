"""The worker's jobs for supporters, wired: a link by mail, and a recognised browser written down in Stripe."""

from collections.abc import Callable, Mapping
from datetime import datetime
from functools import partial
from typing import Any

from service.books import Books
from service.catalogue.languages import direction
from service.catalogue.loader import Catalogue
from service.catalogue.words import load_dictionary
from service.mail.links import LinkSender, Wanted
from service.mail.post import Post
from service.payments.customers import Customers
from service.payments.recognition import keep_in_stripe
from service.payments.supporters import find_supporter
from service.settings import Settings
from service.store.job_worker import GiveUpError, Handler
from service.web.links import open_links
from service.web.seal import Seal, SealError
from service.web.supporters import LINK_JOB, READER_JOB

Clock = Callable[[], datetime]


def supporter_jobs(
    settings: Settings, books: Books, catalogue: Callable[[], Catalogue], clock: Clock
) -> Mapping[str, Handler]:
    """What does the jobs of each kind. Without mail there are no links, and nobody asks for one."""
    customers = Customers(books.gateway)

    def remember(job: Mapping[str, Any]) -> None:
        keep_in_stripe(customers, books.recorder, job["owners"], job["unknown"], job["reader"], clock())

    if not settings.mails:
        return {READER_JOB: remember}
    dictionary = load_dictionary()
    sender = LinkSender(
        find=partial(find_supporter, customers),
        address_of=open_links(books.patient, settings.public_url).new_address,
        words=lambda language: dictionary.for_language(language).say,
        direction=direction,
        post=Post(settings.mail_url, settings.mail_from),
    )
    seal = Seal(settings.secret_keys)

    def send(job: Mapping[str, Any]) -> None:
        site = catalogue().sites.get(job["site"])
        if site is None:
            raise GiveUpError("the site is gone")
        sender.send(_wanted(job, site.name, seal), clock())

    return {LINK_JOB: send, READER_JOB: remember}


def _wanted(job: Mapping[str, Any], site_name: str, seal: Seal) -> Wanted:
    try:
        email = seal.open(job["email"])
    except SealError as error:
        raise GiveUpError("sealed with a secret that is gone") from error
    asked_at = datetime.fromisoformat(job["asked_at"])
    return Wanted(job["site"], site_name, email, job["language"], job["return_url"], asked_at)
