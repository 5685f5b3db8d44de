"""honestybox check: every problem in the staff files, and in the environment when asked to."""

import argparse
import json
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, replace
from os import environ
from pathlib import Path

from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError, Level, Problem
from service.catalogue.warnings import warnings_of
from service.commands import Subparsers, now
from service.settings import Settings, SettingsError

_NO_PROBLEMS, _PROBLEMS, _USAGE = 0, 1, 2
_NOT_A_FILE = "environment"


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    check = subparsers.add_parser(
        "check",
        help="tells every problem in the staff files",
        epilog="exit codes: 0 no problems, or only warnings; 1 a problem (with --strict, or a warning); 2 wrong usage",
    )
    check.add_argument("path", nargs="?", type=Path, help="the folder that holds sites/ (config), or anything in it")
    check.add_argument("--settings", action="store_true", help="the environment too, as the service will read it")
    check.add_argument("--format", choices=FORMATS, default="text", help="for people, programs or GitHub (text)")
    check.add_argument("--strict", action="store_true", help="fail on warnings, too")
    check.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints every problem, one a line."""
    folder = _folder(given.path or Path(environ.get("HONESTYBOX_CONFIG_DIR", "config")))
    if not folder.is_dir():
        print(f"{folder} is no folder; name the one that holds sites/", file=sys.stderr)
        return _USAGE
    catalogue, problems = _look(folder, with_settings=given.settings)
    shown = [replace(one, file=_as_given(one.file, folder)) for one in problems]
    print(FORMATS[given.format](folder, catalogue, shown))
    fatal = shown if given.strict else [one for one in shown if one.level is Level.ERROR]
    return _PROBLEMS if fatal else _NO_PROBLEMS


def _folder(path: Path) -> Path:
    """The folder that holds `sites`, of whatever in it was named."""
    inside = next((parent for parent in path.parents if parent.name == "sites"), None)
    if path.name == "sites":
        return path.parent
    return inside.parent if inside else path


def _look(folder: Path, *, with_settings: bool) -> tuple[Catalogue | None, tuple[Problem, ...]]:
    """The catalogue, unless there is an error; and everything that is to be told."""
    try:
        settings = Settings.from_environ(environ) if with_settings else None
        loader = (
            Loader(folder.resolve(), settings.extra_origins, settings.abilities)
            if settings
            else Loader(folder.resolve())
        )
        catalogue = loader.load()
    except SettingsError as error:
        return None, tuple(Problem(_NOT_A_FILE, 1, "", told) for told in error.problems)
    except CatalogueError as error:
        return None, error.problems
    return catalogue, warnings_of(catalogue, now())


def _as_given(file: str, folder: Path) -> str:
    """The file as whoever called us can open it."""
    name = folder.resolve().name
    return str(folder / file.removeprefix(f"{name}/")) if file.startswith(f"{name}/") else file


def _text(folder: Path, catalogue: Catalogue | None, problems: Sequence[Problem]) -> str:
    lines = [one.message if one.file == _NOT_A_FILE else str(one) for one in problems]
    if catalogue:
        campaigns = sum(len(plan.campaigns) for plan in catalogue.plans.values())
        found = f"no problems, {len(problems)} warning(s)" if problems else "no problems"
        lines.append(f"{folder}: {len(catalogue.sites)} site(s), {campaigns} campaign(s), {found}")
    return "\n".join(lines)


def _json(folder: Path, catalogue: Catalogue | None, problems: Sequence[Problem]) -> str:
    version = catalogue.version if catalogue else None
    told = {"folder": str(folder), "version": version, "problems": [asdict(one) for one in problems]}
    return json.dumps(told, ensure_ascii=False, indent=2)


def _github(folder: Path, catalogue: Catalogue | None, problems: Sequence[Problem]) -> str:
    """Workflow commands, which GitHub shows beside the lines of a pull request.

    Source: docs.github.com, "Workflow commands for GitHub Actions".
    """
    return "\n".join((*map(_annotation, problems), _text(folder, catalogue, problems)))


def _annotation(problem: Problem) -> str:
    facts = {"file": problem.file, "line": problem.line, "col": problem.column, "title": problem.path or "honestybox"}
    properties = ",".join(f"{name}={_escaped(str(value), _IN_PROPERTIES)}" for name, value in facts.items())
    return f"::{problem.level} {properties}::{_escaped(problem.message, _IN_MESSAGES)}"


_IN_MESSAGES = {"%": "%25", "\r": "%0D", "\n": "%0A"}
_IN_PROPERTIES = {**_IN_MESSAGES, ":": "%3A", ",": "%2C"}


def _escaped(text: str, marks: Mapping[str, str]) -> str:
    return "".join(marks.get(mark, mark) for mark in text)


FORMATS: Mapping[str, Callable[[Path, Catalogue | None, Sequence[Problem]], str]] = {
    "text": _text,
    "json": _json,
    "github": _github,
}
