"""/staff/why: what one reader gets on one page, and the reasons; nothing is recorded."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, NamedTuple

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.domain.reader import History
from service.domain.reason import Reason
from service.domain.site import Placement, Site
from service.staff.chosen import chosen_site
from service.staff.frame import staff_page, staff_pages
from service.staff.typical import BY_NAME, READERS, placements_of, typical_reader
from service.web.decision_request import DecisionRequest, visit_of
from service.web.explain import ExplainSchema
from service.web.explained_text import MARKS
from service.web.explaining import explain_request, foreseen
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.requests import load, reader_of
from service.web.schemas import DEVICES, PAGE_TYPES
from service.web.tokens import Receipt, TokenError

_SCHEMA = ExplainSchema()
_FIELDS = {"page.url": "The page's address: ", "country": "The country: ", "at": "The moment: "}
_RECEIPTS_DOTS = 8


class _Reader(NamedTuple):
    """Who reads. `receipt`: by which they were named, if they were."""

    id: str
    history: History | Reason
    receipt: Receipt | None = None


def why_views(parts: Parts) -> Blueprint:
    """The view of this module: by GET for readers that are made up, by POST for those of whom a token tells."""
    views = staff_pages("staff_why", parts)

    @views.route("/staff/why", methods=["GET", "POST"])
    def why() -> ResponseReturnValue:
        given = request.form if request.method == "POST" else request.args
        values: dict[str, Any] = {
            "given": given,
            "readers": READERS,
            "devices": DEVICES,
            "types": PAGE_TYPES,
            "marks": MARKS,
        }
        try:
            site = _site(parts, given)
            told = _Question(parts, site, given).answer() if given.get("url") else {}
        except ProblemError as problem:
            sentence = _FIELDS.get(problem.field, "") + problem.detail
            values |= {"site": chosen_site(parts), "sites": parts.sites, "problem": sentence}
            return staff_page(parts, "why.html", "Why?", 422, **values)
        return staff_page(parts, "why.html", "Why?", site=site, sites=parts.sites, problem="", **told, **values)

    return views


def _site(parts: Parts, given: Mapping[str, str]) -> Site:
    """The receipt's, where there is one: it says so itself."""
    named = given.get("named", "").strip()
    name = named.partition(".")[0] if named.count(".") == _RECEIPTS_DOTS else ""
    return parts.sites.get(name) or chosen_site(parts)


class _Question:
    """One question, as the form puts it."""

    def __init__(self, parts: Parts, site: Site, given: Mapping[str, str]) -> None:
        self.parts, self.site, self.given = parts, site, given
        self.plan = parts.published().catalogue.plans[site.id]
        wish = load(_SCHEMA, self._wish())
        self.now: datetime = wish["at"] or parts.clock()
        placements = tuple(placements_of(site, wish["page"])) or tuple(Placement)
        visit = visit_of(wish["visit"] or {}, wish["country"])
        self.asked = DecisionRequest(site.id, None, True, wish["page"], visit, placements, None)

    def _wish(self) -> dict[str, Any]:
        given = self.given
        page = {
            "url": given["url"].strip(), "section": given.get("section", "").strip(), "language": given.get("language"),
            "tags": [tag.strip() for tag in given.get("tags", "").split(",") if tag.strip()],
            "premium": given.get("premium") == "yes", "type": given.get("type") or PAGE_TYPES[0],
        }  # fmt: skip
        return {
            "site": self.site.id, "page": page, "visit": {"device": given.get("device") or None},
            "placements": [str(one) for one in Placement], "country": given.get("country", "").strip().upper() or None,
            "at": self._moment(given.get("at", "")),
        }  # fmt: skip

    def _moment(self, text: str) -> str | None:
        """By the site's own clocks, as the form asks for it. Raises ProblemError."""
        if not text:
            return None
        try:
            return datetime.fromisoformat(text).replace(tzinfo=self.site.time_zone).isoformat()
        except ValueError as error:
            raise ProblemError(422, "Write it as 2026-12-03T14:05.", "at") from error

    def answer(self) -> dict[str, Any]:
        """What the page tells. Raises ProblemError for a token that is none."""
        reader = self._reader()
        weights = self.parts.allocations.current(self.site.id)
        told = explain_request(self.plan, self.asked, reader.id, reader.history, self.now, weights)
        return {"told": told, "receipt": reader.receipt}

    def _reader(self) -> _Reader:
        named = self.given.get("named", "").strip()
        if not named:
            typical = BY_NAME.get(self.given.get("typical", ""), READERS[0])
            return _Reader(*typical_reader(self.site, typical, self.asked.page, self.now))
        receipt = None
        if named.count(".") == _RECEIPTS_DOTS:
            try:
                receipt = self.parts.tokens.receipt(named, self.parts.clock())
            except TokenError as error:
                raise ProblemError(422, f"The receipt {error}.") from error
        reader = receipt.reader if receipt else reader_of(self.parts.tokens, self.site, named)
        return _Reader(reader, foreseen(self.parts.readers, self.plan, self.asked, reader, self.now), receipt)
