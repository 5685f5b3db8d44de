"""A newspaper and a service that answers from cards, each on its own origin, for tests of the script alone."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML

from service.web.minify import minify

ROOT = Path(__file__).resolve().parents[2]
EMBED = ROOT / "service" / "embed"
STRIPE_JS = ROOT / "service" / "demo" / "sandbox" / "static" / "stripe.js"
FRAME = """<!doctype html><title>Checkout</title>
<button onclick="parent.postMessage({complete: true}, '*')">Pay</button>"""
LOCALES = ROOT / "service" / "locales"

Answer = tuple[int, dict[str, Any]]
Card = Callable[[dict[str, Any]], Answer]


@cache
def minified(name: str) -> bytes:
    """One module as production serves it."""
    return minify((EMBED / name).read_text("utf-8")).encode()


@cache
def locale(language: str) -> dict[str, Any]:
    """The interface's words in one language, without its direction."""
    words = dict(YAML(typ="safe").load((LOCALES / f"{language}.yaml").read_text("utf-8")))
    words.pop("direction")
    return words


def money(minor: int, language: str = "en") -> str:
    whole = f"{minor // 100:,}" if minor % 100 == 0 else f"{minor / 100:,.2f}"
    return f"${whole}" if language == "en" else f"{whole.replace(',', ' ').replace('.', ',')} $"


NUMBERS = {
    "en": {"zero": "0", "decimal": ".", "group": ",", "sizes": [3, 3], "minimum_grouping": 1},
    "ru": {"zero": "0", "decimal": ",", "group": "\u00a0", "sizes": [3, 3], "minimum_grouping": 1},
}


def limits(language: str = "en", least: int = 200, most: int = 500000) -> dict[str, Any]:
    return {
        "minimum_minor": least, "maximum_minor": most,
        "minimum_label": money(least, language), "maximum_label": money(most, language),
    }  # fmt: skip


def a_form(language: str = "en", **changes: Any) -> dict[str, Any]:
    amounts = {"once": [1000, 2500, 5000], "monthly": [200, 500, 1000], "annual": [2000, 5000, 10000]}
    words = locale(language)
    return {
        "currency": "USD", "exponent": 2, "step_minor": 1, "symbol": "$", "number": NUMBERS[language],
        "intervals": ["once", "monthly", "annual"], "default_interval": "monthly",
        "amounts": {
            interval: [{"minor": minor, "label": money(minor, language)} for minor in minors]
            for interval, minors in amounts.items()
        },
        "chosen": {"once": 2500, "monthly": 500, "annual": 5000},
        "limits": {interval: limits(language) for interval in amounts},
        "amount_labels": {interval: words[f"amount_{interval}"] for interval in amounts},
        "payment_methods": "Pay by: Card, Apple Pay, or Google Pay",
        "fees": None, "checkout": "hosted", "email": False,
    } | changes


COPY: dict[str, dict[str, Any]] = {
    "en": {
        "heading": ["Keep the lamp lit"],
        "body": [
            ["p", {}, [
                "This is the ", ["strong", {}, ["fifth"]],
                " article you open this month. Nobody owns us but our readers, so nobody else can keep us asking. ",
                ["a", {"href": "https://paper.example/how"}, ["See how we spend it"]], ".",
            ]],
            ["p", {}, ["If you can, please give what the paper is worth to you. It takes a minute."]],
        ],
        "button": "Continue",
    },
    "ru": {
        "heading": ["Пусть лампа горит"],
        "body": [
            ["p", {}, [
                "Это ", ["strong", {}, ["пятая"]], " статья, которую вы открыли в этом месяце. ",
                "У нас нет владельцев, кроме читателей, и задавать вопросы нам помогают только они.",
            ]],
            ["p", {}, ["Если можете, поддержите газету той суммой, которой она для вас стоит."]],
        ],
        "button": "Продолжить",
    },
}


CONTENT = "article .content"


def an_appeal(placement: str = "inline", language: str = "en", **changes: Any) -> dict[str, Any]:
    place = {
        "inline": {"selector": CONTENT, "position": "end"}, "banner": {"edge": "bottom"}, "overlay": {},
        "gate": {"selector": CONTENT, "visible": 2},
    }  # fmt: skip
    days = {"en": ("in 7 days", "in 30 days"), "ru": ("через 7 дней", "через 30 дней")}[language]
    return {
        "receipt": f"receipt-{placement}", "campaign": "lights-on", "variant": "plain", "kind": "contribution",
        "placement": placement, "language": language, "direction": "ltr", "dismissible": placement != "gate",
        "place": place[placement], "copy": COPY[language], "form": a_form(language),
        "snooze": {"choices": [{"days": 7, "label": days[0]}, {"days": 30, "label": days[1]}], "default_days": 30},
        "words": locale(language),
    } | changes


OPEN = {"granted": True, "reason": "no_meter"}


def closed(reason: str = "used_up", language: str = "en", **gate: Any) -> dict[str, Any]:
    """The `access` of a page behind the gate."""
    place = {"selector": CONTENT, "visible": 2}
    said = {"place": place, "later": True, "language": language, "direction": "ltr", "words": locale(language)}
    meter = {"used": 5, "allowance": 5, "resets_at": "2031-12-01T00:00:00Z"} if reason == "used_up" else {}
    return {"granted": False, "reason": reason, **meter, "gate": said | gate}


def a_decision(
    *appeals: dict[str, Any], reader: str | None = "token-1", access: dict[str, Any] | None = None
) -> Answer:
    return 200, {"reader": reader, "access": access or OPEN, "appeals": list(appeals), "withheld": {}}


def a_problem(status: int, title: str, **facts: Any) -> Answer:
    return status, {"type": "about:blank", "title": title, "status": status, "detail": title} | facts


def an_article(tag: str, *, paragraphs: int = 12, after: str = "", head: str = "") -> str:
    text = (
        "<p>The harbour commission met for the third time this week and again found no quorum, although eleven of "
        "its nineteen members had been seen at lunch across the square. The minutes, which run to a single line, "
        "record the time and the weather.</p>"
    ) * paragraphs
    return f"""<!doctype html><html lang="en"><head><meta charset="utf-8"><title>No quorum at the harbour</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/paper.css">{head}</head>
<body><header><a href="/">The Daily Lantern</a></header><main><article><h1>No quorum at the harbour</h1>
<div class="content">{text}</div></article>
<aside><h2>More from the harbour</h2><p>{"Tide tables. " * 40}</p></aside></main>
<footer><p>{"The Daily Lantern, printed daily. " * 20}</p></footer>{tag}{after}</body></html>"""


LAMP = """<svg xmlns="http://www.w3.org/2000/svg" width="1200" height="500" viewBox="0 0 1200 500">
<rect width="1200" height="500" fill="#1d2b33"/><circle cx="600" cy="230" r="150" fill="#f4c95d"/></svg>"""
PAPER_CSS = """
:root { color-scheme: light dark }
body { margin: 0; font: 18px/1.55 Georgia, serif; background: #fbfaf7; color: #1b1b1b }
header { border-bottom: 1px solid #ccc; padding: 14px 20px; font: 700 26px Georgia, serif; text-align: center }
header a { color: inherit; text-decoration: none }
main { max-width: 660px; margin: 0 auto; padding: 0 20px }
h1 { font-size: 38px; line-height: 1.1 }
footer { border-top: 1px solid #ccc; padding: 20px; font-size: 14px }
@media (prefers-color-scheme: dark) { body { background: #141517; color: #e9e6e0 } }
"""


@dataclass
class Fake:
    """The two servers, what was asked of them, and the cards that they answer from."""

    paper: str = ""
    service: str = ""
    decisions: Card = field(default=lambda body: a_decision())
    snoozes: Card = field(default=lambda body: (200, {"until": "2031-11-29T12:00:00Z"}))
    contributions: Card = field(default=lambda body: (200, {}))
    later: Card = field(
        default=lambda body: (200, {"access": {"granted": True, "reason": "put_off", "token": "jwt"},
                                    "until": "2031-11-23T12:00:00Z"})
    )  # fmt: skip
    pages: dict[str, tuple[str, dict[str, str]]] = field(default_factory=dict)
    asked: list[tuple[str, dict[str, Any]]] = field(default_factory=list)
    outcomes: Card = field(default=lambda body: (200, {"outcome": "paid"}))
    forms: Callable[[str, str], Answer] = field(default=lambda language, currency: a_problem(404, "No such form."))
    theme: dict[str, Any] | None = None
    ticker: Answer = field(default_factory=lambda: a_problem(404, "No ticker."))
    sign_ups: Card = field(default=lambda body: (202, {"accepted": True}))
    letters: Callable[[str, str], Answer] = field(default=lambda name, language: a_problem(404, "No such newsletter."))
    delay: float = 0.0
    script_delay: float = 0.0

    def of(self, what: str) -> list[dict[str, Any]]:
        """The bodies sent to one endpoint, in order."""
        return [body for path, body in self.asked if path == f"/v1/{what}"]

    def events(self, kind: str) -> list[str]:
        return [e["receipt"] for body in self.of("events") for e in body["events"] if e["type"] == kind]

    def tag(self, attributes: str = "", path: str = "/embed/v1/prompt.js") -> str:
        return f'<script async src="{self.service}{path}" data-site="daily-lantern" {attributes}></script>'

    def publish(self, path: str = "/story", html: str | None = None, **headers: str) -> str:
        """Puts a page on the paper and gives its address."""
        page = html if html is not None else an_article(self.tag())
        self.pages[path] = (page, {name.replace("_", "-"): value for name, value in headers.items()})
        return self.paper + path

    def answer(self, path: str, body: dict[str, Any]) -> Answer:
        self.asked.append((path, body))
        time.sleep(self.delay)
        cards = {
            "decisions": self.decisions, "snoozes": self.snoozes, "contributions": self.contributions,
            "later": self.later, "outcome": self.outcomes, "subscriptions": self.sign_ups,
        }  # fmt: skip
        name = path.rpartition("/")[2]
        return cards[name](body) if name in cards else (200, {"recorded": len(body["events"])})


HUMAN_JS = b"""window.turnstile = {render: (place, {sitekey, callback}) => {
  const button = document.createElement('button');
  button.textContent = 'I am human';
  button.onclick = () => callback('proof-for-' + sitekey);
  place.append(button);
}}"""


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = -1  # head and body in one packet: otherwise each answer waits for a delayed acknowledgement
    fake: Fake

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
        """Says nothing: the tests read what was asked from the fake."""

    def send(self, status: int, body: bytes, kind: str, **headers: str) -> None:
        self.send_response(status)
        fixed = {"Content-Type": kind, "Content-Length": str(len(body)), "Access-Control-Allow-Origin": "*"}
        for name, value in (fixed | headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


class _Service(_Handler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        module = re.fullmatch(r"/embed/v1/(\w+\.js)", path)
        words = re.fullmatch(r"/embed/v1/words/[\w-]+/([\w-]+)\.json", path)
        if module and (EMBED / module[1]).exists():
            self.send(200, minified(module[1]), "text/javascript; charset=utf-8")
        elif words:
            language = "ru" if words[1].startswith("ru") else "en"
            said = {"language": language, "direction": "ltr", "words": locale(language), "theme": self.fake.theme}
            self.send(200, json.dumps(said).encode(), "application/json")
        elif path == "/js/stripe.js":
            time.sleep(self.fake.script_delay)
            self.send(200, STRIPE_JS.read_bytes(), "text/javascript; charset=utf-8")
        elif path.startswith("/c/embed/"):
            self.send(200, FRAME.encode(), "text/html")
        elif path == "/human.js":
            self.send(200, HUMAN_JS, "text/javascript; charset=utf-8")
        elif path.startswith("/embed/v1/tickers/"):
            status, answer = self.fake.ticker
            self.send(status, json.dumps(answer).encode(), "application/json")
        elif form := re.fullmatch(r"/embed/v1/forms/[\w-]+/([\w-]+)/([A-Z]{3})\.json", path):
            status, answer = self.fake.forms(form[1], form[2])
            self.send(status, json.dumps(answer).encode(), "application/json")
        elif letter := re.fullmatch(r"/embed/v1/newsletters/[\w-]+/([\w-]+)/([\w-]+)\.json", path):
            status, answer = self.fake.letters(letter[1], letter[2])
            self.send(status, json.dumps(answer).encode(), "application/json")
        elif path == "/pay":
            self.send(200, b"<!doctype html><title>Pay</title><h1>The payment page</h1>", "text/html")
        else:
            self.send(404, b"{}", "application/problem+json")

    def do_POST(self) -> None:
        raw = self.rfile.read(int(self.headers["Content-Length"]))
        status, answer = self.fake.answer(self.path, json.loads(raw))
        self.send(status, json.dumps(answer).encode(), "application/json")


class _Paper(_Handler):
    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        if path == "/paper.css":
            self.send(200, PAPER_CSS.encode(), "text/css")
        elif path == "/lamp.svg":
            self.send(200, LAMP.encode(), "image/svg+xml")
        elif path in self.fake.pages:
            html, headers = self.fake.pages[path]
            self.send(200, html.encode(), "text/html; charset=utf-8", **headers)
        else:
            self.send(404, b"", "text/plain")


@contextmanager
def serving() -> Iterator[Fake]:
    """Both servers, running until the block ends."""
    fake = Fake()
    servers = [
        ThreadingHTTPServer(("127.0.0.1", 0), type(kind.__name__, (kind,), {"fake": fake}))
        for kind in (_Paper, _Service)
    ]
    fake.paper, fake.service = (f"http://127.0.0.1:{server.server_port}" for server in servers)
    fake.contributions = lambda body: (200, {"checkout_url": f"{fake.service}/pay"})
    for server in servers:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    try:
        yield fake
    finally:
        for server in servers:
            server.shutdown()
            server.server_close()
