"""Random lives of gifts, all in one Stripe and one Redis, told to a service that hears little of it and often dies."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from random import Random
from typing import Any

from redis import Redis

from service.demo.sandbox import create_sandbox
from service.demo.sandbox.checkout import is_awaited
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
Act = partial[Any]


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
    happened: Counter[str] = field(default_factory=Counter)

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

    def begin(self, interval: Interval | None = None) -> None:
        """Somebody presses Continue: one of a few browsers, asked by one of a few variants."""
        chance = self.chance
        variant, attempt = chance.choice(["plain", "warm"]), f"{self.seed}-{len(self.lives)}"
        attribution = Attribution(SITE, self.a_reader(), "open-door", variant, "banner", attempt)
        interval = interval or chance.choice([Interval.ONCE] * 2 + [Interval.MONTHLY] * 2 + [Interval.ANNUAL])
        currency = chance.choice(["USD", "EUR", "JPY", "ISK"])
        amount = chance.randrange(500, 9000) // 100 * 100
        order = an_order(interval, currency=currency, amount_minor=amount, attribution=attribution)
        params = session_params(order, "https://support.example.org")
        self.lives.append(self.client.v1.checkout.sessions.create(params).id)

    def go_on(self, session_id: str) -> None:
        """One more thing happens to this gift, if anything still can."""
        acts = list(self.possible(self.vault.objects[session_id]))
        if acts:
            act = self.chance.choice(acts)
            act()
            self.happened[act.func.__name__] += 1

    def possible(self, session: dict[str, Any]) -> Iterator[Act]:
        vault, sandbox, arrives = self.vault.objects, self.sandbox, self.chance.random() < 0.7
        if session["status"] == "open":
            yield from [partial(sandbox.pay, session["id"])] * 6
            yield from [partial(sandbox.pay_later, session["id"])] * 2
            yield from [partial(sandbox.decline, session["id"]), partial(sandbox.expire, session["id"])]
        elif is_awaited(self.vault, session):
            yield partial(sandbox.settle, session["id"], arrived=arrives)
        elif session["subscription"]:
            subscription = vault[session["subscription"]]
            if self.chance.random() < 0.5:
                yield from self.of_money(self.intents_of(subscription))
            if subscription["status"] in ("active", "past_due", "paused"):
                yield from self.of_subscription(subscription)
            if self.chance.random() < 0.4:
                yield partial(self.link, subscription["customer"])
        elif session["payment_intent"]:
            yield from self.of_money([vault[session["payment_intent"]]])

    def of_subscription(self, subscription: dict[str, Any]) -> Iterator[Act]:
        ident, sandbox = subscription["id"], self.sandbox
        yield from [partial(sandbox.renew, ident)] * 3
        yield partial(sandbox.renew, ident, paid=False)
        yield partial(sandbox.renew_unconfirmed, ident)
        yield partial(sandbox.cancel, ident)
        yield partial(sandbox.change_amount, ident, self.chance.randrange(500, 9000) // 100 * 100)
        yield partial(sandbox.update, ident, cancel_at_period_end=not subscription["cancel_at_period_end"])
        paused = subscription["pause_collection"]
        yield partial(sandbox.update, ident, pause_collection="" if paused else {"behavior": "void"})
        if subscription["status"] == "past_due":
            yield from [partial(sandbox.retry, ident, paid=self.chance.random() < 0.7)] * 3
            yield partial(sandbox.give_up, ident, self.chance.choice(["canceled", "unpaid"]))
        yield partial(sandbox.pause, ident) if subscription["status"] != "paused" else partial(sandbox.resume, ident)

    def of_money(self, intents: list[dict[str, Any]]) -> Iterator[Act]:
        """What goes back of one payment that came, or is fought over."""
        paid = [intent for intent in intents if intent["status"] == "succeeded"]
        if not paid:
            return
        ident = self.chance.choice(paid)["id"]
        charge = self.vault.objects[self.vault.objects[ident]["latest_charge"]]
        disputes = [one for one in self.vault.all("dispute") if one["charge"] == charge["id"]]
        refunds = [one for one in self.vault.all("refund") if one["charge"] == charge["id"]]
        left = charge["amount"] - charge["amount_refunded"]
        if any(one["status"] == "needs_response" for one in disputes):
            yield partial(self.sandbox.close_dispute, ident, won=self.chance.random() < 0.5)
        elif not disputes and left:
            half = charge["amount"] // 200 * 100
            yield partial(self.sandbox.dispute, ident, self.chance.choice([None, half]))
        if left and all(one["status"] == "won" for one in disputes):
            yield partial(self.sandbox.refund, ident)
            if left >= 400:
                yield partial(self.sandbox.refund, ident, left // 200 * 100)
        given_back = [one["id"] for one in refunds if one["status"] == "succeeded"]
        if given_back and self.chance.random() < 0.3:
            yield partial(self.sandbox.fail_refund, given_back[0])

    def intents_of(self, subscription: dict[str, Any]) -> list[dict[str, Any]]:
        invoices = {
            one["id"] for one in self.vault.all("invoice")
            if one["parent"]["subscription_details"]["subscription"] == subscription["id"]
        }  # fmt: skip
        records = [one for one in self.vault.all("invoice_payment") if one["invoice"] in invoices]
        return [self.vault.objects[one["payment"]["payment_intent"]] for one in records]

    def link(self, customer_id: str) -> None:
        """The giver is recognised in another browser: Stripe knows at once, the service perhaps."""
        reader = self.a_reader()
        metadata = self.vault.objects[customer_id]["metadata"]
        linked = [one for one in metadata.get("readers", "").split() if one != reader]
        metadata["readers"] = " ".join([*linked, reader])
        if self.chance.random() < 0.7:
            self.live_dangerously(partial(self.recognise, customer_id, reader))

    def recognise(self, customer_id: str, reader: str) -> None:
        for line in list(self.ledger.of_site(SITE)):
            if line.customer == customer_id:
                self.ledger.link(line.id, reader)
                self.recorder.record(line.id, self.now)

    def a_reader(self) -> str:
        """One of a few browsers."""
        return f"{self.chance.randrange(12):022d}"

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
            self.happened["a death"] += 1
            self.start_service()
        self.mortal.revive()

    def lose(self, pattern: str = "*") -> None:
        """Redis forgets what is named so."""
        self.happened[f"a loss of {pattern}"] += 1
        if keys := list(self.redis.scan_iter(pattern)):
            self.redis.delete(*keys)

    # ---- and what makes up for it

    def reconcile(self, most_deaths: int = 3) -> list[Looked]:
        """Until it is done, however often it dies half-way."""
        for _ in range(most_deaths):
            self.mortal.doom(self.chance.randrange(200))
            try:
                return list(self.reconciler.repair(Scope(), self.now))
            except Death:
                self.happened["a death while reconciling"] += 1
                self.start_service()
                self.redis.delete("hb:reconcile:lock")  # it runs out within minutes
        self.mortal.revive()
        return list(self.reconciler.repair(Scope(), self.now))


def live(world: World, lives: int, steps: int) -> None:
    """So many gifts that were begun; whenever somebody comes to Checkout, up to `steps` other things happen."""
    while sum(world.vault.objects[session]["status"] == "complete" for session in world.lives) < lives:
        world.begin()
        world.go_on(world.lives[-1])
        for session_id in world.chance.sample(world.lives, min(len(world.lives), steps)):
            world.go_on(session_id)
            world.wait()
        world.hear()
        if world.chance.random() < 0.2:
            world.come_back()
