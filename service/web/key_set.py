"""GET /.well-known/jwks.json: the public keys with which anybody verifies an access token."""

from flask import Blueprint, jsonify
from flask.typing import ResponseReturnValue

from service.web.parts import Parts


def key_set_views(parts: Parts) -> Blueprint:
    """The view of this module."""
    views = Blueprint("key_set", __name__)

    @views.get("/.well-known/jwks.json")
    def key_set() -> ResponseReturnValue:
        response = jsonify(parts.access_tokens.key_set)
        response.headers["Access-Control-Allow-Origin"] = "*"
        response.headers["Cache-Control"] = "public, max-age=3600"
        return response

    return views
