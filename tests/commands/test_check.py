"""honestybox check: what editors, their editors' plug-ins and CI are told, and how it ends."""

import json
from pathlib import Path

import pytest

from service.cli import main
from tests.builders import SITE, a_campaign_yaml, a_copy, a_site_yaml, staff_files, write_config

WORDS = f"{{plain: {{copy: {{en: {a_copy()}, ru: {a_copy()}}}}}}}"
WHOLE = staff_files(None, {"lights-on": a_campaign_yaml(variants=WORDS)})
WARNED = staff_files()  # has no words in Russian
BROKEN = staff_files(a_site_yaml(switched_on="yes"), {"lights-on": a_campaign_yaml(kind="beg, or 100%", priority="x")})


@pytest.fixture(params=["text", "json", "github"])
def form(request: pytest.FixtureRequest) -> str:
    told: str = request.param
    return told


def checked(tmp_path: Path, files: dict[str, str], *more: str) -> tuple[Path, int]:
    """The folder with these files, and how checking it ended."""
    folder = write_config(tmp_path / "config", files)
    return folder, main(["check", str(folder), *more])


def test_all_is_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, code = checked(tmp_path, WHOLE, "--strict")
    assert (code, capsys.readouterr().out) == (0, f"{folder}: 1 site(s), 1 campaign(s), no problems\n")


def test_every_problem_is_a_line_that_names_its_place(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, code = checked(tmp_path, BROKEN)
    site = folder / "sites" / SITE
    assert code == 1
    assert [line.split(": ")[:2] for line in capsys.readouterr().out.splitlines()] == [
        [f"{site}/campaigns/lights-on.yaml:1:1", "kind"],
        [f"{site}/campaigns/lights-on.yaml:3:1", "priority"],
        [f"{site}/site.yaml:15:1", "switched_on"],
    ]


def test_warnings_stand_apart_and_fail_only_when_asked_to(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, code = checked(tmp_path, WARNED)
    first, last = capsys.readouterr().out.splitlines()
    assert code == 0
    assert f"{folder}/sites/{SITE}/campaigns/lights-on.yaml:4:31: warning: variants.plain.copy: has no words" in first
    assert last == f"{folder}: 1 site(s), 1 campaign(s), no problems, 1 warning(s)"
    assert main(["check", str(folder), "--strict"]) == 1


@pytest.mark.parametrize(("files", "code"), [(WHOLE, 0), (WARNED, 0), (BROKEN, 1)])
def test_the_exit_code_is_the_same_in_every_format(tmp_path: Path, form: str, files: dict[str, str], code: int) -> None:
    assert checked(tmp_path, files, "--format", form)[1] == code


def test_programs_are_told_in_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = checked(tmp_path, WARNED, "--format", "json")
    told = json.loads(capsys.readouterr().out)
    (problem,) = told["problems"]
    assert (told["folder"], len(told["version"])) == (str(folder), 8)
    assert (problem["line"], problem["column"], problem["path"], problem["level"]) == (
        4, 31, "variants.plain.copy", "warning",
    )  # fmt: skip
    assert Path(problem["file"]).is_file()


def test_github_shows_them_beside_the_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = checked(tmp_path, BROKEN, "--format", "github")
    first = capsys.readouterr().out.splitlines()[0]
    file = f"{folder}/sites/{SITE}/campaigns/lights-on.yaml"
    assert first.startswith(f"::error file={file},line=1,col=1,title=kind::beg, or 100%25 is not known here")


def test_anything_in_the_folder_may_be_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder, _ = checked(tmp_path, WHOLE)
    sites = folder / "sites"
    told = capsys.readouterr().out
    for path in (sites, sites / SITE, sites / SITE / "site.yaml", sites / SITE / "campaigns" / "lights-on.yaml"):
        assert main(["check", str(path)]) == 0
        assert capsys.readouterr().out == told


def test_files_are_named_as_they_were_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_config(tmp_path / "config", BROKEN)
    for where, asked, shown in ((tmp_path, "config", "config/sites/"), (folder, ".", "sites/")):
        monkeypatch.chdir(where)
        assert main(["check", asked]) == 1
        assert capsys.readouterr().out.startswith(shown)


def test_what_cannot_be_asked_for_is_wrong_usage(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path / "nowhere")]) == 2
    assert "is no folder; name the one that holds sites/" in capsys.readouterr().err
    with pytest.raises(SystemExit) as caught:
        main(["check", "--format", "xml"])
    assert caught.value.code == 2


def test_a_folder_without_sites_is_a_problem(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["check", str(tmp_path)]) == 1
    assert "holds no site" in capsys.readouterr().out


def test_the_environment_is_told_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, form: str
) -> None:
    monkeypatch.delenv("HONESTYBOX_REDIS_URL", raising=False)
    assert checked(tmp_path, WHOLE, "--settings", "--format", form)[1] == 1
    assert "HONESTYBOX_REDIS_URL is not set" in capsys.readouterr().out
