"""Which pages may read our answers."""

from collections.abc import Iterable, Sequence

from service.domain.site import Site

_FOR_NOBODY = (("Vary", "Origin"),)


class CorsHeaders:
    """`of` tells the headers that let a page of one of the sites read the answer; only Vary for anybody else."""

    def __init__(self, sites: Iterable[Site]) -> None:
        self._by_origin = {
            origin: (("Access-Control-Allow-Origin", origin), *_FOR_NOBODY) for site in sites for origin in site.origins
        }

    def of(self, origin: str | None) -> Sequence[tuple[str, str]]:
        """The headers for a page at `origin`, or for whoever says none."""
        return self._by_origin.get(origin or "", _FOR_NOBODY)


PREFLIGHT_HEADERS = (
    ("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "86400"),
)
