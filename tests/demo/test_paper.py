"""The sample newspaper: what a reader gets, and what our script finds on it."""

import json
import re
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.demo.articles import SECTIONS, load_articles, printed
from service.demo.clock import DemoClock
from service.demo.paper import HERE, create_paper
from service.demo.serving import Running
from service.domain.access import AccessReason
from service.domain.reason import Reason
from service.mail.letter import Letter
from service.mail.post import Post
from tests.builders import NOW, a_decision_body, some_settings

SERVICE, SANDBOX = "http://127.0.0.1:8001", "http://127.0.0.1:8002"
STAFF = "1" * 32
ARTICLES = load_articles(HERE / "articles", datetime.now(UTC))
TAG = f'<script async src="{SERVICE}/embed/v1/prompt.js" data-site="daily-lantern"></script>'
PAGES = ["/", "/privacy", *(f"/section/{name.lower()}" for name in SECTIONS), *(article.path for article in ARTICLES)]


@pytest.fixture
def clock(tmp_path: Path) -> DemoClock:
    return DemoClock(tmp_path / "clock")


@pytest.fixture
def reader(clock: DemoClock, tmp_path: Path) -> FlaskClient:
    return a_paper(clock, tmp_path, SERVICE)


def a_paper(clock: DemoClock, folder: Path, service: str) -> FlaskClient:
    app = create_paper(
        service=service, sandbox=SANDBOX, clock=clock, config_dir=folder / "config" / "sites" / "x", staff_token=STAFF,
        outbox=folder / "outbox",
    )  # fmt: skip
    return app.test_client()


def linked_data(page: str) -> dict[str, object]:
    return dict(json.loads(re.search(r'<script type="application/ld\+json">(.*?)</script>', page, re.DOTALL)[1]))


def test_the_outbox_shows_mails_as_text_with_links_to_click(reader: FlaskClient, tmp_path: Path) -> None:
    assert "Nothing yet" in reader.get("/outbox").text
    text = "<b>Hello</b>\nhttps://support.example.org/supporter?a=1&b=2\n"
    letter = Letter("reader@example.org", "A link", text, "", "en")
    Post((tmp_path / "outbox").as_uri(), "The Daily Lantern <a@daily-lantern.example>").send(letter, NOW)
    page = reader.get("/outbox").text
    assert "&lt;b&gt;Hello" in page
    assert '<a href="https://support.example.org/supporter?a=1&amp;b=2"' in page
    assert "To reader@example.org, 22 November 2026, 12:00 UTC" in page


def test_there_are_articles_enough_in_both_languages_and_every_section():
    assert sum(article.language == "en" for article in ARTICLES) >= 6
    assert sum(article.language == "ru" for article in ARTICLES) >= 2
    assert {article.section for article in ARTICLES} == set(SECTIONS)
    assert all(5 <= article.body.count("<p>") <= 8 for article in ARTICLES)


@pytest.mark.parametrize("path", PAGES)
def test_every_page_has_the_tag_once_and_loads_nothing_from_anybody_else(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 200
    assert answer.text.count(TAG) == 1
    loaded = re.findall(r'(?:src|href)="(https?://[^"]*)"', re.sub(r'<link rel="canonical"[^>]*>', "", answer.text))
    assert {address for address in loaded if not address.startswith((SERVICE, SANDBOX))} == set()
    assert "Set-Cookie" not in answer.headers
    assert SERVICE in answer.headers["Content-Security-Policy"]


@pytest.mark.parametrize("article", ARTICLES, ids=lambda article: article.slug)
def test_an_article_says_what_it_is(reader, article):
    page = reader.get(article.path).text
    facts = linked_data(page)
    assert facts["@type"] == "NewsArticle"
    assert facts["headline"] == article.title
    assert facts["articleSection"] == article.section
    assert facts["inLanguage"] == article.language
    assert facts["url"] == f"http://localhost{article.path}"
    assert datetime.fromisoformat(str(facts["datePublished"])) <= datetime.now(UTC)
    assert f'<html lang="{article.language}">' in page
    assert f'<link rel="canonical" href="http://localhost{article.path}">' in page
    assert '<meta property="og:type" content="article">' in page
    assert re.search(r'<article class="story">.*<div class="article__content">.*<p>', page, re.DOTALL)


@pytest.mark.parametrize("article", [one for one in ARTICLES if one.picture], ids=lambda article: article.slug)
def test_every_picture_is_there(reader, article):
    answer = reader.get(f"/static/pictures/{article.picture}.svg")
    assert (answer.status_code, answer.mimetype) == (200, "image/svg+xml")


def test_the_front_page_leads_to_every_article(reader):
    page = reader.get("/").text
    assert [article.path for article in ARTICLES if f'href="{article.path}"' not in page] == []


@pytest.mark.parametrize("path", ["/nowhere", "/world/nothing", "/science/the-ferry-for-one", "/section/nothing"])
def test_a_page_that_never_ran_is_a_404_with_the_papers_own_face(reader, path):
    answer = reader.get(path)
    assert answer.status_code == 404
    assert "We went to press without this page" in answer.text
    assert TAG in answer.text


def test_the_privacy_page_promises_no_cookies(reader):
    assert "no cookies" in reader.get("/privacy").text


@pytest.mark.parametrize(("name", "reasons"), [("SENTENCES", Reason), ("ACCESS", AccessReason)])
def test_the_bar_has_a_sentence_for_every_reason(reader: FlaskClient, name: str, reasons: type[StrEnum]) -> None:
    script = reader.get("/static/demo-bar.js").text
    table = re.search(rf"const {name} = \{{(.*?)\}};", script, re.DOTALL)[1]
    assert set(re.findall(r"(?m)^    (\w+): ", table)) == set(reasons)


def test_an_article_is_never_printed_in_the_future():
    morning = datetime(2026, 7, 10, 6, 0, tzinfo=UTC)
    assert printed(0, "05:30", morning) == datetime(2026, 7, 10, 5, 30, tzinfo=UTC)
    assert printed(0, "08:15", morning) == datetime(2026, 7, 9, 8, 15, tzinfo=UTC)
    assert printed(3, "08:15", morning) == datetime(2026, 7, 7, 8, 15, tzinfo=UTC)


def test_the_clock_moves_on_by_steps_and_comes_back(reader, clock):
    assert reader.post("/demo/clock", json={"days": 7}).json["offset_seconds"] == 7 * 86400
    assert reader.post("/demo/clock", json={"days": 1, "hours": -1}).json["offset_seconds"] == 8 * 86400 - 3600
    assert clock.path.read_text() == f"{8 * 86400 - 3600}\n"
    assert "+8 days" in reader.get("/").text
    assert reader.post("/demo/clock", json={"reset": True}).json["offset_seconds"] == 0


def test_the_clock_ignores_what_is_not_a_step(reader, clock):
    for nonsense in ({"days": "7"}, {"days": 1e12}, {"days": 9999}, ["days"], None):
        assert reader.post("/demo/clock", json=nonsense).status_code == 400
    assert reader.post("/demo/clock", data={"days": "7"}).status_code == 400  # as another site's form would send it
    assert reader.post("/demo/clock", data='{"days": NaN}', content_type="application/json").status_code == 400
    assert clock.offset == timedelta(0)


def test_two_processes_see_the_same_time(tmp_path):
    one, other = DemoClock(tmp_path / "clock"), DemoClock(tmp_path / "clock")
    other()
    one.move(timedelta(days=30))
    other.next_look = 0
    assert abs(one() - other()) < timedelta(seconds=5)
    assert other() - datetime.now(UTC) > timedelta(days=29)
    (tmp_path / "clock").write_text("nonsense")
    other.next_look = 0
    assert abs(other() - datetime.now(UTC)) < timedelta(seconds=5)


def test_the_paper_asks_why_with_a_token_that_the_browser_never_sees(clock, tmp_path, config_dir, valkey_url):
    app = create_app(some_settings(config_dir, valkey_url, staff_tokens=(STAFF,)), watch=False)
    with Running(app) as service:
        paper = a_paper(clock, tmp_path, service)
        told = paper.post("/demo/why", json=a_decision_body())
        refused = paper.post("/demo/why", json=a_decision_body(site="nowhere"))
    assert (told.status_code, told.json["placements"]["inline"]["outcome"]) == (200, "shown")
    assert (refused.status_code, refused.json["field"]) == (404, "site")
    assert STAFF not in paper.get("/").text + told.text


def test_another_site_cannot_have_the_paper_ask_why(reader):
    assert reader.post("/demo/why", data='{"site": "x"}', content_type="text/plain").status_code == 400


def test_a_service_that_is_away_leaves_the_reasons_out(clock, tmp_path):
    assert a_paper(clock, tmp_path, "http://127.0.0.1:9").post("/demo/why", json={}).status_code == 502
