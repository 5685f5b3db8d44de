"""The process beside the web's: does what readers do not wait for. Wired here, like the web's in `app.py`."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import structlog

from service.alerts import alert_jobs
from service.app import utc_now
from service.books import Books, open_books
from service.catalogue.loader import Catalogue, Loader
from service.catalogue.reloader import Reloader
from service.logs import configure_logging
from service.mail.reminders import Reminding
from service.newsletter_jobs import newsletter_jobs
from service.outgoing.announcing import KIND as OUTGOING_WEBHOOK
from service.outgoing.announcing import Courier
from service.outgoing.errors import NobodyThereError
from service.outgoing.sender import Sender
from service.payments.catch_up import catch_up
from service.payments.errors import PaymentsError
from service.payments.nightly import reconcile_when_due
from service.reminder_jobs import open_reminding, reminder_jobs
from service.settings import Settings
from service.store.errors import StoreUnavailableError
from service.store.job_worker import Handler, JobWorker, current_try, hopeless_after
from service.supporter_jobs import Clock, supporter_jobs

log = structlog.get_logger(__name__)

_STRIPE_AT_ONCE = 3  # a duty, a reconcile and a job


@dataclass(frozen=True, slots=True)
class Worker:
    """Periodic duties in threads of their own, and the job queue in the main one, where a job can be interrupted."""

    books: Books
    reloader: Reloader[Catalogue]
    clock: Callable[[], datetime]
    jobs: JobWorker
    reminding: Reminding | None

    def once(self) -> bool:
        """Everything that is due; False when something has to be tried again."""
        return all([self._duties(), self._reconciled(lambda: False), self._worked_due(), self._reminded(lambda: False)])

    def run(self, every_seconds: float, stop: threading.Event) -> bool:
        """Until `stop`, which ends the job in hand first. False when it could not go on."""
        tasks = (self._duties_again_and_again, self._reconcile_again_and_again, self._remind_again_and_again)
        threads = [threading.Thread(target=task, args=(every_seconds, stop), daemon=True) for task in tasks]
        for thread in threads:
            thread.start()
        self.reloader.watch()
        self.jobs.work(lambda: stop.is_set() or not all(thread.is_alive() for thread in threads))
        return stop.is_set()

    def _duties_again_and_again(self, every_seconds: float, stop: threading.Event) -> None:
        while True:
            self._duties()
            if stop.wait(every_seconds):
                return

    def _reconcile_again_and_again(self, every_seconds: float, stop: threading.Event) -> None:
        """Beside the duties: it may take hours, and what webhooks missed cannot wait for it."""
        while True:
            self._reconciled(stop.is_set)
            if stop.wait(every_seconds):
                return

    def _remind_again_and_again(self, every_seconds: float, stop: threading.Event) -> None:
        """Beside the duties: a mail server may be slow, and many reminders due at once."""
        while True:
            self._reminded(stop.is_set)
            if stop.wait(every_seconds):
                return

    def _reminded(self, stopped: Callable[[], bool]) -> bool:
        if self.reminding is None:
            return True
        try:
            return self.reminding.send_due(self.clock().replace(microsecond=0), stopped)
        except StoreUnavailableError as error:
            log.warning("reminders_failed", error=type(error).__name__)
            return False

    def _duties(self) -> bool:
        now = self.clock().replace(microsecond=0)
        # the gifts that were missed belong into what is allocated by
        done = [self._caught_up(now), self._allocated(now), self._added_up(now), self._measured(now)]
        return all([*done, self._looked_out(now)])

    def _caught_up(self, now: datetime) -> bool:
        try:
            catch_up(self.books.gateway, self.books.recorder, self.books.bookmark, now)
        except (PaymentsError, StoreUnavailableError) as error:
            log.warning("catch_up_failed", error=type(error).__name__)
            return False
        return True

    def _reconciled(self, stopped: Callable[[], bool]) -> bool:
        now, books = self.clock().replace(microsecond=0), self.books
        try:
            return reconcile_when_due(books.reconciler, books.reconciliations, now, stopped)
        except (PaymentsError, StoreUnavailableError) as error:
            log.warning("reconcile_failed", error=type(error).__name__)
            return False

    def _allocated(self, now: datetime) -> bool:
        catalogue = self.reloader.current
        try:
            for site in catalogue.sites.values():
                self.books.allocator.allocate(site, catalogue.plans[site.id].campaigns, now)
        except StoreUnavailableError as error:
            log.warning("allocation_failed", error=type(error).__name__)
            return False
        return True

    def _added_up(self, now: datetime) -> bool:
        catalogue = self.reloader.current
        try:
            for site in catalogue.sites.values():
                self.books.fundraiser.add_up(site, catalogue.plans[site.id].campaigns, now)
        except StoreUnavailableError as error:
            log.warning("adding_up_failed", error=type(error).__name__)
            return False
        return True

    def _measured(self, now: datetime) -> bool:
        """How much is read by those who are asked, and by the holdback."""
        try:
            self.books.readings.measure_when_due(self.reloader.current.sites.values(), now)
        except StoreUnavailableError as error:
            log.warning("reading_not_measured", error=type(error).__name__)
            return False
        return True

    def _looked_out(self, now: datetime) -> bool:
        try:
            self.books.lookout.look(self.reloader.current.sites, now)
        except StoreUnavailableError as error:
            log.warning("lookout_failed", error=type(error).__name__)
            return False
        return True

    def _worked_due(self) -> bool:
        try:
            self.jobs.work_due()
        except StoreUnavailableError as error:
            log.warning("jobs_failed", error=type(error).__name__)
            return False
        return True


def open_worker(settings: Settings, clock: Callable[[], datetime]) -> Worker:
    """The worker, ready. Raises SettingsError or CatalogueError."""
    configure_logging(settings.log_level)
    reloader = Reloader(Loader(settings.config_dir, settings.extra_origins), lambda catalogue: catalogue)
    books = open_books(settings, lambda: reloader.current.sites, clock, _STRIPE_AT_ONCE)
    reminding = open_reminding(settings, books, lambda: reloader.current)
    handlers = {
        **handlers_of(settings, books, reloader, clock),
        **reminder_jobs(settings, reminding, clock),
    }
    return Worker(books, reloader, clock, JobWorker(books.jobs, handlers), reminding)


def handlers_of(settings: Settings, books: Books, reloader: Reloader[Catalogue], clock: Clock) -> Mapping[str, Handler]:
    """What does the jobs of each kind, but those of reminders."""
    sender = Sender(settings.outgoing_webhook_secrets)
    courier = Courier(settings.outgoing_webhooks, sender, books.deliveries, current_try, utc_now)
    return {
        OUTGOING_WEBHOOK: hopeless_after(NobodyThereError, courier),
        **alert_jobs(settings, clock),
        **newsletter_jobs(settings, books, lambda: reloader.current, clock, utc_now),
        **supporter_jobs(settings, books, lambda: reloader.current, clock),
    }
