"""GET and POST /<site>/reminder: where the mail leads that asks whether a reminder is wanted; it ends one, too."""

from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, redirect, request
from flask.typing import ResponseReturnValue

from service.domain.reminder import Reminder, Stage
from service.pages.frame import Frame, check_own_page, open_frame, pages_blueprint
from service.store.errors import StoreUnavailableError
from service.web.days import long_day
from service.web.parts import Parts
from service.web.supporters import require_mail


def reminder_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("reminder", parts)

    @views.get("/<site_id>/reminder")
    def show(site_id: str) -> ResponseReturnValue:
        require_mail(parts)
        frame = open_frame(parts, site_id, request.args)
        if "ended" in request.args:
            return _said(frame, "page_reminder_ended_heading", "page_reminder_ended")
        try:
            wish = _wanted(parts, site_id, request.args)
        except StoreUnavailableError:
            return _try_later(frame)
        return _standing(parts, frame, wish, request.args)

    @views.post("/<site_id>/reminder")
    def act(site_id: str) -> ResponseReturnValue:
        check_own_page(parts.settings.public_url)
        require_mail(parts)
        frame = open_frame(parts, site_id, request.form)
        query = {"language": frame.language}
        try:
            wish = _wanted(parts, site_id, request.form)
            if wish is not None and request.form.get("action") == "end":
                parts.reminders.forget(wish)
                return redirect(f"/{site_id}/reminder?{urlencode({**query, 'ended': 1})}", 303)
            if wish is not None and wish.can_be_confirmed(parts.clock()):
                parts.reminders.confirm(wish, parts.clock())
        except StoreUnavailableError:
            return _try_later(frame)
        return redirect(f"/{site_id}/reminder?{urlencode({**query, 'token': request.form.get('token', '')})}", 303)

    return views


def _wanted(parts: Parts, site_id: str, given: Any) -> Reminder | None:
    """The reminder that the link names, as long as no later wish has taken its place."""
    name = parts.reminder_links.read(given.get("token", ""))
    if name is None or name.site != site_id:
        return None
    wish = parts.reminders.get(name.site, name.reader)
    return wish if wish is not None and wish.id == name.id else None


def _standing(parts: Parts, frame: Frame, wish: Reminder | None, given: Any) -> ResponseReturnValue:
    """What can be done with it."""
    if wish is not None:
        date = long_day(frame.site, wish.due, frame.language)
        if wish.can_be_confirmed(parts.clock()):
            return frame.page("reminder.html", stage="asked", date=date, token=given["token"])
        if wish.stage is Stage.CONFIRMED:
            return frame.page("reminder.html", stage="confirmed", date=date, token=given["token"])
    return _said(frame, "page_reminder_gone_heading", "page_reminder_gone", 410)


def _said(frame: Frame, heading: str, text: str, status: int = 200) -> ResponseReturnValue:
    say = frame.words.say
    return frame.page("message.html", status, heading=say(heading), paragraphs=[say(text)])


def _try_later(frame: Frame) -> ResponseReturnValue:
    return _said(frame, "page_try_later_heading", "page_try_later", 503)
