"""Ninety real article heads with our tag, before the real service: each gets its decision, whatever its metadata.

ARTICLE_HEADS names the folder that holds them; they are other people's pages and no part of this repository.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Response, Route

from service.app import create_app
from service.demo.serving import Running
from tests.builders import SITE, some_settings, staff_files, write_config
from tests.servers import free_port

from .article_heads import Head, read_table, serve_heads
from .browsers import Browsers
from .test_article_heads import folder  # noqa: F401  the fixture that finds the pages

pytestmark = pytest.mark.browser

Asked = dict[str, tuple[dict[str, Any], int, dict[str, Any]]]


@pytest.fixture(scope="module")
def asked(
    folder: Path,  # noqa: F811
    browsers: Browsers,
    valkey_server: str,
    tmp_path_factory: pytest.TempPathFactory,
) -> Asked:
    """For each file: what the script asked, and the status and body of the service's answer."""
    port = free_port()
    tag = f'<script async src="http://127.0.0.1:{port}/embed/v1/prompt.js" data-site="{SITE}"></script>'
    config = write_config(tmp_path_factory.mktemp("heads") / "config", staff_files())
    with serve_heads(folder, tag) as origin:
        settings = some_settings(config, valkey_server, extra_origins={SITE: (origin,)})
        with Running(create_app(settings, watch=False), port):
            return _ask_for_each(browsers.one(), origin, read_table())


def _ask_for_each(chromium: Browser, origin: str, heads: list[Head]) -> Asked:
    found: Asked = {}
    context = chromium.new_context()
    context.route("**/*", _stay_here)
    page = context.new_page()
    for head in heads:
        with page.expect_response(_is_decision) as answered:
            page.goto(f"{origin}/{head.file}")
        answer = answered.value
        found[head.file] = (answer.request.post_data_json, answer.status, answer.json())
    context.close()
    return found


def _is_decision(answer: Response) -> bool:
    return answer.url.endswith("/v1/decisions")


def _stay_here(route: Route) -> None:
    if urlsplit(route.request.url).hostname == "127.0.0.1":
        route.continue_()
    else:
        route.abort()


def test_every_page_gets_a_decision(asked: Asked) -> None:
    assert len(asked) == 90
    assert {file: answer for file, (_, status, answer) in asked.items() if status != 200} == {}


@pytest.mark.parametrize("fact", ["url", "section", "language"])
def test_the_service_is_told_what_a_person_reads_in_the_file(asked: Asked, fact: str) -> None:
    wrong = {
        head.file: (asked[head.file][0]["page"].get(fact), head.facts[fact])
        for head in read_table()
        if asked[head.file][0]["page"].get(fact) != head.facts[fact]
    }
    assert wrong == {}


def test_the_reader_stays_one_reader_through_all_of_them(asked: Asked) -> None:
    assert len({answer["reader"] for _, _, answer in asked.values()}) == 1
