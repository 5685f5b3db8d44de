"""The worker's jobs for supporters, wired: a link by mail, and a browser written down in Stripe, or forgotten there."""

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
from service.payments.forgetting import forget_in_stripe
from service.payments.recognition import keep_in_stripe
from service.payments.supporters import find_supporter
from service.settings import Settings
from service.store.held import Givers, HeldRecords
from service.store.job_worker import GiveUpError, Handler
from service.web.links import open_links
from service.web.reader_data import FORGET_JOB
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

    seal = Seal(settings.secret_keys)
    records, givers = HeldRecords(books.patient), Givers(books.patient)

    def forget(job: Mapping[str, Any]) -> None:
        site, reader = _opened(seal, job["who"]).split(" ")
        forget_in_stripe(books.gateway, books.recorder, job["contributions"], reader, clock())
        # what Stripe's events wrote down anew while it still knew the reader
        for contribution in job["contributions"]:
            givers.unlink(contribution, reader)
        records.erase(site, reader)

    always: dict[str, Handler] = {READER_JOB: remember, FORGET_JOB: forget}
    if not settings.mails:
        return always
    dictionary = load_dictionary()
    sender = LinkSender(
        find=partial(find_supporter, customers),
        address_of=open_links(books.patient, settings.public_url).new_address,
        words=lambda language: dictionary.for_language(language).say,
        direction=direction,
        post=Post(settings.mail_url, settings.mail_from),
    )

    def send(job: Mapping[str, Any]) -> None:
        site = catalogue().sites.get(job["site"])
        if site is None:
            raise GiveUpError("the site is gone")
        sender.send(_wanted(job, site.name, seal), clock())

    return {LINK_JOB: send, **always}


def _wanted(job: Mapping[str, Any], site_name: str, seal: Seal) -> Wanted:
    email = _opened(seal, job["email"])
    asked_at = datetime.fromisoformat(job["asked_at"])
    return Wanted(job["site"], site_name, email, job["language"], job["return_url"], asked_at)


def _opened(seal: Seal, sealed: str) -> str:
    try:
        return seal.open(sealed)
    except SealError as error:
        raise GiveUpError("sealed with a secret that is gone") from error
