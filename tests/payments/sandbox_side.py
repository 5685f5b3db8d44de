"""The project's own sandbox for Stripe, which the demo shows."""

import json
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from datetime import UTC, datetime, timedelta
from io import BytesIO
from typing import Any
from urllib.parse import parse_qsl

from service.demo.sandbox import SandboxApp, create_sandbox
from tests.payments.served import Served
from tests.payments.sides import SECRET, Event, Fault, Request


class SandboxSide:
    """The project's own sandbox, in this process, with a log and with faults in front of it."""

    name = "sandbox"

    def __init__(self, webhook_url: str, *, deliver_by_itself: bool = False) -> None:
        self._ahead = timedelta()
        options: Any = {"clock": lambda: datetime.now(UTC) + self._ahead, "deliver": deliver_by_itself}
        self._app: SandboxApp = create_sandbox(webhook_url, SECRET, backoff=(0.2,), **options)
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

    def _by(self, act: Callable[..., Any], *words: Any, **more: Any) -> list[Event]:
        """The events that doing this causes."""
        before = self._count()
        act(*words, **more)
        return self._caused(before)

    def pay(self, session_id: str, *, delayed: bool = False) -> list[Event]:
        return self._by(self.sandbox.pay_later if delayed else self.sandbox.pay, session_id)

    def decline(self, session_id: str) -> list[Event]:
        """The bank refuses the card; the reader is still at Checkout."""
        return self._by(self.sandbox.decline, session_id)

    def settle(self, session_id: str, *, ok: bool) -> list[Event]:
        return self._by(self.sandbox.settle, session_id, arrived=ok)

    def expire(self, session_id: str) -> list[Event]:
        return self._by(self.sandbox.expire, session_id)

    def renew(self, subscription_id: str, *, ok: bool = True) -> list[Event]:
        return self._by(self.sandbox.renew, subscription_id, paid=ok)

    def renew_unconfirmed(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.renew_unconfirmed, subscription_id)

    def recover(self, subscription_id: str) -> list[Event]:
        """The renewal that failed is tried again, and paid."""
        return self._by(self.sandbox.retry, subscription_id)

    def give_up(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.give_up, subscription_id)

    def change_amount(self, subscription_id: str, amount: int) -> list[Event]:
        return self._by(self.sandbox.change_amount, subscription_id, amount)

    def pause_collection(self, subscription_id: str, resumes_at: int | None = None) -> list[Event]:
        pause = {"behavior": "void", "resumes_at": resumes_at}
        return self._by(self.sandbox.update, subscription_id, pause_collection=pause)

    def resume_collection(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.update, subscription_id, pause_collection="")

    def pause(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.pause, subscription_id)

    def resume(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.resume, subscription_id)

    def cancel(self, subscription_id: str) -> list[Event]:
        return self._by(self.sandbox.cancel, subscription_id)

    def cancel_at_end(self, subscription_id: str, *, wanted: bool = True) -> list[Event]:
        return self._by(self.sandbox.update, subscription_id, cancel_at_period_end=wanted)

    def end(self, subscription_id: str) -> list[Event]:
        """The period of a cancelled one is over."""
        return self._by(self.sandbox.renew, subscription_id)

    def refund(self, intent_id: str, amount: int | None = None) -> list[Event]:
        return self._by(self.sandbox.refund, intent_id, amount)

    def dispute(self, intent_id: str) -> list[Event]:
        return self._by(self.sandbox.dispute, intent_id)

    def close_dispute(self, intent_id: str, *, won: bool) -> list[Event]:
        return self._by(self.sandbox.close_dispute, intent_id, won=won)

    def advance(self, seconds: int) -> None:
        self._ahead += timedelta(seconds=seconds)

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
