"""Totals side by side, for people."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial
from typing import Any, NamedTuple

from service.domain.reason import Reason

_FOOTNOTE = (
    "What readers do is assumed (a file of page views may say it): good for comparing, no promise of what comes in."
)
_ACTS = {
    "seen": "appeals seen",
    "dismissed": "dismissed",
    "snoozed": "snoozed",
    "never": "never ask again",
    "gave_once": "gave once",
    "gave_monthly": "gave monthly",
}


class Row(NamedTuple):
    """A line of the table: a number for each config, none for a heading. `unit`: what stands behind each number."""

    label: str
    values: Sequence[float]
    decimals: int = 0
    unit: str = ""


def table(found: Mapping[str, Mapping[str, Any]]) -> str:
    """One column for each config, and with two of them their difference."""
    rows = list(_rows(list(found.values())))
    heads = [*found, *(["difference"] if len(found) == 2 else [])]
    cells = [["", *heads], *([row.label, *_cells(row, len(heads))] for row in rows)]
    widths = [max(len(line[place]) for line in cells) for place in range(len(heads) + 1)]
    lines = [line[0].ljust(widths[0]) + "".join(map(_right, line[1:], widths[1:])) for line in cells]
    return "\n".join([line.rstrip() for line in lines] + ["", _FOOTNOTE])


def _right(cell: str, width: int) -> str:
    return "  " + cell.rjust(width)


def _cells(row: Row, columns: int) -> list[str]:
    numbers = row.values
    cells = [f"{number:,.{row.decimals}f}{row.unit}" for number in numbers]
    if len(numbers) == 2:
        difference = round(numbers[1], row.decimals) - round(numbers[0], row.decimals)
        cells.append(f"{difference:+,.{row.decimals}f}" if difference else "0")
    return cells + [""] * (columns - len(cells))


def _rows(found: Sequence[Mapping[str, Any]]) -> Iterator[Row]:
    def row(label: str, of: Callable[[Mapping[str, Any]], float], decimals: int = 0, unit: str = "") -> Row:
        return Row(label, [of(one) for one in found], decimals, unit)

    yield row("readers who came", lambda one: one["readers"])
    yield row("page views", lambda one: one["page_views"])
    yield row("readers asked", lambda one: one["readers_asked"])
    yield row("  of those who came", lambda one: 100 * one["readers_asked"] / (one["readers"] or 1), 1, " %")
    yield row("asks", lambda one: one["asks"])
    yield row("  per asked reader, mean", lambda one: one["asks_per_asked_reader"]["mean"], 2)
    yield row("  median", lambda one: one["asks_per_asked_reader"]["median"])
    yield row("  90th percentile", lambda one: one["asks_per_asked_reader"]["90th_percentile"])
    yield _heading("shown")
    for placement, campaign in _pairs(found, "shown"):
        yield row(f"  {placement}: {campaign}", partial(_inner, "shown", placement, campaign))
    yield _heading("withheld, by rule (once for each placement)")
    for reason in _reasons(found, "withheld"):
        yield row(f"  {reason}", partial(_sum, "withheld", reason))
    yield row("gate hits", lambda one: one["gate_hits"])
    yield row("  readers gated", lambda one: one["readers_gated"])
    yield row('  put off with "later"', lambda one: one["assumed"]["later"])
    yield row("readers held back", lambda one: one["readers_held_back"])
    yield row("readers never reached", lambda one: one["readers_never_reached"])
    for reason in _reasons(found, "never_reached_by"):
        yield row(f"  {reason}", partial(_one, "never_reached_by", reason))
    yield _heading("assumed")
    for act, label in _ACTS.items():
        yield row(f"  {label}", partial(_one, "assumed", act))


def _one(kind: str, name: str, found: Mapping[str, Any]) -> int:
    number: int = found[kind].get(name, 0)
    return number


def _inner(kind: str, outer: str, name: str, found: Mapping[str, Any]) -> int:
    number: int = found[kind].get(outer, {}).get(name, 0)
    return number


def _sum(kind: str, outer: str, found: Mapping[str, Any]) -> int:
    return sum(found[kind].get(outer, {}).values())


def _heading(label: str) -> Row:
    return Row(label, [])


def _pairs(found: Iterable[Mapping[str, Any]], kind: str) -> list[tuple[str, str]]:
    return sorted({(outer, inner) for one in found for outer, names in one[kind].items() for inner in names})


def _reasons(found: Sequence[Mapping[str, Any]], kind: str) -> list[str]:
    """Those that occur, in the order of the rules."""
    return [str(reason) for reason in Reason if any(reason in one[kind] for one in found)]
