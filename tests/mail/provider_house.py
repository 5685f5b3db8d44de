"""The providers' APIs as far as they are used, each with a memory: on a real port of this machine."""

import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote

Reply = tuple[int, Mapping[str, Any]]


@dataclass(frozen=True, slots=True)
class Asked:
    """One request. `headers` have small names."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, Any]


@dataclass
class House:
    """At `url`, until `stop`. `people`: by what the provider calls them; `answers`: what is said next in any case."""

    people: dict[str, dict[str, Any]] = field(default_factory=dict)
    asked: list[Asked] = field(default_factory=list)
    answers: list[Reply] = field(default_factory=list)
    url: str = ""

    def __post_init__(self) -> None:
        house = self

        class Handler(BaseHTTPRequestHandler):
            def handle_any(self) -> None:
                raw = self.rfile.read(int(self.headers.get("Content-Length") or 0))
                headers = {name.lower(): text for name, text in self.headers.items()}
                asked = Asked(self.command, self.path, headers, json.loads(raw) if raw else {})
                house.asked.append(asked)
                status, body = house.answers.pop(0) if house.answers else house.reply(asked)
                out = json.dumps(body).encode()
                self.send_response(status)
                self.send_header("Content-Length", str(len(out)))
                self.send_header("Location", house.url)
                self.end_headers()
                self.wfile.write(out)

            do_GET = do_POST = do_PUT = do_PATCH = handle_any  # noqa: N815  the base class's names

            def log_message(self, *_: object) -> None: ...

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self._server.server_port}"

    def stop(self) -> None:
        """Answers no more."""
        self._server.shutdown()
        self._server.server_close()

    def reply(self, asked: Asked) -> Reply:
        rooms: Mapping[str, Callable[[Asked], Reply]] = {
            "3.0": self._mailchimp, "v3": self._brevo, "v1": self._buttondown,
        }  # fmt: skip
        return rooms[asked.path.split("/")[1]](asked)

    def _mailchimp(self, asked: Asked) -> Reply:
        member = self.people.get(asked.path.rpartition("/")[2])
        if asked.method == "PUT":
            name = md5(asked.body["email_address"].lower().encode(), usedforsecurity=False).hexdigest()
            assert asked.path == f"/3.0/lists/a1b2c3d4e5/members/{name}"
            member = self.people.setdefault(name, {"status": asked.body["status_if_new"]})
        elif member is None:
            return 404, {"title": "Resource Not Found"}
        elif member["status"] in ("unsubscribed", "cleaned") and asked.body["status"] == "subscribed":
            return 400, {"title": "Member In Compliance State"}
        else:
            member["status"] = asked.body["status"]
        return 200, member

    def _brevo(self, asked: Asked) -> Reply:
        if asked.path.endswith("/remove"):
            (email,) = asked.body["emails"]
            person = self.people.get(email, {"listIds": []})
            if 7 not in person["listIds"]:
                return 400, {"code": "invalid_parameter", "message": "Contact already removed from list"}
            person["listIds"].remove(7)
            return 201, {"contacts": {"success": [email]}}
        known = asked.body["email"] in self.people
        if known and not asked.body.get("updateEnabled"):
            return 400, {"code": "duplicate_parameter", "message": "Contact already exist"}
        person = self.people.setdefault(asked.body["email"], {"listIds": []})
        person["listIds"] = sorted({*person["listIds"], *asked.body["listIds"]})
        return (204, {}) if known else (201, {"id": 1})

    def _buttondown(self, asked: Asked) -> Reply:
        if asked.method == "POST":
            if asked.body["email_address"] in self.people:
                return 400, {"code": "email_already_exists", "detail": "That email address is already subscribed."}
            self.people[asked.body["email_address"]] = {"type": asked.body["type"], "tags": asked.body.get("tags", [])}
            return 201, {}
        person = self.people.get(unquote(asked.path.rpartition("/")[2]))
        if person is None:
            return 404, {}
        person.update(asked.body)
        return 200, person
