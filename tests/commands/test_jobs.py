"""What staff see of jobs and of outgoing webhooks, and what they never see."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from service.cli import main
from service.domain.delivery import Delivery
from service.store.connection import Store
from service.store.deliveries import Deliveries
from service.store.job_worker import GiveUpError, JobWorker
from service.store.jobs import Jobs
from tests.builders import SITE
from tests.test_settings import GOOD

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
ADDRESS = "reader@example.org"


@pytest.fixture
def jobs(config_dir: Path, valkey_url: str, monkeypatch: pytest.MonkeyPatch) -> Jobs:
    """The queue that the settings name."""
    named = {"CONFIG_DIR": str(config_dir), "REDIS_URL": valkey_url, "OUTGOING_WEBHOOKS": f"{SITE}=https://a.example"}
    named |= {"OUTGOING_WEBHOOK_SECRETS": f"whsec_{'A' * 32}"}
    for name, value in {**GOOD, **{f"HONESTYBOX_{name}": value for name, value in named.items()}}.items():
        monkeypatch.setenv(name, value)
    return Jobs(valkey_url, "a" * 32)


def give_up(arguments: Mapping[str, Any]) -> None:
    raise GiveUpError(str(arguments))


@pytest.fixture
def given_up(jobs: Jobs) -> str:
    """The id of a job that was given up."""
    jobs.put("letter", {"email": ADDRESS}, unique=ADDRESS)
    JobWorker(jobs, {"letter": give_up}).work_due()
    return jobs.given_up()[0].id


def test_the_list_tells_how_many_wait_and_each_one_that_was_given_up(
    jobs: Jobs, given_up: str, capsys: pytest.CaptureFixture[str]
) -> None:
    jobs.put("letter", {"email": ADDRESS})
    assert main(["jobs"]) == 0
    head, line = capsys.readouterr().out.splitlines()
    assert head == "1 waiting, 0 at work, 0 for later, 1 given up"
    assert line.startswith(f"{given_up}  letter  put 20")
    assert line.endswith("UTC after 1 tries: GiveUpError")
    assert ADDRESS not in line


def test_one_that_was_given_up_is_tried_again(jobs: Jobs, given_up: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "retry", given_up, "nobody"]) == 1
    told = capsys.readouterr()
    assert (told.out, told.err) == ("1 will be tried again\n", "nobody: no job of that id was given up\n")
    assert (jobs.standing().waiting, jobs.standing().given_up) == (1, 0)


@pytest.mark.usefixtures("given_up")
def test_all_are_tried_again_when_one_says_so_and_not_before(jobs: Jobs, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["jobs", "retry"]) == 2
    assert "--all" in capsys.readouterr().err
    assert main(["jobs", "retry", "--all"]) == 0
    assert jobs.standing().waiting == 1


def test_a_redis_that_is_away_is_told(jobs: Jobs, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HONESTYBOX_JOBS_URL", "redis://127.0.0.1:9/0")
    assert main(["jobs"]) == 1


@pytest.mark.usefixtures("jobs")
def test_the_log_of_webhooks_shows_the_newest_first_and_only_failures_when_asked(
    valkey_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    deliveries = Deliveries(Store(valkey_url))
    for tries, outcome in ((1, "503"), (2, "ConnectTimeout"), (3, "200")):
        deliveries.add(Delivery(NOW, SITE, "crm.example", "evt_1", outcome, tries))
    assert main(["webhooks", "log"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == f"2026-11-24T20:00:00Z  {SITE}  crm.example  evt_1  200  try 3"
    assert len(lines) == 3
    assert main(["webhooks", "log", "--failed", "--limit", "1", "--site", SITE]) == 0
    assert capsys.readouterr().out == f"2026-11-24T20:00:00Z  {SITE}  crm.example  evt_1  ConnectTimeout  try 2\n"
