"""However the files are exchanged, what is served was all there at one moment: never a mixture, never an error."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.reloader import Reloader
from tests.builders import SITE, a_campaign_yaml, a_copy, a_site_yaml, staff_files, write_config
from tests.servers import wait_until


def edition(number: int, campaigns: int = 20) -> dict[str, str]:
    """Files of which each says which edition it is of."""
    words = f"{{plain: {{copy: {{en: {a_copy(heading=f'Edition {number}')}}}}}}}"
    return staff_files(
        a_site_yaml(name=f"Edition {number}"),
        {f"number-{place}": a_campaign_yaml(variants=words) for place in range(campaigns)},
    )


def editions_in(catalogue: Catalogue) -> set[str]:
    """The editions that the catalogue is made of."""
    headings = {str(one.variants[0].copy["en"].heading[0]) for one in catalogue.plans[SITE].campaigns}
    return headings | {catalogue.sites[SITE].name}


class ConfigMap:
    """A folder as the kubelet mounts one: all links, of which one is exchanged; the old files go at once.

    `at`: where in it the volume is mounted. Source: kubernetes, pkg/volume/util/atomic_writer.go.
    """

    def __init__(self, folder: Path, files: Mapping[str, str], at: str = ".") -> None:
        self.volume = folder / at
        self.volume.mkdir(parents=True)
        self.written: Path | None = None
        self.at = at
        self.swap(files)
        for name in os.listdir(self.volume / "..data"):
            (self.volume / name).symlink_to(f"..data/{name}")

    def swap(self, files: Mapping[str, str]) -> None:
        """The new files instead of the old ones."""
        old = self.written
        self.written = self.volume / f"..{1 if old is None else int(old.name[2:]) + 1}"
        write_config(self.written, {str(Path(name).relative_to(self.at)): text for name, text in files.items()})
        link = self.volume / "..data_tmp"
        link.symlink_to(self.written.name)
        link.replace(self.volume / "..data")
        if old is not None:
            shutil.rmtree(old)


def reloader_of(folder: Path) -> Reloader[Catalogue]:
    return Reloader(Loader(folder), lambda catalogue: catalogue)


@contextmanager
def watched(*reloaders: Reloader[Catalogue]) -> Iterator[list[set[str]]]:
    """Looks as fast as it can at what each serves, as workers do; every mixture that was seen."""
    mixtures: list[set[str]] = []
    stop = threading.Event()

    def serve(reloader: Reloader[Catalogue]) -> None:
        while not stop.wait(0.001):
            served = reloader.current
            reloader.look()
            if len(found := editions_in(served)) != 1:
                mixtures.append(found)

    threads = [threading.Thread(target=serve, args=(one,)) for one in reloaders]
    for thread in threads:
        thread.start()
    yield mixtures
    stop.set()
    for thread in threads:
        thread.join()


def served(number: int, *reloaders: Reloader[Catalogue]) -> bool:
    return all(editions_in(one.current) == {f"Edition {number}"} for one in reloaders)


@pytest.mark.parametrize("at", [".", f"sites/{SITE}"])
def test_a_config_map_is_exchanged_at_once(tmp_path: Path, at: str) -> None:
    folder = tmp_path / "config"
    mounted = ConfigMap(folder, edition(1), at)
    workers = reloader_of(folder), reloader_of(folder)
    assert served(1, *workers)
    with watched(*workers) as mixtures:
        for number in range(2, 8):
            mounted.swap(edition(number))
        wait_until(lambda: served(7, *workers), seconds=30)
    assert mixtures == []
    assert [one.problems for one in workers] == [(), ()]


def test_files_that_are_exchanged_while_they_are_read_are_read_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "config"
    mounted = ConfigMap(folder, edition(1))
    reloader = reloader_of(folder)
    mounted.swap(edition(2))
    read, left = Path.read_bytes, [3]

    def swap_after_three(path: Path) -> bytes:
        left[0] -= 1
        if left[0] == 0:
            mounted.swap(edition(3))
        return read(path)

    monkeypatch.setattr(Path, "read_bytes", swap_after_three)
    assert not reloader.refresh()
    assert (editions_in(reloader.current), reloader.problems) == ({"Edition 1"}, ())
    assert reloader.refresh()
    assert editions_in(reloader.current) == {"Edition 3"}


def test_a_folder_is_taken_when_it_has_come_to_rest(tmp_path: Path) -> None:
    """As git or rsync write: one file after the other, each of them whole."""
    folder = write_config(tmp_path / "config", edition(1))
    reloader = reloader_of(folder)
    for name, text in edition(2).items():
        write_config(folder, {name: text})
        assert not reloader.look()
    assert editions_in(reloader.current) == {"Edition 1"}
    assert reloader.look()
    assert editions_in(reloader.current) == {"Edition 2"}
    assert not reloader.look()


@pytest.mark.parametrize("worktree", [False, True])
def test_nothing_is_taken_while_git_is_in_the_middle_of_it(tmp_path: Path, worktree: bool) -> None:
    folder = write_config(tmp_path / "paper" / "config", edition(1))
    git = tmp_path / ("main.git/worktrees/paper" if worktree else "paper/.git")
    git.mkdir(parents=True)
    if worktree:
        (tmp_path / "paper" / ".git").write_text(f"gitdir: {git}\n")
    reloader = reloader_of(folder)
    (git / "index.lock").touch()
    write_config(folder, edition(2))
    assert [reloader.look() for _ in range(5)] == [False] * 5
    (git / "index.lock").unlink()
    assert reloader.look()
    assert served(2, reloader)


def test_a_lock_that_a_dead_git_left_does_not_hold_for_ever(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", edition(1))
    (tmp_path / ".git").mkdir()
    (tmp_path / ".git" / "index.lock").touch()
    reloader = reloader_of(folder)
    write_config(folder, edition(2))
    assert sum(reloader.look() for _ in range(30)) == 1
    assert served(2, reloader)


def test_a_real_checkout_is_never_half_taken(tmp_path: Path) -> None:
    def git(*arguments: str) -> None:
        who = ("-c", "user.name=desk", "-c", "user.email=desk@gazette.example")
        subprocess.run(["git", *who, *arguments], cwd=tmp_path, check=True, capture_output=True)

    git("init", "-q", "-b", "one")
    for number, branch in ((1, "one"), (2, "two")):
        write_config(tmp_path / "config", edition(number, campaigns=60))
        git("checkout", "-q", "-B", branch)
        git("add", "config")
        git("commit", "-qm", branch)
    reloader = reloader_of(tmp_path / "config")
    with watched(reloader) as mixtures:
        for branch in ("one", "two", "one", "two", "one"):
            git("checkout", "-q", branch)
        wait_until(lambda: served(1, reloader), seconds=30)
    assert (mixtures, reloader.problems) == ([], ())


def test_one_edit_among_500_campaigns_leaves_the_others_as_they_were_built(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", edition(1, campaigns=500))
    reloader = reloader_of(folder)
    before = reloader.current.plans[SITE].by_id
    write_config(folder, {f"sites/{SITE}/campaigns/number-77.yaml": a_campaign_yaml(priority="99")})
    reloader.look()
    assert reloader.look()
    after = reloader.current.plans[SITE].by_id
    assert [name for name in after if after[name] is not before[name]] == ["number-77"]
    shutil.rmtree(folder)
    reloader.look()
    assert not reloader.look()
    assert (len(reloader.current.plans[SITE].campaigns), len(reloader.problems)) == (500, 1)


def test_a_change_of_the_site_is_a_change_of_all_its_campaigns(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", staff_files())
    reloader = reloader_of(folder)
    write_config(folder, {f"sites/{SITE}/site.yaml": a_site_yaml(languages="[ru]")})
    assert not reloader.refresh()
    assert "falls back to it" in reloader.problems[0].message


def test_links_in_circles_are_followed_once(tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", staff_files())
    (folder / "sites" / SITE / "campaigns" / "again").symlink_to(folder / "sites", target_is_directory=True)
    reloader = reloader_of(folder)
    assert [one.id for one in reloader.current.plans[SITE].campaigns] == ["lights-on"]
