"""Every call to Stripe goes through one client with time-outs and retries, and may be repeated without harm."""

import ast
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stripe

from service.payments import gateway as door
from service.payments.gateway import Gateway
from tests.payments.giving import Giving
from tests.payments.sides import KEY, Fault, Side

SERVICE = Path(door.__file__).parent.parent
SOURCES = [path for path in SERVICE.rglob("*.py") if "demo" not in path.relative_to(SERVICE).parts]
# Sent twice these change nothing, or make a page that nobody sees; within one call the library's own key stands.
HARMLESS = {"expire", "update", "delete", "billing_portal.sessions.create"}
# Made by a command, which looks first at what is there.
BY_HAND = {"webhook_endpoints.create", "billing_portal.configurations.create"}
VERBS = {"create", "update", "delete", "expire", "cancel", "confirm", "capture", "pay", "void_invoice", "attach"}


def writes(tree: ast.AST) -> Iterator[tuple[str, str]]:
    """Each method of Stripe's that changes something, with the source of the function that calls it."""
    functions = [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
    for function in functions:
        for node in ast.walk(function):
            name = ast.unparse(node) if isinstance(node, ast.Attribute) else ""
            if "v1." in name and name.rpartition(".")[2] in VERBS:
                yield name.partition("v1.")[2], ast.unparse(function)


def test_every_write_has_a_key_of_its_own_or_does_no_harm_when_it_is_repeated() -> None:
    found = [(name, source) for path in SOURCES for name, source in writes(ast.parse(path.read_text("utf-8")))]
    assert {"checkout.sessions.create", "customers.create"} <= {name for name, _ in found}
    without = {name for name, source in found if "idempotency_key" not in source}
    assert {name for name in without if not {name, name.rpartition(".")[2]} & (HARMLESS | BY_HAND)} == set()


def test_one_module_makes_the_one_client_and_nobody_calls_stripe_past_it() -> None:
    texts = {path.name: path.read_text("utf-8") for path in SOURCES}
    assert [name for name, text in texts.items() if "StripeClient(" in text] == ["gateway.py"]
    reaching = {name for name, text in texts.items() if "_client.v1" in text or "stripe.api_key" in text}
    assert reaching == {"gateway.py"}


def test_the_client_waits_for_seconds_and_tries_again() -> None:
    requestor = Gateway(KEY)._client._requestor
    assert requestor._options.max_network_retries == 1
    assert requestor._client._timeout == (door.CONNECT_SECONDS, door.ANSWER_SECONDS)  # type: ignore[attr-defined]
    assert 0 < door.CONNECT_SECONDS + door.ANSWER_SECONDS <= 10


CALLS: dict[str, Callable[[Any, str], object]] = {
    "expire": lambda sessions, session: sessions.expire(session),
    "retrieve": lambda sessions, session: sessions.retrieve(session),
}


@pytest.mark.parametrize("name", CALLS)
def test_a_call_that_fails_once_is_made_again_with_the_same_key(
    name: str, a_giving: Callable[..., Giving], stripe_side: Side
) -> None:
    giving = a_giving()
    before = len(stripe_side.requests())
    stripe_side.fault(Fault(path="/v1/checkout/sessions/.*", times=1, status=503))
    Gateway(KEY, stripe_side.api).api(lambda v1: CALLS[name](v1.checkout.sessions, giving.session))
    made = stripe_side.requests()[before:]
    assert len(made) == 2
    assert len({entry.key for entry in made}) == 1
    assert all(entry.key for entry in made if entry.verb == "POST")
    assert {entry.version for entry in made} == {stripe.api_version}
