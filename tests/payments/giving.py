"""A reader who gives, the service they give through, and what it wrote down."""

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import parse_qs, urlencode, urlsplit

import stripe
from redis import Redis

from service.domain.contribution import Contribution
from service.payments.gateway import Gateway
from service.payments.recording import Recorder
from service.settings import Settings
from service.store.connection import Store
from service.store.errors import StoreUnavailableError
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from tests.payments.sides import KEY, SECRET, Event, Side, deliver
from tests.payments.wire import Answer, call, post_json

T = TypeVar("T")
CONFIG_DIR = Path(__file__).parent / "config"
SITE, ORIGIN = "courier", "https://www.harbour-courier.example"
ARTICLE = f"{ORIGIN}/world/2026/a-bridge-opens?from=home"
SECOND_SECRET = "whsec_courier0000000000000000000002"
PLACED = {"once": 2500, "monthly": 500, "annual": 5000}


def environment(redis_url: str, stripe_api: str, public_url: str) -> dict[str, str]:
    """The service's settings, as an operator would write them."""
    return {
        "HONESTYBOX_SECRET_KEYS": "a-secret-of-this-test-" + "0" * 32,
        "HONESTYBOX_REDIS_URL": redis_url,
        "HONESTYBOX_STRIPE_SECRET_KEY": KEY,
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": f"{SECRET},{SECOND_SECRET}",
        "HONESTYBOX_STRIPE_API_BASE": stripe_api,
        "HONESTYBOX_PUBLIC_URL": public_url,
        "HONESTYBOX_CONFIG_DIR": str(CONFIG_DIR),
        "HONESTYBOX_LOG_LEVEL": "ERROR",
        "HONESTYBOX_COUNTRY_HEADER": "CF-IPCountry",
    }


def some_settings(redis_url: str, stripe_api: str, public_url: str = "https://support.example.org") -> Settings:
    """The same, read."""
    return Settings.from_environ(environment(redis_url, stripe_api, public_url))


def patiently(act: Callable[[], T]) -> T:
    """What `act` returns. On a busy machine Redis may outlast the service's patience, which is no failure here."""
    end = time.monotonic() + 30
    while True:
        try:
            return act()
        except StoreUnavailableError:
            assert time.monotonic() < end
            time.sleep(0.5)


@cache
def _redis(url: str) -> "Redis":
    return Redis.from_url(url)


@dataclass(frozen=True, slots=True)
class Books:
    """What Redis holds, read past the service."""

    redis_url: str

    @property
    def redis(self) -> "Redis":
        return _redis(self.redis_url)

    @property
    def ledger(self) -> Ledger:
        return Ledger(Store(self.redis_url))

    def everything(self) -> dict[bytes, bytes]:
        """Every key with its bytes: equal means that nothing was written. Time to live is not in it, nor who tried
        how often: an attempt that failed was one."""
        keys = self._keys()
        with self.redis.pipeline(transaction=False) as asked:
            for key in keys:
                asked.dump(key)
            return dict(zip(keys, asked.execute(), strict=True))

    def lasting(self) -> set[bytes]:
        """The keys that stay: one that is thrown away within a day is a note."""
        keys = self._keys()
        with self.redis.pipeline(transaction=False) as asked:
            for key in keys:
                asked.ttl(key)
            return {key for key, seconds in zip(keys, asked.execute(), strict=True) if not 0 < seconds <= 86_400}

    def _keys(self) -> list[bytes]:
        keys: list[bytes] = sorted(self.redis.keys("*"))  # type: ignore[type-var]
        return [key for key in keys if not key.startswith((b"hb:limit:", b"hb:signs:", b"hb:alarm:"))]

    def lines(self, attempt: str) -> list[Contribution]:
        """The ledger's lines of one attempt, found as reports find them: through the site's index."""
        found = patiently(lambda: [line for site in (SITE, "herald") for line in self.ledger.of_site(site)])
        return [line for line in found if line.attribution.attempt == attempt]

    def line(self, attempt: str) -> Contribution:
        """The one line of the attempt."""
        (line,) = self.lines(attempt)
        return line

    def body(self, contribution: str) -> bytes | None:
        """The line's bytes."""
        body: bytes | None = self.redis.hget(f"hb:l:{{{contribution}}}", "body")  # type: ignore[assignment]
        return body

    def forget(self, contribution: str, reader: str) -> None:
        """As if nothing had ever been recorded of it."""
        self.redis.delete(f"hb:l:{{{contribution}}}", f"hb:r:{{{SITE}:{reader}}}")
        self.redis.zrem(f"hb:li:{{{SITE}}}", contribution)

    def recorder(self, side: Side, **parts: Any) -> Recorder:
        """The real one, on these books; `parts` put another in the place of one of its own."""
        store = Store(self.redis_url)
        own = {
            "gateway": Gateway(KEY, side.api),
            "ledger": Ledger(store),
            "readers": ReaderStore(store),
            "knows_site": lambda site: site in (SITE, "herald"),
        }
        return Recorder(**(own | parts))


@dataclass
class Reader:
    """One browser, as the script drives it."""

    service: str
    site: str = SITE
    language: str = "en"
    token: str | None = None
    receipt: str | None = None
    country: str = ""

    def open_article(self, url: str = ARTICLE) -> dict[str, Any]:
        """One page view; keeps the token and the receipt. Asks again when the store was too slow for it."""
        page = {"url": url, "type": "article", "language": self.language}
        wish = {"site": self.site, "reader": self.token, "page": page, "placements": ["banner"]}
        edge = {"CF-IPCountry": self.country} if self.country else None
        for _ in range(8):
            answer: dict[str, Any] = post_json(f"{self.service}/v1/decisions", wish, edge).json
            if answer["withheld"].get("banner") != "store_unavailable":
                break
        self.token = answer["reader"]
        if answer["appeals"]:
            self.receipt = answer["appeals"][0]["receipt"]
        return answer

    @property
    def id(self) -> str:
        """What the service calls them inside."""
        assert self.token is not None
        return self.token.partition(".")[0]

    def asked(self) -> bool:
        """True when the next article asks for money."""
        return bool(self.open_article()["appeals"])

    def withheld(self) -> str | None:
        """Why the next article does not ask."""
        reason: str | None = self.open_article()["withheld"].get("banner")
        return reason

    def wish(self, interval: str = "once", **changes: Any) -> dict[str, Any]:
        """What Continue sends."""
        return {
            "site": self.site,
            "reader": self.token,
            "receipt": self.receipt,
            "interval": interval,
            "currency": "USD",
            "amount_minor": PLACED[interval],
            "language": self.language,
            "attempt": str(uuid.uuid4()),
            "return_url": ARTICLE,
        } | changes

    def press_continue(self, wish: Mapping[str, Any]) -> Answer:
        return post_json(f"{self.service}/v1/contributions", wish)


@dataclass
class Giving:
    """One gift on its way: what was asked for, where Stripe keeps it, and what happened to it there."""

    reader: Reader
    wish: dict[str, Any]
    session: str
    side: Side
    events: list[Event] = field(default_factory=list)

    @property
    def attempt(self) -> str:
        attempt: str = self.wish["attempt"]
        return attempt

    @property
    def subject(self) -> str:
        """The payment intent or the subscription."""
        session = self.side.find(self.session)
        return str(session.get("subscription") or session.get("payment_intent") or "")

    def pay(self, *, delayed: bool = False) -> "Giving":
        self.events += self.side.pay(self.session, delayed=delayed)
        return self

    def settle(self, *, ok: bool) -> "Giving":
        self.events += self.side.settle(self.session, ok=ok)
        return self

    def told(self) -> "Giving":
        """Everything that happened so far is delivered, in order."""
        deliver(self.side, self.events)
        return self

    def come_back(self) -> Answer:
        """The reader is sent back by Stripe's page."""
        return call("GET", self.return_address())

    def return_address(self) -> str:
        """Where Stripe sends them, with our own host in front."""
        asked = self.side.find(self.session)["success_url"].replace("{CHECKOUT_SESSION_ID}", self.session)
        return f"{self.reader.service}/v1/contributions/return?{urlsplit(asked).query}"


def sign(body: str, secret: str = SECRET, at: int | None = None) -> str:
    """The header Stripe would sign `body` with, now or `at`."""
    return stripe.WebhookSignature.generate_signature_header(body, secret, timestamp=at)


def post_event(service: str, event: Event | str, signature: str | None = None) -> Answer:
    """The answer to an event brought by hand; well signed unless `signature` says otherwise."""
    body = event if isinstance(event, str) else json.dumps(event, indent=2)
    headers = {"Content-Type": "application/json", "Stripe-Signature": sign(body) if signature is None else signature}
    return call("POST", f"{service}/webhooks/stripe", body, headers)


def session_of(answer: Answer) -> str:
    """The Checkout Session behind a checkout_url of either side."""
    assert answer.status == 200, answer.body
    return str(answer.json["checkout_url"].rsplit("/", 1)[1])


def return_address(service: str, **query: str) -> str:
    """The return endpoint, asked by hand."""
    return f"{service}/v1/contributions/return?{urlencode(query)}"


def fragment(answer: Answer) -> str:
    """What the article is told: paid, pending or unverified."""
    assert answer.status == 303, (answer.status, answer.body)
    return parse_qs(urlsplit(answer.location).fragment)["honestybox"][0]


def problem(answer: Answer) -> tuple[int, str | None]:
    """A refusal's status and the field it names."""
    assert answer.headers["content-type"] == "application/problem+json"
    return answer.status, json.loads(answer.body).get("field")
