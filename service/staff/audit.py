"""GET /staff/audit: who did what."""

from flask import Blueprint
from flask.typing import ResponseReturnValue

from service.staff.frame import staff_page, staff_pages
from service.web.parts import Parts

_SHOWN = 200


def audit_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = staff_pages("staff_audit", parts)

    @views.get("/staff/audit")
    def audit() -> ResponseReturnValue:
        return staff_page(parts, "audit.html", "Audit", deeds=list(parts.audit.latest(_SHOWN)))

    return views
