"""What a look at one thing comes to."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How bad it is."""

    OK = "ok"
    WARNING = "warning"
    PROBLEM = "problem"


@dataclass(frozen=True, slots=True)
class Finding:
    """What was found, and for all that is not well, what to do about it. Holds no secret."""

    verdict: Verdict
    told: str
    cure: str = ""


def well(told: str) -> Finding:
    """Nothing to do."""
    return Finding(Verdict.OK, told)


def warning(told: str, cure: str) -> Finding:
    """Works, and is worth a look."""
    return Finding(Verdict.WARNING, told, cure)


def problem(told: str, cure: str) -> Finding:
    """Does not work, or loses something."""
    return Finding(Verdict.PROBLEM, told, cure)
