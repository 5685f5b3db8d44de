"""Ninety real article heads with our tag, before the real service: what a person reads in them is what it is told.

ARTICLE_HEADS names the folder that holds them; they are other people's pages and no part of this repository.
"""

from __future__ import annotations

import os
import re
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Response

from service.app import create_app
from service.demo.serving import Running
from tests.builders import SITE, some_settings, staff_files, write_config
from tests.servers import free_port

from .article_heads import Head, read_table, serve_heads
from .browsers import Browsers

pytestmark = pytest.mark.browser

FACTS = ["url", "section", "language", "type", "premium", "tags", "authors"]
RIGHT_EVERYWHERE = {"url", "section", "language", "premium", "tags"}
ENOUGH = 88  # of ninety: 016 calls itself an article and is none, 013 names an agency as its author
ELSEWHERE = re.compile(r"^https?://(?!127\.0\.0\.1[:/])")

Asked = dict[str, tuple[dict[str, Any], int, dict[str, Any]]]


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("ARTICLE_HEADS")
    if not named and os.environ.get("CI"):
        pytest.fail("ARTICLE_HEADS must name the folder of article heads when CI is set")
    if not named:
        pytest.skip("ARTICLE_HEADS names no folder of article heads")
    return Path(named)


@pytest.fixture(scope="module")
def asked(folder: Path, browsers: Browsers, valkey_server: str, tmp_path_factory: pytest.TempPathFactory) -> Asked:
    """For each file: what the script asked, and the status and body of the service's answer."""
    port = free_port()
    tag = f'<script async src="http://127.0.0.1:{port}/embed/v1/prompt.js" data-site="{SITE}"></script>'
    config = write_config(tmp_path_factory.mktemp("heads") / "config", staff_files())
    page = browsers.one().new_page()
    strayed: list[str] = []
    page.route(ELSEWHERE, lambda route: (strayed.append(route.request.url), route.abort()))
    with serve_heads(folder, tag) as origin:
        settings = some_settings(config, valkey_server, extra_origins={SITE: (origin,)})
        with Running(create_app(settings, watch=False), port):
            found = {head.file: _ask(page, f"{origin}/{head.file}") for head in read_table()}
    page.close()
    assert not strayed, f"a page asked for something beyond loopback: {strayed}"
    return found


def _ask(page: Page, address: str) -> tuple[dict[str, Any], int, dict[str, Any]]:
    with page.expect_response(_is_decision) as answered:
        page.goto(address, wait_until="commit")
    answer = answered.value
    return answer.request.post_data_json, answer.status, answer.json()


def _is_decision(answer: Response) -> bool:
    return answer.url.endswith("/v1/decisions")


def test_the_table_covers_every_page(folder: Path) -> None:
    assert [head.file for head in read_table()] == sorted(path.name for path in folder.glob("*.html"))
    assert len(read_table()) == 90


def test_every_page_gets_a_decision(asked: Asked) -> None:
    assert {file: answer for file, (_, status, answer) in asked.items() if status != 200} == {}
    assert len({answer["reader"] for _, _, answer in asked.values()}) == 1, "one reader through all of them"


@pytest.mark.parametrize("fact", FACTS)
def test_the_service_is_told_what_a_person_reads_in_the_file(asked: Asked, fact: str) -> None:
    wrong = _wrong(fact, asked)
    assert len(wrong) <= (0 if fact in RIGHT_EVERYWHERE else 90 - ENOUGH), wrong


def test_hardly_a_page_is_misread_in_any_of_them(asked: Asked) -> None:
    wrong = {file: fact for fact in FACTS for file in _wrong(fact, asked)}
    assert len(asked) - len(wrong) >= ENOUGH, wrong


def _wrong(fact: str, asked: Asked) -> dict[str, tuple[object, object]]:
    """File -> (true, told) where the two differ."""
    return {head.file: pair for head in read_table() if (pair := _pair(head, fact, asked))[0] != pair[1]}


def _pair(head: Head, fact: str, asked: Asked) -> tuple[object, object]:
    body, _, _ = asked[head.file]
    return head.facts[fact], body["page"].get(fact)
