"""The Daily Lantern, an invented newspaper, with the demo's bar at the foot of each page."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from babel.dates import format_date
from flask import Flask, Response, abort, jsonify, render_template, request
from markupsafe import Markup
from werkzeug.exceptions import HTTPException

from .articles import SECTIONS, Article, load_articles
from .clock import DemoClock
from .outbox import mails_in
from .places import SITE

HERE = Path(__file__).parent
Page = str | Response | tuple[str, int] | tuple[Response, int]


class Paper:
    """What every page is made from."""

    def __init__(self, articles: list[Article], service: str, sandbox: str, clock: DemoClock, config_dir: Path) -> None:
        self.articles, self.service, self.sandbox = articles, service, sandbox
        self.clock, self.config_dir = clock, config_dir
        self.by_slug = {article.slug: article for article in articles}

    def context(self) -> dict[str, Any]:
        """The names that templates may use."""
        now = self.clock()
        return {
            "service": self.service, "sandbox": self.sandbox, "config_dir": self.config_dir, "site": SITE,
            "config_shown": Path(*self.config_dir.parts[-3:]), "sections": SECTIONS, "now": now,
            "moved_days": round(self.clock.offset.total_seconds() / 86400, 1),
            "origin": request.host_url.rstrip("/"), "words": WORDS, "path": request.path,
        }  # fmt: skip

    def in_section(self, key: str) -> list[Article]:
        return [article for article in self.articles if article.section == key]

    def beside(self, article: Article) -> list[Article]:
        """What to read next: the same language first, then the same section."""
        others = [other for other in self.articles if other.slug != article.slug]
        return sorted(
            others, key=lambda other: (other.language != article.language, other.section != article.section, other.rank)
        )[:3]


WORDS = {
    "en": {"by": "By", "next": "Read next", "minutes": "min read", "front": "Front page", "published": "Published"},
    "ru": {"by": "Автор:", "next": "Читайте дальше", "minutes": "мин чтения", "front": "Первая полоса",
           "published": "Опубликовано"},
}  # fmt: skip


def create_paper(
    *, service: str, sandbox: str, clock: DemoClock, config_dir: Path, staff_token: str, outbox: Path
) -> Flask:
    """The newspaper as a Flask app: its script tag points at `service`, its demo bar at `sandbox`."""
    app = Flask("paper", root_path=str(HERE))
    paper = Paper(load_articles(HERE / "articles", datetime.now(UTC)), service, sandbox, clock, config_dir)
    app.context_processor(paper.context)
    app.template_filter("day")(day)
    app.add_url_rule("/", "front", lambda: front(paper))
    app.add_url_rule("/section/<name>", "section", lambda name: section(paper, name))
    app.add_url_rule("/<name>/<slug>", "article", lambda name, slug: article(paper, name, slug))
    app.add_url_rule("/privacy", "privacy", lambda: render_template("paper/privacy.html"))
    app.add_url_rule("/letters/sunday", "letter", lambda: letter(paper))
    app.add_url_rule("/outbox", "outbox", lambda: render_template("paper/outbox.html", mails=mails_in(outbox)))
    app.add_url_rule("/demo/clock", "clock", lambda: move_clock(paper), methods=["POST"])
    app.add_url_rule("/demo/why", "why", lambda: why(service, staff_token), methods=["POST"])
    app.register_error_handler(HTTPException, lost)
    app.after_request(lambda answer: guard(paper, answer))
    return app


def front(paper: Paper) -> Page:
    by_language = {
        language: [article for article in paper.articles if article.language == language] for language in WORDS
    }
    return render_template("paper/front.html", english=by_language["en"], russian=by_language["ru"])


def section(paper: Paper, name: str) -> Page:
    key = next((key for key in SECTIONS if key.lower() == name), None)
    if key is None:
        abort(404)
    return render_template("paper/section.html", key=key, articles=paper.in_section(key))


def article(paper: Paper, name: str, slug: str) -> Page:
    found = paper.by_slug.get(slug)
    if found is None or found.section.lower() != name:
        abort(404)
    origin = request.host_url.rstrip("/")
    return render_template(
        "paper/article.html", article=found, beside=paper.beside(found), said=WORDS[found.language],
        linked_data=script_safe(linked_data(found, origin)),
    )  # fmt: skip


def letter(paper: Paper) -> Page:
    """An issue of the newsletter, which may be shown in a frame of ours."""
    english = [article for article in paper.articles if article.language == "en"]
    return render_template("paper/letter.html", articles=english[:4])


def linked_data(article: Article, origin: str) -> dict[str, Any]:
    """The article as schema.org has it: what a search engine, and our own script, reads."""
    facts: dict[str, Any] = {
        "@context": "https://schema.org", "@type": "NewsArticle", "headline": article.title,
        "description": article.standfirst, "articleSection": article.section, "inLanguage": article.language,
        "keywords": list(article.tags), "datePublished": article.published.isoformat(),
        "dateModified": article.published.isoformat(), "mainEntityOfPage": origin + article.path,
        "url": origin + article.path, "isAccessibleForFree": True,
        "author": [{"@type": "Person", "name": article.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": "The Daily Lantern", "url": origin + "/"},
    }  # fmt: skip
    if article.picture:
        facts["image"] = [f"{origin}/static/pictures/{article.picture}.svg"]
    return facts


def script_safe(facts: dict[str, Any]) -> Markup:
    """JSON that cannot end the script element it stands in."""
    return Markup(json.dumps(facts, ensure_ascii=False, indent=1).replace("<", "\\u003c"))


def day(moment: datetime, language: str = "en") -> str:
    """`Sunday, 22 November 2026`, in the article's language."""
    return format_date(moment, "EEEE, d MMMM y", locale="en_GB" if language == "en" else language)


def move_clock(paper: Paper) -> Page:
    """JSON: {"days": n}, {"hours": n} and {"seconds": n} add up and move on; {"reset": true} comes back to now."""
    asked = request.get_json(silent=True)  # another site's form cannot send JSON, so it cannot move our clock
    if not isinstance(asked, dict):
        return jsonify(error="Send a JSON object."), 400
    parts = {name: asked.get(name, 0) for name in ("days", "hours", "seconds")}
    if not all(isinstance(part, (int, float)) and abs(part) < 1e9 for part in parts.values()):
        return jsonify(error="days, hours and seconds must be numbers."), 400
    start = timedelta(0) if asked.get("reset") else paper.clock.offset
    try:
        now = paper.clock.move(start + timedelta(**parts))
    except ValueError as reason:
        return jsonify(error=str(reason)), 400
    return jsonify(now=now.isoformat(), offset_seconds=int(paper.clock.offset.total_seconds()))


def why(service: str, staff_token: str) -> Page:
    """The service's explanation of a decision. Only the paper may ask for it: the browser never holds a staff token."""
    if request.mimetype != "application/json":  # another site's form or beacon cannot send JSON, so it cannot ask
        return jsonify(error="Send a JSON object."), 400
    headers = {"Authorization": f"Bearer {staff_token}", "Content-Type": "application/json"}
    asked = Request(f"{service}/staff/explain", request.get_data(), headers)
    try:
        with urlopen(asked, timeout=5) as answer:
            return Response(answer.read(), answer.status, content_type="application/json")
    except HTTPError as refused:
        return Response(refused.read(), refused.code, content_type="application/problem+json")
    except OSError:
        return jsonify(error="The service does not answer."), 502


def lost(error: HTTPException) -> Page:
    return render_template("paper/lost.html", error=error), error.code or 500


def guard(paper: Paper, answer: Response) -> Response:
    """A strict policy, as a careful publisher has one: our own files, and what the service and Stripe need."""
    framed = "'self'" if request.path.startswith("/letters/") else "'none'"
    answer.headers["Content-Security-Policy"] = (
        f"default-src 'none'; script-src 'self' {paper.service} {paper.sandbox};"
        f" frame-src 'self' {paper.sandbox}; connect-src 'self' {paper.service}; style-src 'self';"
        f" img-src 'self' data:; base-uri 'none'; form-action 'self' {paper.service}; frame-ancestors {framed};"
        " require-trusted-types-for 'script'; trusted-types honestybox"
    )
    answer.headers["Referrer-Policy"] = "strict-origin-when-cross-origin"
    if answer.mimetype == "text/html":
        # The clock moves under the page; no-store would cost readers the back/forward cache.
        answer.headers["Cache-Control"] = "no-cache"
    return answer


