"""Results as rows: the same numbers on the staff page, in the terminal, and as CSV and JSON."""

from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeAlias

from service.domain.intervals import Interval
from service.domain.money import Interval as Rhythm
from service.domain.money import exponent, to_major
from service.domain.report import KINDS, SIGN_UPS, CampaignResults, Line, Report
from service.domain.results import OTHERS, Dimension

Cell: TypeAlias = str | int | None
Row: TypeAlias = dict[str, Cell]


class Table(StrEnum):
    """What results are told by."""

    VARIANTS = "variants"
    TIME = "time"
    COUNTRY = "country"
    DEVICE = "device"
    SECTION = "section"


WHAT: dict[Table, tuple[str, ...]] = {
    Table.VARIANTS: ("campaign", "variant", "placement", "written", "chance_best"),
    Table.TIME: ("campaign", "from"),
    **{Table(dimension): ("campaign", str(dimension)) for dimension in Dimension},
}
NUMBERS = (
    *KINDS, *map(str, Rhythm), "given", "value", "currency", "given_per_thousand", "given_per_thousand_low",
    "given_per_thousand_high", "value_per_thousand", "value_per_thousand_low", "value_per_thousand_high",
)  # fmt: skip

_UNNAMED = {"": "unknown", OTHERS: "all others"}


def columns(table: Table) -> tuple[str, ...]:
    """Their names. Others count on them: a new one comes last."""
    return (*WHAT[table], *NUMBERS, *(SIGN_UPS if table in (Table.VARIANTS, Table.TIME) else ()))


def rows(report: Report, table: Table, campaigns: Iterable[CampaignResults]) -> Iterator[Row]:
    """The table's rows of these campaigns. Empty cells are what cannot be said."""
    for results in campaigns:
        for what, line in _lines(results, table):
            yield {"campaign": results.id, **what, **_numbers(line, report.site.default_currency)}


def _lines(results: CampaignResults, table: Table) -> Iterator[tuple[Row, Line]]:
    if table is Table.VARIANTS:
        for (variant, placement), line in sorted(results.lines.items()):
            chance = results.chances.get(variant)
            written = results.written is not None and variant in results.written
            told: Row = {"variant": variant, "placement": placement, "written": "yes" if written else "no"}
            yield {**told, "chance_best": None if chance is None else f"{chance:.3f}"}, line
    elif table is Table.TIME:
        for day, line in sorted(results.stretches.items()):
            yield {"from": day.isoformat()}, line
    else:
        found = results.among.get(Dimension(table), {}).items()
        for name, line in sorted(found, key=lambda one: (-one[1].seen, one[0])):
            if line.counts or line.gifts:
                yield {str(table): _UNNAMED.get(name, name)}, line


def _numbers(line: Line, currency: str) -> Row:
    given, value = line.share("given"), line.value_per_thousand
    average = line.average_per_thousand
    per_thousand = f"{1000 * line.gifts / line.seen:.3f}" if line.seen else None
    return {
        **{kind: line.counts.get(kind, 0) for kind in KINDS},
        **{str(rhythm): line.given.get(str(rhythm), 0) for rhythm in Rhythm},
        "given": line.gifts,
        "value": decimal(line.value_minor, currency),
        "currency": currency,
        "given_per_thousand": per_thousand,
        "given_per_thousand_low": f"{1000 * given.low:.3f}" if given else None,
        "given_per_thousand_high": f"{1000 * given.high:.3f}" if given else None,
        "value_per_thousand": None if average is None else decimal(average, currency),
        "value_per_thousand_low": _bound(value, 0, currency),
        "value_per_thousand_high": _bound(value, 2, currency),
        **{kind: line.counts.get(kind, 0) for kind in SIGN_UPS},
    }


def _bound(value: Interval | None, which: int, currency: str) -> str | None:
    return decimal(value[which], currency) if value else None


def decimal(minor: float, currency: str) -> str:
    """The amount in major units, as "12.50"."""
    return f"{to_major(round(minor), currency):.{exponent(currency)}f}"
