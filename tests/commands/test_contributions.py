"""What was given, taken out for other systems."""

import csv
import io
import json
import os
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from service.cli import main
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.export import COLUMNS
from service.domain.money import Interval
from service.store.connection import Store
from service.store.ledger import Ledger
from tests.builders import SITE

DAY = datetime(2026, 11, 20, tzinfo=UTC)
LINE = Contribution(
    id="pi_0", state=State.PAID, interval=Interval.ONCE, currency="EUR", amount_minor=2500, began_at=DAY,
    ended_at=None, customer="", attribution=Attribution(SITE, "r", '=HYPERLINK("https://x")', "plain", "inline", "a"),
    payments=(Payment("pi_0", 2500, DAY),),
)  # fmt: skip


@pytest.fixture
def environment(config_dir: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Settings whose Stripe nobody answers for: without --emails it is not asked."""
    named = {
        "HONESTYBOX_SECRET_KEYS": "s" * 32,
        "HONESTYBOX_REDIS_URL": valkey_url,
        "HONESTYBOX_STRIPE_SECRET_KEY": "sk_test_nobody",
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_of_this_test",
        "HONESTYBOX_STRIPE_API_BASE": "http://127.0.0.1:9",
        "HONESTYBOX_PUBLIC_URL": "https://support.example.org",
        "HONESTYBOX_CONFIG_DIR": str(config_dir),
    }
    for name, value in named.items():
        monkeypatch.setenv(name, value)
    return {**os.environ, **named}


@pytest.fixture
def ledger(valkey_url: str) -> Ledger:
    return Ledger(Store(valkey_url))


def write(ledger: Ledger, *lines: Contribution) -> None:
    for line in lines:
        ledger.write(line, ledger.begin_look(line.id))


def exported(capsys: pytest.CaptureFixture[str], *words: str) -> str:
    assert main(["contributions", "export", *words]) == 0
    return capsys.readouterr().out


@pytest.mark.usefixtures("environment")
def test_csv_is_what_a_spreadsheet_reads_and_never_runs(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    write(ledger, LINE)
    (row,) = csv.DictReader(io.StringIO(exported(capsys), newline=""))
    assert tuple(row) == COLUMNS
    assert (row["id"], row["began_at"]) == ("pi_0", "2026-11-20T00:00:00Z")
    assert (row["net_minor"], row["net"]) == ("2500", "25.00")
    assert row["campaign"] == '\'=HYPERLINK("https://x")'


@pytest.mark.usefixtures("environment")
def test_json_lines_hold_the_same_as_it_is(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    write(ledger, LINE, replace(LINE, id="pi_1"))
    rows = [json.loads(line) for line in exported(capsys, "--format", "jsonl").splitlines()]
    assert [row["id"] for row in rows] == ["pi_0", "pi_1"]
    assert tuple(rows[0]) == COLUMNS
    assert (rows[0]["net_minor"], rows[0]["ended_at"], rows[0]["campaign"]) == (2500, None, '=HYPERLINK("https://x")')


@pytest.mark.usefixtures("environment")
def test_nothing_given_is_a_head_without_rows(valkey_url: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert exported(capsys) == ",".join(COLUMNS) + "\r\n"


@pytest.mark.usefixtures("environment")
def test_both_days_are_included_to_their_last_second(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    second = timedelta(seconds=1)
    moments = [DAY - second, DAY, DAY + timedelta(days=2) - second, DAY + timedelta(days=2)]
    write(ledger, *(replace(LINE, id=f"pi_{number}", began_at=at) for number, at in enumerate(moments)))
    told = exported(capsys, "--since", "2026-11-20", "--until", "2026-11-21", "--format", "jsonl")
    assert [json.loads(line)["id"] for line in told.splitlines()] == ["pi_1", "pi_2"]


@pytest.mark.usefixtures("environment")
def test_more_than_a_page_comes_once_each_oldest_first(ledger: Ledger, capsys: pytest.CaptureFixture[str]) -> None:
    lines = [replace(LINE, id=f"pi_{number}", began_at=DAY + timedelta(seconds=number)) for number in range(1001)]
    write(ledger, *lines)
    told = exported(capsys, "--format", "jsonl")
    assert [json.loads(line)["id"] for line in told.splitlines()] == [line.id for line in lines]


@pytest.mark.usefixtures("environment")
def test_a_file_is_there_when_it_is_whole_and_for_its_owner_alone(
    ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    write(ledger, LINE)
    path = tmp_path / "gifts.csv"
    assert exported(capsys, "--output", str(path)) == ""
    assert path.read_bytes().count(b"\r\n") == 2
    assert path.stat().st_mode & 0o777 == 0o600
    assert main(["contributions", "export", "--output", str(tmp_path / "no" / "where.csv")]) == 1
    assert "where.csv" in capsys.readouterr().err

    before = path.read_bytes()
    monkeypatch.setenv("HONESTYBOX_REDIS_URL", "redis://127.0.0.1:9/0")
    assert main(["contributions", "export", "--output", str(path)]) == 1
    assert path.read_bytes() == before
    assert [file.name for file in tmp_path.iterdir() if file.name.startswith("gifts")] == ["gifts.csv"]


@pytest.mark.usefixtures("environment")
def test_an_unknown_site_is_told_with_the_nearest(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["contributions", "export", "--site", "gazete"]) == 1
    assert "did you mean gazette?" in capsys.readouterr().err


def test_a_day_that_is_none_is_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["contributions", "export", "--since", "yesterday"])
    assert "must be a day such as 2026-11-24 (got yesterday)" in capsys.readouterr().err


def test_a_program_that_stops_reading_is_no_reason_to_complain(environment: dict[str, str]) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    words = [sys.executable, "-m", "service.cli", "contributions", "export"]
    done = subprocess.run(words, env=environment, stdout=writing, stderr=subprocess.PIPE, check=False, timeout=60)
    os.close(writing)
    assert (done.returncode, done.stderr) == (141, b"")
