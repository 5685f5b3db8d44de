"""GET /embed/v1/tickers/…: how far a campaign has come towards its goal, for the appeals that say so."""

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from babel import Locale
from babel.numbers import format_percent
from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from service.catalogue.words import Words
from service.domain.ticker import Ticker
from service.store.errors import StoreUnavailableError
from service.web.access_answers import iso
from service.web.money_labels import money_label
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.public import public
from service.web.requests import known_site


def tickers_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("tickers", __name__)

    def raised(site_id: str, campaign_id: str, ticker: Ticker, now: datetime) -> int | None:
        if not ticker.runs(now):
            return None
        try:
            return parts.tickers.raised(site_id, campaign_id, ticker.currency, now)
        except StoreUnavailableError:
            return None

    @views.get("/embed/v1/tickers/<site_id>/<campaign_id>/<language>.json")
    def of_campaign(site_id: str, campaign_id: str, language: str) -> ResponseReturnValue:
        site = known_site(parts.sites, site_id)
        campaign = parts.published().catalogue.plans[site.id].by_id.get(campaign_id)
        if campaign is None or campaign.ticker is None:
            raise ProblemError(404, "This campaign has no ticker.", "campaign")
        chosen, now = site.language_for(language), parts.clock()
        sum_minor = raised(site.id, campaign_id, campaign.ticker, now)
        told = None
        if sum_minor is not None:
            told = progress(campaign.ticker, sum_minor, parts.dictionary.for_language(chosen), chosen)
        body = json.dumps({"ticker": told}, ensure_ascii=False).encode()
        response = Response(body, content_type="application/json")
        return public(response, sha256(body).hexdigest()[:16], max_age=60)

    return views


def progress(ticker: Ticker, raised_minor: int, words: Words, language: str) -> Mapping[str, Any]:
    """What the script shows: whole sentences, and the share for the bar. `until`: the last second that counts."""
    raised, goal = (money_label(minor, ticker.currency, language) for minor in (raised_minor, ticker.goal_minor))
    reached = raised_minor >= ticker.goal_minor
    percent = min(100, raised_minor * 100 // ticker.goal_minor)
    locale = Locale.parse(language, sep="-")
    return {
        "raised_minor": raised_minor,
        "goal_minor": ticker.goal_minor,
        "currency": ticker.currency,
        "percent": percent,
        "percent_label": format_percent(percent / 100, locale=locale, numbering_system="default"),
        "text": words.say("ticker_reached" if reached else "ticker_raised", raised=raised, goal=goal),
        "until": iso(ticker.end - timedelta(seconds=1)) if ticker.end else None,
        "until_text": words.texts["ticker_until"],
    }
