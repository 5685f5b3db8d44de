"""What only staff may ask: whoever sends one of HONESTYBOX_STAFF_TOKENS."""

import hmac
from collections.abc import Sequence

from flask import Blueprint, Response, request
from werkzeug.exceptions import NotFound

from service.web.parts import Parts
from service.web.problems import ProblemError


class UnauthorizedError(ProblemError):
    """The caller has to say who they are. Source: RFC 6750, section 3."""

    def __init__(self, *, wrong: bool) -> None:
        super().__init__(401, "Send one of the staff tokens: Authorization: Bearer <token>.", "Authorization")
        self.headers = {"WWW-Authenticate": 'Bearer realm="staff"' + (', error="invalid_token"' if wrong else "")}


def staff_blueprint(name: str, parts: Parts) -> Blueprint:
    """A blueprint whose every view is for staff: nobody can forget to ask. Its answers are kept by no cache."""
    views = Blueprint(name, __name__)

    @views.before_request
    def check() -> None:
        check_staff(parts.settings.staff_tokens, request.headers.get("Authorization"))

    @views.after_request
    def keep_nowhere(response: Response) -> Response:
        response.headers["Cache-Control"] = "no-store"
        return response

    return views


def check_staff(tokens: Sequence[str], authorization: str | None) -> None:
    """Raises UnauthorizedError unless one of `tokens` is sent; without any, staff's endpoints are not there at all."""
    if not tokens:
        raise NotFound
    scheme, _, sent = (authorization or "").partition(" ")
    if scheme.lower() != "bearer":
        raise UnauthorizedError(wrong=False)
    # Every token is compared, whichever fits: the time it takes tells nothing.
    fits = [hmac.compare_digest(token.encode(), sent.strip().encode()) for token in tokens]
    if not any(fits):
        raise UnauthorizedError(wrong=True)
