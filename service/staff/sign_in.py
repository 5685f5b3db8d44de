"""POST /staff/sign-in and /staff/sign-out, and the style sheet, which strangers see as well."""

import re
from hashlib import sha256
from importlib.resources import files

from flask import Blueprint, Response, g, redirect, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from service.domain.staff_deed import StaffDeed
from service.staff.frame import check_own_page, guarded, sign_in_page, staff_pages, told, visitor_of
from service.store.errors import StoreUnavailableError
from service.web.limits import TooManyError
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.staff_door import LIFE

_STYLES = {name: (files("service.staff") / "static" / name).read_bytes() for name in ("staff.css", "stage.css")}
_WAY = re.compile(r"/staff/[\w./?=&%+:~-]{0,2000}", re.ASCII)
_LONGEST = 1000


def sign_in_views(parts: Parts) -> Blueprint:
    """What is open to strangers."""
    views = Blueprint("staff_sign_in", __name__, template_folder="templates")
    views.register_error_handler(ProblemError, lambda problem: told(parts, problem.status, problem.detail))
    views.after_request(guarded)

    @views.get("/staff/<any('staff.css', 'stage.css'):name>")
    def style(name: str) -> ResponseReturnValue:
        if not parts.door.is_there:
            raise NotFound
        sheet = _STYLES[name]
        answer = Response(sheet, content_type="text/css; charset=utf-8", headers={"Cache-Control": "no-cache"})
        answer.set_etag(sha256(sheet).hexdigest()[:16])
        return answer.make_conditional(request)

    @views.route("/staff/sign-in", methods=["GET", "POST"])
    def sign_in() -> ResponseReturnValue:
        visitor = visitor_of(parts)
        if request.method == "GET":
            return redirect("/staff/", 303) if visitor else sign_in_page(parts, 200, way="/staff/")
        check_own_page(parts.settings.public_url)
        return _Try(parts).answer()

    return views


class _Try:
    """One try to sign in."""

    def __init__(self, parts: Parts) -> None:
        self.parts, self.now = parts, parts.clock()
        self.name = request.form.get("name", "").strip()[:100]
        self.way = way if _WAY.fullmatch(way := request.form.get("way", "")) else "/staff/"

    def answer(self) -> Response:
        """The way in, or the page once more."""
        parts, guard = self.parts, self.parts.guard
        try:
            guard.pace("sign_ins", self.now, _wait, address=guard.address, name=self.name, all="all")
        except TooManyError as refusal:
            self._note("was refused: too many tries")
            answer = self._again(429, refusal.detail)
            answer.headers.extend(refusal.headers)
            return answer
        except StoreUnavailableError:
            return self._again(503, "Redis cannot be reached, and without it nobody counts the tries. Try again soon.")
        if not parts.door.knows(self.name, request.form.get("password", "")[:_LONGEST]):
            self._note("was refused: wrong name or password")
            return self._again(401, "That is not the right name and password.")
        self._note("signed in")
        return self._admitted()

    def _admitted(self) -> Response:
        door = self.parts.door
        answer: Response = redirect(self.way, 303)  # type: ignore[assignment]
        answer.set_cookie(
            door.cookie, door.admit(self.name, self.now), max_age=LIFE, path="/staff", secure=door.secure,
            httponly=True, samesite="Strict",
        )  # fmt: skip
        return answer

    def _again(self, status: int, problem: str) -> Response:
        return sign_in_page(self.parts, status, problem, self.name, self.way)

    def _note(self, what: str) -> None:
        self.parts.audit.add(StaffDeed(self.now, self.name or "nobody", what))


def _wait(minutes: int) -> str:
    return f"Too many tries. Wait {minutes} minute{'' if minutes == 1 else 's'}."


def sign_out_views(parts: Parts) -> Blueprint:
    """The way out, for those who are in."""
    views = staff_pages("staff_sign_out", parts)

    @views.post("/staff/sign-out")
    def sign_out() -> ResponseReturnValue:
        now = parts.clock()
        parts.door.see_off(g.visitor, now)
        parts.audit.add(StaffDeed(now, g.visitor.who, "signed out"))
        answer: Response = redirect("/staff/sign-in", 303)  # type: ignore[assignment]
        door = parts.door
        answer.delete_cookie(door.cookie, path="/staff", secure=door.secure, httponly=True, samesite="Strict")
        return answer

    return views
