"""GET and POST /newsletters/<name>/confirm and …/unsubscribe: where the links of a newsletter's first mail lead.

Not below /v1, whose answers the publisher's pages may read. Each is shown by GET and done by POST; the sealed wish in
the link is all the proof that is needed, so a mail program's own button (RFC 8058) may post here, too.
"""

from typing import Any

from flask import Blueprint, request
from flask.typing import ResponseReturnValue

from service.domain.newsletter import Wish
from service.domain.results import CONFIRMED
from service.pages.frame import Frame, open_frame, pages_blueprint
from service.store.errors import StoreUnavailableError
from service.web.newsletters import count_sign_up
from service.web.parts import Parts
from service.web.requests import MOST_BYTES
from service.web.seal import SealError
from service.web.wishes import CONFIRM, END, open_wish


def newsletter_page_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = pages_blueprint("newsletter_page", parts)

    def show(name: str, what: str) -> ResponseReturnValue:
        return _Page(parts, name, what, request.args).ask()

    def act(name: str, what: str) -> ResponseReturnValue:
        request.max_content_length = MOST_BYTES
        page = _Page(parts, name, what, request.args if "wish" in request.args else request.form)
        try:
            return page.act()
        except StoreUnavailableError:
            return page.ask(503, page.frame.words.say("page_try_later"))

    for what in (CONFIRM, END):
        views.add_url_rule(f"/newsletters/<name>/{what}", f"show_{what}", show, defaults={"what": what})
        views.add_url_rule(
            f"/newsletters/<name>/{what}", f"act_{what}", act, defaults={"what": what}, methods=["POST"]
        )
    return views


class _Page:
    """One request. `given`: its query, or its form."""

    def __init__(self, parts: Parts, name: str, what: str, given: Any) -> None:
        self.parts, self.what = parts, what
        self.frame: Frame = open_frame(parts, given.get("site", ""), given)
        self.sealed: str = given.get("wish", "")
        self.wish = self._opened(name)
        newsletter = self.frame.site.newsletters.get(name)
        self.title = newsletter.title[self.frame.language] if newsletter else name

    def _opened(self, name: str) -> Wish | None:
        """The wish of the link, where it is for this page and, to be confirmed, young enough."""
        try:
            wish = open_wish(self.parts.newsletters.seal, self.sealed)
        except SealError:
            return None
        if (wish.site, wish.newsletter) != (self.frame.site.id, name):
            return None
        return wish if self.what == END or wish.is_fresh(self.parts.clock()) else None

    def ask(self, status: int = 200, problem: str = "") -> ResponseReturnValue:
        """The question, with one button."""
        if self.wish is None:
            return self._said("spent", 410)
        say = self.frame.words.say
        return self.frame.page(
            "message.html", status, problem=problem, button=say(f"subscription_{_KEYS[self.what]}_button"),
            heading=say(f"subscription_{_KEYS[self.what]}_heading", title=self.title),
            paragraphs=[say(f"subscription_{_KEYS[self.what]}", title=self.title)],
            action=request.path, fields={
                "site": self.frame.site.id, "language": self.frame.language, "wish": self.sealed,
            },
        )  # fmt: skip

    def act(self) -> ResponseReturnValue:
        """Does it, and says so; pressed again it says the same."""
        if self.wish is None:
            return self._said("spent", 410)
        now = self.parts.clock()
        if self.what == CONFIRM:
            if self.parts.newsletters.confirm(self.wish, now):
                count_sign_up(self.parts, self.wish, CONFIRMED)
            return self._said("confirmed")
        self.parts.newsletters.end(self.wish, now)
        return self._said("ended")

    def _said(self, what: str, status: int = 200) -> ResponseReturnValue:
        say = self.frame.words.say
        heading, told = (say(key, title=self.title) for key in (f"subscription_{what}_heading", f"subscription_{what}"))
        return self.frame.page("message.html", status, heading=heading, paragraphs=[told])


_KEYS = {CONFIRM: "confirm", END: "end"}
