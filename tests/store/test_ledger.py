"""Lines of the ledger: written, read, told of, and the readers that belong to them."""

import json
import time
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from redis import Redis

from service.domain.contribution import Attribution, Contribution, Happened, Moment, Payment, State
from service.domain.experiment import place_among_readers
from service.domain.money import Interval
from service.store.connection import Store
from service.store.held import Givers
from service.store.ledger import MOST_READERS, Ledger
from service.store.ledger_line import dump, load

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
LINE = Contribution(
    id="sub_1", state=State.ACTIVE, interval=Interval.MONTHLY, currency="EUR", amount_minor=500, began_at=NOW,
    ended_at=None, customer="cus_1",
    attribution=Attribution("courier", "r", "open-door", "plain", "banner", "a", "https://courier.example/a"),
    payments=(Payment("in_1", 500, NOW, 100), Payment("in_2", 500, NOW, 0, 500)), fees_minor=20,
    cancels_at=NOW + timedelta(days=30), resumes_at=NOW + timedelta(days=3),
    story=(Moment(NOW, Happened.BEGUN), Moment(NOW, Happened.PAID, 500), Moment(None, Happened.PAUSED)),
)  # fmt: skip
PAUSED = replace(LINE, state=State.PAUSED)
# As the version before this one wrote it.
OLD = """{"amount_minor": 2500, "attribution": {"attempt": "a", "campaign": "open-door", "placement": "banner",
    "reader": "r", "site": "courier", "variant": "plain"}, "began_at": "2026-11-20T10:00:00+00:00", "currency": "USD",
    "customer": "", "ended_at": null, "id": "pi_1", "interval": "once",
    "payments": [{"at": "2026-11-20T10:00:01+00:00", "id": "pi_1", "net_minor": 1500}], "state": "paid"}"""


@pytest.fixture
def ledger(redis_url: str) -> Ledger:
    return Ledger(Store(redis_url))


def write(ledger: Ledger, line: Contribution) -> bool:
    return ledger.write(line, ledger.begin_look(line.id))


def test_a_line_is_read_as_it_was_written(ledger: Ledger) -> None:
    assert write(ledger, LINE)
    assert ledger.get("sub_1") == LINE
    assert not write(ledger, LINE)


@given(st.sampled_from(State), st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9), st.integers(0, 9))))
def test_any_line_is_read_as_it_was_written(state: State, paid: list[tuple[int, int, int]]) -> None:
    payments = tuple(Payment("in_1", gross, NOW, back, lost) for gross, back, lost in paid)
    line = replace(LINE, state=state, payments=payments)
    assert load(dump(line)) == line


def test_a_line_of_the_version_before_is_still_read() -> None:
    line = load(OLD)
    assert (line.state, line.revenue_minor, line.attribution.article, line.story) == (State.PAID, 1500, "", ())
    assert load(dump(line)) == line
    assert json.loads(dump(line))["payments"][0]["gross_minor"] == 1500


def test_a_change_stays_untold_until_somebody_was_told(ledger: Ledger) -> None:
    write(ledger, LINE)
    for _ in range(2):
        untold = ledger.untold("sub_1")
        assert untold is not None
        assert (untold.line, untold.before) == (LINE, None)
    ledger.told(LINE)
    assert ledger.untold("sub_1") is None

    write(ledger, LINE)
    assert ledger.untold("sub_1") is None

    write(ledger, PAUSED)
    untold = ledger.untold("sub_1")
    assert untold is not None
    assert (untold.line, untold.before) == (PAUSED, LINE)


def test_a_change_made_while_the_one_before_is_told_is_still_to_be_told(ledger: Ledger) -> None:
    write(ledger, LINE)
    write(ledger, PAUSED)
    ledger.told(LINE)
    untold = ledger.untold("sub_1")
    assert untold is not None
    assert (untold.line, untold.before) == (PAUSED, None)


def test_nothing_is_untold_of_what_is_not_there(ledger: Ledger) -> None:
    assert ledger.untold("sub_1") is None
    ledger.link("sub_1", "r2")
    assert ledger.untold("sub_1") is None


def test_readers_are_linked_once_and_the_latest_comes_last(ledger: Ledger) -> None:
    assert ledger.readers("sub_1") == ()
    for reader in ("r2", "r3", "r2"):
        ledger.link("sub_1", reader)
    assert ledger.readers("sub_1") == ("r3", "r2")
    assert ledger.get("sub_1") is None

    write(ledger, LINE)
    assert ledger.readers("sub_1") == ("r3", "r2")


def test_of_too_many_readers_the_oldest_goes(ledger: Ledger) -> None:
    for number in range(MOST_READERS + 1):
        ledger.link("sub_1", f"r{number}")
    assert ledger.readers("sub_1") == tuple(f"r{number}" for number in range(1, MOST_READERS + 1))


def test_a_look_at_what_is_not_written_yet_forgets_no_reader(ledger: Ledger, redis_url: str) -> None:
    ledger.link("sub_1", "r2")
    ledger.begin_look("sub_1")
    assert Store(redis_url).command("TTL", "hb:l:{sub_1}") == -1


def test_a_ledger_that_was_lost_alone_does_not_number_looks_behind_what_readers_records_hold(ledger: Ledger) -> None:
    before = int(time.time()) - 5  # this clock may be another than the server's
    looks = [ledger.begin_look("sub_1") for _ in range(3)]
    assert before < looks[0] < looks[1] < looks[2]


def test_lines_are_listed_newest_first_between_two_moments_that_are_both_included(ledger: Ledger) -> None:
    moments = [NOW + timedelta(seconds=at) for at in range(3)]
    for at, moment in enumerate(moments):
        write(ledger, replace(LINE, id=f"sub_{at}", began_at=moment))
    newest_first = [(moment, f"sub_{at}") for at, moment in reversed(list(enumerate(moments)))]
    assert list(ledger.began_between("courier", None, None)) == newest_first
    assert list(ledger.began_between("courier", moments[1], None)) == newest_first[:2]
    assert list(ledger.began_between("courier", None, moments[1])) == newest_first[1:]
    assert list(ledger.began_between("courier", moments[1], moments[1])) == newest_first[1:2]
    assert list(ledger.began_between("herald", None, None)) == []


def test_more_lines_than_one_call_brings_are_all_listed(ledger: Ledger, redis_url: str) -> None:
    Redis.from_url(redis_url).zadd("hb:li:{courier}", {f"sub_{at}": at for at in range(1203)})
    assert [ident for _, ident in ledger.began_between("courier", None, None)] == [
        f"sub_{at}" for at in reversed(range(1203))
    ]


def test_a_line_that_went_to_another_site_is_counted_there_alone(ledger: Ledger) -> None:
    write(ledger, LINE)
    moved = replace(LINE, attribution=replace(LINE.attribution, site="herald"))
    write(ledger, moved)
    assert list(ledger.of_site("courier")) == []
    assert list(ledger.of_site("herald")) == [moved]


def test_a_site_s_gifts_are_read_in_short_and_say_what_the_ledger_does(ledger: Ledger, redis_url: str) -> None:
    other = replace(LINE, id="pi_2", state=State.REFUNDED, interval=Interval.ONCE, began_at=NOW + timedelta(days=1))
    for line in (LINE, other, replace(LINE, id="pi_3", began_at=NOW - timedelta(days=400))):
        write(ledger, line)
    days = ((NOW - timedelta(days=1)).date(), (NOW + timedelta(days=1)).date())

    def told() -> list[tuple[object, ...]]:
        found = ledger.givings("courier", *days)
        return [(one.name, one.state, one.interval, one.gross_minor - one.back_minor, one.variant) for one in found]

    first, second = ("sub_1", State.ACTIVE, Interval.MONTHLY, 400, "plain"), ("pi_2", State.REFUNDED, Interval.ONCE)
    assert told() == [first, (*second, 400, "plain")]
    assert [one.place for one in ledger.givings("courier", *days)] == [place_among_readers("courier", "r")] * 2
    Redis.from_url(redis_url).delete("hb:lg:{courier}")  # as an earlier version left it
    assert told() == [first, (*second, 400, "plain")]
    assert Redis.from_url(redis_url).hlen("hb:lg:{courier}") == 2


def test_a_reader_who_is_forgotten_is_forgotten_among_the_gifts_of_the_site_too(ledger: Ledger, redis_url: str) -> None:
    write(ledger, replace(LINE, attribution=replace(LINE.attribution, country="NL", device="phone", section="World")))
    Givers(Store(redis_url)).unlink("sub_1", "r")
    (found,) = ledger.givings("courier", NOW.date(), NOW.date())
    assert (found.campaign, found.country, found.device, found.section, found.place) == ("open-door", "", "", "", None)


def test_of_two_looks_that_cross_the_later_one_s_gift_stands(ledger: Ledger) -> None:
    earlier, later = ledger.begin_look("sub_1"), ledger.begin_look("sub_1")
    ledger.write(PAUSED, later)
    ledger.write(LINE, earlier)
    (found,) = ledger.givings("courier", NOW.date(), NOW.date())
    assert found.state == State.PAUSED
