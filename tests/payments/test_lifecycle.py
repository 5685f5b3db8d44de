"""Whole lives of gifts: after each step, told in any order and again, the ledger says what Stripe says."""

import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import pairwise
from random import Random
from typing import Any, NamedTuple, TypeAlias

import pytest

from service.domain.contribution import Happened, State
from service.domain.lifecycle import steps_of
from service.domain.money import Interval
from service.payments.checkout import session_params
from service.payments.gateway import Gateway
from service.payments.webhooks import SUBJECTS
from tests.payments.giving import PLACED, Books, Giving, Reader, patiently, post_event, sign
from tests.payments.orders import an_order, open_session
from tests.payments.sides import KEY, Event, Fault, Side, deliver
from tests.payments.test_order import fresh_look

ONCE, MONTH = PLACED["once"], PLACED["monthly"]
PARTLY = 700
Act: TypeAlias = Callable[[Giving], Sequence[Event]]


def of_gift(name: str, **more: object) -> Act:
    """Something that happens to the payment intent or the subscription."""
    return lambda gift: getattr(gift.side, name)(gift.subject, **more)


def of_first_month(name: str, **more: object) -> Act:
    """Something that happens to the first payment of a regular gift."""
    return lambda gift: getattr(gift.side, name)(first_month(gift), **more)


def first_month(gift: Giving) -> str:
    """The payment intent. The gift's own object does not name it."""
    session = gift.side.find(gift.session)
    paid = Gateway(KEY, gift.side.api).payment_for(session["invoice"])
    assert paid is not None
    return str(paid["id"])


class Step(NamedTuple):
    """What happens, and how the ledger and the reader stand afterwards. `known`: a supporter, no stranger."""

    act: Act
    state: State
    revenue_minor: int
    known: bool = True


RENEWED = Step(of_gift("renew"), State.ACTIVE, 2 * MONTH)
FAILED = Step(of_gift("renew", ok=False), State.PAST_DUE, MONTH)
LIVES: dict[str, tuple[str, list[Step]]] = {
    "a part is refunded, then the rest": (
        "once",
        [
            Step(of_gift("refund", amount=PARTLY), State.PAID, ONCE - PARTLY),
            Step(of_gift("refund"), State.REFUNDED, 0, known=False),
        ],
    ),
    "a dispute that is won": (
        "once",
        [
            Step(of_gift("dispute"), State.DISPUTED, 0),
            Step(of_gift("close_dispute", won=True), State.PAID, ONCE),
        ],
    ),
    "a dispute that is lost": (
        "once",
        [
            Step(of_gift("dispute"), State.DISPUTED, 0),
            Step(of_gift("close_dispute", won=False), State.LOST, 0, known=False),
        ],
    ),
    "a renewal that fails, and recovers": (
        "monthly",
        [FAILED, Step(of_gift("recover"), State.ACTIVE, 2 * MONTH), Step(of_gift("renew"), State.ACTIVE, 3 * MONTH)],
    ),
    "a renewal that fails until Stripe gives up": (
        "monthly",
        [FAILED, Step(of_gift("give_up"), State.ENDED, MONTH, known=False)],
    ),
    "a renewal that wants a confirmation, and gets it": (
        "monthly",
        [
            Step(of_gift("renew_unconfirmed"), State.ACTION_NEEDED, MONTH),
            Step(of_gift("recover"), State.ACTIVE, 2 * MONTH),
        ],
    ),
    "another amount": (
        "monthly",
        [
            Step(of_gift("change_amount", amount=800), State.ACTIVE, MONTH),
            Step(of_gift("renew"), State.ACTIVE, MONTH + 800),
        ],
    ),
    "collection paused and resumed": (
        "monthly",
        [
            Step(of_gift("pause_collection"), State.PAUSED, MONTH),
            Step(of_gift("resume_collection"), State.ACTIVE, MONTH),
            RENEWED,
        ],
    ),
    "itself paused and resumed": (
        "monthly",
        [Step(of_gift("pause"), State.PAUSED, MONTH), Step(of_gift("resume"), State.ACTIVE, MONTH)],
    ),
    "cancelled, kept, cancelled, ended": (
        "monthly",
        [
            Step(of_gift("cancel_at_end"), State.CANCELLING, MONTH),
            Step(of_gift("cancel_at_end", wanted=False), State.ACTIVE, MONTH),
            Step(of_gift("cancel_at_end"), State.CANCELLING, MONTH),
            Step(of_gift("end"), State.ENDED, MONTH, known=False),
        ],
    ),
    "cancelled at once": ("annual", [Step(of_gift("cancel"), State.ENDED, PLACED["annual"], known=False)]),
    "a month refunded in part, then whole, while it goes on": (
        "monthly",
        [
            RENEWED,
            Step(of_first_month("refund", amount=100), State.ACTIVE, 2 * MONTH - 100),
            Step(of_first_month("refund"), State.ACTIVE, MONTH),
        ],
    ),
    "a month disputed and lost, while it goes on": (
        "monthly",
        [
            RENEWED,
            Step(of_first_month("dispute"), State.ACTIVE, MONTH),
            Step(of_first_month("close_dispute", won=False), State.ACTIVE, MONTH),
        ],
    ),
    "a month disputed and won": (
        "monthly",
        [
            Step(of_first_month("dispute"), State.ACTIVE, 0),
            Step(of_first_month("close_dispute", won=True), State.ACTIVE, MONTH),
        ],
    ),
}


def tell(giving: Giving, events: Sequence[Event], chance: Random) -> None:
    """What says anything to us, in any order, and some of it twice."""
    heard = [event for event in events if event["type"] in SUBJECTS]
    assert heard, [event["type"] for event in events]
    again = chance.sample(heard, chance.randint(0, len(heard)))
    told = chance.sample([*heard, *again], len(heard) + len(again))
    deliver(giving.side, told)


def begun(life: str, a_giving: Callable[..., Giving]) -> Giving:
    return a_giving(LIVES[life][0]).pay().told()


@pytest.mark.parametrize("life", LIVES)
def test_after_each_step_ledger_and_reader_stand_where_stripe_stands(
    life: str, a_giving: Callable[..., Giving], books: Books
) -> None:
    giving, chance = begun(life, a_giving), Random(life)
    for step in LIVES[life][1]:
        tell(giving, step.act(giving), chance)
        line = books.line(giving.attempt)
        assert (line.state, line.revenue_minor) == (step.state, step.revenue_minor)
        assert giving.reader.asked() is not step.known
    at_last = books.body(giving.subject)
    assert at_last == fresh_look(giving, books)


@pytest.mark.parametrize("life", LIVES)
def test_every_step_of_a_life_is_in_the_table(life: str) -> None:
    interval, steps = LIVES[life]
    first = State.PAID if interval == "once" else State.ACTIVE
    table = steps_of(Interval(interval))
    for before, after in pairwise([first, *(step.state for step in steps)]):
        assert before is after or after in table[before]


STORIES: dict[str, list[Happened]] = {
    "a part is refunded, then the rest": [Happened.BEGUN, Happened.PAID, Happened.REFUNDED, Happened.REFUNDED],
    "a dispute that is lost": [Happened.BEGUN, Happened.PAID, Happened.DISPUTE_OPENED, Happened.DISPUTE_LOST],
    "a dispute that is won": [Happened.BEGUN, Happened.PAID, Happened.DISPUTE_OPENED, Happened.DISPUTE_WON],
    "a renewal that fails, and recovers": [
        Happened.BEGUN, Happened.PAID, Happened.RENEWAL_FAILED, Happened.PAID, Happened.PAID,
    ],
    "a renewal that wants a confirmation, and gets it": [
        Happened.BEGUN, Happened.PAID, Happened.ACTION_NEEDED, Happened.PAID,
    ],
    "another amount": [Happened.BEGUN, Happened.PAID, Happened.PAID, Happened.AMOUNT_CHANGED],
    "cancelled, kept, cancelled, ended": [Happened.BEGUN, Happened.CANCELLED, Happened.ENDED, Happened.PAID],
    "a renewal that fails until Stripe gives up": [
        Happened.BEGUN, Happened.ENDED, Happened.PAID, Happened.RENEWAL_FAILED,
    ],
}  # fmt: skip


@pytest.mark.parametrize("life", STORIES)
def test_heard_of_only_at_the_end_it_is_the_same_and_the_story_is_whole(
    life: str, a_giving: Callable[..., Giving], books: Books
) -> None:
    """All of it happens within a second or two here, so what is told of one second may stand in either order."""
    giving, events = begun(life, a_giving), list[Event]()
    for step in LIVES[life][1]:
        events += step.act(giving)
    tell(giving, events, Random(life))
    last, line = LIVES[life][1][-1], books.line(giving.attempt)
    assert (line.state, line.revenue_minor) == (last.state, last.revenue_minor)
    assert sorted(moment.what for moment in line.story) == sorted(STORIES[life])
    assert line.story[0].what is Happened.BEGUN
    times = [moment.at for moment in line.story if moment.at]
    assert times == sorted(times)


def test_a_gift_that_ends_with_its_period_says_when(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay().told()
    assert books.line(giving.attempt).cancels_at is None
    deliver(stripe_side, stripe_side.cancel_at_end(giving.subject))
    item = stripe_side.find(giving.subject)["items"]["data"][0]
    cancels_at = books.line(giving.attempt).cancels_at
    assert cancels_at is not None
    assert int(cancels_at.timestamp()) == item["current_period_end"]
    deliver(stripe_side, stripe_side.end(giving.subject))
    assert books.line(giving.attempt).cancels_at is None


def test_a_pause_says_when_it_will_be_over(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving("monthly").pay().told()
    until = stripe_side.find(giving.subject)["items"]["data"][0]["current_period_end"]
    deliver(stripe_side, stripe_side.pause_collection(giving.subject, resumes_at=until))
    line = books.line(giving.attempt)
    assert line.resumes_at is not None
    assert int(line.resumes_at.timestamp()) == until
    assert line.story[-1].what is Happened.PAUSED
    assert line.story[-1].at is None


FAULTS = {
    "503": Fault("/v1/disputes", verb="GET", status=503, times=2),
    "dropped": Fault("/v1/refunds", verb="GET", drop=True, times=2),
    "slow": Fault("/v1/payment_intents/.*", verb="GET", delay=0.4),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_a_dispute_that_stripe_would_not_tell_of_is_heard_the_next_time(
    fault: str, a_giving: Callable[..., Giving], books: Books, stripe_side: Side
) -> None:
    giving = a_giving().pay().told()
    events = stripe_side.dispute(giving.subject)
    stripe_side.fault(FAULTS[fault])
    (told,) = [event for event in events if event["type"] == "charge.dispute.created"]
    deliver(stripe_side, [told])
    line = books.line(giving.attempt)
    assert (line.state, line.payments[0].disputed_minor) == (State.DISPUTED, ONCE)


# What a gift's life is told by, and about which object; each has to lead us to look.
TELLING = {
    "checkout.session": ["completed", "async_payment_succeeded", "async_payment_failed"],
    "charge": ["refunded"],
    "refund": ["created", "updated", "failed"],
    "charge.dispute": ["created", "updated", "closed", "funds_withdrawn", "funds_reinstated"],
    "customer.subscription": ["updated", "deleted", "paused", "resumed"],
    "invoice": ["paid", "payment_failed", "payment_action_required", "finalization_failed"],
}


def told_of(single: Giving, regular: Giving) -> dict[str, dict[str, Any]]:
    """An object of each kind that events are about. The single gift is refunded in part, and disputed."""
    refunded = single.side.refund(single.subject, 100)
    disputed = single.side.dispute(single.subject)
    intent = single.side.find(single.subject)
    subscription = regular.side.find(regular.subject)
    return {
        "checkout.session": single.side.find(single.session),
        "charge": single.side.find(intent["latest_charge"]),
        "refund": next(event["data"]["object"] for event in refunded if event["type"] == "refund.created"),
        "charge.dispute": disputed[0]["data"]["object"],
        "customer.subscription": subscription,
        "invoice": regular.side.find(subscription["latest_invoice"]),
    }


def test_every_event_that_tells_of_a_life_leads_to_a_look(
    a_giving: Callable[..., Giving], service: str, books: Books
) -> None:
    single, regular = a_giving("once").pay(), a_giving("monthly").pay()
    things = told_of(single, regular)
    types = [(kind, f"{kind}.{what}") for kind, whats in TELLING.items() for what in whats]
    assert {type_ for _, type_ in types} == set(SUBJECTS) - {"payment_intent.payment_failed"}
    for kind, type_ in types:
        giving = regular if kind in ("customer.subscription", "invoice") else single
        books.forget(giving.subject, giving.reader.id)
        event = {"livemode": False, "id": f"evt_{type_}", "created": 1, "type": type_, "data": {"object": things[kind]}}
        assert post_event(service, event).json == {"outcome": "recorded"}, type_
        assert books.line(giving.attempt), type_


def test_a_dispute_that_stripe_did_not_sign_changes_nothing(
    a_giving: Callable[..., Giving], books: Books, stripe_side: Side, service: str
) -> None:
    giving = a_giving().pay().told()
    body = json.dumps(stripe_side.dispute(giving.subject)[0])
    before = books.everything()
    for signature in ("", sign(body, "whsec_somebody_else"), sign(body + " "), sign(body, at=1)):
        assert post_event(service, body, signature).status == 400
    assert books.everything() == before
    assert post_event(service, body).json == {"outcome": "recorded"}


@pytest.mark.parametrize("metadata", [{}, {"site": "elsewhere", "attempt": "7"}])
def test_a_strangers_dispute_is_ignored(
    metadata: dict[str, str], stripe_side: Side, service: str, books: Books
) -> None:
    params = session_params(an_order(), "https://support.example.org")
    params |= {"metadata": metadata, "payment_intent_data": {"metadata": metadata}}
    session = Gateway(KEY, stripe_side.api).create_session(params, f"a stranger's {metadata}")
    stripe_side.pay(str(session["id"]))
    intent = str(stripe_side.find(str(session["id"]))["payment_intent"])
    before = books.lasting()
    for event in stripe_side.dispute(intent):
        assert post_event(service, event).json["outcome"] in ("ignored", "unknown_type")
    assert books.lasting() == before


MONTH_SECONDS = 31 * 86_400


def test_months_pass_and_the_story_is_told_in_their_order(quiet_side: Side, empty: Books) -> None:
    session = open_session(quiet_side, an_order("monthly"))
    quiet_side.pay(session)
    subject = str(quiet_side.find(session)["subscription"])
    happens = [
        partial(quiet_side.renew, subject),
        partial(quiet_side.renew, subject, ok=False),
        partial(quiet_side.recover, subject),
        partial(quiet_side.cancel_at_end, subject),
        partial(quiet_side.end, subject),
    ]
    for happening in happens:
        quiet_side.advance(MONTH_SECONDS)
        happening()
    line = patiently(lambda: empty.recorder(quiet_side).record(subject, datetime.now(UTC)))
    assert line is not None
    assert [moment.what for moment in line.story] == [
        Happened.BEGUN, Happened.PAID, Happened.PAID, Happened.RENEWAL_FAILED, Happened.PAID,
        Happened.CANCELLED, Happened.ENDED,
    ]  # fmt: skip
    assert (line.state, line.revenue_minor) == (State.ENDED, 3 * MONTH)
    assert line.ended_at is not None
    assert line.ended_at - line.began_at >= timedelta(seconds=5 * MONTH_SECONDS)



def test_whoever_was_recognised_as_the_giver_follows_the_gift(
    a_giving: Callable[..., Giving], a_reader: Callable[..., Reader], books: Books, stripe_side: Side
) -> None:
    giving, telephone = a_giving("once").pay(), a_reader()
    patiently(lambda: books.ledger.link(giving.subject, telephone.id))
    giving.told()
    assert telephone.withheld() == "supporter"
    deliver(stripe_side, stripe_side.refund(giving.subject))
    assert telephone.asked()
    assert giving.reader.asked()
