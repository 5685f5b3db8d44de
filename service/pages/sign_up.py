"""GET and POST /<site>/newsletters/<name>: signing up for a newsletter by an address that can be shared, without a
script. Whoever posts gets the same answer, whether the address is new, subscribed, has unsubscribed or asks again."""

from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.domain.email_address import email_address
from service.domain.newsletter import Newsletter
from service.domain.site import Site
from service.pages.frame import Frame, check_own_page, open_frame, pages_blueprint
from service.store.errors import StoreUnavailableError
from service.web.newsletters import open_newsletter, sign_up
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.schemas import LONGEST_EMAIL


def sign_up_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("sign_up", parts, indexed=True)

    @views.get("/<site_id>/newsletters/<name>")
    def show(site_id: str, name: str) -> ResponseReturnValue:
        frame = open_frame(parts, site_id, request.args)
        newsletter = open_newsletter(parts, frame.site, name)
        if "sent" in request.args:
            told = frame.words.say("newsletter_sent")
            heading = newsletter.title[frame.language]
            return frame.page("message.html", heading=heading, paragraphs=[told])
        return _form(parts, frame, newsletter)

    @views.post("/<site_id>/newsletters/<name>")
    def act(site_id: str, name: str) -> ResponseReturnValue:
        check_own_page(parts.settings.public_url)
        frame = open_frame(parts, site_id, request.form)
        newsletter, say = open_newsletter(parts, frame.site, name), frame.words.say
        address = email_address(request.form.get("email", "")[:1000])
        if address is None:
            problem = say("supporter_email_unclear", example="reader@example.org")
            return _form(parts, frame, newsletter, 422, problem)
        try:
            sign_up(parts, frame.site, newsletter, address, frame.language)
        except ProblemError as refusal:
            return _form(parts, frame, newsletter, refusal.status, refusal.detail)
        except StoreUnavailableError:
            return _form(parts, frame, newsletter, 503, say("page_try_later"))
        return redirect(f"{request.path}?{urlencode({'language': frame.language, 'sent': 1})}", 303)

    return views


def offered(parts: Parts, site: Site) -> list[Newsletter]:
    """The site's newsletters that can be signed up for here."""
    abilities = parts.settings.abilities
    return [newsletter for newsletter in site.newsletters.values() if abilities.can_deliver(site.id, newsletter)]


def _form(
    parts: Parts, frame: Frame, newsletter: Newsletter, status: int = 200, problem: str = ""
) -> ResponseReturnValue:
    home = frame.site.home
    preview = home + newsletter.preview if newsletter.preview.startswith("/") else newsletter.preview
    return frame.page(
        "sign_up.html", status, newsletter=newsletter, problem=problem, preview=preview,
        address=f"{parts.settings.public_url}{request.path}",
        privacy=newsletter.privacy_address(home), email=request.form.get("email", "")[:LONGEST_EMAIL],
    )  # fmt: skip
