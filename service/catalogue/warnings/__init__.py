"""What staff wrote by the rules and hardly meant: told where they look, and served all the same.

Each warning is a function from one site's files to problems. To add one, write it and name it in WARNINGS.
"""

from datetime import datetime

from service.catalogue.loader import Catalogue
from service.catalogue.problems import Problem, in_order
from service.catalogue.warnings.audiences import empty_audiences, gates_without_a_meter
from service.catalogue.warnings.caps import forgotten_windows, idle_caps, rolled_out_to_nobody, tight_caps
from service.catalogue.warnings.copy import long_copy, missing_languages
from service.catalogue.warnings.experiments import equal_variants, lone_allocations, unseen_variants
from service.catalogue.warnings.looks import hard_to_read, strange_hosts
from service.catalogue.warnings.schedules import ended, starved
from service.catalogue.warnings.site import idle_currencies, open_origins, switched_off
from service.catalogue.warnings.site_files import SiteFiles, SiteWarning

WARNINGS: tuple[SiteWarning, ...] = (
    empty_audiences,
    ended,
    equal_variants,
    forgotten_windows,
    gates_without_a_meter,
    hard_to_read,
    idle_caps,
    idle_currencies,
    lone_allocations,
    long_copy,
    missing_languages,
    open_origins,
    rolled_out_to_nobody,
    starved,
    strange_hosts,
    switched_off,
    tight_caps,
    unseen_variants,
)


def warnings_of(catalogue: Catalogue, now: datetime) -> tuple[Problem, ...]:
    """Every warning about the files of `catalogue`, in the order of the files."""
    sites = [
        SiteFiles(site, catalogue.plans[site_id], catalogue.documents[site_id], now)
        for site_id, site in catalogue.sites.items()
    ]
    return in_order(problem for site in sites for warn in WARNINGS for problem in warn(site))
