"""The worker's jobs for newsletters, wired: the mail that is to be confirmed, and what was confirmed handed on."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import structlog

from service.books import Books
from service.catalogue.languages import direction
from service.catalogue.loader import Catalogue
from service.catalogue.words import Dictionary, load_dictionary
from service.domain.newsletter import CONFIRM_LIFE, MailProvider, Newsletter, Wish
from service.domain.site import Site
from service.mail.errors import MailError, MailRefusedError, ProviderRefusedError, ProviderUnavailableError
from service.mail.letter import Letter
from service.mail.links import Sends
from service.mail.newsletter import Asked, confirmation
from service.mail.post import Post
from service.mail.providers import open_provider
from service.mail.providers.subscriber import Provider, Subscriber
from service.outgoing.errors import OutgoingError
from service.outgoing.sender import Sender
from service.settings import Settings
from service.store.job import RETRIES
from service.store.job_worker import GiveUpError, Handler, current_try, hopeless_after
from service.store.readers import ReaderStore
from service.store.signups import DELIVERY_JOB, END_JOB, LAPSE_JOB, MAIL_JOB, SignUps
from service.web.seal import Seal, SealError
from service.web.wishes import CONFIRM, END, address_of, open_wish

log = structlog.get_logger(__name__)

Clock = Callable[[], datetime]
Job = Mapping[str, Any]
# A job is tried for some three days. A provider that is away for longer gets another one, for a month in all; then
# staff decide (`honestybox jobs`).
_TURNS, _REST = 10, timedelta(hours=12)


def newsletter_jobs(
    settings: Settings, books: Books, catalogue: Callable[[], Catalogue], clock: Clock, real_clock: Clock
) -> Mapping[str, Handler]:
    """What does the jobs of each kind; none where no mail is sent. `real_clock`: as receivers of webhooks have it."""
    if not settings.mails:
        return {}
    sender = Sender(settings.outgoing_webhook_secrets)
    providers = {
        (site, kind): open_provider(
            kind, secret, lambda url, name, body: sender.send(url, name, body, int(real_clock().timestamp()))
        )
        for site, named in settings.newsletter_providers.items()
        for kind, secret in named.items()
    }
    jobs = NewsletterJobs(
        sites=lambda: catalogue().sites,
        sign_ups=books.sign_ups,
        readers=books.patient_readers,
        seal=Seal(settings.secret_keys),
        dictionary=load_dictionary(),
        public_url=settings.public_url,
        post=Post(settings.mail_url, settings.mail_from),
        providers=providers,
        clock=clock,
    )
    return {
        MAIL_JOB: jobs.mail,
        LAPSE_JOB: jobs.lapse,
        DELIVERY_JOB: hopeless_after(ProviderRefusedError, jobs.deliver),
        END_JOB: hopeless_after(ProviderRefusedError, jobs.end),
    }


@dataclass(frozen=True, slots=True)
class NewsletterJobs:
    """Does them. Each may be called again with the same job, and then does nothing twice."""

    sites: Callable[[], Mapping[str, Site]]
    sign_ups: SignUps
    readers: ReaderStore
    seal: Seal
    dictionary: Dictionary
    public_url: str
    post: Sends
    providers: Mapping[tuple[str, MailProvider], Provider]
    clock: Clock

    def mail(self, job: Job) -> None:
        """Sends the mail; not to who has taken the wish back, nor so late that it could not be confirmed any more."""
        wish, now = self._wish(job), self.clock()
        known = self.sign_ups.find(wish.site, self._name(wish))
        if (known and known.ended_at) or not wish.is_fresh(now):
            return
        site, newsletter = self._about(wish)
        try:
            self.post.send(self._letter(wish, job["wish"], site, newsletter), now)
        except MailRefusedError as error:  # nor will it ever be taken
            log.warning("newsletter_mail_refused", site=wish.site, error=str(error))

    def _letter(self, wish: Wish, token: str, site: Site, newsletter: Newsletter) -> Letter:
        language = site.language_for(wish.language)
        asked = Asked(
            site=site.name,
            title=newsletter.title[language],
            frequency=newsletter.frequency[language],
            privacy=newsletter.privacy_address(site.home),
            confirm=address_of(CONFIRM, self.public_url, wish, token),
            end=address_of(END, self.public_url, wish, token),
        )
        say = self.dictionary.for_language(language).say
        return confirmation(say, asked, to=wish.email, language=language, direction=direction(language))

    def lapse(self, job: Job) -> None:
        """Has the reader asked again, where the mail was not answered and no later one may yet be."""
        wish = self._wish(job)
        known = self.sign_ups.find(wish.site, self._name(wish))
        if known is None or known.confirmed_at or known.ended_at or known.reader != wish.reader:
            return
        if self.clock() >= known.asked_at + CONFIRM_LIFE:
            self.readers.record_newsletter(wish.site, wish.reader, wish.newsletter, self.clock(), has=False)

    def deliver(self, job: Job) -> None:
        """Hands the address to the provider. Raises ProviderRefusedError, or what has it tried again."""
        wish = self._wish(job)
        name = self._name(wish)
        known = self.sign_ups.find(wish.site, name)
        if known and (not known.wanted or known.delivered_at):
            return
        sign_up_id, at = (known.id, known.confirmed_at or wish.asked_at) if known else (name, wish.asked_at)
        subscriber = self._subscriber(wish, sign_up_id, at)
        if not self._told(job, name, DELIVERY_JOB, lambda provider: provider.subscribe(subscriber), wish):
            return
        log.info("newsletter_delivered", site=wish.site, newsletter=wish.newsletter)
        if known:
            self.sign_ups.delivered(wish.site, name, self.clock())
            meanwhile = self.sign_ups.find(wish.site, name)
            if meanwhile and meanwhile.ended_at:  # what tells the provider may have come before us
                self.sign_ups.put(END_JOB, name, {"wish": job["wish"], "turn": 0})

    def end(self, job: Job) -> None:
        """Tells the provider that the reader has taken it back, unless they want it again."""
        wish = self._wish(job)
        name = self._name(wish)
        known = self.sign_ups.find(wish.site, name)
        if known is None or known.ended_at is None:
            return
        subscriber = self._subscriber(wish, known.id, known.ended_at)
        self._told(job, name, END_JOB, lambda provider: provider.unsubscribe(subscriber), wish)

    def _told(self, job: Job, name: str, kind: str, tell: Callable[[Provider], None], wish: Wish) -> bool:
        """True when the provider has been told; False when it will be by the job's successor."""
        _, newsletter = self._about(wish)
        try:
            provider = self.providers.get((wish.site, newsletter.provider)) if newsletter.provider else None
            if provider is None:
                raise ProviderUnavailableError("not in the settings")
            tell(provider)
        except ProviderRefusedError:
            raise
        except (MailError, OutgoingError):
            if current_try() <= RETRIES or job["turn"] >= _TURNS:
                raise
            turn = job["turn"] + 1
            self.sign_ups.put(kind, name, {"wish": job["wish"], "turn": turn}, _REST, turn)
            return False
        return True

    def _wish(self, job: Job) -> Wish:
        try:
            return open_wish(self.seal, job["wish"])
        except SealError as error:
            raise GiveUpError("sealed with a secret that is gone") from error

    def _name(self, wish: Wish) -> str:
        return self.sign_ups.name(wish.site, wish.newsletter, wish.email)

    def _about(self, wish: Wish) -> tuple[Site, Newsletter]:
        site = self.sites().get(wish.site)
        newsletter = site.newsletters.get(wish.newsletter) if site else None
        if site is None or newsletter is None:
            raise GiveUpError("the newsletter is gone")
        return site, newsletter

    def _subscriber(self, wish: Wish, sign_up_id: str, at: datetime) -> Subscriber:
        _, newsletter = self._about(wish)
        return Subscriber(
            sign_up_id, wish.site, wish.newsletter, newsletter.list, wish.email, wish.language, at
        )
