"""GET /<site>/thanks: where Stripe leads who gave on our own page. What was given is told once Stripe confirmed it."""

from urllib.parse import urlencode

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.domain.contribution import Contribution
from service.pages.frame import Frame, open_frame, pages_blueprint
from service.pages.sign_up import offered
from service.web.days import long_day
from service.web.money_labels import money_label
from service.web.outcomes import outcome_of
from service.web.parts import Parts

# Where a page can be passed on by an address alone: nothing of theirs is loaded here.
_PLACES = (
    ("E-mail", "mailto:", {"subject": "title", "body": "address"}),
    ("WhatsApp", "https://wa.me/", {"text": "both"}),
    ("Facebook", "https://www.facebook.com/sharer/sharer.php", {"u": "address"}),
    ("X", "https://x.com/intent/post", {"text": "title", "url": "address"}),
)


def thanks_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("thanks", parts)

    @views.get("/<site_id>/thanks")
    def show(site_id: str) -> ResponseReturnValue:
        frame = open_frame(parts, site_id, request.args)
        outcome, given = outcome_of(parts, frame.site, request.args.get("session", ""))
        address = f"{parts.settings.public_url}/{site_id}/support"
        title = frame.words.say("page_support_heading", site=frame.site.name)
        paid = given if outcome == "paid" else None
        manage = f"/supporter?{urlencode({'site': site_id, 'language': frame.language})}"
        return frame.page(
            "thanks.html", outcome=outcome, places=shares(title, address), address=address,
            gift=_gift(paid, frame) if paid else "",
            since=long_day(frame.site, paid.began_at, frame.language) if paid else "",
            newsletters=[(one, one.privacy_address(frame.site.home)) for one in offered(parts, frame.site)],
            manage=manage if parts.settings.mails else "",
        )  # fmt: skip

    return views


def shares(title: str, address: str) -> list[tuple[str, str]]:
    """Name and address of each place where the page may be passed on."""
    texts = {"title": title, "address": address, "both": f"{title} {address}"}
    return [
        (name, f"{base}?{urlencode({key: texts[what] for key, what in query.items()}).replace('+', '%20')}")
        for name, base, query in _PLACES
    ]


def _gift(given: Contribution, frame: Frame) -> str:
    """ "$5 a month"."""
    label = money_label(given.amount_minor, given.currency, frame.language)
    return frame.words.say(f"amount_{given.interval}", amount=label)
