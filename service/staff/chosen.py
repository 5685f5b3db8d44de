"""The site that a page is about: the one its address names, else the first."""

from flask import request

from service.domain.site import Site
from service.web.parts import Parts
from service.web.problems import ProblemError


def chosen_site(parts: Parts) -> Site:
    """The site. Raises ProblemError for one that is not there."""
    sites = parts.sites
    name = request.values.get("site") or next(iter(sorted(sites)))
    if name not in sites:
        raise ProblemError(404, "There is no such site. Choose one of the others.")
    return sites[name]
