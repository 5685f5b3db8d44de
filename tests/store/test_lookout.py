"""Stolen cards being tried: what tells of it, when the alarm goes on and off, and that it is told once."""

from collections.abc import MutableMapping
from datetime import datetime, timedelta
from typing import Any

import pytest
from redis import Redis

from service.domain.attack import Sign
from service.setting_guards import limits
from service.store.connection import Store
from service.store.lookout import ATTACK, DECLINES, EVERYWHERE, Lookout
from tests.builders import DAY, HOUR, MINUTE, NOW, SECOND

FEW = limits("attack.tried=3/10m,attack.refused=3/10m,attack.declined=3/10m,declines.climb=4/1h")
NONE = timedelta()


@pytest.fixture
def lookout(redis_url: str) -> Lookout:
    return Lookout(Store(redis_url), FEW)


@pytest.fixture
def told(logged: list[MutableMapping[str, Any]]) -> list[MutableMapping[str, Any]]:
    return logged


def seen(lookout: Lookout, times: int, at: timedelta = NONE, sign: Sign = Sign.TRIED, site: str = "gazette") -> bool:
    return [lookout.note(sign, site, NOW + at, NOW + at) for _ in range(times)][-1]


def declined(lookout: Lookout, times: int, at: datetime = NOW, now: datetime | None = None, name: str = "") -> None:
    for number in range(times):
        assert lookout.note_decline(f"evt_{name}_{at}_{number}", "gazette", at, now or at)


@pytest.mark.parametrize("sign", list(Sign))
def test_more_of_a_sign_than_its_limit_within_its_window_is_an_attack(sign: Sign, lookout: Lookout) -> None:
    assert not seen(lookout, 3, sign=sign)
    assert seen(lookout, 1, 9 * MINUTE, sign)
    assert lookout.attacked("gazette")
    assert not lookout.attacked("mercury")


def test_what_lies_a_window_back_is_no_sign_any_more(lookout: Lookout) -> None:
    assert not seen(lookout, 3)
    assert not seen(lookout, 3, 10 * MINUTE)


def test_an_attack_is_over_when_three_windows_brought_no_more_than_one_may(lookout: Lookout) -> None:
    assert seen(lookout, 4)
    assert seen(lookout, 1, 29 * MINUTE)
    assert not seen(lookout, 1, 30 * MINUTE)
    assert not seen(lookout, 1, 31 * MINUTE)


def test_all_sites_are_under_attack_when_together_they_see_three_times_as_much(lookout: Lookout) -> None:
    for number in range(9):
        assert not seen(lookout, 1, site=f"site-{number}")
    assert seen(lookout, 1, site="site-9")
    assert lookout.attacked("site-0")


def test_each_change_is_told_once_however_many_watch(
    redis_url: str, lookout: Lookout, told: list[MutableMapping[str, Any]]
) -> None:
    other = Lookout(Store(redis_url), FEW)
    for watcher in (lookout, other, lookout, other, lookout, other):
        seen(watcher, 1)
    for watcher in (lookout, other):
        watcher.look(["gazette"], NOW + HOUR)
    assert [entry["event"] for entry in told] == ["attack_began", "attack_over"]


def test_an_attack_is_over_also_when_nobody_comes_any_more(lookout: Lookout) -> None:
    seen(lookout, 4)
    lookout.look(["gazette"], NOW + 29 * MINUTE)
    assert lookout.is_on(ATTACK, "gazette")
    lookout.look(["gazette"], NOW + 30 * MINUTE)
    assert not lookout.is_on(ATTACK, "gazette")
    assert not lookout.is_on(ATTACK, EVERYWHERE)


def test_a_decline_is_counted_once_for_each_event_of_stripes(lookout: Lookout) -> None:
    assert lookout.note_decline("evt_1", "gazette", NOW, NOW)
    for _ in range(20):
        assert not lookout.note_decline("evt_1", "gazette", NOW, NOW + HOUR)
    assert not lookout.attacked("gazette")
    assert not lookout.is_on(DECLINES, "gazette")


def test_declines_climb_when_the_last_hour_has_more_than_the_limit(
    lookout: Lookout, told: list[MutableMapping[str, Any]]
) -> None:
    declined(lookout, 4, NOW - 40 * MINUTE, NOW - 40 * MINUTE)
    assert not lookout.is_on(DECLINES, "gazette")
    declined(lookout, 1, NOW)
    assert lookout.is_on(DECLINES, "gazette")
    climbs = [entry for entry in told if entry["event"] == "declines_climb"]
    assert climbs == [
        {
            "event": "declines_climb", "log_level": "warning", "site": "gazette", "last_hour": 5,
            "usual_per_hour": 0.0,
        }
    ]  # fmt: skip


def test_four_times_the_usual_is_no_climb_and_more_is(lookout: Lookout) -> None:
    for hour in range(1, 169):
        declined(lookout, 2, NOW - hour * HOUR, NOW)
    declined(lookout, 8, NOW)
    assert not lookout.is_on(DECLINES, "gazette")
    declined(lookout, 1, NOW + SECOND)
    assert lookout.is_on(DECLINES, "gazette")


def test_declines_are_calm_again_at_half_the_mark(lookout: Lookout, told: list[MutableMapping[str, Any]]) -> None:
    declined(lookout, 6)
    declined(lookout, 3, NOW + 30 * MINUTE)
    lookout.look(["gazette"], NOW + HOUR)
    assert lookout.is_on(DECLINES, "gazette"), "three in the last hour, and two is half of four"
    lookout.look(["gazette"], NOW + 2 * HOUR)
    assert not lookout.is_on(DECLINES, "gazette")
    changes = [entry["event"] for entry in told if entry["event"].startswith("declines")]
    assert changes == ["declines_climb", "declines_calm"]


def test_a_decline_told_of_late_counts_when_it_happened(lookout: Lookout) -> None:
    declined(lookout, 9, NOW - 2 * DAY, NOW)
    assert not lookout.is_on(DECLINES, "gazette")
    assert not lookout.attacked("gazette")


def test_what_is_held_goes_away(lookout: Lookout, redis_url: str) -> None:
    seen(lookout, 4)
    declined(lookout, 5)
    seen(lookout, 1, 2 * HOUR)
    server = Redis.from_url(redis_url)
    assert all(server.ttl(key) > 0 for key in server.scan_iter())  # type: ignore[operator]
    assert len(server.hkeys("hb:signs:{gazette}")) == 1  # type: ignore[arg-type]
