"""GET and POST /supporter: our own page for supporters, which works without scripts, cookies and pictures.

A link from a mail is opened by GET, and used up by POST alone: what looks into mails for viruses follows links and
presses no buttons. No cookie is needed in between. What the reader has proved is the link's token, which stands in the
form; where they come back from Stripe, the way back is a new link, as good as the old one for as long as that was.
"""

from base64 import b64encode
from hashlib import sha256
from importlib.resources import files
from typing import Any
from urllib.parse import urlencode

import structlog
from babel.dates import format_date
from flask import Blueprint, Response, redirect, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.catalogue.languages import direction
from service.domain.email_address import email_address
from service.domain.site import Site
from service.domain.supporter import Pass
from service.payments.errors import PaymentsError
from service.store.errors import StoreUnavailableError
from service.web.links import front_page, page_of
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.requests import MOST_BYTES, known_site
from service.web.supporters import ask_for_link, require_mail

log = structlog.get_logger(__name__)

_STYLE = (files("service.web") / "templates" / "supporter.css").read_text("utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()


def supporter_page_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("supporter_page", __name__, template_folder="templates")

    @views.get("/supporter")
    def show() -> ResponseReturnValue:
        page = _Page(parts, request.args)
        try:
            return page.first()
        except StoreUnavailableError:
            return page.ask(503, "supporter_try_later")

    @views.post("/supporter")
    def act() -> ResponseReturnValue:
        request.max_content_length = MOST_BYTES
        _check_own_page(parts.settings.public_url)
        page = _Page(parts, request.form)
        try:
            return page.act()
        except StoreUnavailableError:
            return page.ask(503, "supporter_try_later")

    @views.after_request
    def guard(answer: Response) -> Response:
        return _guarded(answer, parts.settings.public_url)

    return views


class _Page:
    """One request. `given`: its query, or its form."""

    def __init__(self, parts: Parts, given: Any) -> None:
        self.parts, self.given = parts, given
        require_mail(parts)
        self.site: Site = known_site(parts.sites, given.get("site", ""))
        wanted = given.get("language") or request.accept_languages.best_match(self.site.languages)
        self.language = self.site.language_for(wanted)
        self.words = parts.dictionary.for_language(self.language)
        self.return_url = page_of(self.site, given.get("return_url"), request.headers.get("Referer"))
        self.token = given.get("token", "")

    def first(self) -> ResponseReturnValue:
        """What a link opens, or the question for an address."""
        if "sent" in self.given:
            return self.show("sent")
        if not self.token:
            return self.ask()
        granted = self.parts.desk.links.links.look(self.site.id, self.token, self.parts.clock())
        return self.ready(granted, self.token) if granted else self.show("spent", 410)

    def act(self) -> ResponseReturnValue:
        """What the pressed button says."""
        action, _, number = self.given.get("action", "").partition(":")
        if action == "link":
            return self.send()
        granted = self.parts.desk.links.links.take(self.site.id, self.token, self.parts.clock())
        if granted is None:
            return self.show("spent", 410)
        if action == "recognise":
            return redirect(self.parts.desk.links.way_to(self.site, granted, self.parts.clock()), 303)
        return self.manage(granted, number)

    def send(self) -> ResponseReturnValue:
        """Asks for a link; a reload afterwards asks for no other."""
        address = email_address(self.given.get("email", "")[:1000])
        if address is None:
            return self.ask(422, "supporter_email_unclear", example="reader@example.org")
        try:
            ask_for_link(self.parts, self.site, address, self.language, self.return_url, self._too_many)
        except ProblemError as refusal:
            return self.show("ask", refusal.status, refusal.detail)
        query = {"site": self.site.id, "language": self.language, "return_url": self.return_url, "sent": "1"}
        return redirect(f"/supporter?{urlencode(query)}", 303)

    def manage(self, granted: Pass, number: str) -> ResponseReturnValue:
        """To Stripe's portal, which leads back to a new link of what is left of the old one's time."""
        token = self.parts.desk.links.links.issue(self.site.id, granted)
        owners = granted.supporter.owners
        place = int(number) if number.isdecimal() and len(number) < 3 else 0
        if place >= len(owners):
            return self.ready(granted, token)
        now = self.parts.clock()
        try:
            configuration = self.parts.desk.portals.configuration(self.site.id, now)
            back = self.parts.desk.links.address(self.site.id, self.language, token)
            portal = self.parts.desk.customers.portal(owners[place].customer, configuration, back, self.language)
            return redirect(portal, 303)
        except PaymentsError as error:
            log.warning("portal_failed", error=type(error).__name__)
            return self.ready(granted, token, 503, self.words.say("supporter_stripe_down"))

    def _too_many(self, minutes: int) -> str:
        return self.words.say("supporter_too_many", minutes=minutes)

    def ask(self, status: int = 200, problem: str = "", **values: str) -> ResponseReturnValue:
        """The question for an address, with a sentence about what went wrong."""
        return self.show("ask", status, self.words.say(problem, **values) if problem else "")

    def ready(self, granted: Pass, token: str, status: int = 200, problem: str = "") -> ResponseReturnValue:
        """What the link's owner may do."""
        self.return_url = granted.return_url or self.return_url
        owners = granted.supporter.owners
        days = [format_date(owner.gave_at, "long", locale=self.language.replace("-", "_")) for owner in owners]
        one = len(owners) == 1
        buttons = [self.words.say("supporter_manage" if one else "supporter_manage_since", date=day) for day in days]
        return self.show("ready", status, problem, token=token, manage=buttons)

    def show(self, state: str, status: int = 200, problem: str = "", **more: Any) -> ResponseReturnValue:
        """The page."""
        return render_template(
            "supporter.html", state=state, problem=problem, say=self.words.say, site=self.site, language=self.language,
            direction=direction(self.language), return_url=self.return_url, style=Markup(_STYLE),  # noqa: S704  our own file
            email=self.given.get("email", "")[:254], back=self.return_url or front_page(self.site), **more,
        ), status  # fmt: skip


def _check_own_page(public_url: str) -> None:
    """Raises ProblemError for a form on somebody else's page.

    Browsers say by themselves where a form stands. Those that do not yet say so send an Origin: ours is `null`, since
    our page's policy is to tell nobody where the reader comes from.
    """
    told = request.headers.get("Sec-Fetch-Site")
    same = told == "same-origin" if told else request.headers.get("Origin") in (None, "null", public_url)
    if not same:
        raise ProblemError(403, "This form belongs to our own page.", "origin")


def _guarded(answer: Response, public_url: str) -> Response:
    """Nothing of the page is kept, framed, indexed, or told to where its links lead."""
    # A form's redirect counts as its target: to the publisher's page, and to a portal under whatever name it has.
    targets = "'self' https:" if public_url.startswith("https:") else "'self' http: https:"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {targets}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["X-Robots-Tag"] = "noindex"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer
