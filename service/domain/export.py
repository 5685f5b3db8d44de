"""Contributions as a newsroom's other systems take them in: a row each, always the same columns in the same order."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import TypeAlias

from service.domain.contribution import Contribution
from service.domain.money import to_major

Cell: TypeAlias = str | int | None
Row: TypeAlias = dict[str, Cell]

COLUMNS = (
    *("id", "site", "state", "interval", "currency", "amount_minor", "amount", "fees_minor", "fees"),
    *("began_at", "ended_at", "cancels_at", "resumes_at", "payments", "first_paid_at", "last_paid_at"),
    *("gross_minor", "gross", "refunded_minor", "refunded", "disputed_minor", "disputed", "net_minor", "net"),
    *("customer", "campaign", "variant", "placement", "article"),
)
"""Others count on them: a new one comes last."""
EMAIL = "email"

# What a spreadsheet takes for the beginning of a formula. Source: OWASP, "CSV Injection".
_FORMULA = tuple("=+-@＝＋－＠")
_NUMBER = re.compile(r"-?[0-9]+(\.[0-9]+)?")


def row_of(line: Contribution) -> Row:
    """The contribution in cells: money in minor units and, as a decimal, in the currency's own; times in UTC."""
    given, paid = line.attribution, [payment.at for payment in line.payments]
    cells: Row = {
        "id": line.id,
        "site": given.site,
        "state": str(line.state),
        "interval": str(line.interval),
        "currency": line.currency,
        "began_at": _time(line.began_at),
        "ended_at": _time(line.ended_at),
        "cancels_at": _time(line.cancels_at),
        "resumes_at": _time(line.resumes_at),
        "payments": len(paid),
        "first_paid_at": _time(min(paid, default=None)),
        "last_paid_at": _time(max(paid, default=None)),
        "customer": line.customer,
        "campaign": given.campaign,
        "variant": given.variant,
        "placement": given.placement,
        "article": given.article,
    } | _money(line)
    return {column: cells[column] for column in COLUMNS}


def csv_cells(cells: Iterable[Cell]) -> Iterator[str | int]:
    """The cells as a spreadsheet may open them: what came from outside never begins a formula."""
    for cell in cells:
        if isinstance(cell, str) and cell.lstrip().startswith(_FORMULA) and not _NUMBER.fullmatch(cell):
            yield f"'{cell}"
        else:
            yield "" if cell is None else cell


def _money(line: Contribution) -> Row:
    sums = {
        "amount": line.amount_minor,
        "fees": line.fees_minor,
        "gross": sum(payment.gross_minor for payment in line.payments),
        "refunded": sum(payment.refunded_minor for payment in line.payments),
        "disputed": sum(payment.disputed_minor for payment in line.payments),
        "net": line.revenue_minor,
    }
    row: Row = {}
    for name, minor in sums.items():
        row[f"{name}_minor"] = minor
        row[name] = f"{to_major(minor, line.currency):f}"
    return row


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat().replace("+00:00", "Z") if moment else None
