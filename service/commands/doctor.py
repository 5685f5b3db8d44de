"""honestybox doctor: what could keep the service from working, each with its cure."""

import argparse
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from os import environ

from service.commands import Subparsers
from service.doctor.checks import examine
from service.doctor.finding import Finding, Verdict
from service.doctor.patient import Patient
from service.logs import configure_logging

Found = tuple[str, Finding]


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    doctor = subparsers.add_parser("doctor", help="looks for what could keep the service from working")
    doctor.add_argument("--format", choices=("text", "json"), default="text", help="(text)")
    doctor.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints every finding, as soon as it is made; 1 when there is a problem."""
    configure_logging("CRITICAL")  # what goes wrong is said below, in plain words
    found = examine(Patient(environ, lambda: datetime.now(UTC)))
    everything = list(found if given.format == "json" else _told(found))
    print(_json(everything) if given.format == "json" else _summary(everything))
    return int(_number(everything, Verdict.PROBLEM) > 0)


def _told(found: Iterator[Found]) -> Iterator[Found]:
    for name, finding in found:
        print(f"{finding.verdict:<8} {name}: {finding.told}")
        if finding.cure:
            print(f"{'':<8}   {finding.cure}", flush=True)
        yield name, finding


def _summary(found: Sequence[Found]) -> str:
    return ", ".join(f"{_number(found, verdict)} {name}" for verdict, name in _COUNTED.items())


_COUNTED = {Verdict.OK: "ok", Verdict.WARNING: "warning(s)", Verdict.PROBLEM: "problem(s)"}


def _number(found: Sequence[Found], verdict: Verdict) -> int:
    return sum(finding.verdict is verdict for _, finding in found)


def _json(found: Sequence[Found]) -> str:
    rows = [
        {"check": name, "verdict": str(finding.verdict), "told": finding.told, "cure": finding.cure or None}
        for name, finding in found
    ]
    worst = max((finding.verdict for _, finding in found), key=list(Verdict).index)
    return json.dumps({"verdict": str(worst), "findings": rows}, ensure_ascii=False, indent=2)
