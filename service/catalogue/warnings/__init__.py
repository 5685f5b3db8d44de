"""What staff wrote by the rules and hardly meant: told where they look, and served all the same.

Each warning is a function from one site's files to problems. To add one, write it and name it in WARNINGS.
"""

from datetime import datetime

from service.catalogue.loader import Catalogue
from service.catalogue.problems import Problem, in_order
from service.catalogue.warnings.copy import missing_languages
from service.catalogue.warnings.looks import hard_to_read, strange_hosts
from service.catalogue.warnings.schedules import ended
from service.catalogue.warnings.site_files import SiteFiles, SiteWarning

WARNINGS: tuple[SiteWarning, ...] = (ended, hard_to_read, missing_languages, strange_hosts)


def warnings_of(catalogue: Catalogue, now: datetime) -> tuple[Problem, ...]:
    """Every warning about the files of `catalogue`, in the order of the files."""
    sites = [
        SiteFiles(site, catalogue.plans[site_id], catalogue.documents[site_id], now)
        for site_id, site in catalogue.sites.items()
    ]
    return in_order(problem for site in sites for warn in WARNINGS for problem in warn(site))
