"""What the story of one contribution says, in which words."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from service.domain.contribution import Attribution, Contribution, Happened, Moment, Payment, State
from service.domain.lifecycle import REGULAR, SINGLE, Row
from service.domain.money import Interval
from service.telling.sentences import WORDS, told
from service.telling.sighting import Sighting

AT = datetime(2026, 11, 20, 10, 0, 5, tzinfo=UTC)
DAY = timedelta(days=1)
MONTHLY = Contribution(
    id="sub_1", state=State.CANCELLING, interval=Interval.MONTHLY, currency="EUR", amount_minor=515, fees_minor=15,
    began_at=AT, ended_at=None, customer="cus_1", cancels_at=AT + 60 * DAY,
    attribution=Attribution("courier", "reader-7", "open-door", "plain", "inline", "attempt-9", "https://c.example/a"),
    payments=(Payment("in_1", 515, AT, 100), Payment("in_2", 515, AT + 30 * DAY, 0, 515)),
    story=(
        Moment(AT, Happened.BEGUN), Moment(AT, Happened.PAID, 515), Moment(AT + DAY, Happened.REFUNDED, 100),
        Moment(AT + 30 * DAY, Happened.PAID, 515), Moment(None, Happened.DISPUTE_LOST, 515),
    ),
)  # fmt: skip
SEEN = Sighting("sub_1", ledger=MONTHLY, stripe=MONTHLY, readers=2)
STORY = """\
A monthly gift of 5.15 EUR to courier, 0.15 EUR of it for the fees: sub_1
Its state is cancelling: the giver has cancelled: it ends with the period that is paid.
Asked by the campaign open-door, variant plain, as inline.
Begun on https://c.example/a
Stripe's customer is cus_1.
The giver was recognised in 2 further browsers.

2026-11-20 10:00:05 UTC  it was begun
2026-11-20 10:00:05 UTC  5.15 EUR was paid
2026-11-21 10:00:05 UTC  1.00 EUR was refunded
2026-12-20 10:00:05 UTC  5.15 EUR was paid
at a time that Stripe does not keep  the dispute about 5.15 EUR was lost

in_1  5.15 EUR, 1.00 EUR refunded; 4.15 EUR stayed
in_2  5.15 EUR, 5.15 EUR with the giver's bank; 0.00 EUR stayed
In all 10.30 EUR in 2 payments, of which 4.15 EUR stayed.

It will end on 2027-01-19 10:00:05 UTC.
From here it can become action_needed, active, ended, past_due or paused.
Our ledger says the same as Stripe."""


def story(seen: Sighting) -> str:
    return "\n".join(told(seen))


def test_the_whole_story_of_one() -> None:
    assert story(SEEN) == STORY


def test_nobody_reads_who_the_reader_is_nor_by_which_attempt_they_came() -> None:
    for seen in (SEEN, replace(SEEN, ledger=replace(MONTHLY, attribution=Attribution("courier", "reader-8")))):
        assert "reader-" not in story(seen)
        assert "attempt-9" not in story(seen)


@pytest.mark.parametrize("what", Happened)
def test_everything_that_can_happen_has_a_sentence(what: Happened) -> None:
    line = replace(MONTHLY, story=(Moment(AT, what, 515),))
    assert WORDS[what].format(amount="5.15 EUR") in story(replace(SEEN, stripe=line))


@pytest.mark.parametrize(("interval", "rows"), [(Interval.ONCE, SINGLE), (Interval.ANNUAL, REGULAR)])
def test_every_state_is_told_with_what_it_means(interval: Interval, rows: Sequence[Row]) -> None:
    for row in rows:
        line = replace(MONTHLY, interval=interval, state=row.state)
        assert f"Its state is {row.state}: " in story(Sighting("sub_1", stripe=line))


def test_what_differs_is_named_and_how_it_is_put_right() -> None:
    text = story(replace(SEEN, ledger=replace(MONTHLY, state=State.ACTIVE, cancels_at=None)))
    assert "Our ledger has another state or cancels at; its state there is active." in text
    assert "honestybox reconcile" in text


def test_what_only_one_of_them_holds_is_told() -> None:
    assert "It is not in our ledger; `honestybox reconcile` will put it there." in story(replace(SEEN, ledger=None))
    assert "Stripe no longer has it as a contribution of ours." in story(replace(SEEN, stripe=None))


def test_when_one_of_them_is_away_the_other_tells_and_says_so() -> None:
    without_stripe = story(replace(SEEN, stripe=None, stripe_trouble="cannot be reached"))
    assert "Its state is cancelling" in without_stripe
    assert without_stripe.endswith("Stripe cannot be reached; all of this is what our ledger last heard.")

    without_redis = story(replace(SEEN, ledger=None, ledger_trouble="cannot be reached"))
    assert "Its state is cancelling" in without_redis
    assert without_redis.endswith("Our ledger cannot be reached; all of this is what Stripe says.")


def test_when_both_are_away_that_is_all_there_is_to_say() -> None:
    away = "cannot be reached"
    text = story(Sighting("sub_1", ledger_trouble=away, stripe_trouble=away))
    assert text == "Stripe cannot be reached.\nOur ledger cannot be reached."


def test_what_nobody_knows_may_be_a_strangers() -> None:
    assert "Neither our ledger nor Stripe knows pi_1 as a contribution of ours." in story(Sighting("pi_1"))


@pytest.mark.parametrize("status", ["open", "expired", "complete"])
def test_a_session_of_which_nothing_came_says_so(status: str) -> None:
    assert "nothing" in story(Sighting("cs_1", session=status))


def test_a_pause_that_the_events_date_is_told_once() -> None:
    line = replace(MONTHLY, state=State.PAUSED, story=(Moment(AT, Happened.BEGUN), Moment(None, Happened.PAUSED)))
    dated = Moment(AT + DAY, Happened.PAUSED)
    assert Sighting("sub_1", stripe=line, recent=[dated]).story == (Moment(AT, Happened.BEGUN), dated)
    assert Sighting("sub_1", stripe=line).story == line.story
