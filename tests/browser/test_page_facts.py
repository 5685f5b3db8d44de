"""Facts of a page, on small pages made to be awkward. The real ones are in test_real_pages.py."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page

from tests.browser.article_heads import serve_heads
from tests.browser.browsers import Browsers

pytestmark = pytest.mark.browser

HERE = "https://paper.example/world/harbour"
READ = """async ([head, lang, address, dataset]) => {
  const { readPage } = await import("/embed/v1/facts.js");
  const html = `<!doctype html><html lang="${lang}"><head><base href="${address}">${head}</head><body></body></html>`;
  const page = new DOMParser().parseFromString(html, "text/html");
  return readPage(page, new URL(address), dataset);
}"""

Read = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def blank(browsers: Browsers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Page]:
    folder: Path = tmp_path_factory.mktemp("pages")
    (folder / "blank.html").write_text("<!doctype html><head></head>", "utf-8")
    page = browsers.one().new_page()
    with serve_heads(folder, "") as origin:
        page.goto(f"{origin}/blank.html")
        yield page
    page.close()


@pytest.fixture
def read(blank: Page) -> Read:
    """Facts of the page with this head; every fact the page is silent about is None."""

    def of_page(*head: str, lang: str = "", address: str = HERE, **dataset: str) -> dict[str, Any]:
        silent = {"url": None, "section": None, "language": None}
        facts: dict[str, Any] = blank.evaluate(READ, ["".join(head), lang, address, dataset])
        return silent | facts

    return of_page


def block(value: object) -> str:
    return raw_block(json.dumps(value))


def raw_block(text: str) -> str:
    return f'<script type="application/ld+json">{text}</script>'


def meta(name: str, content: str) -> str:
    return f'<meta property="{name}" content="{content}">'


def canonical(address: str) -> str:
    return f'<link rel="canonical" href="{address}">'


def an_article(**facts: object) -> dict[str, object]:
    return {"@context": "https://schema.org", "@type": "NewsArticle", "headline": "No quorum"} | facts


def test_a_page_that_says_nothing_is_other_and_has_its_address(read: Read) -> None:
    assert read(address=HERE + "?page=2#comments") == {
        "url": HERE + "?page=2", "section": None, "tags": [], "authors": [], "language": None, "premium": False,
        "type": "other",
    }


@pytest.mark.parametrize(
    "text",
    [
        "", "null", "7", '"NewsArticle"', "true", "[[[[null, [7]]]]]", "{", "{'@type': 'NewsArticle'}", "<!-- -->",
        '{"@graph": null}', '{"@graph": "x"}', '{"@type": {"toString": 1}}', '{"@type": ["NewsArticle", 7, null, {}]}',
        '{"@type": "NewsArticle", "author": [null, 7, [], {}, {"name": {}}, {"@id": null}, [["x"]]]}',
        '{"@type": "NewsArticle", "url": {"trim": 1}, "mainEntityOfPage": [null], "keywords": 7, "hasPart": [null, 7]}',
        '{"@type": "NewsArticle", "isAccessibleForFree": {"toString": 1}, "inLanguage": {"toString": 1}}',
        '{"@type": "BreadcrumbList", "itemListElement": [null, "x", {"item": null}, {"item": "/a"}]}',
        '{"@type": "BreadcrumbList", "itemListElement": {"item": {"@id": "/b"}}}',
        '{"__proto__": {"@type": "NewsArticle"}, "constructor": 1}',
        '{"@type":"NewsArticle","hasPart":' * 50_000, "[" * 100_000 + "]" * 100_000,
        '{"@type":"NewsArticle","hasPart":' * 50_000 + "1" + "}" * 50_000,
        '{"mainEntity":' * 50_000 + "1" + "}" * 50_000,
    ],
    ids=lambda text: text[:60],
)
def test_no_block_can_break_the_reading_or_hide_its_neighbour(text: str, read: Read) -> None:
    facts = read(raw_block(text), canonical(HERE), block(an_article(url=HERE, articleSection="World")))
    assert (facts["url"], facts["section"], facts["type"]) == (HERE, "World", "article")


def test_arrays_of_arrays_and_graphs_are_searched(read: Read) -> None:
    assert read(block([[{"@graph": [[an_article(articleSection="World")]]}]]))["section"] == "World"


def test_an_article_may_have_several_types_and_sit_inside_its_web_page(read: Read) -> None:
    article = an_article(keywords="a") | {"@type": ["Thing", "schema:OpinionNewsArticle"]}
    assert read(block({"@type": "WebPage", "mainEntity": article}))["tags"] == ["a"]


@pytest.mark.parametrize(
    "text",
    [
        '//<![CDATA[\n%s\n//]]>', '/*<![CDATA[*/ %s /*]]>*/', "<!-- %s -->", "%s;\n",
        '{"@type": "NewsArticle", "headline": "two\nlines\t", "articleSection": "World", "keywords": ["a", ], }',
    ],
)
def test_a_block_is_read_through_the_usual_mistakes(text: str, read: Read) -> None:
    assert read(raw_block(text.replace("%s", json.dumps(an_article(articleSection="World")))))["section"] == "World"


@pytest.mark.parametrize("part", ["/", " ", "[", "; ", ", ", ",\n", "<!-", "-->", "a", '{"a":"', "&#"])
def test_a_megabyte_of_rubbish_costs_no_more_than_a_megabyte(part: str, read: Read) -> None:
    big = block(an_article(articleSection="World", articleBody="word, ] " * 130_000))
    started = time.monotonic()
    assert read(raw_block(part * (1_000_000 // len(part))), big)["section"] == "World"
    assert time.monotonic() - started < 5  # carrying it into the browser included; anything quadratic takes minutes


def test_a_story_of_a_neighbour_is_not_the_page_s_own(read: Read) -> None:
    neighbour = an_article(url="/world/other", author="Neighbour", isAccessibleForFree=False)
    mine = an_article(mainEntityOfPage={"@id": "http://www.paper.example/world/harbour/#page"}, author="Me")
    facts = read(canonical(HERE), block(neighbour), block(mine))
    assert (facts["authors"], facts["premium"], facts["type"]) == (["Me"], False, "article")


def test_stories_without_an_address_are_the_page_s_own(read: Read) -> None:
    recipe = {"@type": "Recipe", "name": "Bread", "keywords": "bread, olives"}
    facts = read(canonical(HERE), block(an_article(author="Ada")), block(recipe))
    assert (facts["authors"], facts["tags"], facts["type"]) == (["Ada"], ["bread", "olives"], "article")


def test_a_front_page_of_stories_is_no_article(read: Read) -> None:
    stories = [an_article(url=f"/world/{number}", author="Someone") for number in range(5)]
    facts = read(canonical(HERE), block(stories), block({"@type": "CollectionPage"}))
    assert (facts["type"], facts["authors"]) == ("section", [])


@pytest.mark.parametrize(
    ("head", "url"),
    [
        (canonical("/world/quay"), "https://paper.example/world/quay"),
        (canonical("/world/quay") + meta("og:url", "https://paper.example/w/q"), "https://paper.example/w/q"),
        (canonical("javascript:alert(1)"), HERE),
        (canonical("") + meta("og:url", "  "), HERE),
        (canonical("http://"), HERE),
        (canonical("javascript:alert(1)") + meta("og:url", "https://paper.example/w/q"), "https://paper.example/w/q"),
        (canonical("https://paper.example/w/q#top"), "https://paper.example/w/q"),
        (block(an_article(mainEntityOfPage={"@id": "https://paper.example/w/q"})), "https://paper.example/w/q"),
        (block(an_article(mainEntityOfPage="True")), HERE),
        (canonical("https://paper.example/" + "x" * 3000), "https://paper.example/" + "x" * 1978),
    ],
)
def test_the_address_is_the_first_that_is_one(head: str, url: str, read: Read) -> None:
    assert read(head)["url"] == url


@pytest.mark.parametrize(
    ("lang", "language"),
    [
        ("de-DE", "de-DE"), ("en_gb", "en-GB"), (" EN-us ", "en-US"), ("zh-hant-tw", "zh-Hant-TW"),
        ("es-419", "es-419"), ("en_US.UTF-8", "en-US"), ("de-CH-1996", "de-CH"), ("ca-valencia", "ca"),
        ("pt-br, en", "pt-BR"), ("iw", "he"),
        ("english", None), ("deutsch, de", None), ("{{ lang }}", None), ("-", None), ("e", None), ("x-default", None),
        ("a" * 10_000, None), ("日本語", None),
    ],
)
def test_a_language_is_a_short_tag_or_none(lang: str, language: str | None, read: Read) -> None:
    assert read(lang=lang)["language"] == language
    assert read(lang=lang, language="ru-RU")["language"] == "ru-RU"


def test_rubbish_in_lang_lets_the_other_sources_speak(read: Read) -> None:
    assert read(meta("og:locale", "fr_CA"), lang="[lang]")["language"] == "fr-CA"
    assert read(block(an_article(inLanguage={"name": "French"})), meta("og:locale", "fr_CA"))["language"] == "fr-CA"


@pytest.mark.parametrize("free", [False, "False", "false", "http://schema.org/False", "https://schema.org/False"])
def test_premium_is_known_in_all_its_spellings(free: object, read: Read) -> None:
    part = {"@type": "WebPageElement", "isAccessibleForFree": free, "cssSelector": ".paid"}
    assert read(block(an_article(isAccessibleForFree=free)))["premium"] is True
    assert read(block(an_article(hasPart=part)))["premium"] is True
    assert read(block(an_article(hasPart=[part])))["premium"] is True
    assert read(block(an_article(hasPart=part, isAccessibleForFree="True")))["premium"] is False


@pytest.mark.parametrize("tier", ["metered", "locked", "free", "archive"])
def test_the_tier_tells_premium_too(tier: str, read: Read) -> None:
    assert read(meta("article:content_tier", tier))["premium"] is (tier in {"metered", "locked"})


@pytest.mark.parametrize(
    ("address", "kind"),
    [("https://paper.example/", "home"), ("https://paper.example/?p=7", "article"), (HERE, "article")],
)
def test_home_is_the_root_without_a_query(address: str, kind: str, read: Read) -> None:
    assert read(meta("og:type", "article"), address=address)["type"] == kind


def test_a_comma_cuts_a_lone_text_and_spares_a_list(read: Read) -> None:
    assert read(block(an_article(keywords="a, b,,A , c")))["tags"] == ["a", "b", "c"]
    assert read(block(an_article(keywords=["Prices (Fares, Fees)", "b"])))["tags"] == ["Prices (Fares, Fees)", "b"]
    assert read(meta("keywords", "a;b; c"))["tags"] == ["a", "b", "c"]


def test_authors_are_names_without_links_and_bylines(read: Read) -> None:
    ben = {"name": "Ben &amp; Co &#038; Son"}
    graph = [an_article(author=[{"@id": "#p"}, "By Ada", ben]), {"@id": "#p", "name": "Cy"}]
    assert read(block({"@graph": graph}))["authors"] == ["Cy", "Ada", "Ben & Co & Son"]
    assert read(meta("article:author", "https://x.example/ada"), meta("author", "von Ada"))["authors"] == ["Ada"]


def test_the_author_in_a_block_that_cannot_be_read_is_read(read: Read) -> None:
    broken = '{"@type": "NewsArticle", "about": \'No\', "author": {"@type": "Person", "name": "Ada"}, "x": "<a "b">"}'
    assert read(raw_block(broken), meta("author", "The Paper"))["authors"] == ["Ada"]
    assert read(raw_block(broken), block(an_article(author="Ben")))["authors"] == ["Ben"]
    assert read(raw_block('{"author": {Ada}}'), meta("author", "Cy"))["authors"] == ["Cy"]


@pytest.mark.parametrize(
    ("more", "kind"), [("", "other"), (meta("article:section", "World"), "article"), (meta("author", "Ada"), "article")]
)
def test_a_plug_in_s_og_type_makes_no_article_of_a_mere_web_page(more: str, kind: str, read: Read) -> None:
    assert read(block({"@type": "WebPage", "url": HERE}), meta("og:type", "article"), more)["type"] == kind


def test_everything_keeps_to_the_limits_of_the_request(read: Read) -> None:
    long = "x\ud83d\ude00" * 200
    facts = read(block(an_article(
        keywords=[f"{number} {long}" for number in range(90)], author=[f"{number} {long}" for number in range(90)],
        articleSection=long,
    )))
    assert (len(facts["tags"]), len(facts["authors"]), facts["section"]) == (50, 20, None)
    assert all(len(text) <= 200 and text.encode() for text in facts["tags"] + facts["authors"])


def test_a_data_attribute_wins_over_everything(read: Read) -> None:
    said = an_article(url=HERE, articleSection="World", keywords="a", author="Ada", isAccessibleForFree=False)
    facts = read(
        canonical(HERE), block(said), meta("article:section", "World"), lang="en",
        url="/quay", section=" Sea ", tags="b, c", authors="Ben,Cy", language="ru_RU", premium="false", type="section",
    )
    assert facts == {
        "url": "https://paper.example/quay", "section": "Sea", "tags": ["b", "c"], "authors": ["Ben", "Cy"],
        "language": "ru-RU", "premium": False, "type": "section",
    }


@pytest.mark.parametrize("empty", ["", "  "])
def test_an_empty_data_attribute_says_nothing(empty: str, read: Read) -> None:
    said = [canonical(HERE), block(an_article(articleSection="World", keywords="a", isAccessibleForFree=False))]
    names = ["url", "section", "tags", "authors", "language", "premium", "type"]
    assert read(*said, lang="en", **dict.fromkeys(names, empty)) == read(*said, lang="en")


@pytest.mark.parametrize("text", ["true", "True", "1", "yes", "false", "False", "0", "no"])
def test_data_premium_is_read_as_templates_write_it(text: str, read: Read) -> None:
    assert read(premium=text)["premium"] is (text in {"true", "True", "1", "yes"})


def test_rubbish_in_data_attributes_is_passed_over(read: Read) -> None:
    facts = read(canonical(HERE), meta("og:type", "article"), url="javascript:1", type="Artikel", language="klingon")
    assert (facts["url"], facts["type"], facts["language"]) == (HERE, "article", None)
