"""Our books, held against Stripe's own truth."""

from collections import Counter
from datetime import datetime

from service.domain.money import from_stripe
from service.domain.reader import GiftState
from service.store.ledger import Ledger
from service.store.readers import ReaderStore
from tests.payments.giving import SITE
from tests.payments.lives import World
from tests.payments.truth import Truth, truths

_GIFTS = {
    "pending": GiftState.PENDING,
    "paid": GiftState.ONCE,
    "disputed": GiftState.ONCE,
    "active": GiftState.RECURRING,
    "paused": GiftState.RECURRING,
    "cancelling": GiftState.RECURRING,
    "past_due": GiftState.PAST_DUE,
    "action_needed": GiftState.PAST_DUE,
    "ended": GiftState.ENDED,
}
Revenue = Counter[tuple[str, str, str]]
Gifts = Counter[tuple[str, GiftState, datetime]]


def reckon(world: World) -> Counter[str]:
    """Ledger, supporters and revenue are Stripe's own truth, and whoever listens was told of every line at last.

    Returns how many gifts stand where. A failure names the seed: `World` and `live` make the same lives of it again.
    """
    about = f"seed {world.seed}"
    true = truths(world.vault.objects.values())
    lines = {line.id: line for line in Ledger(world.store).of_site(SITE)}
    assert lines.keys() == true.keys(), about
    for subject, truth in true.items():
        line, currency = lines[subject], truth.currency
        payments = tuple((one.gross_minor, one.refunded_minor, one.disputed_minor) for one in line.payments)
        minor = tuple(tuple(from_stripe(part, currency) for part in payment) for payment in truth.payments)
        held = (line.state, line.currency, line.amount_minor, payments, line.attribution.attempt)
        expected = (truth.state, currency, from_stripe(truth.each, currency), minor, truth.metadata["attempt"])
        assert held == expected, f"{about}: {subject}\n{held}\n{expected}"
    assert world.told == lines, about
    assert revenue_told(world) == revenue_true(true), about
    assert gifts_told(world, true) == gifts_true(true), about
    return Counter(truth.state for truth in true.values())


def revenue_told(world: World) -> Revenue:
    """What results show: by campaign, variant and currency."""
    told: Revenue = Counter()
    for line in Ledger(world.store).of_site(SITE):
        told[line.attribution.campaign, line.attribution.variant, line.currency] += line.revenue_minor
    return told


def revenue_true(true: dict[str, Truth]) -> Revenue:
    """The same, as Stripe's charges, refunds and disputes have it."""
    told: Revenue = Counter()
    for truth in true.values():
        name = truth.metadata["campaign"], truth.metadata["variant"], truth.currency
        told[name] += from_stripe(truth.revenue, truth.currency)
    return told


def gifts_told(world: World, true: dict[str, Truth]) -> Gifts:
    """What the records of all these readers hold of gifts that count."""
    readers = {reader for truth in true.values() for reader in readers_of(truth)}
    store = ReaderStore(world.store)
    return Counter(
        (reader, gift.state, gift.at)
        for reader in readers
        for gift in store.history(SITE, reader, world.now).gifts
        if gift.state is not GiftState.VOID
    )


def gifts_true(true: dict[str, Truth]) -> Gifts:
    """What they should hold."""
    return Counter(
        (reader, _GIFTS[truth.state], truth.counts_from)
        for truth in true.values()
        for reader in readers_of(truth)
        if truth.state in _GIFTS
    )


def readers_of(truth: Truth) -> set[str]:
    """The browser that gave, and those that were recognised as its owner's."""
    return {truth.metadata["reader"], *truth.linked}
