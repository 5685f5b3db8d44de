"""Answers that are the same for everyone."""

from flask import Response, request


def public(response: Response, etag: str, max_age: int) -> Response:
    """Any page may read it, and any cache may keep it for a while."""
    response.headers["Access-Control-Allow-Origin"] = "*"
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    response.headers["Cache-Control"] = f"public, max-age={max_age}, stale-while-revalidate=86400"
    response.set_etag(etag)
    return response.make_conditional(request)  # type: ignore[return-value]
