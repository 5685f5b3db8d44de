"""GET /staff/results: what asking brought, and what can be concluded from it; and each of its tables as CSV."""

import csv
from collections.abc import Iterable, Sequence
from datetime import UTC, date, timedelta
from io import StringIO
from typing import Any, NamedTuple
from urllib.parse import urlencode

from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from service.domain.export import csv_cells
from service.domain.report import CampaignResults, Span
from service.domain.results_table import Table, columns, rows
from service.domain.results_text import holdback_rows, holdback_told, notes
from service.domain.retention import LONGEST
from service.domain.site import Site
from service.domain.verdict import verdict
from service.staff.chosen import chosen_site
from service.staff.frame import staff_page, staff_pages
from service.staff.results_shown import Shown, shown
from service.store.results import Results
from service.web.parts import Parts
from service.web.problems import ProblemError

_DAYS = 30
_DETAILS = (Table.TIME, Table.COUNTRY, Table.DEVICE, Table.SECTION)


class _Wish(NamedTuple):
    """What the address asks for. `campaign`: "" for all."""

    site: Site
    span: Span
    campaign: str

    def address(self, path: str = "/staff/results", **more: str) -> str:
        """Of the same results, elsewhere or told otherwise."""
        said = {"site": self.site.id, "from": str(self.span.first), "until": str(self.span.last)}
        return f"{path}?{urlencode(said | ({'campaign': self.campaign} if self.campaign else {}) | more)}"


def results_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = staff_pages("staff_results", parts)

    @views.get("/staff/results")
    def page() -> ResponseReturnValue:
        wish = _wish(parts)
        found = _look(parts, wish)
        chosen = _chosen(found, wish)
        tables = (Table.VARIANTS, *_DETAILS) if len(chosen) == 1 else (Table.VARIANTS,)
        return staff_page(
            parts, "results.html", "Results",
            sites=sorted(parts.sites.values(), key=lambda site: site.name), site=wish.site, span=wish.span,
            campaign=wish.campaign, campaigns=sorted(found.report.campaigns), spans=_spans(parts, wish),
            told=[_told(one, found, wish, tables) for one in chosen],
            notes=list(notes(found.report)),
            holdback=list(holdback_told(wish.site, found.earned, found.reading)),
            groups=list(holdback_rows(wish.site, found.earned, found.reading)),
            keep=wish.site.retention.counters.days,
        )  # fmt: skip

    @views.get("/staff/results.csv")
    def table() -> ResponseReturnValue:
        wish, by = _wish(parts), request.args.get("by", Table.VARIANTS)
        if by not in list(Table):
            raise ProblemError(404, "There is no such table.")
        found = _look(parts, wish)
        name = "-".join(filter(None, ("results", wish.site.id, wish.campaign, by, str(wish.span.last))))
        return Response(
            _csv(found, _chosen(found, wish), Table(by)),
            content_type="text/csv; charset=utf-8",
            headers={"Content-Disposition": f'attachment; filename="{name}.csv"'},
        )

    return views


def _wish(parts: Parts) -> _Wish:
    """Raises ProblemError for a site that is not there, and for days that are none or too many."""
    last = _day("until") or parts.clock().astimezone(UTC).date()
    first = _day("from") or last - timedelta(days=_DAYS - 1)
    if not timedelta() <= last - first <= LONGEST:
        raise ProblemError(422, f"The first day comes first, and at most {LONGEST.days} days before the last.")
    return _Wish(chosen_site(parts), Span(first, last), request.args.get("campaign", ""))


def _day(field: str) -> date | None:
    text = request.args.get(field, "")
    try:
        return date.fromisoformat(text) if text else None
    except ValueError as error:
        raise ProblemError(422, f"“{field}” is not a day such as 2026-11-24. Go back and change it.") from error


def _look(parts: Parts, wish: _Wish) -> Results:
    campaigns = parts.published().catalogue.plans[wish.site.id].campaigns
    return parts.results.look(wish.site, campaigns, wish.span, wish.campaign)


def _chosen(found: Results, wish: _Wish) -> Sequence[CampaignResults]:
    campaigns = found.report.campaigns
    if not wish.campaign:
        return list(campaigns.values())
    if wish.campaign not in campaigns:
        raise ProblemError(404, "This campaign is neither written nor was it counted in these days.")
    return [campaigns[wish.campaign]]


def _told(results: CampaignResults, found: Results, wish: _Wish, tables: Iterable[Table]) -> dict[str, Any]:
    its = wish._replace(campaign=results.id)
    shown_tables: list[tuple[Shown, str]] = [
        (one, its.address("/staff/results.csv", by=one.table)) for one in shown(results, found.report, tables)
    ]
    return {
        "id": results.id,
        "is_written": results.written is not None,
        "verdict": verdict(results, wish.site.default_currency),
        "tables": shown_tables,
        "more": "" if wish.campaign or not results.lines else its.address(),
    }


def _spans(parts: Parts, wish: _Wish) -> list[tuple[str, str]]:
    """Links to the usual ones, all until today."""
    today = parts.clock().astimezone(UTC).date()
    usual = (("7 days", 7), ("30 days", 30), ("90 days", 90), ("a year", 365))
    return [
        (label, wish._replace(span=Span(today - timedelta(days=days - 1), today)).address()) for label, days in usual
    ]


def _csv(found: Results, chosen: Sequence[CampaignResults], table: Table) -> str:
    text, order = StringIO(), columns(table)
    writer = csv.writer(text)
    writer.writerow(order)
    writer.writerows(csv_cells(row[name] for name in order) for row in rows(found.report, table, chosen))
    return text.getvalue()
