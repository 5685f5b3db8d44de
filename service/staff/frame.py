"""The frame that every staff page stands in: the door, the headers, the navigation.

A page is a view of a blueprint that `staff_pages` makes, answers with `staff_page`, and has a row in PAGES.
"""

from typing import Any, NamedTuple

from flask import Blueprint, Response, g, make_response, render_template, request
from werkzeug.exceptions import HTTPException, NotFound

from service.store.errors import StoreUnavailableError
from service.web.explained_words import moment
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.requests import MOST_BYTES
from service.web.staff_door import Visitor


class Entry(NamedTuple):
    """A page's place in the navigation."""

    path: str
    label: str


PAGES = (
    Entry("/staff/", "Campaigns"),
    Entry("/staff/preview", "Preview"),
    Entry("/staff/why", "Why?"),
    Entry("/staff/results", "Results"),
    Entry("/staff/health", "Health"),
    Entry("/staff/reasons", "Reasons"),
    Entry("/staff/audit", "Audit"),
)  # fmt: skip

POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; frame-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'"
)


def staff_pages(name: str, parts: Parts) -> Blueprint:
    """A blueprint whose every view is for those who are signed in, and whose every POST is from a form of ours."""
    views = Blueprint(name, __name__, template_folder="templates")
    views.before_request(lambda: _check(parts))
    views.after_request(guarded)
    views.register_error_handler(ProblemError, lambda problem: told(parts, problem.status, problem.detail))
    views.register_error_handler(HTTPException, lambda error: told(parts, error.code or 500, error.description or ""))
    views.register_error_handler(StoreUnavailableError, lambda _: told(parts, 503, "Redis cannot be reached."))
    return views


def _check(parts: Parts) -> Response | None:
    """The sign-in page for a stranger. Raises ProblemError for somebody else's form."""
    visitor = visitor_of(parts)
    if visitor is None:
        return sign_in_page(parts)
    if request.method == "POST":
        check_own_page(parts.settings.public_url)
        if not parts.door.is_own_form(visitor, request.form.get("form_token", "")):
            raise ProblemError(403, "This form is not, or no longer, yours. Go back, load the page anew and try again.")
    return None


def visitor_of(parts: Parts) -> Visitor | None:
    """Who asks; None for a stranger. Raises NotFound where there are no staff pages."""
    if not parts.door.is_there:
        raise NotFound
    request.max_content_length = MOST_BYTES
    g.visitor = parts.door.visitor(request.environ, request.cookies.get(parts.door.cookie, ""), parts.clock())
    return g.visitor  # type: ignore[no-any-return]


def check_own_page(public_url: str) -> None:
    """Raises ProblemError unless the browser says that the form stands on a page of ours."""
    told_by_browser = request.headers.get("Sec-Fetch-Site")
    own = request.headers.get("Origin") == public_url
    if not (told_by_browser == "same-origin" if told_by_browser else own):
        raise ProblemError(403, "This form belongs to the staff pages; it was sent from somewhere else.")


def staff_page(parts: Parts, template: str, title: str, status: int = 200, **values: Any) -> Response:
    """The page. `template`: below templates/staff/, extends `staff/frame.html` and fills its block `page`.

    It finds `form_token` for its forms, which post with a field of that name, `moment(at, zone)`, and `values`.
    """
    visitor = g.visitor
    page = render_template(
        f"staff/{template}", title=title, pages=PAGES, here=request.path, who=visitor.who,
        may_sign_out=bool(visitor.session), form_token=parts.door.form_token(visitor), moment=moment,
        version=parts.published().catalogue.version, problems=len(parts.config_problems()), **values,
    )  # fmt: skip
    return make_response(page, status)


def told(parts: Parts, status: int, sentence: str) -> Response:
    """What went wrong, as a page for staff."""
    if getattr(g, "visitor", None) is None:
        return guarded(make_response(sentence, status, {"Content-Type": "text/plain; charset=utf-8"}))
    return staff_page(parts, "told.html", "That did not work", status, sentence=sentence)


def sign_in_page(parts: Parts, status: int = 401, problem: str = "", name: str = "", way: str = "") -> Response:
    """The sign-in page, which leads back to where the visitor wanted to go."""
    way = way or (request.full_path.removesuffix("?") if request.method == "GET" else "")
    page = render_template(
        "staff/sign_in.html", takes_passwords=parts.door.takes_passwords, problem=problem, name=name, way=way
    )
    answer = make_response(page, status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = 'Form realm="staff"'  # RFC 9110 wants one; no browser asks by itself
    return answer


def guarded(answer: Response) -> Response:
    """Nothing of it is kept, framed, indexed, or sent elsewhere; and nothing in it can run."""
    answer.headers.setdefault("Content-Security-Policy", POLICY)
    answer.headers["Referrer-Policy"] = "same-origin"
    answer.headers.setdefault("Cache-Control", "no-store")
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    answer.headers["Cross-Origin-Resource-Policy"] = "same-origin"
    return answer
