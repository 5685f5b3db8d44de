"""Results as a page shows them: for each table a plot of what a thousand impressions bring, and the numbers."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from markupsafe import Markup

from service.domain.report import CampaignResults, Report
from service.domain.results_table import Row, Table, columns, rows
from service.domain.verdict import percent
from service.staff.plots import Mark, rows_plot, time_plot

_TITLES = {
    Table.VARIANTS: "By wording and placement",
    Table.TIME: "Over time",
    Table.COUNTRY: "By country",
    Table.DEVICE: "By device",
    Table.SECTION: "By section",
}
_COUNTED = (
    ("seen", "Shown"), ("clicked", "Clicked"), ("snoozed", "Snoozed"), ("dismissed", "Dismissed"),
    ("never", "Never again"), ("started", "Started"), ("once", "Once"), ("monthly", "Monthly"), ("annual", "Annual"),
)  # fmt: skip
_SIGN_UPS = (("signed_up", "Signed up"), ("confirmed", "Confirmed"))
_MOST_PLOTTED = 12


class Line(NamedTuple):
    """One row: its heading and its cells."""

    head: str
    cells: Sequence[str]


@dataclass(frozen=True, slots=True)
class Shown:
    """A table, with the plots before it."""

    table: Table
    title: str
    plots: Sequence[Markup]
    heads: Sequence[str]
    lines: Sequence[Line]


def shown(results: CampaignResults, report: Report, tables: Iterable[Table]) -> Iterator[Shown]:
    """The campaign's tables; a plot only where there is something to see."""
    for table in tables:
        found = list(rows(report, table, [results]))
        counted = [*_COUNTED, *_sign_ups(results, table)]
        yield Shown(
            table, _TITLES[table], list(_plots(found, table, report)) if found else [],
            _heads(table, report, counted), [_line(row, table, counted) for row in found],
        )  # fmt: skip


def _sign_ups(results: CampaignResults, table: Table) -> Iterable[tuple[str, str]]:
    """What is told of newsletters, where there is something to tell."""
    told = results.for_sign_ups or any(results.whole.counts.get(name) for name, _ in _SIGN_UPS)
    return [one for one in _SIGN_UPS if told and one[0] in columns(table)]


def _heads(table: Table, report: Report, counted: Iterable[tuple[str, str]]) -> Sequence[str]:
    first = {
        Table.VARIANTS: "Wording",
        Table.TIME: "From",
        Table.COUNTRY: "Country",
        Table.DEVICE: "Device",
        Table.SECTION: "Section",
    }
    currency = report.site.default_currency
    return (
        first[table], *(("Best?",) if table is Table.VARIANTS else ()), f"Value per 1,000, {currency}",
        "Given per 1,000", *(head for _, head in counted), f"Value, {currency}",
    )  # fmt: skip


def _line(row: Row, table: Table, counted: Iterable[tuple[str, str]]) -> Line:
    cells = [_estimate(row, "value_per_thousand"), _estimate(row, "given_per_thousand")]
    cells += [f"{row[name]:,}" for name, _ in counted] + [f"{row['value']}"]
    if table is Table.VARIANTS:
        chance = row["chance_best"]
        cells.insert(0, "–" if chance is None else percent(float(chance)))
    return Line(_name(row, table), cells)


def _estimate(row: Row, name: str) -> str:
    if row[name] is None:
        return "–"
    if row[f"{name}_low"] is None:
        return f"{row[name]}"
    return f"{row[name]} ({row[f'{name}_low']} to {row[f'{name}_high']})"


def _name(row: Row, table: Table) -> str:
    if table is Table.VARIANTS:
        return f"{row['variant']}, {row['placement']}{'' if row['written'] == 'yes' else ' (removed)'}"
    return f"{row['from' if table is Table.TIME else str(table)]}"


def _plots(found: Sequence[Row], table: Table, report: Report) -> Iterator[Markup]:
    unit = f"{report.site.default_currency} in a year, with 95% intervals"
    title = "Value per thousand impressions"
    marks = [_mark(row, table, "value_per_thousand") for row in found]
    if table is Table.TIME:
        counted = [Mark(mark.name, float(row["seen"] or 0), told=f"{_name(row, table)}: {row['seen']:,}")
                   for row, mark in zip(found, marks, strict=True)]  # fmt: skip
        if any(mark.middle for mark in counted):
            yield time_plot("Shown", "impressions", counted, bars=True)
        if any(mark.middle for mark in marks):
            yield time_plot(title, unit, marks)
    elif any(mark.middle is not None and mark.high is not None for mark in marks):
        more = f"; the first {_MOST_PLOTTED}" if len(marks) > _MOST_PLOTTED else ""
        yield rows_plot(f"{title}, {_TITLES[table].lower()}", unit + more, marks[:_MOST_PLOTTED])


def _mark(row: Row, table: Table, name: str) -> Mark:
    told = (row[key] for key in (name, f"{name}_low", f"{name}_high"))
    middle, low, high = (None if number is None else float(number) for number in told)
    label = _name(row, table)
    short = f"{date.fromisoformat(label):%-d %b}" if table is Table.TIME else label
    return Mark(short, middle, low, high, f"{label}: {_estimate(row, name)}")
