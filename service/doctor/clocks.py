"""Whether this machine's clock agrees with Stripe's and Redis's: signatures hold for five minutes."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient
from service.payments.errors import PaymentsError
from service.store.errors import StoreUnavailableError
from service.store.health import look

_WRONG, _OFF = timedelta(seconds=60), timedelta(seconds=5)


def against_stripe(patient: Patient) -> Iterator[Finding]:
    """By the Date header, which says whole seconds: on average it is half a second behind."""
    before = patient.clock()
    try:
        theirs = patient.account.clock()
    except PaymentsError:
        theirs = None
    if theirs is None:
        yield warning("Stripe's time is not known", "See stripe key.")
        return
    half_way = before + (patient.clock() - before) / 2
    yield compared("Stripe's", theirs + timedelta(milliseconds=500) - half_way)


def against_redis(patient: Patient) -> Iterator[Finding]:
    """By TIME."""
    try:
        servers = look(patient.values["redis_url"])
    except (StoreUnavailableError, ValueError):
        yield warning("Redis's time is not known", "See redis.")
        return
    now: datetime = patient.clock()
    yield compared("Redis's", max((server.clock - now for server in servers), key=abs))


def compared(whose: str, ahead: timedelta) -> Finding:
    """`ahead`: how far the other clock is in front of ours."""
    seconds = abs(ahead) / timedelta(seconds=1)
    way = "behind" if ahead > timedelta() else "in front of"
    cure = "Let this machine (or that one) follow a time server: `timedatectl set-ntp true`."
    if abs(ahead) >= _WRONG:
        told = f"this machine's clock is {seconds:.0f} s {way} {whose}; from 300 s on, Stripe's events are refused"
        return problem(told, cure)
    if abs(ahead) >= _OFF:
        return warning(f"this machine's clock is {seconds:.0f} s {way} {whose}", cure)
    return well(f"this machine's clock agrees with {whose}")
