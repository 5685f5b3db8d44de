"""What an editor or operator sees at the command line."""

from pathlib import Path

import pytest

from service.cli import main
from tests.builders import SITE, a_campaign_yaml, a_site_yaml, staff_files, write_config


def test_check_says_that_all_is_well(config_dir: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(config_dir)]) == 0
    assert capsys.readouterr().out == f"{config_dir}: 1 site(s), 1 campaign(s), no problems\n"


def test_check_tells_every_problem_a_line_and_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    files = staff_files(a_site_yaml(switched_on="yes"), {"lights-on": a_campaign_yaml(kind="beg", priority="high")})
    assert main(["check", str(write_config(tmp_path / "config", files))]) == 1
    assert [line.split(": ")[:2] for line in capsys.readouterr().out.splitlines()] == [
        [f"config/sites/{SITE}/campaigns/lights-on.yaml:1", "kind"],
        [f"config/sites/{SITE}/campaigns/lights-on.yaml:3", "priority"],
        [f"config/sites/{SITE}/site.yaml:15", "switched_on"],
    ]


def test_check_of_a_folder_that_is_not_there_fails(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 1
    assert "holds no site" in capsys.readouterr().out


def test_an_unknown_command_is_refused() -> None:
    with pytest.raises(SystemExit) as caught:
        main(["beg"])
    assert caught.value.code == 2


def test_the_worker_does_not_start_without_settings(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.delenv("HONESTYBOX_REDIS_URL", raising=False)
    assert main(["worker", "--once"]) == 1
    assert "HONESTYBOX_REDIS_URL is not set" in capsys.readouterr().err


@pytest.mark.parametrize("port", ["", "http", "tcp://10.0.0.1:80"])
def test_a_strange_port_stops_no_command_that_needs_none(
    config_dir: Path, port: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PORT", port)
    assert main(["check", str(config_dir)]) == 0


def test_a_strange_port_is_told_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("PORT", "http")
    with pytest.raises(SystemExit):
        main(["demo"])
    assert "invalid int value: 'http'" in capsys.readouterr().err
