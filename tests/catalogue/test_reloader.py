"""Copy changes while the service runs: the last good catalogue stays until the next good one."""

import shutil
from collections.abc import MutableMapping
from pathlib import Path
from typing import Any

import pytest

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError
from service.catalogue.reloader import Reloader
from tests.builders import SITE, a_campaign_yaml, a_site_yaml, staff_files, write_config
from tests.servers import wait_until

Log = list[MutableMapping[str, Any]]


@pytest.fixture
def reloader(config_dir: Path) -> Reloader[Catalogue]:
    return Reloader(Loader(config_dir), lambda catalogue: catalogue)


@pytest.fixture
def site_file(config_dir: Path) -> Path:
    return config_dir / "sites" / SITE / "site.yaml"


def name_in(reloader: Reloader[Catalogue]) -> str:
    return reloader.current.sites[SITE].name


def test_nothing_changes_while_nobody_writes(reloader: Reloader[Catalogue]) -> None:
    before = reloader.current
    assert not reloader.refresh()
    assert reloader.current is before


def test_an_edit_is_taken(reloader: Reloader[Catalogue], site_file: Path, logged: Log) -> None:
    site_file.write_text(a_site_yaml(name="The New Gazette"))
    assert reloader.refresh()
    assert name_in(reloader) == "The New Gazette"
    assert [entry["event"] for entry in logged] == ["config_taken"]


def test_a_typo_leaves_the_last_good_copy_and_is_told_once(
    reloader: Reloader[Catalogue], site_file: Path, logged: Log
) -> None:
    site_file.write_text(a_site_yaml(frequency="{max: 6, windoow: 30d}"))
    for _ in range(3):
        assert not reloader.refresh()
    assert name_in(reloader) == "The Gazette"
    told = [str(problem) for problem in reloader.problems]
    assert told == [f"config/sites/{SITE}/site.yaml:11:21: frequency.windoow: unknown key; did you mean window?"]
    assert [entry["problem"] for entry in logged if entry["event"] == "config_problem"] == told


def test_touching_a_broken_file_does_not_tell_it_again(
    reloader: Reloader[Catalogue], site_file: Path, logged: Log
) -> None:
    site_file.write_text("name: [")
    reloader.refresh()
    told = len(logged)
    site_file.write_text("name: [")
    reloader.refresh()
    assert len(logged) == told


def test_the_mended_file_is_taken_and_its_problems_are_gone(reloader: Reloader[Catalogue], site_file: Path) -> None:
    site_file.write_text("name: [")
    reloader.refresh()
    site_file.write_text(a_site_yaml(name="The Mended Gazette"))
    assert reloader.refresh()
    assert (name_in(reloader), reloader.problems) == ("The Mended Gazette", ())


def test_going_back_to_the_very_bytes_that_run_clears_the_problems(
    reloader: Reloader[Catalogue], site_file: Path
) -> None:
    good = site_file.read_text()
    site_file.write_text("name: [")
    reloader.refresh()
    site_file.write_text(good)
    reloader.refresh()
    assert (name_in(reloader), reloader.problems) == ("The Gazette", ())


def test_a_half_written_file_is_not_taken_and_the_whole_one_is(reloader: Reloader[Catalogue], site_file: Path) -> None:
    whole = a_site_yaml(name="The Whole Gazette")
    with site_file.open("w") as file:
        for half in (whole[: len(whole) // 2], whole[len(whole) // 2 :]):
            assert name_in(reloader) == "The Gazette"
            file.write(half)
            file.flush()
            reloader.refresh()
    assert name_in(reloader) == "The Whole Gazette"


def test_a_file_that_is_replaced_by_renaming_is_taken(reloader: Reloader[Catalogue], site_file: Path) -> None:
    """How most editors save."""
    draft = site_file.with_suffix(".tmp")
    draft.write_text(a_site_yaml(name="The Renamed Gazette"))
    draft.rename(site_file)
    assert reloader.refresh()
    assert name_in(reloader) == "The Renamed Gazette"


@pytest.mark.parametrize("gone", ["sites", "", f"sites/{SITE}/site.yaml"])
def test_what_is_deleted_leaves_the_last_good_copy(reloader: Reloader[Catalogue], config_dir: Path, gone: str) -> None:
    doomed = config_dir / gone
    shutil.rmtree(doomed) if doomed.is_dir() else doomed.unlink()
    assert not reloader.refresh()
    assert name_in(reloader) == "The Gazette"
    assert reloader.problems


def test_a_deleted_folder_that_comes_back_is_taken(reloader: Reloader[Catalogue], config_dir: Path) -> None:
    shutil.rmtree(config_dir)
    reloader.refresh()
    write_config(config_dir, staff_files(a_site_yaml(name="The Restored Gazette")))
    assert reloader.refresh()
    assert (name_in(reloader), reloader.problems) == ("The Restored Gazette", ())


def test_a_new_campaign_and_a_new_site_are_taken(reloader: Reloader[Catalogue], config_dir: Path) -> None:
    write_config(config_dir, {f"sites/{SITE}/campaigns/second.yaml": a_campaign_yaml()})
    write_config(config_dir, {"sites/mercury/site.yaml": a_site_yaml(name="The Mercury")})
    assert reloader.refresh()
    assert reloader.current.sites.keys() == {SITE, "mercury"}
    assert len(reloader.current.plans[SITE].campaigns) == 2


def test_an_editors_dangling_lock_beside_a_file_hides_no_edit(
    reloader: Reloader[Catalogue], config_dir: Path, site_file: Path
) -> None:
    """Emacs leaves one beside every file that is open and not saved."""
    (config_dir / "sites" / SITE / "campaigns" / ".#lights-on.yaml").symlink_to("editor@desk.example.4711:1")
    reloader.refresh()
    site_file.write_text(a_site_yaml(name="The New Gazette"))
    assert reloader.refresh()
    assert name_in(reloader) == "The New Gazette"


def test_rights_that_are_mended_are_noticed(
    reloader: Reloader[Catalogue], site_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Root, who runs these tests, may read everything; so reading is refused here as the system would refuse it."""

    def refuse(_: Path) -> bytes:
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as refused:
        refused.setattr(Path, "read_bytes", refuse)
        site_file.chmod(0)
        reloader.refresh()
    assert [problem.message for problem in reloader.problems] == ["cannot be read: Permission denied"]
    site_file.chmod(0o644)
    reloader.refresh()
    assert not reloader.problems


def test_an_unreadable_folder_leaves_the_last_good_copy(reloader: Reloader[Catalogue], config_dir: Path) -> None:
    """As far as root, who runs these tests, can make one unreadable: a file where the folder was."""
    shutil.rmtree(config_dir / "sites")
    (config_dir / "sites").write_text("not a folder")
    assert not reloader.refresh()
    assert name_in(reloader) == "The Gazette"


def test_a_service_does_not_start_on_files_it_cannot_use(tmp_path: Path) -> None:
    with pytest.raises(CatalogueError, match="holds no site"):
        Reloader(Loader(tmp_path), lambda catalogue: catalogue)


def test_the_watcher_takes_an_edit_by_itself(reloader: Reloader[Catalogue], site_file: Path) -> None:
    reloader.watch(0.05)
    site_file.write_text(a_site_yaml(name="The Watched Gazette"))
    wait_until(lambda: name_in(reloader) == "The Watched Gazette", seconds=2)


def test_the_watcher_outlives_every_mistake(reloader: Reloader[Catalogue], site_file: Path) -> None:
    watcher = reloader.watch(0.01)
    for broken in ("[" * 1000, "a: &a [*a]", "name: \x00", a_site_yaml(currencies="{default: [USD]}"), "", "%"):
        before = reloader.problems
        # at once: a file that is being written is empty for a moment, which may be what the watcher finds
        site_file.with_name("new").write_text(broken)
        site_file.with_name("new").replace(site_file)
        wait_until(lambda before=before: reloader.problems != before, seconds=30)
    site_file.write_text(a_site_yaml(name="The Last Gazette"))
    wait_until(lambda: name_in(reloader) == "The Last Gazette", seconds=30)
    assert watcher.is_alive()
