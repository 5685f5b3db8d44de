"""Redis: whether it is there, remembers, forgets nothing by itself, and is quick."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient
from service.payments.catch_up import OVERLAP
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.health import Health, look
from service.store.jobs import Jobs
from service.store.ledger import Bookmark
from service.store.manner import HASTY, PATIENT

# As server_name says it; whoever says nothing is Redis, or counts versions as Redis does.
_LEAST = {"valkey": ("Valkey", "valkey_version", 8), "redis": ("Redis", "redis_version", 7)}
_SLOW = timedelta(milliseconds=10)
_NEARLY_FULL = 0.9
_WORKER_LATE = OVERLAP
_JOB_LATE = timedelta(minutes=2)


def redis(patient: Patient) -> Iterator[Finding]:
    """Every server that holds keys."""
    yield from _looked_at(patient.values["redis_url"], "HONESTYBOX_REDIS_URL")


def job_queue(patient: Patient) -> Iterator[Finding]:
    """Where jobs wait, if that is another server."""
    url = patient.values.get("jobs_url", "")
    if url and url != patient.values.get("redis_url"):
        yield from _looked_at(url, "HONESTYBOX_JOBS_URL")
    if url:
        yield from _jobs(url, patient.clock())


def _jobs(url: str, now: datetime) -> Iterator[Finding]:
    try:
        jobs = Jobs(url, "")
        standing, waits_since = jobs.standing(), jobs.waits_since()
    except (StoreUnavailableError, ValueError):
        return  # told of the server already
    if standing.given_up:
        cure = "See `honestybox jobs`, and `honestybox jobs retry` once what they failed at works again."
        yield warning(f"{standing.given_up} job(s) were given up", cure)
    if waits_since and now - waits_since > _JOB_LATE:
        cure = "Run `honestybox worker` beside the web processes; more than one where a single one cannot keep up."
        yield problem(f"{standing.waiting} job(s) wait, one since {waits_since:%Y-%m-%d %H:%M} UTC", cure)
    elif not standing.given_up:
        yield well(f"{standing.waiting} waiting, {standing.resting} to be tried later, none given up")


def _looked_at(url: str, name: str) -> Iterator[Finding]:
    try:
        servers = look(url)
    except (StoreUnavailableError, ValueError) as error:
        yield problem(f"cannot be reached: {error}", f"Start it, or correct {name} (address, password, TLS).")
        return
    for server in servers:
        yield from server_findings(server)


def server_findings(server: Health) -> Iterator[Finding]:
    """What one server says of itself, held against what we need."""
    kind, key, least = _LEAST.get(server.facts.get("server_name", "redis"), _LEAST["redis"])
    version = server.facts.get(key, "")
    yield well(f"{server.name}: {kind} {version}, answers within {_milliseconds(server.latency)}")
    major = version.partition(".")[0]
    if not major.isdigit() or int(major) < least:
        yield problem(f"{server.name}: {kind} {version or '?'} is too old", f"Install {kind} {least} or newer.")
    yield from _memory(server)
    yield from _speed(server)


def _memory(server: Health) -> Iterator[Finding]:
    facts = server.facts
    if facts.get("aof_enabled") != "1":
        told = f"{server.name}: appendonly is off, so a restart forgets snoozes and who gave since the last snapshot"
        yield problem(told, "Set `appendonly yes` in its configuration, and restart it.")
    elif facts.get("aof_last_write_status", "ok") != "ok":
        yield problem(f"{server.name}: cannot write its file any more", "Look for a full disk on its machine.")
    policy = facts.get("maxmemory_policy", "noeviction")
    if policy != "noeviction":
        told = f"{server.name}: maxmemory-policy is {policy}, so that it forgets readers when memory is short"
        yield problem(told, "Set `maxmemory-policy noeviction`, and give it enough memory.")
    most, used = int(facts.get("maxmemory", 0)), int(facts.get("used_memory", 0))
    if most and used > most * _NEARLY_FULL:
        yield warning(f"{server.name}: {used * 100 // most}% of maxmemory is used", "Raise `maxmemory`.")


def _speed(server: Health) -> Iterator[Finding]:
    limit = timedelta(seconds=HASTY.timeout_seconds)
    cure = "Put it on a machine beside the service, with nothing in between."
    if server.latency >= limit:
        told = f"{server.name}: readers are shown nothing where it takes longer than {_milliseconds(limit)}"
        yield problem(told, cure)
    elif server.latency >= _SLOW:
        yield warning(f"{server.name}: is slow; on the same network it answers within a millisecond", cure)


def _milliseconds(span: timedelta) -> str:
    return f"{span / timedelta(milliseconds=1):.2g} ms"


def worker(patient: Patient) -> Iterator[Finding]:
    """Its bookmark tells when it last caught up with Stripe."""
    try:
        read = Bookmark(Store(patient.values["redis_url"], manner=PATIENT)).get()
    except (StoreUnavailableError, ValueError):
        yield warning("not known while Redis cannot be reached", "See redis.")
        return
    cure = "Run `honestybox worker` beside the web processes, and look into its log."
    if read is None:
        yield warning("the worker has not caught up with Stripe so far", cure)
    elif patient.clock() - read > _WORKER_LATE:
        yield problem(f"the worker last caught up with Stripe at {read:%Y-%m-%d %H:%M} UTC", cure)
    else:
        yield well(f"the worker caught up with Stripe at {read:%Y-%m-%d %H:%M} UTC")
