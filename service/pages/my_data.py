"""GET and POST /<site>/my-data: what we hold on a reader, and an end of it, on a page of ours and without a script.

Who asks is told by the token that a browser keeps on the publisher's pages, which posts it here, or by the link that a
supporter was mailed, which stands for every browser that their gifts were given or recognised in.
"""

import json
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.pages.frame import Frame, check_own_page, open_frame, pages_blueprint
from service.store.errors import StoreUnavailableError
from service.web.links import page_of
from service.web.money_labels import money_label
from service.web.parts import Parts
from service.web.requests import MOST_BYTES
from service.web.tokens import TokenError

_ENOUGH = 16
"""So many characters of its token tell a browser that it is this one which was forgotten, and tell nobody else."""


def my_data_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("my_data", parts)

    @views.get("/<site_id>/my-data")
    def begin(site_id: str) -> ResponseReturnValue:
        return _from_the_site(open_frame(parts, site_id, request.args))

    @views.post("/<site_id>/my-data")
    def act(site_id: str) -> ResponseReturnValue:
        request.max_content_length = MOST_BYTES
        given = request.form
        frame = open_frame(parts, site_id, given)
        frame = replace(frame, back=page_of(frame.site, given.get("return_url")) or frame.back)
        parts.guard.pace("readers", parts.clock(), address=parts.guard.address)
        if given.get("action") == "erase":
            check_own_page(parts.settings.public_url)
        try:
            readers = _readers(parts, frame, given)
            if readers is None:
                return _from_the_site(frame, 422)
            return _erase(parts, frame, readers) if given.get("action") == "erase" else _tell(parts, frame, readers)
        except StoreUnavailableError:
            heading, told = frame.words.say("page_try_later_heading"), frame.words.say("page_try_later")
            return frame.page("message.html", 503, heading=heading, paragraphs=[told])

    return views


def _from_the_site(frame: Frame, status: int = 200) -> ResponseReturnValue:
    """Here nobody knows who asks."""
    say = frame.words.say
    told = say("page_data_from", site=frame.site.name)
    return frame.page("message.html", status, heading=say("page_data_heading"), paragraphs=[told])


def _readers(parts: Parts, frame: Frame, given: Mapping[str, str]) -> list[str] | None:
    """Who asks; None where that is not known. A link is used up by nothing but its time: what is erased is gone."""
    if token := given.get("reader"):
        try:
            return [parts.tokens.reader(frame.site.id, token)]
        except TokenError:
            return None
    granted = parts.desk.links.links.look(frame.site.id, given.get("token", ""), parts.clock())
    if granted is None:
        return None
    return parts.reader_data.givers.of(frame.site.id, granted.supporter.contributions)


def _tell(parts: Parts, frame: Frame, readers: list[str]) -> ResponseReturnValue:
    held = [parts.reader_data.held(frame.site.id, reader, parts.clock()) for reader in readers]
    some = [one for one in held if any(one[name] for name in ("record", "reminder", "newsletters", "contributions"))]
    fields = {name: request.form[name] for name in ("reader", "token", "return_url") if request.form.get(name)}
    texts = [json.dumps(one, ensure_ascii=False, indent=2) for one in some]
    return frame.page("my_data.html", state="held", held=texts, fields=fields)


def _erase(parts: Parts, frame: Frame, readers: list[str]) -> ResponseReturnValue:
    """Forgets them; whoever loads the page again is told that nothing is held."""
    answers = [parts.reader_data.erase(frame.site.id, reader, parts.clock()) for reader in readers]
    kept = {one["id"]: _gift(one, frame) for answer in answers for one in answer["kept"]}
    # the browser forgets its number, too, where it is the one
    back = f"{frame.back}#honestybox=forgotten.{request.form.get('reader', '')[-_ENOUGH:]}"
    return replace(frame, back=back).page("my_data.html", state="erased", kept=kept.values())


def _gift(kept: Mapping[str, Any], frame: Frame) -> str:
    """ "$5 a month, 2026-11-22, sub_…"."""
    amount = money_label(kept["amount_minor"], kept["currency"], frame.language)
    label = frame.words.say(f"amount_{kept['interval']}", amount=amount)
    return f"{label}, {kept['began_at'][:10]}, {kept['id']}"
