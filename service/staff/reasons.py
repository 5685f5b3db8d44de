"""GET /staff/reasons: every reason for which an appeal is withheld or an article is open, from the rules' own lists."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.domain.access import AccessReason
from service.domain.reason import Reason
from service.staff.frame import staff_page, staff_pages
from service.web.parts import Parts


def reasons_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = staff_pages("staff_reasons", parts)

    @views.get("/staff/reasons")
    def reasons() -> ResponseReturnValue:
        return staff_page(parts, "reasons.html", "Reasons", withheld=list(Reason), access=list(AccessReason))

    return views
