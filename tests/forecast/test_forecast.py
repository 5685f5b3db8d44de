"""`honestybox forecast`, as an editor runs it."""

import json
import os
import pickle
import sys
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from signal import SIGINT, SIGKILL
from subprocess import PIPE, Popen, run
from termios import tcsetwinsize
from time import sleep
from typing import Any

import pytest

from service.catalogue.loader import read_files
from service.cli import main
from service.domain.reason import Reason
from service.forecast.assumptions import Assumptions
from service.forecast.run import Scenario, Stage
from service.forecast.stream import read_stream
from tests.builders import DAY, NOW, SITE, a_campaign_yaml, a_site_yaml, staff_files, variants_yaml, write_config

SAMPLE = Path(__file__).parent.parent.parent / "config"
Forecast = Callable[..., dict[str, Any]]
METERED = {
    "meter": "{allowance: 2, period: month, mode: soft}",
    "placements": "{inline: {selector: article}, banner: {edge: top}, gate: {selector: article}}",
    "holdback": "10%",
    "frequency": "{max: 6, window: 30d, min_gap: 0m, per_page: 2}",
}
CAMPAIGNS = {
    "lights-on": a_campaign_yaml(variants=variants_yaml(plain=1, bold=2), frequency="{max: 2, window: 30d}"),
    "strip": a_campaign_yaml(placement="banner", audience="{sections: [Chess], countries: {exclude: [US]}}"),
    "at-the-gate": a_campaign_yaml(placement="gate"),
}


@pytest.fixture
def forecast(capsys: pytest.CaptureFixture[str]) -> Forecast:
    """Runs the command; its JSON."""

    def run(config: Path, *words: str, site: str = SITE) -> dict[str, Any]:
        given = ["forecast", "--site", site, "--config", str(config), "--from", "2026-11-01", "--json", *words]
        code = main(given)
        printed = capsys.readouterr()
        assert (code, printed.err) == (0, "")
        found: dict[str, Any] = json.loads(printed.out)
        return found

    return run


@pytest.fixture
def metered(tmp_path: Path) -> Path:
    """A site with a meter, a holdback and three campaigns."""
    return write_config(tmp_path / "metered", staff_files(a_site_yaml(**METERED), CAMPAIGNS))


@pytest.fixture
def changed(tmp_path: Path) -> Path:
    """The same site, which asks once in a month at most."""
    lines = METERED | {"frequency": "{max: 1, window: 30d, min_gap: 0m, per_page: 2}"}
    return write_config(tmp_path / "changed", staff_files(a_site_yaml(**lines), CAMPAIGNS))


FEW = ("--readers", "150", "--days", "30", "--processes", "1")


def test_the_sample_site_can_be_forecast(forecast: Forecast) -> None:
    found = forecast(SAMPLE, *FEW, site="daily-lantern")
    assert found["today"]["readers_asked"] > 75
    assert found["today"]["shown"].keys() >= {"banner", "inline"}


def test_the_same_seed_gives_the_same_forecast_and_another_seed_another(forecast: Forecast, metered: Path) -> None:
    assert forecast(metered, *FEW) == forecast(metered, *FEW)
    assert forecast(metered, *FEW) != forecast(metered, *FEW, "--seed", "2")


def test_it_does_not_matter_how_many_processes_play(
    forecast: Forecast, metered: Path, changed: Path, tmp_path: Path
) -> None:
    def played(processes: str) -> tuple[dict[str, Any], str]:
        raw = tmp_path / f"raw-{processes}.jsonl"
        words = ("--readers", "250", "--days", "7", "--against", str(changed), "--processes", processes)
        return forecast(metered, *words, "--raw", str(raw)), raw.read_text()

    assert played("1") == played("2") == played("3")


def test_a_lower_cap_asks_less_and_nothing_else_is_changed(forecast: Forecast, metered: Path, changed: Path) -> None:
    found = forecast(metered, *FEW, "--against", str(changed))
    today, after = found["today"], found["changed"]
    assert after["asks"] < today["asks"]
    assert after["asks_per_asked_reader"]["mean"] < today["asks_per_asked_reader"]["mean"]
    for same in ("readers", "page_views"):
        assert after[same] == today[same]
    assert forecast(metered, *FEW)["today"] == today


def test_no_change_makes_no_difference(forecast: Forecast, metered: Path, tmp_path: Path) -> None:
    twin = write_config(tmp_path / "twin", staff_files(a_site_yaml(**METERED), CAMPAIGNS))
    found = forecast(metered, *FEW, "--against", str(twin))
    assert found["today"] == found["changed"]


def counted(decisions: list[dict[str, Any]]) -> dict[str, Any]:
    """The totals, counted from the raw decisions in the simplest way there is."""
    by_reader: dict[str, list[dict[str, Any]]] = {}
    for one in decisions:
        by_reader.setdefault(one["reader"], []).append(one)
    outcomes = [(place, outcome) for one in decisions for place, outcome in one["outcomes"].items()]
    shown = [(place, outcome["shown"]) for place, outcome in outcomes if "shown" in outcome]
    withheld = [(outcome["withheld"], place) for place, outcome in outcomes if "withheld" in outcome]
    asks = {
        reader: sum("shown" in outcome for one in views for outcome in one["outcomes"].values())
        for reader, views in by_reader.items()
    }
    acts = Counter(act for _, outcome in outcomes for act in outcome.get("acts", ()))
    return {
        "readers": len(by_reader),
        "page_views": len(decisions),
        "readers_asked": sum(number > 0 for number in asks.values()),
        "asks": len(shown),
        "shown": nested(shown),
        "withheld": nested(withheld),
        "access": dict(Counter(one["access"] for one in decisions)),
        "gate_hits": sum(not one["granted"] for one in decisions),
        "readers_gated": sum(any(not one["granted"] for one in views) for views in by_reader.values()),
        "readers_held_back": sum(any(refused(one, "holdback") for one in views) for views in by_reader.values()),
        "readers_never_reached": sum(number == 0 for number in asks.values()),
        "never_reached_by": dict(Counter(rule(by_reader[reader]) for reader, number in asks.items() if not number)),
        "assumed": {
            act: acts[act] for act in ("seen", "dismissed", "snoozed", "never", "gave_once", "gave_monthly")
        } | {"later": sum(one["put_off"] for one in decisions)},
    }  # fmt: skip


def nested(pairs: list[tuple[str, str]]) -> dict[str, dict[str, int]]:
    found: dict[str, dict[str, int]] = {}
    for (outer, inner), number in Counter(pairs).items():
        found.setdefault(outer, {})[inner] = number
    return found


def refused(view: dict[str, Any], reason: str) -> bool:
    return any(outcome.get("withheld") == reason for outcome in view["outcomes"].values())


def rule(views: list[dict[str, Any]]) -> str:
    """Holdback, else what refused most often, the earlier of equals; those about nobody where there is no other."""
    reasons = [outcome["withheld"] for one in views for outcome in one["outcomes"].values()]
    if "holdback" in reasons:
        return "holdback"
    telling = [reason for reason in reasons if reason not in ("switched_off", "no_campaign", "access_granted")]
    found = Counter(telling or reasons)
    order = [str(reason) for reason in Reason]
    return sorted(found, key=lambda reason: (-found[reason], order.index(reason)))[0]


def test_the_totals_are_a_count_over_the_raw_decisions(
    forecast: Forecast, metered: Path, changed: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.jsonl"
    words = ("--readers", "250", "--days", "30", "--giving", "0.05", "--processes", "2", "--raw", str(raw))
    found = forecast(metered, *words, "--against", str(changed))
    decisions = [json.loads(line) for line in raw.read_text().splitlines()]
    for config in ("today", "changed"):
        told = found[config]
        expected = counted([one for one in decisions if one["config"] == config])
        assert {key: told[key] for key in expected} == expected
        assert set(told) - set(expected) == {"asks_per_asked_reader"}
        assert min(expected["gate_hits"], expected["readers_held_back"], *expected["assumed"].values()) > 0


def test_readers_do_the_same_with_an_appeal_whatever_else_a_config_changes(
    forecast: Forecast, metered: Path, changed: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.jsonl"
    forecast(metered, *FEW, "--against", str(changed), "--raw", str(raw))
    done: dict[tuple[str, str, str], list[list[str]]] = {}
    for line in raw.read_text().splitlines():
        one = json.loads(line)
        for place, outcome in one["outcomes"].items():
            if "shown" in outcome:
                done.setdefault((one["reader"], one["at"], place), []).append(outcome["acts"])
    in_both = [acts for acts in done.values() if len(acts) == 2]
    assert len(in_both) > 100
    assert [acts for acts in in_both if acts[0] != acts[1]] == []


def test_the_asks_of_an_asked_reader_have_the_right_mean_median_and_percentile(
    forecast: Forecast, metered: Path, tmp_path: Path
) -> None:
    raw = tmp_path / "raw.jsonl"
    found = forecast(metered, *FEW, "--raw", str(raw))["today"]["asks_per_asked_reader"]
    asks: Counter[str] = Counter()
    for line in raw.read_text().splitlines():
        one = json.loads(line)
        asks[one["reader"]] += sum("shown" in outcome for outcome in one["outcomes"].values())
    numbers = sorted(number for number in asks.values() if number)
    assert found["mean"] == round(sum(numbers) / len(numbers), 2)
    assert sum(number <= found["median"] for number in numbers) >= len(numbers) / 2
    assert sum(number < found["median"] for number in numbers) < len(numbers) / 2
    assert sum(number <= found["90th_percentile"] for number in numbers) >= 0.9 * len(numbers)
    assert sum(number < found["90th_percentile"] for number in numbers) < 0.9 * len(numbers)


def test_days_before_the_first_make_readers_known_and_are_not_counted(forecast: Forecast, metered: Path) -> None:
    cold = forecast(metered, *FEW, "--readers", "400")
    warm = forecast(metered, *FEW, "--readers", "400", "--warm-up", "20")
    assert warm["from"] == cold["from"]
    assert warm["today"]["asks_per_asked_reader"]["mean"] < cold["today"]["asks_per_asked_reader"]["mean"]


def test_nobody_gives_where_nobody_is_assumed_to(forecast: Forecast, metered: Path) -> None:
    assumed = forecast(metered, *FEW, "--giving", "0")["today"]["assumed"]
    assert (assumed["gave_once"], assumed["gave_monthly"]) == (0, 0)
    assert assumed["seen"] > 0


def test_who_supports_already_is_not_asked(forecast: Forecast, metered: Path) -> None:
    few = forecast(metered, *FEW, "--supporters", "0")["today"]
    many = forecast(metered, *FEW, "--supporters", "1")["today"]
    assert many["readers_asked"] < few["readers_asked"]
    assert many["never_reached_by"]["supporter"] > few["never_reached_by"].get("supporter", 0)


def test_the_table_has_both_columns_and_their_difference(
    metered: Path, changed: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["--from", "2026-11-01", "--readers", "50", "--against", str(changed), "--processes", "1"]
    assert main(["forecast", "--site", SITE, "--config", str(metered), *words]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "The Gazette, 2026-11-01 to 2026-11-30: 50 readers, seed 1"
    assert lines[2].split() == ["today", "changed", "difference"]
    (asked,) = (line.split()[-3:] for line in lines if line.startswith("asks"))
    today, after, difference = (int(number.replace(",", "")) for number in asked)
    assert after - today == difference < 0


def command(config: Path, *words: str) -> list[str]:
    return [sys.executable, "-m", "service.cli", "forecast", "--site", SITE, "--config", str(config), *words]


@pytest.fixture
def long_one(metered: Path, tmp_path: Path) -> Iterator[Popen[str]]:
    """A forecast that would take an hour, in two processes of its own, some of it done."""
    raw = tmp_path / "raw.jsonl"
    words = ("--readers", "1000000", "--processes", "2", "--raw", str(raw))
    with Popen(command(metered, *words), stderr=PIPE, stdout=PIPE, text=True, start_new_session=True) as forecast:
        try:
            while not raw.exists() or not raw.stat().st_size:
                assert forecast.poll() is None
                sleep(0.1)
            yield forecast
        finally:
            with suppress(ProcessLookupError):
                os.killpg(forecast.pid, SIGKILL)  # its two processes would not notice that it is gone


def test_ctrl_c_ends_it_without_a_traceback(long_one: Popen[str]) -> None:
    os.killpg(long_one.pid, SIGINT)  # as a terminal does, to every process of it
    out, told = long_one.communicate(timeout=60)
    assert (long_one.returncode, out, told) == (130, "", "Stopped; nothing is forecast.\n")


def test_a_process_that_is_killed_is_told_and_not_waited_for(long_one: Popen[str]) -> None:
    children = Path(f"/proc/{long_one.pid}/task/{long_one.pid}/children").read_text().split()
    os.kill(int(children[0]), SIGKILL)
    out, told = long_one.communicate(timeout=60)
    assert (long_one.returncode, out) == (1, "")
    assert told.startswith("A process was killed")


@pytest.mark.parametrize(("words", "shown"), [((), True), (("--quiet",), False)])
def test_a_terminal_shows_how_far_it_is_unless_it_is_to_be_quiet(
    metered: Path, words: tuple[str, ...], shown: bool
) -> None:
    ours, theirs = os.openpty()
    tcsetwinsize(theirs, (24, 80))
    few = command(metered, "--readers", "20", "--processes", "1", *words)
    run(few, stderr=theirs, stdout=PIPE, check=True, timeout=60)
    os.write(theirs, b"end")
    seen = b""
    while not seen.endswith(b"end"):
        seen += os.read(ours, 1000)
    assert (b"20/20" in seen) is shown
    os.close(ours)
    os.close(theirs)


def test_what_is_handed_to_processes_can_be_sent(metered: Path) -> None:
    """Where processes are not forked, and so begin with nothing."""
    lines = ['{"at": "2026-11-02T10:00:00Z", "reader": "ann", "url": "https://www.gazette.example/1"}']
    moments = [NOW - 30 * DAY, NOW - 30 * DAY, NOW]
    scenario = Scenario(
        SITE, {"today": read_files(metered)}, Assumptions(), 1, *moments, stream=read_stream(lines, "views.jsonl", 1)
    )
    sent = pickle.loads(pickle.dumps(scenario))
    assert Stage(sent).play(range(1)).tallies == Stage(scenario).play(range(1)).tallies


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["--site", "gazete"], "has no site gazete; did you mean gazette?"),
        (["--site", SITE, "--against", "nowhere"], "nowhere/sites:1:1: holds no site"),
        (["--site", SITE, "--views", "nowhere.jsonl"], "No such file or directory: 'nowhere.jsonl'"),
    ],
)
def test_what_is_not_there_is_told(
    metered: Path, words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["forecast", "--config", str(metered), "--processes", "1", *words]) == 1
    assert told in capsys.readouterr().err


@pytest.mark.parametrize("words", ["--readers=0", "--days=0", "--giving=2", "--giving=lots", "--from=soon"])
def test_what_makes_no_sense_is_refused(words: str) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["forecast", "--site", SITE, words])
    assert caught.value.code == 2
