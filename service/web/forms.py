"""GET /embed/v1/forms/…: the contribution form in another currency, for a reader who changes it."""

import json
from hashlib import sha256

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue

from service.web.giving_form import form
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.public import public
from service.web.requests import known_site


def forms_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("forms", __name__)

    @views.get("/embed/v1/forms/<site_id>/<language>/<currency>.json")
    def in_currency(site_id: str, language: str, currency: str) -> ResponseReturnValue:
        site = known_site(parts.sites, site_id)
        if currency not in site.currencies:
            raise ProblemError(404, f"Must be one of {', '.join(site.currencies)}.", "currency")
        chosen = site.language_for(language)
        document = {"form": form(site, currency, parts.dictionary.for_language(chosen), chosen)}
        body = json.dumps(document, ensure_ascii=False).encode()
        response = Response(body, content_type="application/json")
        return public(response, sha256(body).hexdigest()[:16], max_age=300)

    return views
