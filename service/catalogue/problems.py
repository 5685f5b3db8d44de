"""What is wrong in a staff file, and where."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum


class Level(StrEnum):
    """How bad it is: with an error the files cannot be used, with a warning they can."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True)
class Problem:
    """One mistake: `file:line:column: path: what is wrong, what to write instead`. Lines and columns count from 1."""

    file: str
    line: int
    path: str
    message: str
    column: int = 1
    level: Level = Level.ERROR

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}:{self.column}: "
        kind = "warning: " if self.level is Level.WARNING else ""
        return where + kind + (f"{self.path}: " if self.path else "") + self.message


def in_order(problems: Iterable[Problem]) -> tuple[Problem, ...]:
    """As they stand in the files."""
    return tuple(sorted(problems, key=lambda one: (one.file, one.line, one.column, one.path, one.message)))


class CatalogueError(Exception):
    """The files cannot be used. `problems` holds every mistake, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = in_order(problems)
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(wrong: str, valid: Sequence[str]) -> str:
    """A hint to the nearest valid name, or the list of them when nothing is near."""
    near = get_close_matches(wrong, valid, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "choose from " + ", ".join(valid)
