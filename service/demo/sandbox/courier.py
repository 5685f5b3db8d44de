"""Webhooks: every event signed and sent until the endpoint answers 2xx."""

import heapq
import http.client
import json
import threading
import time
from collections.abc import Sequence
from urllib.parse import urlsplit

from stripe import WebhookSignature

from .vault import Object, Vault

BACKOFF = (1.0, 2.0, 5.0, 10.0, 30.0)  # seconds; Stripe waits hours, a demo cannot
PATIENCE = 10.0


class Courier:
    """Sends in the order things happened; what is refused waits its turn without holding up the rest."""

    def __init__(self, vault: Vault, url: str, secret: str, backoff: Sequence[float] = BACKOFF) -> None:
        self.vault, self.url, self.secret, self.backoff = vault, url, secret, backoff
        self.due: list[tuple[float, int, str]] = []
        self.sent = 0
        self.stopping = False
        self.bell = threading.Condition()
        vault.on_event = self.enqueue

    def start(self) -> None:
        """Begin delivering, with what an earlier run could not deliver first."""
        for event_id, delivery in list(self.vault.deliveries.items()):
            if delivery["status"] != "delivered":
                self.schedule(event_id, 0)
        threading.Thread(target=self.run, name="webhooks", daemon=True).start()

    def stop(self) -> None:
        with self.bell:
            self.stopping = True
            self.bell.notify_all()

    def enqueue(self, event_id: str) -> None:
        """Send this event for the first time, or anew."""
        with self.vault.lock:
            event = self.vault.objects[event_id]
            self.vault.deliveries[event_id] = {
                "event": event_id, "type": event["type"], "status": "waiting", "attempts": 0, "answer": "",
            }  # fmt: skip
        self.schedule(event_id, 0)

    def schedule(self, event_id: str, seconds: float) -> None:
        with self.bell:
            self.sent += 1
            heapq.heappush(self.due, (time.monotonic() + seconds, self.sent, event_id))
            self.bell.notify_all()

    def run(self) -> None:
        while (event_id := self.next_due()) is not None:
            with self.vault.lock:
                event = self.vault.objects.get(event_id)
            if event is not None:
                self.deliver(event)

    def next_due(self) -> str | None:
        """The next event whose time has come; None when it is time to stop."""
        with self.bell:
            while not self.stopping:
                wait = self.due[0][0] - time.monotonic() if self.due else None
                if wait is not None and wait <= 0:
                    return heapq.heappop(self.due)[2]
                self.bell.wait(wait)
        return None

    def deliver(self, event: Object) -> None:
        delivered, answer = self.send(event)
        with self.vault.change():
            delivery = self.vault.deliveries.get(event["id"])
            if delivery is None:
                return
            delivery["attempts"] += 1
            delivery["answer"] = answer
            delivery["status"] = "delivered" if delivered else "failing"
            event["pending_webhooks"] = 0 if delivered else 1
            attempts = delivery["attempts"]
        if not delivered:
            self.schedule(event["id"], self.backoff[min(attempts, len(self.backoff)) - 1])

    def signed(self, event: Object) -> tuple[str, dict[str, str]]:
        """The body and headers Stripe would send; signed at the real time, whatever the demo's clock says."""
        body = json.dumps(event, indent=2, ensure_ascii=False)
        signature = WebhookSignature.generate_signature_header(body, self.secret)
        return body, {"Content-Type": "application/json; charset=utf-8", "Stripe-Signature": signature,
                      "User-Agent": "Stripe/1.0 (sandbox)"}  # fmt: skip

    def send(self, event: Object) -> tuple[bool, str]:
        """Whether the endpoint accepted it, and its answer in a few words."""
        body, headers = self.signed(event)
        address = urlsplit(self.url)
        connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=PATIENCE)
        try:
            connection.request("POST", address.path or "/", body.encode(), headers)
            answer = connection.getresponse()
            answer.read()
        except (OSError, http.client.HTTPException) as problem:
            return False, f"no answer ({type(problem).__name__})"
        else:
            return 200 <= answer.status < 300, f"{answer.status} {answer.reason}"
        finally:
            connection.close()

    def is_idle(self) -> bool:
        """True when every event has been accepted."""
        with self.vault.lock:
            return all(delivery["status"] == "delivered" for delivery in self.vault.deliveries.values())
