"""HONESTYBOX_PUBLIC_URL, as browsers and Stripe come to it."""

from collections.abc import Iterator, Mapping
from typing import Any

import requests

from service.doctor.finding import Finding, problem, warning, well
from service.doctor.patient import Patient, on_this_machine
from service.payments.webhooks import signed_event

_SECONDS = 5.0


def encryption(patient: Patient) -> Iterator[Finding]:
    """Without it, readers' browsers refuse the script on encrypted pages."""
    url = patient.values["public_url"]
    if url.startswith("https:"):
        yield well(f"{url} is encrypted")
    elif patient.livemode:
        yield problem(f"{url} is not encrypted, and Stripe's key is a live one", "Use an https:// address.")
    elif on_this_machine(url):
        yield well(f"{url} is on this machine, for trying things out")
    else:
        yield warning(f"{url} is not encrypted", "Put a TLS proxy in front, and set an https:// address.")


def reachable(patient: Patient) -> Iterator[Finding]:
    """Asks as a stranger would."""
    url = f"{patient.values['public_url']}/healthz"
    try:
        answer = requests.get(url, timeout=_SECONDS, allow_redirects=False)
    except requests.exceptions.SSLError:
        yield problem(f"{url}: the certificate is not valid", "Renew it, and let the proxy send the whole chain.")
        return
    except requests.exceptions.RequestException as error:
        told = f"{url} cannot be reached from here ({type(error).__name__})"
        yield problem(told, "Start the web process, and look at DNS, firewall and proxy.")
        return
    yield _answered(url, answer)


def webhooks(patient: Patient) -> Iterator[Finding]:
    """Whether the running service believes what is signed with our secrets: its environment may be older than ours, and
    a proxy that touches a body spoils every signature. The event is one that nobody has a use for."""
    url = f"{patient.values['public_url']}/webhooks/stripe"
    event = {"type": "honestybox.doctor", "livemode": patient.livemode, "data": {"object": {}}}
    try:
        answers = [_knock(url, event, secret) for secret in patient.values["stripe_webhook_secrets"]]
    except requests.exceptions.RequestException:
        yield warning("not looked at while the address cannot be reached", "See public url.")
        return
    for number, outcome in enumerate(answers, 1):
        if outcome == "other_mode":
            told = "the running service has a Stripe key of the other mode than this environment"
            yield problem(told, "Restart it with these settings.")
        elif outcome != "unknown_type":
            told = f"{url} does not believe what is signed with secret {number} of HONESTYBOX_STRIPE_WEBHOOK_SECRETS"
            cure = "Restart the service with these settings, and let the proxy pass every body on as it is."
            yield problem(f"{told} ({outcome})", cure)
    if set(answers) == {"unknown_type"}:
        yield well(f"{url} believes what is signed with each of {len(answers)} secret(s)")


def _knock(url: str, event: Mapping[str, Any], secret: str) -> str:
    """What the service made of the event, or the status of its answer."""
    body, headers = signed_event(event, secret)
    answer = requests.post(url, data=body, headers=headers, timeout=_SECONDS, allow_redirects=False)
    try:
        return str(answer.json()["outcome"])
    except (requests.exceptions.JSONDecodeError, KeyError, TypeError):
        return str(answer.status_code)


def _answered(url: str, answer: requests.Response) -> Finding:
    if answer.is_redirect:
        told = f"{url} leads on to another address, and Stripe's events are not led on"
        return problem(told, "Set HONESTYBOX_PUBLIC_URL to the address where it ends.")
    try:
        alive = answer.ok and answer.json() == {"status": "alive"}
    except requests.exceptions.JSONDecodeError:
        alive = False
    if alive:
        return well(f"{url} answers")
    told = f"{url} answers {answer.status_code}, but not as this service does"
    return problem(told, "Let the proxy pass every path of that address on to the web process.")
