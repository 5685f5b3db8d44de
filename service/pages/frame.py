"""What every page of ours has in common: its frame and style, its language, and what browsers may do with it.

    views = pages_blueprint("reminders", parts)

    @views.get("/<site>/reminders")
    def show(site):
        frame = open_frame(parts, site, request.args)
        return frame.page("message.html", heading=frame.words.say("…"), paragraphs=[…])

A form on it posts to our own origin; call `check_own_page` before anything is done, and answer with a redirect (303),
so that a reload does nothing twice. What a mail links to is shown by GET and done by POST alone: what looks into mails
for viruses follows links and presses no buttons.
"""

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from importlib.resources import files
from typing import Any

from flask import Blueprint, Response, render_template, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from service.catalogue.languages import direction
from service.catalogue.words import Words
from service.domain.site import Site
from service.web.links import front_page
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.requests import MOST_BYTES, known_site

_STYLE = (files("service.pages") / "templates" / "page.css").read_text("utf-8")
_STYLE_HASH = b64encode(sha256(_STYLE.encode()).digest()).decode()


@dataclass(frozen=True, slots=True)
class Frame:
    """A page's site and language. `back`: the page of the site that the reader goes back to."""

    site: Site
    language: str
    words: Words
    back: str

    def page(self, template: str, status: int = 200, **values: Any) -> ResponseReturnValue:
        """The page made of a template that extends base.html; `values` are for it. "message.html" does for most: see
        what it may be told."""
        return render_template(
            template, site=self.site, language=self.language, direction=direction(self.language), say=self.words.say,
            back=self.back, style=Markup(_STYLE), **values,  # noqa: S704  our own file
        ), status  # fmt: skip


def open_frame(parts: Parts, site_id: str, given: Mapping[str, str], back: str = "") -> Frame:
    """The frame for this request: in the language that `given`, its query or form, asks for, else in the browser's.

    `back`: a page of the site, as `web.links.page_of` returns it; the site's front page where empty. Raises
    ProblemError for a site that is not here.
    """
    site = known_site(parts.sites, site_id)
    language = site.language_for(given.get("language") or request.accept_languages.best_match(site.languages))
    return Frame(site, language, parts.dictionary.for_language(language), back or front_page(site))


def pages_blueprint(
    name: str, parts: Parts, *, forms_lead_away: bool = False, indexed: bool = False
) -> Blueprint:
    """For views that answer with pages. `forms_lead_away`: what is posted here may be answered by leading to Stripe or
    to the publisher. `indexed`: search engines may list these pages."""
    views = Blueprint(name, __name__, template_folder="templates")
    targets = "'self'"
    if forms_lead_away:
        # A form's redirect counts as its target: to the publisher's page, and to Stripe's under whatever name it has.
        targets += " https:" if parts.settings.public_url.startswith("https:") else " http: https:"

    @views.after_request
    def guard(answer: Response) -> Response:
        if not indexed:
            answer.headers["X-Robots-Tag"] = "noindex"
        return _guarded(answer, targets)

    return views


def check_own_page(public_url: str) -> None:
    """Raises ProblemError for a form on somebody else's page, or one that is too long for ours.

    Browsers say by themselves where a form stands. Those that do not yet say so send an Origin: ours is `null`, since
    our page's policy is to tell nobody where the reader comes from.
    """
    request.max_content_length = MOST_BYTES
    told = request.headers.get("Sec-Fetch-Site")
    same = told == "same-origin" if told else request.headers.get("Origin") in (None, "null", public_url)
    if not same:
        raise ProblemError(403, "This form belongs to our own page.", "origin")


def _guarded(answer: Response, targets: str) -> Response:
    """Nothing of the page is kept, framed, or told to where its links lead."""
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; style-src 'sha256-{_STYLE_HASH}'; form-action {targets}; base-uri 'none'; "
        "frame-ancestors 'none'"
    )
    answer.headers["Referrer-Policy"] = "no-referrer"
    answer.headers["Cache-Control"] = "no-store"
    answer.headers["Cross-Origin-Opener-Policy"] = "same-origin"
    return answer
