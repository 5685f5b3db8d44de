"""The start of every reader request: a small body, JSON, a known site, one of its origins, a token that is ours."""

import json
from collections.abc import Mapping
from typing import Any

from marshmallow import Schema, ValidationError

from service.domain.site import Site
from service.web.problems import ProblemError, first_problem
from service.web.tokens import TokenError, Tokens

MOST_BYTES = 16 * 1024


def read_json(body: bytes) -> Any:
    """The values in `body`. Raises ProblemError for anything that is not JSON.

    NaN and Infinity come through, for the schemas to refuse by the name of their field.
    """
    if len(body) > MOST_BYTES:
        raise ProblemError(413, f"The body is larger than {MOST_BYTES} bytes.", "body")
    try:
        return json.loads(body.decode())
    except (ValueError, RecursionError) as error:
        raise ProblemError(400, "The body is not JSON.", "body") from error


def load(schema: Schema, values: Any) -> dict[str, Any]:
    """The request in `values`. Raises ProblemError naming the first field that is wrong."""
    try:
        return schema.load(values)  # type: ignore[no-any-return]
    except ValidationError as error:
        field, detail = first_problem(error.messages)
        raise ProblemError(422, detail, field or "body") from error


def known_site(sites: Mapping[str, Site], site_id: str) -> Site:
    """The site. Raises ProblemError."""
    site = sites.get(site_id)
    if site is None:
        raise ProblemError(404, "No such site here.", "site")
    return site


def check_origin(site: Site, origin: str | None) -> None:
    """Raises ProblemError for a browser on a page that is not the site's. Servers send no origin."""
    if origin is not None and origin not in site.origins:
        raise ProblemError(403, f"{site.id} is not published at {origin[:200]}.", "origin")


def reader_of(tokens: Tokens, site: Site, token: str) -> str:
    """The reader's id. Raises ProblemError."""
    try:
        return tokens.reader(site.id, token)
    except TokenError as error:
        raise ProblemError(422, f"The reader {error}.", "reader") from error
