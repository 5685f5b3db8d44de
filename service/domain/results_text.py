"""Results as text: what is said beside the numbers, and tables for a terminal."""

from collections.abc import Iterator, Sequence

from service.domain.holdback import Earned, Reading
from service.domain.report import Report
from service.domain.results_table import Cell, Row, Table, columns
from service.domain.site import Site
from service.domain.verdict import counted, money, percent, verdict_of_earning, verdict_of_reading

_HEADS = {
    "seen": "shown", "never": "never again", "signed_up": "signed up", "chance_best": "best?",
    "given_per_thousand": "given of 1000", "value_per_thousand": "value of 1000",
}  # fmt: skip
_NAMES = ("variant", "placement", "from", "country", "device", "section")
_ONLY_IN_FILES = ("campaign", "currency", "given", "written")


def notes(report: Report) -> Iterator[str]:
    """What the values are, and which are missing."""
    site = report.site
    yield f"Values are in {site.default_currency} and for a year: a monthly gift counts twelve times."
    if site.exchange_rates:
        rates = ", ".join(f"1 {code} = {rate} {site.default_currency}" for code, rate in site.exchange_rates.items())
        yield f"Other currencies are converted at the rates of site.yaml: {rates}."
    for code, many in sorted(report.without_rate.items()):
        yield (
            f"Left out of the values: {counted(many, 'gift')} in {code}, "
            f"for which site.yaml has no exchange rate."
        )


def holdback_told(site: Site, earned: Earned | None, reading: Reading | None) -> Iterator[str]:
    """What asking earned and what it cost, as far as it can be told."""
    if earned is None:
        yield "Without a holdback in site.yaml nobody can tell what asking earns, and what would have come anyway."
        return
    currency, asked, held = site.default_currency, earned.asked, earned.held
    yield (
        f"{site.holdback * 100:.3g}% of all readers are never asked. They gave {counted(held.readers, 'time')}, "
        f"worth {money(held.total, currency)}; the others {counted(asked.readers, 'time')}, "
        f"worth {money(asked.total, currency)}."
    )
    if earned.unknown:
        what = "gift of a reader" if earned.unknown == 1 else "gifts of readers"
        yield f"Not compared: {earned.unknown:,} {what} who did not agree to be remembered."
    yield verdict_of_earning(earned, currency)
    if reading is not None:
        yield (
            f"Articles opened in the 30 days before {reading.day}: {reading.asked.mean:.2f} by each of "
            f"{reading.asked.readers:,} readers who are asked, {reading.held.mean:.2f} by each of "
            f"{reading.held.readers:,} who are not."
        )
    yield verdict_of_reading(reading)


def holdback_rows(site: Site, earned: Earned | None, reading: Reading | None) -> Iterator[Sequence[str]]:
    """For readers who are asked and for those who never are: gifts, their worth a year, readers remembered, articles
    that each opened in 30 days. Nothing without a holdback."""
    if earned is None:
        return
    asked, held = (reading.asked, reading.held) if reading else (None, None)
    for name, gave, read in (("Asked", earned.asked, asked), ("Never asked", earned.held, held)):
        opened = (f"{read.readers:,}", f"{read.mean:.2f}") if read and read.readers else ("–", "–")
        yield name, f"{gave.readers:,}", money(gave.total, site.default_currency), *opened


def told(found: Sequence[Row], table: Table) -> Iterator[str]:
    """The rows, one under the other."""
    if not found:
        yield "  Nothing was counted in these days."
        return
    names = [name for name in columns(table) if not name.endswith(("_low", "_high")) and name not in _ONLY_IN_FILES]
    lines = [[_HEADS.get(name, name) for name in names], *([_cell(row, name) for name in names] for row in found)]
    widths = [max(len(line[at]) for line in lines) for at in range(len(names))]
    for line in lines:
        cells = [
            text.ljust(width) if name in _NAMES else text.rjust(width)
            for name, text, width in zip(names, line, widths, strict=True)
        ]
        yield f"  {'  '.join(cells)}".rstrip()


def _cell(row: Row, name: str) -> str:
    value: Cell = row[name]
    if value is None:
        return "–"
    if name == "chance_best":
        return percent(float(value))
    if name == "variant" and row["written"] == "no":
        return f"{value} (removed)"
    if f"{name}_low" in row:
        return f"{value} ({row[f'{name}_low'] or '–'} to {row[f'{name}_high'] or '–'})"
    return f"{value:,}" if isinstance(value, int) else value
