"""Links and grants: what a supporter carries from a mail to our page, and from our page to the publisher's."""

from dataclasses import dataclass, replace
from datetime import datetime
from urllib.parse import urlencode, urlsplit, urlunsplit

from service.domain.site import Site
from service.domain.supporter import GRANT_LIFE, Pass
from service.store.connection import Store
from service.store.one_time import OneTimePasses
from service.web.schemas import is_web_address


@dataclass(frozen=True, slots=True)
class Links:
    """`links` open our page for whoever got the mail; `grants` let one browser be recognised."""

    links: OneTimePasses
    grants: OneTimePasses
    public_url: str

    def new_address(self, site: str, language: str, granted: Pass) -> str:
        """The address of a new link, which works once."""
        return self.address(site, language, self.links.issue(site, granted))

    def address(self, site: str, language: str, token: str) -> str:
        """The address of the link with this token."""
        query = {"site": site, "language": language, "token": token}
        return f"{self.public_url}/supporter?{urlencode(query)}"

    def way_to(self, site: Site, granted: Pass, now: datetime) -> str:
        """Back to the publisher's page, with a grant that the script there hands in.

        In the fragment, which no server is told and no log holds; the script takes it out of the address at once.
        """
        grant = self.grants.issue(site.id, replace(granted, until=now + GRANT_LIFE))
        return f"{granted.return_url or front_page(site)}#honestybox=supporter.{grant}"


def open_links(store: Store, public_url: str) -> Links:
    """The links of this service."""
    return Links(OneTimePasses(store, "link"), OneTimePasses(store, "grant"), public_url)


def front_page(site: Site) -> str:
    """Where the site begins."""
    return f"{site.home}/"


def page_of(site: Site, *candidates: str | None) -> str:
    """The first candidate that is a page of the site, without its fragment; else empty text."""
    for url in candidates:
        if url and len(url) <= 2000 and is_web_address(url):
            parts = urlsplit(url)
            if f"{parts.scheme}://{parts.netloc}" in site.origins:
                return urlunsplit(parts._replace(fragment=""))
    return ""
