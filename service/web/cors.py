"""Which pages may read our answers."""

from collections.abc import Mapping, Sequence

from service.domain.site import Site

_FOR_NOBODY = (("Vary", "Origin"),)


def cors_headers(sites: Mapping[str, Site], origin: str | None) -> Sequence[tuple[str, str]]:
    """The headers that let a page of one of the sites read the answer; only Vary for anybody else."""
    if origin is not None:
        for site in sites.values():
            if origin in site.origins:
                return (("Access-Control-Allow-Origin", origin), *_FOR_NOBODY)
    return _FOR_NOBODY


PREFLIGHT_HEADERS = (
    ("Access-Control-Allow-Methods", "GET, POST, DELETE, OPTIONS"),
    ("Access-Control-Allow-Headers", "Authorization, Content-Type"),
    ("Access-Control-Max-Age", "86400"),
)
