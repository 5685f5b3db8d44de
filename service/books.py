"""What Redis and Stripe hold, opened and joined: for the web, the worker and the commands alike."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from time import sleep

from service.alerts import alerts
from service.domain.retention import AS_LONG_AS_CAN_BE, Retention
from service.domain.site import Site
from service.outgoing.announcing import Announcer
from service.payments.gateway import AT_ONCE, Gateway
from service.payments.reconcile import Reconciler
from service.payments.recording import Recorder
from service.settings import Settings, SettingsError
from service.store.allocations import Allocations, Allocator
from service.store.connection import Store
from service.store.counters import Counters
from service.store.deliveries import Deliveries
from service.store.jobs import Jobs
from service.store.ledger import Bookmark, Ledger
from service.store.lookout import Lookout
from service.store.manner import PATIENT
from service.store.readers import ReaderStore
from service.store.reading import Readings
from service.store.reconciliations import Reconciliations
from service.store.results import ResultsBook
from service.store.signups import SignUps
from service.store.tickers import Fundraiser, Tickers
from service.web.metrics import store_changed


@dataclass(frozen=True, slots=True)
class Books:
    """What Redis and Stripe hold: all that the worker needs, too."""

    store: Store
    patient: Store
    patient_readers: ReaderStore
    bookmark: Bookmark
    gateway: Gateway
    recorder: Recorder
    reconciliations: Reconciliations
    reconciler: Reconciler
    allocator: Allocator
    fundraiser: Fundraiser
    jobs: Jobs
    deliveries: Deliveries
    lookout: Lookout
    readings: Readings
    results: ResultsBook
    sign_ups: SignUps


def open_books(
    settings: Settings, sites: Callable[[], Mapping[str, Site]], clock: Callable[[], datetime], at_once: int = AT_ONCE
) -> Books:
    """Redis and Stripe, joined; connects to neither yet. `sites`: those in the staff files now. `at_once`: how many may
    wait for Stripe. Raises SettingsError."""
    if strangers := sorted(settings.outgoing_webhooks.keys() - sites()):
        raise SettingsError([f"HONESTYBOX_OUTGOING_WEBHOOKS: there is no site called {name}" for name in strangers])
    try:
        store = Store(settings.redis_url, store_changed)
        # No reader waits for an article while a gift, an event or a snooze is written down.
        patient = Store(settings.redis_url, manner=PATIENT)
    except ValueError as error:  # an option that redis-py does not know, which settings may not import
        raise SettingsError([f"HONESTYBOX_REDIS_URL: {error}"]) from error
    try:
        jobs = Jobs(settings.jobs_url, settings.secret_keys[0])
    except ValueError as error:
        raise SettingsError([f"HONESTYBOX_JOBS_URL: {error}"]) from error
    retention = retention_in(sites)
    ledger, readers = Ledger(patient), ReaderStore(patient, retention)
    gateway = Gateway(settings.stripe_secret_key, settings.stripe_api_base, at_once)
    announce = Announcer(settings.outgoing_webhooks, jobs.put, ledger.tellings, clock)
    recorder = Recorder(gateway, ledger, readers, lambda site: site in sites(), announce)
    reconciliations = Reconciliations(patient)
    reconciler = Reconciler(gateway, recorder, ledger, reconciliations, sites, sleep)
    allocator = Allocator(Counters(patient, background=False), ledger, Allocations(patient))
    fundraiser = Fundraiser(ledger, Tickers(patient))
    bookmark = Bookmark(patient)
    return Books(
        store, patient, readers, bookmark, gateway, recorder, reconciliations, reconciler, allocator, fundraiser, jobs,
        Deliveries(patient), Lookout(patient, settings.limits, alerts(jobs, len(settings.alert_mail))),
        Readings(patient), ResultsBook(patient), SignUps(patient, jobs, settings.secret_keys[0], retention),
    )  # fmt: skip


def retention_in(sites: Callable[[], Mapping[str, Site]]) -> Callable[[str], Retention]:
    """What holds for a site as its files are now."""

    def of(name: str) -> Retention:
        site = sites().get(name)
        return site.retention if site else AS_LONG_AS_CAN_BE

    return of
