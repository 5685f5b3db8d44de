"""Staff files side by side: what is saved against what runs, and the lines around a problem."""

from collections.abc import Iterator, Sequence
from difflib import unified_diff
from typing import NamedTuple

from service.catalogue.folder import Files
from service.catalogue.problems import Problem

_AROUND = 3
_MOST_LINES = 2000


class Line(NamedTuple):
    """One line of a file. `mark`: "+", "-", "@" or " " in a difference; "!" where a problem is."""

    number: int | None
    mark: str
    text: str


class Difference(NamedTuple):
    """What would change in one file."""

    file: str
    told: str
    lines: Sequence[Line]


class Excerpt(NamedTuple):
    """A problem with the lines around it; none where the file is not there."""

    problem: Problem
    lines: Sequence[Line]


def differences(running: Files, saved: Files) -> list[Difference]:
    """Every file that is not the same, in the order of their names."""
    return [
        _difference(name, running.get(name), saved.get(name))
        for name in sorted(running.keys() | saved.keys())
        if running.get(name) != saved.get(name)
    ]


def _difference(name: str, before: bytes | None, after: bytes | None) -> Difference:
    told = "is new" if before is None else "is gone" if after is None else "has changed"
    rows = unified_diff(_lines(before), _lines(after), lineterm="", n=_AROUND)
    shown = [Line(None, row[0], row if row[0] == "@" else row[1:]) for row in rows if row[:3] not in ("---", "+++")]
    return Difference(name, told, shown[:_MOST_LINES])


def excerpts(problems: Sequence[Problem], files: Files) -> Iterator[Excerpt]:
    """Each problem where it stands."""
    for problem in problems:
        lines = _lines(files.get(problem.file))
        first = max(1, problem.line - _AROUND)
        shown = enumerate(lines[first - 1 : problem.line + _AROUND], first)
        yield Excerpt(problem, [Line(number, "!" if number == problem.line else " ", text) for number, text in shown])


def _lines(raw: bytes | None) -> list[str]:
    """The text, whatever bytes it is made of."""
    return (raw or b"").decode("utf-8", "replace").splitlines()
