"""POST /v1/contributions starts a gift; …/outcome tells a page that stayed open what became of it, and GET …/return is
where Stripe brings the giver back."""

from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit, urlunsplit

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.catalogue.words import Words
from service.domain.contribution import Attribution
from service.domain.site import Site
from service.payments.checkout import Order
from service.web.asked_amounts import charge_for, fees_note
from service.web.checkouts import Wanted, checkout_answer
from service.web.outcomes import outcome_answer, outcome_of
from service.web.parts import Parts, request_body
from service.web.problems import ProblemError
from service.web.requests import known_site, load, read_json, reader_of
from service.web.schemas import ContributionSchema, OutcomeSchema, is_web_address
from service.web.where import where_of

_SCHEMA, _OUTCOME = ContributionSchema(), OutcomeSchema()
_LONGEST_ARTICLE = 500  # Source: docs.stripe.com/metadata


def contributions_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("contributions", __name__)

    @views.post("/v1/contributions")
    def start() -> ResponseReturnValue:
        wish = load(_SCHEMA, read_json(request_body()))
        site = parts.site(wish["site"])
        attribution = _attribution(parts, site, wish)
        words = parts.dictionary.for_language(site.language_for(wish["language"]))
        order = _order(site, wish, attribution, words)
        parts.admission.admit(site, attribution.reader, wish, words, parts.clock())
        wanted = Wanted(site.checkout.mode, hosted=bool(wish["hosted"]), again=bool(wish["again"]))
        return checkout_answer(parts, order, wanted, words)

    @views.get("/v1/contributions/return")
    def come_back() -> ResponseReturnValue:
        site = known_site(parts.sites, request.args.get("site", ""))
        to = request.args.get("to", "")
        if not is_web_address(to):
            raise ProblemError(422, "Not an http or https address.", "to")
        _check_return_url(site, to, "to")
        outcome, _ = outcome_of(parts, site, request.args.get("session", ""))
        return redirect(f"{_without_fragment(to)}#honestybox={outcome}", 303)

    @views.post("/v1/contributions/outcome")
    def tell() -> ResponseReturnValue:
        wish = load(_OUTCOME, read_json(request_body()))
        site = parts.site(wish["site"])
        reader = reader_of(parts.tokens, site, wish["reader"])
        return outcome_answer(parts, site, reader, wish["session"], wish["url"])

    return views


def _order(site: Site, wish: dict[str, Any], attribution: Attribution, words: Words) -> Order:
    """What Stripe is asked for. Raises ProblemError for an amount or an address that the site does not take."""
    language = site.language_for(wish["language"])
    charge = charge_for(site, wish, words, language)
    _check_return_url(site, wish["return_url"], "return_url")
    return Order(
        interval=wish["interval"],
        currency=wish["currency"],
        amount_minor=charge.amount_minor,
        fees_minor=charge.fees_minor,
        title=words.say("product_title", site=site.name),
        note=fees_note(charge, wish["currency"], words, language),
        language=language,
        attribution=attribution,
        return_url=_without_fragment(wish["return_url"]),
        email=wish["email"] if site.checkout.email else "",
    )


def _attribution(parts: Parts, site: Site, wish: dict[str, Any]) -> Attribution:
    reader = reader_of(parts.tokens, site, wish["reader"])
    article = _bare(wish["return_url"])[:_LONGEST_ARTICLE]
    where = where_of(parts, wish)._asdict()
    unasked = Attribution(site=site.id, reader=reader, attempt=wish["attempt"], article=article, **where)
    if not wish["receipt"]:
        return unasked
    receipt, asking_site = parts.receipt(wish["receipt"], "receipt")
    if (asking_site.id, receipt.reader) != (site.id, reader):
        raise ProblemError(422, "The receipt is another reader's.", "receipt")
    if receipt.is_preview:  # the money is real, but the campaign did not ask for it
        return unasked
    return replace(unasked, campaign=receipt.campaign, variant=receipt.variant, placement=receipt.placement)


def _check_return_url(site: Site, url: str, field: str) -> None:
    parts = urlsplit(url)
    if f"{parts.scheme}://{parts.netloc}" not in site.origins:
        raise ProblemError(422, f"Not a page of {site.id}.", field)


def _without_fragment(url: str) -> str:
    return urlunsplit(urlsplit(url)._replace(fragment=""))


def _bare(url: str) -> str:
    """The page's address; what follows it may say who reads, and none of that goes to Stripe as ours."""
    return urlunsplit(urlsplit(url)._replace(query="", fragment=""))
