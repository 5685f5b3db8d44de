"""Random lives of gifts, all in one Stripe and one Redis, told to a service that hears little of it and often dies."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from redis import Redis

from service.demo.sandbox import create_sandbox
from service.domain.contribution import Attribution, Contribution
from service.domain.money import Interval
from service.domain.reconciliation import Scope
from service.payments.checkout import session_params
from service.payments.gateway import Gateway
from service.payments.reconcile import Looked, Reconciler
from service.payments.recording import Recorder
from service.payments.webhooks import SUBJECTS, subject_of
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from service.store.reconciliations import Reconciliations
from tests.payments.direct import DirectClient
from tests.payments.giving import SITE
from tests.payments.mortal import Death, MortalStore
from tests.payments.orders import an_order
from tests.payments.sides import KEY, SECRET

BEGIN = datetime(2026, 1, 5, 9, tzinfo=UTC)
Act = Callable[[], Any]


@dataclass
class World:
    """Stripe, Redis and the service. `seed` decides everything that happens."""

    seed: int
    redis: "Redis"
    store: Store
    now: datetime = BEGIN
    lives: list[str] = field(default_factory=list)
    unheard: list[str] = field(default_factory=list)
    told: dict[str, Contribution] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.chance = Random(self.seed)
        app = create_sandbox("http://127.0.0.1:9/nobody", SECRET, clock=lambda: self.now, deliver=False)
        self.sandbox, self.vault = app.sandbox, app.sandbox.vault
        self.vault.on_event = self.unheard.append
        self.client = DirectClient(app)
        self.mortal = MortalStore(self.store, self.chance)
        self.start_service()

    def start_service(self) -> None:
        """Another process, which remembers nothing."""
        self.mortal.revive()
        store: Any = self.mortal
        gateway = Gateway(KEY, client=self.client)  # type: ignore[arg-type]
        self.ledger, self.readers = Ledger(store), ReaderStore(store)
        self.recorder = Recorder(gateway, self.ledger, self.readers, SITE.__eq__, self.hear_change)
        book = Reconciliations(store)
        self.reconciler = Reconciler(gateway, self.recorder, self.ledger, book, lambda: (SITE,), lambda seconds: None)

    def hear_change(self, line: Contribution, _before: Contribution | None) -> None:
        self.told[line.id] = line

    # ---- what happens at Stripe

    def begin(self) -> None:
        """Somebody presses Continue: one of a few browsers, asked by one of a few variants."""
        chance = self.chance
        reader = f"{chance.randrange(12):022d}"
        variant = chance.choice(["plain", "warm"])
        attribution = Attribution(SITE, reader, "open-door", variant, "banner", f"{self.seed}-{len(self.lives)}")
        interval = chance.choice([Interval.ONCE, Interval.ONCE, Interval.MONTHLY, Interval.MONTHLY, Interval.ANNUAL])
        currency = chance.choice(["USD", "EUR", "JPY", "ISK"])
        amount = chance.randrange(500, 9000)
        order = an_order(interval, currency=currency, amount_minor=amount, attribution=attribution)
        params = session_params(order, "https://support.example.org")
        self.lives.append(self.client.v1.checkout.sessions.create(params).id)

    def go_on(self, session_id: str) -> None:
        """One more thing happens to this gift, if anything still can."""
        acts = list(self.possible(self.vault.objects[session_id]))
        if acts:
            self.chance.choice(acts)()

    def possible(self, session: dict[str, Any]) -> Iterator[Act]:
        if session["status"] == "open":
            yield from self.at_checkout(session["id"])
        elif session["subscription"]:
            yield from self.of_subscription(session, self.vault.objects[session["subscription"]])
        elif session["payment_intent"]:
            yield from self.of_payment(session, self.vault.objects[session["payment_intent"]])

    def at_checkout(self, session_id: str) -> Iterator[Act]:
        yield from [partial(self.sandbox.pay, session_id)] * 6
        yield from [partial(self.sandbox.pay_later, session_id)] * 2
        yield partial(self.sandbox.decline, session_id)
        yield partial(self.sandbox.expire, session_id)

    def of_payment(self, session: dict[str, Any], intent: dict[str, Any]) -> Iterator[Act]:
        if intent["status"] == "processing":
            yield partial(self.sandbox.settle, session["id"], arrived=self.chance.random() < 0.7)

    def of_subscription(self, session: dict[str, Any], subscription: dict[str, Any]) -> Iterator[Act]:
        ident, status = subscription["id"], subscription["status"]
        if status == "incomplete" and session["payment_status"] == "unpaid":
            yield partial(self.sandbox.settle, session["id"], arrived=self.chance.random() < 0.7)
        if status in ("active", "past_due"):
            yield partial(self.sandbox.renew, ident)
            yield partial(self.sandbox.renew, ident, paid=False)
            yield partial(self.sandbox.cancel, ident)
            change = {"cancel_at_period_end": not subscription["cancel_at_period_end"]}
            yield partial(self.client.v1.subscriptions.update, ident, change)

    def wait(self) -> None:
        """Time passes, or none."""
        self.now += timedelta(seconds=self.chance.choice([0, 0, 1, 90, 86_400, 20 * 86_400]))

    # ---- what the service hears of it

    def hear(self) -> None:
        """Some of what happened is told: in any order, some of it twice, some of it never."""
        chance = self.chance
        self.unheard[:] = [ident for ident in self.unheard if self.vault.objects[ident]["type"] in SUBJECTS]
        chance.shuffle(self.unheard)
        while self.unheard and chance.random() < 0.55:
            ident = self.unheard[-1] if chance.random() < 0.2 else self.unheard.pop()
            self.live_dangerously(partial(self.recorder.record, subject_of(self.vault.objects[ident]), self.now))
        if len(self.unheard) > 20:
            del self.unheard[:10]

    def come_back(self) -> None:
        """A giver is sent back to the article, when Stripe's page let them go."""
        session = self.chance.choice(self.lives)
        self.live_dangerously(partial(self.recorder.record_session, session, SITE, self.now))

    def live_dangerously(self, act: Act) -> None:
        """Does it, unless the service dies in the middle of it."""
        if self.chance.random() < 0.25:
            self.mortal.doom(self.chance.randrange(6))
        try:
            act()
        except Death:
            self.start_service()
        self.mortal.revive()

    # ---- and what makes up for it

    def reconcile(self, most_deaths: int = 3) -> list[Looked]:
        """Until it is done, however often it dies half-way."""
        for _ in range(most_deaths):
            self.mortal.doom(self.chance.randrange(200))
            try:
                return list(self.reconciler.repair(Scope(), self.now))
            except Death:
                self.start_service()
                self.redis.delete("hb:reconcile:lock")  # it runs out within minutes
        self.mortal.revive()
        return list(self.reconciler.repair(Scope(), self.now))


def live(world: World, lives: int, steps: int) -> None:
    """So many lives, each of about so many steps."""
    while len(world.lives) < lives:
        world.begin()
        some = world.chance.sample(world.lives, min(len(world.lives), steps))
        for session_id in some:
            world.go_on(session_id)
            world.wait()
        world.hear()
        if world.chance.random() < 0.2:
            world.come_back()
