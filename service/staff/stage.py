"""/staff/preview/<token>/…: a page of ours with one appeal on it, for the frames of the preview.

The script on it is the real one, loaded from an address whose beginning holds the token; so everything that it asks the
service for comes back here, where it is answered from the files as they are saved. Whoever has the token may see it:
the script sends no cookies. So it is made for this alone, and only for who is signed in: the link that a colleague
gets opens nothing here, for it shows what is published. Nothing is recorded, and nobody is asked for money.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Blueprint, Response, current_app, g, make_response, render_template, request
from flask.typing import ResponseReturnValue
from werkzeug.exceptions import NotFound

from service.catalogue.languages import direction
from service.domain.access import AccessReason
from service.domain.site import Placement, Site
from service.staff.frame import guarded, staff_pages
from service.staff.saved import SavedFiles
from service.web.access_answers import iso
from service.web.decision_request import DecisionRequest
from service.web.parts import Parts, request_body
from service.web.previewed import PreviewedDecisions
from service.web.previews import Preview, Previews
from service.web.problems import ProblemError
from service.web.published import Published
from service.web.requests import read_json
from service.web.tickers import progress
from service.web.tokens import TokenError

_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' https: data:; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'self'; require-trusted-types-for 'script'; "
    "trusted-types honestybox"
)
STAGE_LIFE = timedelta(hours=12)
"""Of its tokens: as long as who sees the page may be signed in."""
_MOST_DAYS = 1000
_NO_MONEY = "This is a preview: nothing was charged, and nothing can be."


def stages(parts: Parts) -> Previews:
    """Makes and reads the tokens of stages."""
    return Previews(parts.tokens, "stage")


def stage_views(parts: Parts, saved_files: SavedFiles) -> Blueprint:
    """The page itself, for those who are signed in."""
    views = staff_pages("staff_stage", parts)

    @views.get("/staff/preview/<token>/<theme>")
    def page(token: str, theme: str) -> ResponseReturnValue:
        preview = _read(parts, token)
        site = _site(parts, saved_files, preview)
        language = preview.language or site.default_language
        answer = make_response(
            render_template(
                "staff/stage.html", site=site, language=language, direction=direction(language),
                theme="dark" if theme == "dark" else "light", token=token,
            )
        )  # fmt: skip
        answer.headers["Content-Security-Policy"] = _POLICY
        return answer

    return views


def backstage_views(parts: Parts, saved_files: SavedFiles) -> Blueprint:
    """What the script on it asks for."""
    views = Blueprint("staff_backstage", __name__)
    previewed = PreviewedDecisions(parts.tokens, stages(parts), parts.clock)

    @views.before_request
    def check() -> None:
        if not parts.door.is_there:
            raise NotFound
        g.preview = _read(parts, (request.view_args or {})["token"])

    @views.get("/staff/preview/<token>/embed/v1/<path:name>")
    def module(token: str, name: str) -> ResponseReturnValue:
        """As the service itself sends it; but a ticker stands still, and is there before its campaign runs."""
        if name.startswith("tickers/"):
            return {"ticker": _ticker(parts, saved_files, g.preview)}
        endpoint, arguments = current_app.url_map.bind("").match(f"/embed/v1/{name}")
        sent: Any = current_app.view_functions[endpoint](**arguments)
        return make_response(sent)

    @views.post("/staff/preview/<token>/v1/decisions")
    def decide(token: str) -> ResponseReturnValue:
        published, site = _published(parts, saved_files), _site(parts, saved_files, g.preview)
        asked = _request(parts, site, token, request_body())
        answer = json.loads(previewed.answer(published, site, asked))
        return Response(json.dumps(_on_stage(answer, site)), content_type="application/json")

    @views.post("/staff/preview/<token>/v1/<path:rest>")
    def pretend(token: str, rest: str) -> ResponseReturnValue:
        """As if it had been done."""
        return _pretended(parts, rest)

    @views.after_request
    def guard(answer: Response) -> Response:
        return guarded(answer)

    return views


def _ticker(parts: Parts, saved_files: SavedFiles, preview: Preview) -> Mapping[str, Any] | None:
    """As if a third had been raised; None where there is none."""
    plan = _published(parts, saved_files).catalogue.plans[_site(parts, saved_files, preview).id]
    campaign = plan.by_id.get(preview.campaign)
    if campaign is None or campaign.ticker is None:
        return None
    language = plan.site.language_for(preview.language)
    raised = campaign.ticker.goal_minor // 3
    return progress(campaign.ticker, raised, parts.dictionary.for_language(language), language)


def _pretended(parts: Parts, rest: str) -> ResponseReturnValue:
    """As the service answers where all goes well."""
    asked, now = _asked(request_body()), parts.clock()
    if rest == "events":
        return {"recorded": 0}
    if rest == "snoozes":
        days = asked.get("days")
        if not isinstance(days, int) or not 0 < days < _MOST_DAYS:
            return {"until": None}
        return {"until": iso(now + timedelta(days=days))}
    if rest == "access/later":
        return {"access": {"granted": True, "reason": AccessReason.PUT_OFF}, "until": iso(now + timedelta(days=1))}
    if rest.startswith("newsletters/"):
        return {"accepted": True}, 202
    raise ProblemError(422, _NO_MONEY, "preview")  # the script shows what a 422 says


def _asked(body: bytes) -> dict[str, Any]:
    """The script's request. Raises ProblemError."""
    values = read_json(body)
    if not isinstance(values, dict):
        raise ProblemError(422, "Not an object.", "body")
    return values


def _read(parts: Parts, token: str) -> Preview:
    """The preview. Raises ProblemError for a token that is not ours or is too old."""
    site_id = token.partition(".")[0]
    try:
        return stages(parts).read(token, site_id, parts.clock())
    except TokenError as error:
        raise ProblemError(404, f"The preview {error}.") from error


def _published(parts: Parts, saved_files: SavedFiles) -> Published:
    return saved_files.look().published or parts.published()


def _site(parts: Parts, saved_files: SavedFiles, preview: Preview) -> Site:
    site = _published(parts, saved_files).catalogue.sites.get(preview.site)
    if site is None:
        raise ProblemError(404, "The site is not in the files that can be shown.")
    return site


def _request(parts: Parts, site: Site, token: str, body: bytes) -> DecisionRequest:
    """The script's own request, as one that quotes the token, for an article on this stage."""
    ours = {"site": site.id, "preview": token, "reader": None, "consent": False}
    asked = parts.published().requests.read({**_asked(body), **ours})
    return replace(asked, placements=tuple(Placement))


def _on_stage(answer: dict[str, Any], site: Site) -> dict[str, Any]:
    """The answer for this page: its own article is the place, since the site's selectors are about the site's pages;
    pictures that are the site's own come from there; and nothing is waited for, since nobody reads or scrolls here."""
    for appeal in answer["appeals"]:
        appeal.pop("show_after", None)
        image = appeal.get("image")
        if image and image["src"].startswith("/"):
            image["src"] = site.home + image["src"]
        if (appeal.get("place") or {}).get("selector"):
            appeal["place"] = {"selector": "#article", "position": "end"}
    gate = answer["access"].get("gate")
    if gate:
        gate["place"]["selector"] = "#article"
    return answer
