"""The sandbox's embedded Checkout, and how a forgotten session is recovered."""

from collections.abc import Iterator
from typing import Any

import pytest
import stripe

from service.demo.sandbox import Sandbox, SandboxApp, create_sandbox
from service.demo.serving import Running

from .test_sandbox import SECRET, asked, client_of, look, press


@pytest.fixture(name="playing")
def _playing() -> Iterator[tuple[Sandbox, stripe.StripeClient, str]]:
    app: SandboxApp = create_sandbox("http://127.0.0.1:9/hook", SECRET, deliver=False)
    with Running(app) as address:
        yield app.sandbox, client_of(address), address


def embedded(**changes: Any) -> dict[str, Any]:
    here = {"ui_mode": "embedded_page", "redirect_on_completion": "if_required", "return_url": "https://a.example/back"}
    return {**asked(), **here, **changes}


def without(order: dict[str, Any], *names: str) -> Any:
    return {name: value for name, value in order.items() if name not in names}


AWAY = ("success_url", "cancel_url")


def test_an_embedded_session_has_a_secret_and_no_address(playing):  # type: ignore[no-untyped-def]
    _, client, _ = playing
    made = client.v1.checkout.sessions.create(without(embedded(), *AWAY))
    assert made.url is None
    assert made.client_secret.startswith(f"{made.id}_secret_")
    assert client.v1.checkout.sessions.retrieve(made.id).client_secret == made.client_secret


@pytest.mark.parametrize(
    ("order", "param"),
    [
        (without(embedded(), "cancel_url"), "success_url"),
        (without(embedded(), "success_url"), "cancel_url"),
        (without(embedded(), *AWAY, "return_url"), "return_url"),
        ({**asked(), "return_url": "https://a.example/back"}, "return_url"),
        ({**asked(), "redirect_on_completion": "never"}, "redirect_on_completion"),
    ],
)
def test_the_ways_back_of_one_page_are_refused_for_the_other(playing, order, param):  # type: ignore[no-untyped-def]
    _, client, _ = playing
    with pytest.raises(stripe.InvalidRequestError) as refused:
        client.v1.checkout.sessions.create(order)
    assert refused.value.param == param


def test_the_frame_opens_for_its_secret_alone_and_says_when_it_is_paid(playing):  # type: ignore[no-untyped-def]
    sandbox, client, address = playing
    made = client.v1.checkout.sessions.create(without(embedded(), *AWAY))
    frame = f"{address}/c/embed/{made.id}?secret={made.client_secret}"
    assert "data-complete" not in look(frame)
    assert press(f"{frame}x", how="pay", email="a@b.example")[0] == 404
    assert press(frame, how="decline", email="a@b.example")[0] == 200
    _, _, page = press(frame, how="pay", email="a@b.example")
    assert "data-complete" in page
    assert sandbox.vault.objects[made.id]["status"] == "complete"


def test_a_forgotten_session_is_recovered_with_our_metadata(playing):  # type: ignore[no-untyped-def]
    sandbox, client, _ = playing
    order = {**asked(metadata={"site": "courier"}), "after_expiration": {"recovery": {"enabled": True}}}
    made = client.v1.checkout.sessions.create(order)
    assert made.after_expiration.recovery.url is None
    sandbox.expire(made.id)
    recovery = client.v1.checkout.sessions.retrieve(made.id).after_expiration.recovery
    assert "$5" in look(recovery.url)
    recovered = sandbox.all("checkout.session")[0]
    assert (recovered["recovered_from"], recovered["status"]) == (made.id, "open")
    assert recovered["metadata"] == {"site": "courier"}
