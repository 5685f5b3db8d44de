"""GET /embed/v1/…: the browser's modules, minified and compressed once at start-up; and the interface's words."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib.resources import files

import brotli
from flask import Blueprint, Response, request
from flask.typing import ResponseReturnValue

from service.catalogue.languages import direction
from service.web.look import theme_of
from service.web.minify import minify
from service.web.parts import Parts
from service.web.problems import ProblemError
from service.web.public import public
from service.web.requests import known_site


@dataclass(frozen=True, slots=True)
class Asset:
    """One module, ready to send."""

    plain: bytes
    compressed: bytes
    etag: str


@cache  # they ship with the service and stay as they are while it runs
def load_assets() -> Mapping[str, Asset]:
    """Every module of `service/embed`, by file name."""
    folder = files("service") / "embed"
    return {file.name: _asset(file.read_text("utf-8")) for file in folder.iterdir() if file.name.endswith(".js")}


def _asset(source: str) -> Asset:
    plain = minify(source).encode()
    return Asset(plain, brotli.compress(plain, quality=11), sha256(plain).hexdigest()[:16])


def assets_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("assets", __name__)
    assets = load_assets()

    @views.get("/embed/v1/<name>")
    def module(name: str) -> ResponseReturnValue:
        asset = assets.get(name)
        if asset is None:
            raise ProblemError(404, "No such module.")
        compress = "br" in request.headers.get("Accept-Encoding", "")
        body = asset.compressed if compress else asset.plain
        response = Response(body, content_type="text/javascript; charset=utf-8")
        if compress:
            response.headers["Content-Encoding"] = "br"
        response.headers["Vary"] = "Accept-Encoding"
        return public(response, asset.etag, max_age=300)

    @views.get("/embed/v1/words/<site_id>/<language>.json")
    def words(site_id: str, language: str) -> ResponseReturnValue:
        site = known_site(parts.sites, site_id)
        chosen = site.language_for(language)
        texts = parts.dictionary.for_language(chosen).texts
        document = {"language": chosen, "direction": direction(chosen), "words": texts, **theme_of(site)}
        body = json.dumps(document, ensure_ascii=False).encode()
        response = Response(body, content_type="application/json")
        return public(response, sha256(body).hexdigest()[:16], max_age=300)

    return views
