"""All the staff pages."""

from collections.abc import Iterator

from flask import Blueprint

from service.staff.audit import audit_views
from service.staff.campaigns import campaigns_views
from service.staff.health import health_views
from service.staff.preview import preview_views
from service.staff.reasons import reasons_views
from service.staff.results import results_views
from service.staff.saved import SavedFiles
from service.staff.sign_in import sign_in_views, sign_out_views
from service.staff.stage import backstage_views, stage_views
from service.staff.why import why_views
from service.web.parts import Parts

_VIEWS = (
    audit_views, campaigns_views, health_views, reasons_views, results_views, sign_in_views, sign_out_views,
    why_views,
)  # fmt: skip
_OF_FILES = (backstage_views, preview_views, stage_views)


def staff_views(parts: Parts) -> Iterator[Blueprint]:
    """The blueprints. Those that show the files as saved look at them together."""
    saved_files = SavedFiles(parts)
    yield from (views(parts) for views in _VIEWS)
    yield from (views(parts, saved_files) for views in _OF_FILES)
