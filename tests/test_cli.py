"""What an editor or operator sees at the command line."""

from pathlib import Path

import pytest

from service.cli import main


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
