"""Ninety real article heads: the script reads the same facts from them as a person does.

ARTICLE_HEADS names the folder that holds them; they are other people's pages and no part of this repository.
"""

from __future__ import annotations

import os
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Route

from tests.browser.article_heads import read_table, serve_heads
from tests.browser.browsers import Browsers

pytestmark = pytest.mark.browser

READ = """<script type="module">
import { readPage } from "/embed/v1/facts.js";
window.facts = readPage(document, location);
</script>"""
FACTS = ["url", "section", "language", "type", "premium", "tags", "authors"]
ENOUGH = 88  # of ninety: two pages call themselves articles and are not, two authors are beyond what a head can tell


@pytest.fixture(scope="module")
def folder() -> Path:
    named = os.environ.get("ARTICLE_HEADS")
    if not named and os.environ.get("CI"):
        pytest.fail("ARTICLE_HEADS must name the folder of article heads when CI is set")
    if not named:
        pytest.skip("ARTICLE_HEADS names no folder of article heads")
    return Path(named)


@pytest.fixture(scope="module")
def read(folder: Path, browsers: Browsers) -> dict[str, dict[str, object]]:
    """What the script read from each page, by file."""
    strayed: list[str] = []

    def stay_here(route: Route) -> None:
        if urlsplit(route.request.url).hostname == "127.0.0.1":
            route.continue_()
        else:
            strayed.append(route.request.url)
            route.abort()

    page = browsers.one().new_page()
    page.route("**/*", stay_here)
    with serve_heads(folder, READ) as origin:
        facts = {head.file: _facts(page, f"{origin}/{head.file}") for head in read_table()}
    page.close()
    assert not strayed, f"a page asked for something beyond loopback: {strayed}"
    return facts


def _facts(page: Page, address: str) -> dict[str, object]:
    page.goto(address)
    facts: dict[str, object] = page.wait_for_function("window.facts").json_value()
    return facts


def test_the_table_covers_every_page(folder: Path) -> None:
    assert [head.file for head in read_table()] == sorted(path.name for path in folder.glob("*.html"))


@pytest.mark.parametrize("fact", ["url", "section", "language"])
def test_address_section_and_language_are_right_on_every_page(fact: str, read: dict[str, dict[str, object]]) -> None:
    assert _wrong(fact, read) == {}


@pytest.mark.parametrize("fact", FACTS)
def test_hardly_a_page_is_misread(fact: str, read: dict[str, dict[str, object]]) -> None:
    wrong = _wrong(fact, read)
    assert len(read) - len(wrong) >= ENOUGH, wrong


def _wrong(fact: str, read: dict[str, dict[str, object]]) -> dict[str, tuple[object, object]]:
    """File -> (true, read) where the two differ."""
    return {
        row.file: (row.facts[fact], read[row.file].get(fact))
        for row in read_table()
        if row.facts[fact] != read[row.file].get(fact)
    }
