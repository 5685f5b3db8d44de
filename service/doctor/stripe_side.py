"""Stripe: the keys and what they may do, the webhook endpoint, the customer portals."""

from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient
from service.domain.span import span_text
from service.payments.errors import KeyRefusedError, PaymentsError
from service.payments.permissions import PERMISSIONS, Permission, lacking
from service.payments.setup import endpoints_at
from service.payments.webhooks import SUBJECTS
from service.payments.wishes import API_VERSION, differences, endpoint_url, endpoint_wish, is_portal_of, portal_wish

_SETUP = "Run `honestybox stripe setup`."
_LOOKED_AT, _ON_ITS_WAY = 20, timedelta(minutes=10)
_KEY_CURE = "Take one from Developers > API keys in Stripe's Dashboard."


def told_trouble(look: Callable[[Patient], Iterator[Finding]]) -> Callable[[Patient], Iterator[Finding]]:
    """`look`, with what keeps it from seeing as a finding of its own."""

    def looked(patient: Patient) -> Iterator[Finding]:
        try:
            yield from look(patient)
        except KeyRefusedError as error:
            lacks = f" lacks {error.permission}" if error.permission else " may not"
            yield warning(f"cannot be seen: the key{lacks}", "See stripe key.")
        except PaymentsError as error:
            yield problem(f"Stripe cannot be asked: {type(error).__name__}", "Try again, and see status.stripe.com.")

    return looked


def mode(patient: Patient) -> Iterator[Finding]:
    """Whether money moves, and whether both keys are of one kind."""
    secret, public = patient.values["stripe_secret_key"], patient.values.get("stripe_publishable_key", "")
    kind = "a restricted" if secret.startswith("rk_") else "a secret"
    if patient.livemode:
        yield well(f"{kind} key of the live mode: real money moves")
    else:
        yield warning(f"{kind} key of the test mode: no money moves", "To go live, exchange the test keys.")
    if public and ("_live_" in public) != patient.livemode:
        told = "the publishable key is of the other mode than the secret key"
        yield problem(told, "Take both from the same page of Stripe's Dashboard.")


def permissions(patient: Patient) -> Iterator[Finding]:
    """Seen by trying: what is written goes to objects that are not there."""
    missing: list[Permission] = []
    for permission in PERMISSIONS:
        try:
            if lacking(patient.account.gateway, permission):
                missing.append(permission)
        except KeyRefusedError:
            yield problem("Stripe does not know the secret key", _KEY_CURE)
            return
    for one in missing:
        told = f"the key may not {one.told}, which is needed {one.needed}"
        yield problem(told, f"Give it *{one.name}: {'Write' if one.writes else 'Read'}* under Developers > API keys.")
    if not missing:
        yield well(f"the key may do all {len(PERMISSIONS)} things that the service needs")


def webhook_endpoint(patient: Patient) -> Iterator[Finding]:
    """There, switched on, with exactly our events and the library's API version."""
    url = patient.values["public_url"]
    here = endpoints_at(patient.account.endpoints(), url)
    if not here:
        yield problem(f"nothing tells {endpoint_url(url)} of payments", _SETUP)
        return
    current = [one for one in here if one["api_version"] == API_VERSION]
    for old in here:
        if old not in current:
            told = f"{old['id']} speaks API version {old['api_version'] or 'of the account'}, not {API_VERSION}"
            yield (warning if current else problem)(told, _SETUP + " It says how the old one is replaced.")
    if len(current) > 1:
        told = f"{len(current)} endpoints send to {endpoint_url(url)}, so that every event comes twice"
        yield warning(told, "Run `honestybox stripe setup --remove-old`.")
    wrong = [_differs(one.path, one.held, one.wanted) for one in differences(here[0], endpoint_wish(url))]
    for told in wrong:
        yield problem(f"{here[0]['id']}: {told}", _SETUP)
    if current and not wrong:
        yield well(f"{current[0]['id']} sends {len(SUBJECTS)} kinds of events, API version {API_VERSION}")


def _differs(path: str, held: Any, wanted: Any) -> str:
    if path == "status":
        return "is switched off"
    if path != "enabled_events":
        return f"{path} is {held or 'empty'}, not {wanted or 'empty'}"
    missing, more = sorted(set(wanted) - set(held or ())), sorted(set(held or ()) - set(wanted))
    return "; ".join(
        [*([f"does not send {', '.join(missing)}"] if missing else []), *([f"sends {', '.join(more)}"] if more else [])]
    )


def deliveries(patient: Patient) -> Iterator[Finding]:
    """Stripe tells of each event how many endpoints have not taken it; it does not tell which."""
    now = patient.clock()
    events = [one for one in patient.account.newest_events(sorted(SUBJECTS), _LOOKED_AT) if _left(one, now)]
    waiting = [one for one in events if one.get("pending_webhooks")]
    if not events:
        yield well("no event of ours is older than ten minutes")
        return
    if waiting:
        minutes = (now - min(_at(one) for one in waiting)) // timedelta(minutes=1)
        told = (
            f"{len(waiting)} of the newest {len(events)} events were not taken by every endpoint of the account, "
            f"the oldest has been waiting for {span_text(timedelta(minutes=minutes))}"
        )
        yield warning(told, "Look at the deliveries under Developers > Webhooks; 400 means another signing secret.")
        return
    yield well(f"the newest {len(events)} events were delivered, the last of {_at(events[0]):%Y-%m-%d %H:%M} UTC")


def _left(event: Mapping[str, Any], now: datetime) -> bool:
    return now - _at(event) >= _ON_ITS_WAY


def _at(event: Mapping[str, Any]) -> datetime:
    return datetime.fromtimestamp(int(event["created"]), UTC)


def portals(patient: Patient) -> Iterator[Finding]:
    """One for each site, as we wish it."""
    configurations = patient.account.configurations()
    for site in patient.sites:
        found = next((one for one in configurations if is_portal_of(one, site.id)), None)
        if found is None:
            yield problem(f"{site.id} has none, so supporters cannot change a card or stop", _SETUP)
            continue
        wrong = [_differs(one.path, one.held, one.wanted) for one in differences(found, portal_wish(site))]
        for told in wrong:
            yield warning(f"{site.id}: {told}", _SETUP)
        if not wrong:
            yield well(f"{site.id} has {found['id']}")
