"""Everything the sandbox knows, behind one lock, and on disk when it has a file."""

import contextlib
import copy
import json
import os
import secrets
import string
import threading
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import stripe

from .refusal import missing

Object = dict[str, Any]
ALPHABET = string.ascii_letters + string.digits
EVENTS_KEPT = 2000
EVENTS_SPARE = 200  # so that not every event goes through everything


class Vault:
    """Stripe's objects by id, oldest first, and what Stripe remembers without showing it."""

    def __init__(self, clock: Callable[[], datetime], path: Path | None = None) -> None:
        self.clock, self.path, self.lock = clock, path, threading.RLock()
        self.objects: dict[str, Object] = {}
        self.private: dict[str, Object] = {}  # by object id: what Checkout was asked for
        self.replies: dict[str, Object] = {}  # by idempotency key: the first answer
        self.deliveries: dict[str, Object] = {}  # by event id
        self.answering = True
        self.on_event: Callable[[str], None] = lambda _event: None
        self.depth = 0
        self.load()
        self.events = sum(thing["object"] == "event" for thing in self.objects.values())

    def now(self) -> int:
        return int(self.clock().timestamp())

    @contextlib.contextmanager
    def change(self) -> Iterator[None]:
        """Nobody else reads or writes meanwhile; the outermost change is saved."""
        with self.lock:
            self.depth += 1
            try:
                yield
            finally:
                self.depth -= 1
                if self.depth == 0:
                    self.save()

    def keep(self, thing: Object) -> Object:
        self.objects[thing["id"]] = thing
        return thing

    def find(self, kind: str, ident: str, param: str = "id") -> Object:
        """The object of that kind; raises Refusal when there is none."""
        found = self.objects.get(ident)
        if found is None or found["object"] != kind:
            raise missing(kind, ident, param, status=404 if param == "id" else 400)
        return found

    def all(self, kind: str) -> list[Object]:
        """Newest first, as every Stripe list is."""
        return [thing for thing in reversed(self.objects.values()) if thing["object"] == kind]

    def emit(self, type_: str, thing: Object, **previous: Any) -> None:
        """Record that something happened, with the object as it is now, and have it told."""
        event: Object = {
            "id": new_id("evt_"), "object": "event", "api_version": stripe.api_version, "created": self.now(),
            "livemode": False, "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None},
            "type": type_, "data": {"object": copy.deepcopy(thing)},
        }  # fmt: skip
        if previous:
            event["data"]["previous_attributes"] = previous
        self.keep(event)
        self.events += 1
        if self.events > EVENTS_KEPT + EVENTS_SPARE:
            self.drop_old_events()
        self.on_event(event["id"])

    def drop_old_events(self) -> None:
        events = [ident for ident, thing in self.objects.items() if thing["object"] == "event"]
        for ident in events[:-EVENTS_KEPT]:
            del self.objects[ident]
            self.deliveries.pop(ident, None)
        self.events = EVENTS_KEPT

    def save(self) -> None:
        if self.path is None:
            return
        names = ("objects", "private", "replies", "deliveries")
        partial = self.path.with_suffix(".partial")
        partial.write_text(json.dumps({name: getattr(self, name) for name in names}), encoding="utf-8")
        os.replace(partial, self.path)

    def load(self) -> None:
        """Take up where the last run stopped; an unreadable file is put aside, not overwritten."""
        if self.path is None or not self.path.exists():
            return
        try:
            kept = json.loads(self.path.read_text(encoding="utf-8"))
            self.objects, self.private = kept["objects"], kept["private"]
            self.replies, self.deliveries = kept["replies"], kept["deliveries"]
        except (ValueError, KeyError, TypeError):
            os.replace(self.path, self.path.with_suffix(".unreadable"))


def new_id(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(ALPHABET) for _ in range(length))
