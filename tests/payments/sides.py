"""The two stands for Stripe that every test here runs against, behind one small interface.

`SandboxSide` is the project's own, which the demo shows; `StandInSide` is the strict one, found through STRIPE_STANDIN.
Events are held back: nothing reaches the service until a test delivers it, in the order and as often as it likes.
"""

import json
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from io import BytesIO
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl

import stripe

from service.demo.sandbox import SandboxApp, create_sandbox
from tests.payments.served import Served, free_port, wait_until
from tests.payments.wire import call, post_json

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
    refunds: bool

    def pay(self, session_id: str, *, delayed: bool = False) -> list[Event]: ...
    def settle(self, session_id: str, *, ok: bool) -> list[Event]: ...
    def expire(self, session_id: str) -> list[Event]: ...
    def renew(self, subscription_id: str, *, ok: bool = True) -> list[Event]: ...
    def cancel(self, subscription_id: str) -> list[Event]: ...
    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]: ...
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


class StandInSide:
    """The strict stand-in, in a process of its own, spoken to by HTTP alone."""

    name = "standin"
    refunds = True

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


class SandboxSide:
    """The project's own sandbox, in this process, with a log and with faults in front of it."""

    name = "sandbox"
    refunds = False

    def __init__(self, webhook_url: str, *, deliver_by_itself: bool = False) -> None:
        self._app: SandboxApp = create_sandbox(webhook_url, SECRET, deliver=deliver_by_itself, backoff=(0.2,))
        self._log: list[Request] = []
        self._faults: list[Fault] = []
        self._lock = threading.Lock()
        self._plain = self._app.wsgi_app
        self._app.wsgi_app = self._serve  # type: ignore[method-assign]
        self._served = Served(self._app)
        self.api = self._served.address

    @property
    def sandbox(self) -> Any:
        """What the demo moves it with."""
        return self._app.sandbox

    def _caused(self, before: int) -> list[Event]:
        return [json.loads(json.dumps(event)) for event in self.sandbox.events()[before:]]

    def _count(self) -> int:
        return len(self.sandbox.events())

    def pay(self, session_id: str, *, delayed: bool = False) -> list[Event]:
        before = self._count()
        (self.sandbox.pay_later if delayed else self.sandbox.pay)(session_id)
        return self._caused(before)

    def decline(self, session_id: str) -> list[Event]:
        """The bank refuses the card; the reader is still at Checkout."""
        before = self._count()
        self.sandbox.decline(session_id)
        return self._caused(before)

    def settle(self, session_id: str, *, ok: bool) -> list[Event]:
        before = self._count()
        self.sandbox.settle(session_id, arrived=ok)
        return self._caused(before)

    def expire(self, session_id: str) -> list[Event]:
        before = self._count()
        self.sandbox.expire(session_id)
        return self._caused(before)

    def renew(self, subscription_id: str, *, ok: bool = True) -> list[Event]:
        before = self._count()
        self.sandbox.renew(subscription_id, paid=ok)
        return self._caused(before)

    def cancel(self, subscription_id: str) -> list[Event]:
        before = self._count()
        self.sandbox.cancel(subscription_id)
        return self._caused(before)

    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]:
        raise NotImplementedError("the sandbox plays no refunds")

    def tell(self, type_: str, thing: dict[str, Any]) -> Event:
        """An event about `thing`, which need not exist."""
        before = self._count()
        self.sandbox.vault.emit(type_, thing)
        (event,) = self._caused(before)
        return event

    def find(self, object_id: str) -> dict[str, Any]:
        thing: dict[str, Any] = self.sandbox.vault.objects[object_id]
        return thing

    def deliver_once(self, event: Event) -> int:
        accepted, answer = self.sandbox.courier.send(event)
        return 200 if accepted else int(answer.split()[0]) if answer[0].isdigit() else 0

    def requests(self) -> list[Request]:
        return list(self._log)

    def fault(self, fault: Fault) -> None:
        self._faults += [fault] * fault.times

    def stop(self) -> None:
        self.sandbox.courier.stop()
        self._served.stop()

    def _serve(self, environ: Any, start_response: Any) -> Iterable[bytes]:
        if not environ["PATH_INFO"].startswith("/v1/"):
            return self._plain(environ, start_response)
        sent = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        fault = self._next_fault(environ)
        if fault:
            time.sleep(fault.delay)
        if fault and (fault.status or fault.drop) and not fault.after:
            status, headers, body = "503 Fault", [], b""
        else:
            status, headers, body = self._ask(environ, sent)
        self._note(environ, sent, status, body, bool(fault and (fault.status or fault.drop)))
        if fault and fault.drop:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionError("dropped on purpose")
        if fault and fault.status:
            status, headers = f"{fault.status} Fault", list(fault.headers.items())
            body = json.dumps({"error": fault.error}).encode()
        start_response(status, [*headers, ("Content-Type", "application/json")] if fault and fault.status else headers)
        return [body]

    def _next_fault(self, environ: Any) -> Fault | None:
        with self._lock:
            for fault in self._faults:
                if fault.verb in ("*", environ["REQUEST_METHOD"]) and re.fullmatch(fault.path, environ["PATH_INFO"]):
                    self._faults.remove(fault)
                    return fault
        return None

    def _ask(self, environ: Any, sent: bytes) -> tuple[str, list[tuple[str, str]], bytes]:

        answered: list[Any] = []
        body = b"".join(
            self._plain({**environ, "wsgi.input": BytesIO(sent)}, lambda *told: answered.append(told))  # type: ignore[arg-type]
        )
        return answered[0][0], answered[0][1], body

    def _note(self, environ: Any, sent: bytes, status: str, body: bytes, faulty: bool) -> None:
        values = json.loads(body) if body.startswith(b"{") else {}
        query = sent.decode() if environ["REQUEST_METHOD"] == "POST" else environ["QUERY_STRING"]
        entry = Request(
            verb=environ["REQUEST_METHOD"],
            path=environ["PATH_INFO"],
            params=dict(parse_qsl(query, keep_blank_values=True)),
            key=environ.get("HTTP_IDEMPOTENCY_KEY", ""),
            version=environ.get("HTTP_STRIPE_VERSION", ""),
            status=int(status.split(maxsplit=1)[0]),
            error=None if faulty else values.get("error"),
            session=str(values.get("id") or ""),
        )
        with self._lock:
            self._log.append(entry)
