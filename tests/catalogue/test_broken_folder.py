"""Every mistake of the folder is told at its place with its cure, and none of them reaches a reader."""

from pathlib import Path

import pytest
from flask import Flask

from service.app import create_app
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError, Problem
from tests.builders import SettableClock, decision, some_settings
from tests.catalogue.broken_folder import Broken, broken_files, whole_files

BROKEN = broken_files()
LOADER = Loader(Path("config"))  # one for all, which parses only what changed


def problems_with(broken: Broken) -> tuple[Problem, ...]:
    with pytest.raises(CatalogueError) as caught:
        LOADER.build({f"config/{name}": raw for name, raw in (whole_files() | {broken.file: broken.raw}).items()})
    return caught.value.problems


def test_there_are_enough_of_them_and_both_whole_files_are_right() -> None:
    assert len(BROKEN) >= 60
    LOADER.build({f"config/{name}": raw for name, raw in whole_files().items()})


@pytest.mark.parametrize("broken", BROKEN, ids=[one.name for one in BROKEN])
def test_one_mistake_is_told_once_at_its_place_with_its_cure(broken: Broken) -> None:
    (problem,) = problems_with(broken)
    assert (problem.file, problem.line, problem.column) == (f"config/{broken.file}", broken.line, broken.column)
    path, _, sentence = broken.told.partition(": ") if problem.path else ("", "", broken.told)
    assert problem.path == path
    assert sentence in problem.message


def test_a_running_service_serves_the_last_good_copy_through_all_of_them(
    tmp_path: Path, valkey_url: str, clock: SettableClock
) -> None:
    folder = tmp_path / "config"
    save(folder, whole_files())
    app = create_app(some_settings(folder, valkey_url), clock=clock, watch=False)
    client = app.test_client()
    version = told_by(app)["version"]
    for broken in BROKEN:
        save(folder, whole_files() | {broken.file: broken.raw})
        assert not app.extensions["honestybox_reloader"].refresh()
        (appeal,) = decision(client)["appeals"]
        assert appeal["campaign"] == "lights-on"
        config = told_by(app)
        assert config["version"] == version
        (problem,) = config["problems"]
        assert problem.startswith(f"config/{broken.file}:{broken.line}:{broken.column}: "), broken.name
        (folder / broken.file).unlink()
    save(folder, whole_files())
    app.extensions["honestybox_reloader"].refresh()
    assert told_by(app)["problems"] == []


def save(folder: Path, files: dict[str, bytes]) -> None:
    for name, raw in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(raw)


def told_by(app: Flask) -> dict[str, object]:
    config: dict[str, object] = app.test_client().get("/readyz").get_json()["config"]
    return config
