"""The hot path's own door: a WSGI callable in front of Flask, with Flask's errors, limits and CORS."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from service.web.decisions import Decisions
from service.web.metrics import count_problem
from service.web.problems import CONTENT_TYPE, ProblemError, as_problem
from service.web.requests import MOST_BYTES

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIApplication, WSGIEnvironment

_PATH = "/v1/decisions"
_JSON, _PROBLEM = ("Content-Type", "application/json"), ("Content-Type", CONTENT_TYPE)
_KEPT_NOWHERE = ("Cache-Control", "no-store")
_ALLOWED = (("Allow", "OPTIONS, POST"),)


def in_front_of(
    app: "WSGIApplication", decisions: Decisions, country_of: Callable[[Mapping[str, Any]], str | None]
) -> "WSGIApplication":
    """`app`, with decisions answered before it is asked."""
    published = decisions.published

    def serve(environ: "WSGIEnvironment", start_response: "StartResponse") -> Iterable[bytes]:
        if environ["PATH_INFO"] != _PATH or environ["REQUEST_METHOD"] == "OPTIONS":
            return app(environ, start_response)
        origin = environ.get("HTTP_ORIGIN")
        more: Sequence[tuple[str, str]] = ()
        try:
            body = decisions.answer(_body(environ), origin, country_of(environ))
            status, kind = "200 OK", _JSON
        except Exception as error:  # noqa: BLE001  the outermost handler of this path
            problem = as_problem(error)
            count_problem("decisions", problem.field)
            body = problem.body
            status, kind = f"{problem.status.value} {problem.status.phrase}", _PROBLEM
            if problem.status == HTTPStatus.METHOD_NOT_ALLOWED:
                more = _ALLOWED
        cors = published().cors.of(origin)
        start_response(status, [kind, ("Content-Length", str(len(body))), _KEPT_NOWHERE, *cors, *more])
        return [body]  # granian passes a list on as it is; any other iterable goes through a channel, piece by piece

    return serve


def _body(environ: "WSGIEnvironment") -> bytes:
    """At most one byte more than is allowed, so that `read_json` sees that it is too much.

    Never more than the request has: the input of a kept-alive connection ends nowhere, and reading on would wait for
    the next request. A body of unknown length is read only where the server says that its input ends.
    """
    if environ["REQUEST_METHOD"] != "POST":
        raise ProblemError(405, "Only POST is answered here.")
    length = environ.get("CONTENT_LENGTH") or ""
    if length.isdigit():
        size = min(int(length), MOST_BYTES + 1)
    else:
        size = MOST_BYTES + 1 if environ.get("wsgi.input_terminated") else 0
    body: bytes = environ["wsgi.input"].read(size)
    return body
