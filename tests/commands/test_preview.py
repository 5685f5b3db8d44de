"""`honestybox preview`: the link it prints, and what it refuses."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from freezegun import freeze_time

from service.cli import main
from service.web.previews import PARAMETER, Preview, Previews
from service.web.tokens import TokenError, Tokens
from tests.builders import (
    ARTICLE,
    DAY,
    NOW,
    ORIGIN,
    SECOND,
    SITE,
    a_campaign_yaml,
    staff_files,
    variants_yaml,
    write_config,
)
from tests.test_settings import GOOD

PREVIEWS = Previews(Tokens([GOOD["HONESTYBOX_SECRET_KEYS"]]))
Command = Callable[..., tuple[int, str, str]]


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    campaign = a_campaign_yaml(variants=variants_yaml(**{"nobody-owns-us": 1, "plain": 1}))
    return write_config(tmp_path / "config", staff_files(campaigns={"lights-on": campaign}))


@pytest.fixture
def preview(config_dir: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs the command as an editor would; its exit code, what it prints, and what it complains of."""
    for name, value in {**GOOD, "HONESTYBOX_CONFIG_DIR": str(config_dir)}.items():
        monkeypatch.setenv(name, value)

    def run(*words: str, site: str = SITE, campaign: str = "lights-on", url: str = ARTICLE) -> tuple[int, str, str]:
        with freeze_time(NOW):
            code = main(["preview", "--site", site, "--campaign", campaign, *words, url])
        printed = capsys.readouterr()
        return code, printed.out, printed.err

    return run


def token_in(address: str) -> str:
    assert address.endswith("\n")
    return address.rstrip("\n").partition(f"{PARAMETER}=")[2]


def test_the_link_is_the_page_s_address_with_a_token_that_we_read(preview: Command) -> None:
    code, printed, complaint = preview()
    assert (code, complaint) == (0, "")
    assert printed.startswith(f"{ARTICLE}?{PARAMETER}=")
    assert PREVIEWS.read(token_in(printed), SITE, NOW) == Preview(SITE, "lights-on", None, None, NOW + 7 * DAY)


def test_a_wording_a_language_and_a_time_can_be_chosen(preview: Command) -> None:
    _, printed, _ = preview("--variant", "plain", "--language", "ru", "--days", "1")
    assert PREVIEWS.read(token_in(printed), SITE, NOW) == Preview(SITE, "lights-on", "plain", "ru", NOW + DAY)


@pytest.mark.parametrize(("days", "life"), [("1", DAY), ("90", 90 * DAY)])
def test_the_link_is_good_for_as_long_as_was_asked_to_the_second(preview: Command, days: str, life: timedelta) -> None:
    token = token_in(preview("--days", days)[1])
    assert PREVIEWS.read(token, SITE, NOW + life - SECOND)
    with pytest.raises(TokenError, match="ended on"):
        PREVIEWS.read(token, SITE, NOW + life)


@pytest.mark.parametrize("days", ["0", "-1", "91", "soon", "1.5", ""])
def test_a_link_that_has_ended_already_or_never_would_is_refused(
    preview: Command, days: str, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit):
        preview(f"--days={days}")
    assert "must be 1 to 90 days" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("url", "start"),
    [
        (f"{ARTICLE}?a=%20b&c#end", f"{ARTICLE}?a=%20b&c&{PARAMETER}="),
        (f"{ARTICLE}?{PARAMETER}=old&a=1", f"{ARTICLE}?a=1&{PARAMETER}="),
        (ORIGIN, f"{ORIGIN}?{PARAMETER}="),
    ],
)
def test_the_rest_of_the_address_stays_as_it_is(preview: Command, url: str, start: str) -> None:
    _, printed, _ = preview(url=url)
    assert printed.startswith(start)
    assert printed.rstrip("\n").endswith("#end") is url.endswith("#end")
    assert printed.count(PARAMETER) == 1


@pytest.mark.parametrize(
    ("wrong", "words", "told"),
    [
        ({"site": "gazete"}, (), "--site: no site is called gazete; did you mean gazette?"),
        ({"campaign": "light-on"}, (), "--campaign: gazette has no campaign light-on; did you mean lights-on?"),
        ({"campaign": "x"}, (), "--campaign: gazette has no campaign x; choose from lights-on"),
        ({}, ("--variant", "plane"), "--variant: lights-on has no variant plane; did you mean plain?"),
        ({}, ("--variant", ""), "--variant: lights-on has no variant ; choose from nobody-owns-us, plain"),
        ({}, ("--language", "de"), "--language: gazette is not published in de; choose from en, ru"),
        ({"url": "https://evil.example/"}, (), f"is no page of gazette; its pages begin with {ORIGIN}"),
        ({"url": f"{ORIGIN}.evil.example/"}, (), "is no page of gazette"),
        ({"url": f"{ORIGIN}:8443/"}, (), "is no page of gazette"),
        ({"url": "/world/a-story"}, (), "is no page of gazette"),
        ({"url": "javascript:alert(1)"}, (), "is no page of gazette"),
        ({"url": f"{ORIGIN}/a b"}, (), "is no page of gazette"),
    ],
)
def test_what_is_not_there_is_told_with_what_is(
    preview: Command, wrong: dict[str, str], words: tuple[str, ...], told: str
) -> None:
    code, printed, complaint = preview(*words, **wrong)
    assert (code, printed) == (1, "")
    assert told in complaint
    assert len(complaint.splitlines()) == 1


def test_without_settings_there_is_nothing_to_sign_with(preview: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HONESTYBOX_SECRET_KEYS")
    code, printed, complaint = preview()
    assert (code, printed) == (1, "")
    assert complaint.startswith("HONESTYBOX_SECRET_KEYS is not set")


def test_broken_files_are_told_as_by_check(preview: Command, config_dir: Path) -> None:
    (config_dir / "sites" / SITE / "campaigns" / "lights-on.yaml").write_text("kind: beg\n")
    code, _, complaint = preview()
    assert code == 1
    assert "lights-on.yaml:1:1: kind:" in complaint
