"""The strict stand-in for Stripe, found through STRIPE_STANDIN."""

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import stripe

from tests.payments.served import wait_until
from tests.payments.sides import KEY, SECRET, Event, Fault, Request
from tests.payments.wire import call, post_json
from tests.servers import free_port


class StandInSide:
    """The strict stand-in, in a process of its own, spoken to by HTTP alone."""

    name = "standin"

    def __init__(self, folder: Path, webhook_url: str) -> None:
        port = free_port()
        self.api = f"http://127.0.0.1:{port}"
        words = [sys.executable, "standin.py", "--port", str(port), "--webhook", f"{webhook_url}={SECRET}"]
        self._process = subprocess.Popen(words, stdout=subprocess.DEVNULL, cwd=folder)
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

    def renew_unconfirmed(self, subscription_id: str) -> list[Event]:
        """The stand-in tells of it, but leaves the payment as one that was declined."""
        events = self._caused(f"subscription/{subscription_id}", "action_required")
        intent = self._next_payment(subscription_id)
        self._put(intent, status="requires_action")
        self._put(self.find(intent["latest_charge"]), failure_code="authentication_required")
        return events

    def recover(self, subscription_id: str) -> list[Event]:
        """The renewal that failed is tried again, and paid."""
        intent, subscription = self._next_payment(subscription_id), self.find(subscription_id)
        failed, invoice = self.find(intent["latest_charge"]), self.find(subscription["latest_invoice"])
        paid = {"status": "succeeded", "paid": True, "captured": True, "amount_captured": failed["amount"]}
        charge = self._put(failed, id=f"{failed['id']}again", failure_code=None, failure_message=None, **paid)
        self._put(intent, status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"])
        at = {**invoice["status_transitions"], "paid_at": charge["created"]}
        self._put(invoice, status="paid", amount_paid=invoice["total"], amount_remaining=0, status_transitions=at)
        self._put(subscription, status="active")
        return [self.tell("invoice.paid", self.find(invoice["id"])), self._updated(subscription_id)]

    def give_up(self, subscription_id: str) -> list[Event]:
        return self._caused(f"subscription/{subscription_id}", "ended")

    def change_amount(self, subscription_id: str, amount: int) -> list[Event]:
        subscription = self.find(subscription_id)
        item = subscription["items"]["data"][0]
        item["price"] |= {"unit_amount": amount, "unit_amount_decimal": str(amount)}
        self._put(subscription)
        return [self._updated(subscription_id)]

    def pause_collection(self, subscription_id: str, resumes_at: int | None = None) -> list[Event]:
        pause = {"behavior": "void", **({"resumes_at": resumes_at} if resumes_at else {})}
        return self._by_api(lambda api: api.subscriptions.update(subscription_id, {"pause_collection": pause}))

    def resume_collection(self, subscription_id: str) -> list[Event]:
        self._put(self.find(subscription_id), pause_collection=None)
        return [self._updated(subscription_id)]

    def pause(self, subscription_id: str) -> list[Event]:
        paused = self._put(self.find(subscription_id), status="paused")
        return [self.tell("customer.subscription.paused", paused)]

    def resume(self, subscription_id: str) -> list[Event]:
        resumed = self._put(self.find(subscription_id), status="active")
        return [self.tell("customer.subscription.resumed", resumed)]

    def cancel(self, subscription_id: str) -> list[Event]:
        return self._caused(f"subscription/{subscription_id}", "canceled")

    def cancel_at_end(self, subscription_id: str, *, wanted: bool = True) -> list[Event]:
        wish: Any = {"cancel_at_period_end": wanted}
        return self._by_api(lambda api: api.subscriptions.update(subscription_id, wish))

    def end(self, subscription_id: str) -> list[Event]:
        """The period of a cancelled one is over."""
        return self.cancel(subscription_id)

    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]:
        wish: Any = {"payment_intent": intent_id, **({"amount": amount} if amount else {})}
        return self._by_api(lambda api: api.refunds.create(wish))

    def dispute(self, intent_id: str) -> list[Event]:
        return self._caused(f"dispute/{self.find(intent_id)['latest_charge']}", "created")

    def close_dispute(self, intent_id: str, *, won: bool) -> list[Event]:
        return self._caused(f"dispute/{self.find(intent_id)['latest_charge']}", "won" if won else "lost")

    def advance(self, seconds: int) -> None:
        self._control("time", advance=seconds, deliver=False)

    def _by_api(self, act: Callable[[Any], Any]) -> list[Event]:
        """As the Dashboard does it; these events the stand-in sends by itself, and they are sent again."""
        before = len(self._deliveries())
        act(stripe.StripeClient(KEY, base_addresses={"api": self.api}).v1)
        return [self.find(row["event"]) for row in self._deliveries()[before:]]

    def _next_payment(self, subscription_id: str) -> dict[str, Any]:
        """The payment intent of the latest invoice."""
        invoice = self.find(subscription_id)["latest_invoice"]
        listing: Any = {"invoice": invoice, "limit": 1}
        api = stripe.StripeClient(KEY, base_addresses={"api": self.api}).v1
        return self.find(str(api.invoice_payments.list(listing).data[0].payment.payment_intent))

    def _put(self, thing: dict[str, Any], **changes: Any) -> dict[str, Any]:
        """The object in the stand-in's store, changed."""
        kept: dict[str, Any] = self._control("objects", **{**thing, **changes})
        return kept

    def _updated(self, subscription_id: str) -> Event:
        return self.tell("customer.subscription.updated", self.find(subscription_id))

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

    def reset(self) -> None:
        """Forgets everything, requests and faults too."""
        self._control("reset")

    def stop(self) -> None:
        self._process.kill()
        self._process.wait(30)


def _flat(values: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """`{"metadata": {"site": "x"}}` as `("metadata[site]", "x")`."""
    if isinstance(values, dict | list):
        pairs = values.items() if isinstance(values, dict) else enumerate(values)
        for key, value in pairs:
            yield from _flat(value, f"{name}[{key}]" if name else str(key))
    else:
        yield name, str(values).lower() if isinstance(values, bool) else str(values)
