"""Our books, held against Stripe's own truth."""

from collections import Counter
from datetime import datetime
from typing import Any

from service.domain.contribution import Contribution
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
    assert lines.keys() == true.keys(), f"{about}: {lines.keys() ^ true.keys()}"
    for subject, truth in true.items():
        held, expected = summary(lines[subject]), summary_of_truth(truth)
        assert held == expected, f"{about}: {subject}\n{held}\n{expected}"
    untold = [subject for subject, line in lines.items() if world.told.get(subject) != line]
    assert not untold, f"{about}: nobody was told how {untold} are"
    same(revenue_told(world), revenue_true(true), about)
    same(gifts_told(world, true), gifts_true(true), about)
    return Counter(truth.state for truth in true.values())


def summary(line: Contribution) -> tuple[Any, ...]:
    """What Stripe can be asked about, as our ledger has it."""
    payments = tuple((one.gross_minor, one.refunded_minor, one.disputed_minor) for one in line.payments)
    return line.state, line.currency, line.amount_minor, payments, line.attribution.attempt


def summary_of_truth(truth: Truth) -> tuple[Any, ...]:
    """The same, as Stripe has it."""

    def minor(amount: int) -> int:
        return from_stripe(amount, truth.currency)

    payments = tuple(tuple(map(minor, payment)) for payment in truth.payments)
    return truth.state, truth.currency, minor(truth.each), payments, truth.metadata["attempt"]


def same(told: Counter[Any], true: Counter[Any], about: str) -> None:
    """Fails with what is too much, and what is missing."""
    assert told == true, f"{about}: too much {told - true}, missing {true - told}"


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
