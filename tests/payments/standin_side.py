"""The strict stand-in for Stripe, found through STRIPE_STANDIN."""

import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import stripe

from tests.payments.served import free_port, wait_until
from tests.payments.sides import KEY, SECRET, Event, Fault, Request
from tests.payments.wire import call, post_json


class StandInSide:
    """The strict stand-in, in a process of its own, spoken to by HTTP alone."""

    name = "standin"

    def __init__(self, folder: Path, webhook_url: str) -> None:
        port = free_port()
        self.api = f"http://127.0.0.1:{port}"
        words = [sys.executable, "standin.py", "--port", str(port), "--webhook", f"{webhook_url}={SECRET}"]
        self._process = subprocess.Popen(words, stdout=subprocess.PIPE, text=True, cwd=folder)
        assert self._process.stdout is not None
        self._process.stdout.readline()
        wait_until(self._answers)

    def _answers(self) -> bool:
        try:
            return call("GET", f"{self.api}/_control/requests").status == 200
        except OSError:
            return False

    def _control(self, part: str, /, **values: Any) -> Any:
        """Tried again when the stand-in, which queues five connections at most, turns one of many away."""
        for pause in (0.1, 0.3, 1.0):
            try:
                return self._told(part, values)
            except ConnectionError:
                time.sleep(pause)
        return self._told(part, values)

    def _told(self, part: str, values: dict[str, Any]) -> Any:
        answer = post_json(f"{self.api}/_control/{part}", values, {"Content-Type": "application/json"})
        assert answer.status == 200, answer.body
        return answer.json

    def _caused(self, part: str, outcome: str) -> list[Event]:
        told = self._control(part, outcome=outcome, deliver=False)["deliveries"]
        return [self.find(row["event"]) for row in told]

    def pay(self, session_id: str, *, delayed: bool = False) -> list[Event]:
        return self._caused(f"checkout/{session_id}", "processing" if delayed else "paid")

    def settle(self, session_id: str, *, ok: bool) -> list[Event]:
        return self._caused(f"checkout/{session_id}", "async_succeeded" if ok else "async_failed")

    def expire(self, session_id: str) -> list[Event]:
        return self._caused(f"checkout/{session_id}", "expired")

    def renew(self, subscription_id: str, *, ok: bool = True) -> list[Event]:
        return self._caused(f"subscription/{subscription_id}", "renewed" if ok else "payment_failed")

    def cancel(self, subscription_id: str) -> list[Event]:
        return self._caused(f"subscription/{subscription_id}", "canceled")

    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]:
        """By the API, as the Dashboard does it; these events the stand-in sends by itself, and they are sent again."""
        before = len(self._deliveries())
        client = stripe.StripeClient(KEY, base_addresses={"api": self.api})
        client.v1.refunds.create({"payment_intent": intent_id, **({"amount": amount} if amount else {})})
        return [self.find(row["event"]) for row in self._deliveries()[before:]]

    def _deliveries(self) -> list[dict[str, Any]]:
        rows: list[dict[str, Any]] = call("GET", f"{self.api}/_control/deliveries").json
        return rows

    def find(self, object_id: str) -> dict[str, Any]:
        thing: dict[str, Any] = call("GET", f"{self.api}/_control/objects/{object_id}").json
        return thing

    def tell(self, type_: str, thing: dict[str, Any]) -> Event:
        """An event about `thing`, which need not exist, delivered once."""
        event: Event = self._control("emit", type=type_, object=thing)["event"]
        return event

    def deliver_once(self, event: Event) -> int:
        (told,) = self._control("emit", event=event["id"])["deliveries"]
        return int(told.get("status", 0))

    def requests(self) -> list[Request]:
        entries = call("GET", f"{self.api}/_control/requests").json
        return [
            Request(
                verb=entry["verb"],
                path=entry["path"],
                params=dict(_flat(entry.get("params") or {})),
                key=entry["idempotency_key"] or "",
                version=entry["stripe_version"] or "",
                status=entry.get("status", 0),
                error=None if entry.get("fault") else entry.get("error"),
                session=str(entry.get("response_id") or ""),
            )
            for entry in entries
        ]

    def fault(self, fault: Fault) -> None:
        body = {"path": fault.path, "verb": fault.verb, "times": fault.times}
        if fault.status:
            body |= {"status": fault.status, "headers": fault.headers, "error": fault.error}
        self._control("faults", **body, **{n: v for n in ("delay", "drop", "after") if (v := getattr(fault, n))})

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()


def _flat(values: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """`{"metadata": {"site": "x"}}` as `("metadata[site]", "x")`."""
    if isinstance(values, dict | list):
        pairs = values.items() if isinstance(values, dict) else enumerate(values)
        for key, value in pairs:
            yield from _flat(value, f"{name}[{key}]" if name else str(key))
    else:
        yield name, str(values).lower() if isinstance(values, bool) else str(values)
