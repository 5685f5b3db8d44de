"""The two stands for Stripe that every test here runs against, behind one small interface.

`SandboxSide` is the project's own, which the demo shows; `StandInSide` is the strict one, found through STRIPE_STANDIN.
Events are held back: nothing reaches the service until a test delivers it, in the order and as often as it likes.
"""

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Protocol

Event = dict[str, Any]
KEY = "sk_test_courier0001"
SECRET = "whsec_courier0000000000000000000001"


@dataclass(frozen=True, slots=True)
class Request:
    """One request that the service made. `params` are flat, as they were sent: `metadata[site]`."""

    verb: str
    path: str
    params: dict[str, str]
    key: str
    version: str
    status: int
    error: Any
    session: str


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong with the next `times` requests to `path`. `after`: Stripe does it first, and then fails."""

    path: str = "/v1/.*"
    times: int = 1
    verb: str = "*"
    status: int = 0
    delay: float = 0
    drop: bool = False
    after: bool = False
    headers: dict[str, str] = field(default_factory=dict)
    error: dict[str, str] = field(default_factory=lambda: {"type": "api_error", "message": "Injected fault"})


class Side(Protocol):
    """What a test may do with Stripe, whichever it is. Everything that happens there returns the events it caused."""

    name: str
    api: str

    def pay(self, session_id: str, *, delayed: bool = False) -> list[Event]: ...
    def settle(self, session_id: str, *, ok: bool) -> list[Event]: ...
    def expire(self, session_id: str) -> list[Event]: ...
    def renew(self, subscription_id: str, *, ok: bool = True) -> list[Event]: ...
    def renew_unconfirmed(self, subscription_id: str) -> list[Event]: ...
    def recover(self, subscription_id: str) -> list[Event]: ...
    def give_up(self, subscription_id: str) -> list[Event]: ...
    def change_amount(self, subscription_id: str, amount: int) -> list[Event]: ...
    def pause_collection(self, subscription_id: str, resumes_at: int | None = None) -> list[Event]: ...
    def resume_collection(self, subscription_id: str) -> list[Event]: ...
    def pause(self, subscription_id: str) -> list[Event]: ...
    def resume(self, subscription_id: str) -> list[Event]: ...
    def cancel(self, subscription_id: str) -> list[Event]: ...
    def cancel_at_end(self, subscription_id: str, *, wanted: bool = True) -> list[Event]: ...
    def end(self, subscription_id: str) -> list[Event]: ...
    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]: ...
    def dispute(self, intent_id: str) -> list[Event]: ...
    def close_dispute(self, intent_id: str, *, won: bool) -> list[Event]: ...
    def advance(self, seconds: int) -> None: ...
    def tell(self, type_: str, thing: dict[str, Any]) -> Event: ...
    def find(self, object_id: str) -> dict[str, Any]: ...
    def deliver_once(self, event: Event) -> int: ...
    def requests(self) -> list[Request]: ...
    def fault(self, fault: Fault) -> None: ...
    def stop(self) -> None: ...


def deliver(side: Side, events: Iterable[Event], patience_seconds: float = 20) -> None:
    """Every event, one after the other, each again and again until it is accepted: as Stripe does, only sooner."""
    for event in events:
        end = time.monotonic() + patience_seconds
        while (status := side.deliver_once(event)) != 200:
            assert status in (0, 503), f"{event['type']}: {status}"
            assert time.monotonic() < end, f"{event['type']} was never accepted"
            time.sleep(0.3)
