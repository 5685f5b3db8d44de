"""A moment as readers read it."""

from datetime import datetime

from babel.dates import format_date

from service.domain.site import Site


def long_day(site: Site, moment: datetime, language: str) -> str:
    """ "29 November 2026", by the site's own calendar."""
    return str(format_date(moment.astimezone(site.time_zone), "long", locale=language.replace("-", "_")))
