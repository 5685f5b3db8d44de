"""Which pages may read our answers."""

from collections.abc import Iterable, Mapping

from service.domain.site import Site


def cors_headers(sites: Mapping[str, Site], origin: str | None) -> Iterable[tuple[str, str]]:
    """The headers that let a page of one of the sites read the answer; only Vary for anybody else."""
    if origin is not None and any(origin in site.origins for site in sites.values()):
        return (("Access-Control-Allow-Origin", origin), ("Vary", "Origin"))
    return (("Vary", "Origin"),)


PREFLIGHT_HEADERS = (
    ("Access-Control-Allow-Methods", "POST, OPTIONS"),
    ("Access-Control-Allow-Headers", "Content-Type"),
    ("Access-Control-Max-Age", "86400"),
)
