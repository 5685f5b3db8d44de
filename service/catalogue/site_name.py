"""What a site's folder may be called: its name is the first part of our pages' addresses, as in /gazette/support."""

from service.catalogue.fields import slug

# The first parts of our own addresses. What a proxy or a browser is told about those, such as the path of a cookie,
# would hold for a site of that name, too.
OURS = frozenset(("embed", "healthz", "metrics", "newsletters", "readyz", "staff", "supporter", "v1", "webhooks"))


def site_name(text: str) -> str:
    """The name. Raises ValueError with the cure."""
    if slug(text) in OURS:
        raise ValueError(f"{text} begins addresses of the service's own; call it something else, such as {text}-site")
    return text
