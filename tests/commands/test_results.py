"""`honestybox results`: the numbers of the results page, in a terminal."""

import csv
import json
from collections.abc import Callable
from io import StringIO
from pathlib import Path

import pytest
from freezegun import freeze_time

from service.cli import main
from service.domain.results import Among
from service.store.connection import Store
from service.store.counters import Counters
from tests.builders import DAY, NOW, SITE, a_campaign_yaml, a_site_yaml, staff_files, variants_yaml, write_config

TODAY, SECRET = NOW.date(), "s" * 32
Told = Callable[..., tuple[int, str]]


@pytest.fixture
def told(tmp_path: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Told:
    """The exit code and what was printed, of these arguments."""
    campaign = a_campaign_yaml(variants=variants_yaml(a=1, b=1))
    config = write_config(tmp_path / "config", staff_files(a_site_yaml(), {"lights-on": campaign}))
    for name, value in {
        "SECRET_KEYS": SECRET, "REDIS_URL": valkey_url, "CONFIG_DIR": str(config),
        "STRIPE_SECRET_KEY": "sk_test_nobody", "STRIPE_WEBHOOK_SECRETS": "whsec_of_this_test", "PUBLIC_URL": "https://support.example.org",
    }.items():  # fmt: skip
        monkeypatch.setenv(f"HONESTYBOX_{name}", value)

    def run(*arguments: str, by_itself: bool = False) -> tuple[int, str]:
        span = ["--from", str(TODAY - 6 * DAY), "--until", str(TODAY)]
        code = main(["results", *arguments, *([] if by_itself or "--from" in arguments else span)])
        printed = capsys.readouterr()
        return code, printed.out + printed.err

    return run


def happened(url: str) -> None:
    counters = Counters(Store(url), background=False)
    for variant, seen in (("a", 500), ("gone", 700)):
        counters.add(SITE, TODAY, "lights-on", variant, "inline", "seen", seen, Among("NL", "phone", "=World"))
    counters.flush()


def test_the_same_numbers_in_every_format(told: Told, valkey_url: str) -> None:
    happened(valkey_url)
    code, text = told(SITE)
    assert code == 0
    assert "Too early: no gift came of 1,200 impressions" in text
    assert "gone (removed)" in text
    assert "Without a holdback" in text
    whole = json.loads(told(SITE, "--format", "json")[1])
    assert [(row["variant"], row["seen"]) for row in whole["variants"]] == [("a", 500), ("gone", 700)]
    assert [(row["section"], row["seen"]) for row in whole["section"]] == [("=World", 1200)]
    assert whole["verdicts"].keys() == {"lights-on"}
    (row,) = csv.DictReader(StringIO(told(SITE, "--format", "csv", "--by", "section", "--campaign", "lights-on")[1]))
    assert (row["section"], row["seen"]) == ("'=World", "1200")


def test_what_is_not_there_is_told_with_what_is(told: Told) -> None:
    assert "Nobody has seen this campaign" in told(SITE)[1]
    assert told("gazete") == (1, "there is no site gazete; did you mean gazette?\n")
    assert told(SITE, "--campaign", "light-on")[0] == 1
    assert "after --until" in told(SITE, "--from", "2026-11-20", "--until", "2026-11-01")[1]
    assert "kept for 400 days" in told(SITE, "--from", "2020-01-01")[1]


def test_a_demo_whose_clock_was_moved_is_told_until_its_own_today(
    told: Told, valkey_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened(valkey_url)
    with freeze_time(NOW - 3 * DAY):
        assert "no gift came" not in told(SITE, by_itself=True)[1]
        monkeypatch.setenv("HONESTYBOX_DEMO_DIR", str(tmp_path))
        assert "no gift came" not in told(SITE, by_itself=True)[1]
        (tmp_path / "clock").write_text(f"{3 * 86400}\n", encoding="utf-8")
        assert "no gift came of 1,200 impressions" in told(SITE, by_itself=True)[1]
