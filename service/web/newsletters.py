"""POST /v1/newsletters/…/subscriptions, and what the script shows of a newsletter: GET /embed/v1/newsletters/…"""

import json
from collections.abc import Callable
from hashlib import sha256

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from service.catalogue.languages import direction
from service.catalogue.words import Words
from service.domain.email_address import email_address
from service.domain.newsletter import Newsletter, Wish
from service.domain.results import SIGNED_UP
from service.domain.site import Site
from service.web.newsletter_offer import offer
from service.web.newsletter_schemas import SubscriptionSchema
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.public import public
from service.web.requests import known_site, load, read_json, reader_of
from service.web.tokens import TokenError

_SCHEMA = SubscriptionSchema()


def newsletters_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("newsletters", __name__)

    @views.post("/v1/newsletters/<name>/subscriptions")
    def subscribe(name: str) -> ResponseReturnValue:
        wish = load(_SCHEMA, read_json(request_body()))
        site = parts.site(wish["site"])
        newsletter = open_newsletter(parts, site, name)
        reader = reader_of(parts.tokens, site, wish["reader"]) if wish["reader"] else ""
        address = email_address(wish["email"])
        if address is None:
            raise ProblemError(422, "Not an e-mail address.", "email")
        appeal = _appeal(parts, site, wish["receipt"])
        sign_up(parts, site, newsletter, address, site.language_for(wish["language"]), reader, appeal=appeal)
        return {"accepted": True}, 202

    @views.get("/embed/v1/newsletters/<site_id>/<name>/<language>.json")
    def about(site_id: str, name: str, language: str) -> ResponseReturnValue:
        site = known_site(parts.sites, site_id)
        newsletter = open_newsletter(parts, site, name)
        chosen = site.language_for(language)
        document = {
            "language": chosen,
            "direction": direction(chosen),
            "newsletter": offer(newsletter, chosen, parts.dictionary.for_language(chosen)),
        }
        body = json.dumps(document, ensure_ascii=False).encode()
        return public(Response(body, content_type="application/json"), sha256(body).hexdigest()[:16], max_age=300)

    return views


def open_newsletter(parts: Parts, site: Site, name: str) -> Newsletter:
    """The newsletter, when readers can sign up for it here. Raises ProblemError."""
    newsletter = site.newsletters.get(name)
    if newsletter is None or not parts.settings.abilities.can_deliver(site.id, newsletter):
        raise ProblemError(404, "No such newsletter here.", "newsletter")
    return newsletter


def sign_up(  # noqa: PLR0913  a wish's own parts
    parts: Parts,
    site: Site,
    newsletter: Newsletter,
    address: str,
    language: str,
    reader: str = "",
    too_many: Callable[[int], str] | None = None,
    appeal: tuple[str, ...] = (),
) -> None:
    """Has a mail sent in which the sign-up is confirmed. Raises ProblemError for one who asks too often.

    The same is done, and takes as long, whether the address is new, subscribed, has unsubscribed or asks once more.
    """
    now = parts.clock()
    said = too_many or _too_many(parts.dictionary.for_language(language))
    parts.guard.pace("newsletters", now, said, email=address.lower(), address=parts.guard.address, site=site.id)
    wish = Wish(site.id, newsletter.id, address, language, reader, now, appeal)
    parts.newsletters.ask(wish)
    count_sign_up(parts, wish, SIGNED_UP)


def count_sign_up(parts: Parts, wish: Wish, kind: str) -> None:
    """One more who signed up, or confirmed it, where a campaign asked. One who signs up again counts again."""
    if wish.appeal:
        campaign, variant, placement = wish.appeal
        parts.counters.add(wish.site, parts.clock().date(), campaign, variant, placement, kind)


def _appeal(parts: Parts, site: Site, token: str | None) -> tuple[str, ...]:
    """What the receipt names; nothing of one that is too old, another site's or a preview's: they sign up anyway."""
    try:
        receipt = parts.tokens.receipt(token or "", parts.clock())
    except TokenError:
        return ()
    counts = receipt.site == site.id and not receipt.is_preview
    return (receipt.campaign, receipt.variant, receipt.placement) if counts else ()


def _too_many(words: Words) -> Callable[[int], str]:
    return lambda minutes: words.say("subscription_too_many", minutes=minutes)
