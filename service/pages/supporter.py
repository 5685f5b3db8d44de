"""GET and POST /supporter: our own page for supporters, which works without scripts, cookies and pictures.

A link from a mail is opened by GET, and used up by POST alone: what looks into mails for viruses follows links and
presses no buttons. No cookie is needed in between. What the reader has proved is the link's token, which stands in the
form; where they come back from Stripe, the way back is a new link, as good as the old one for as long as that was.
"""

from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

import structlog
from babel.dates import format_date
from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.domain.email_address import email_address
from service.domain.supporter import Pass
from service.pages.frame import check_own_page, open_frame, pages_blueprint
from service.payments.errors import PaymentsError
from service.store.errors import StoreUnavailableError
from service.web.links import front_page, page_of
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.supporters import ask_for_link, require_mail

log = structlog.get_logger(__name__)


def supporter_page_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("supporter_page", parts, forms_lead_away=True)

    @views.get("/supporter")
    def show() -> ResponseReturnValue:
        page = _Page(parts, request.args)
        try:
            return page.first()
        except StoreUnavailableError:
            return page.ask(503, "supporter_try_later")

    @views.post("/supporter")
    def act() -> ResponseReturnValue:
        check_own_page(parts.settings.public_url)
        page = _Page(parts, request.form)
        try:
            return page.act()
        except StoreUnavailableError:
            return page.ask(503, "supporter_try_later")

    return views


class _Page:
    """One request. `given`: its query, or its form."""

    def __init__(self, parts: Parts, given: Any) -> None:
        self.parts, self.given = parts, given
        require_mail(parts)
        self.frame = open_frame(parts, given.get("site", ""), given)
        self.site, self.language, self.words = self.frame.site, self.frame.language, self.frame.words
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
        frame = replace(self.frame, back=self.return_url or front_page(self.site))
        return frame.page(
            "supporter.html", status, state=state, problem=problem, return_url=self.return_url,
            email=self.given.get("email", "")[:254], **more,
        )  # fmt: skip
