"""What is wrong in a staff file, and where."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True, slots=True, order=True)
class Problem:
    """One mistake: `file:line: path: what is wrong, what to write instead`."""

    file: str
    line: int
    path: str
    message: str

    def __str__(self) -> str:
        where = f"{self.file}:{self.line}: "
        return where + (f"{self.path}: " if self.path else "") + self.message


class CatalogueError(Exception):
    """The files cannot be used. `problems` holds every mistake, in the order of the files."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(sorted(problems))
        super().__init__("\n".join(map(str, self.problems)))


def did_you_mean(wrong: str, valid: Sequence[str]) -> str:
    """A hint to the nearest valid name, or the list of them when nothing is near."""
    near = get_close_matches(wrong, valid, n=1, cutoff=0.6)
    return f"did you mean {near[0]}?" if near else "choose from " + ", ".join(valid)
