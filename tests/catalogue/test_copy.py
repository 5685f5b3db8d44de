"""Copy is text: what an editor writes reaches the page as words, never as markup or script."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.catalogue.markdown import CopyError, parse_body, parse_line
from service.domain.campaign import Copy, Element, Node, Placeholder
from service.domain.site import Placement
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_copy

TAGS = {"p", "strong", "em", "a", "ul", "ol", "li", "br"}


def copy_of(language: str = "en", **words: str) -> Copy:
    """What the loader makes of these words."""
    texts = {language: words, "en": words}
    rows = ", ".join(f"{name}: {a_copy(**texts[name])}" for name in texts)
    campaign = a_campaign_yaml(variants=f"{{plain: {{copy: {{{rows}}}}}}}")
    return (
        a_catalogue(campaigns={"lights-on": campaign}).plans[SITE].of(Placement.INLINE)[0].variants[0].copy[language]
    )


def shown(nodes: Any) -> Any:
    """The nodes as plain values: text, or [tag, attributes, children]."""
    return [
        node if not isinstance(node, Element) else [node.tag, dict(node.attributes), shown(node.children)]
        for node in nodes
    ]


def text_of(nodes: Any) -> str:
    """All words in it."""
    return "".join(text_of(node.children) if isinstance(node, Element) else str(node) for node in nodes)


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        "<img src=x onerror=alert(1)>",
        "</div><b>bold</b>",
        'She said "no" & left',
        "it's 5 < 6 > 4",
        "مرحبا \u202eright to left\u202c",
        "👩‍🚀 🇳🇱 é ﷽",
        "[link](javascript:alert%281%29)",
        "[link](data:text/html;base64,AAAA)",
        "[link](vbscript:x)",
    ],
)
def test_what_looks_like_code_is_shown_as_the_text_it_is(text: str) -> None:
    assert text_of(copy_of(heading=text).heading) == text
    (paragraph,) = copy_of(body=text).body
    assert isinstance(paragraph, Element)
    assert paragraph.tag == "p"
    assert text_of(paragraph.children) == text
    assert copy_of(button=text[:40]).button == text[:40].strip()


@pytest.mark.parametrize(
    ("markdown", "nodes"),
    [
        ("Hello", [["p", {}, ["Hello"]]]),
        ("One\n\nTwo", [["p", {}, ["One"]], ["p", {}, ["Two"]]]),
        ("One\ntwo", [["p", {}, ["One", " ", "two"]]]),
        ("One\\\ntwo", [["p", {}, ["One", ["br", {}, []], "two"]]]),
        ("**a** *b*", [["p", {}, [["strong", {}, ["a"]], " ", ["em", {}, ["b"]]]]]),
        ("***both***", [["p", {}, [["em", {}, [["strong", {}, ["both"]]]]]]]),
        ("[us](https://a.example/?b=1&c=2)", [["p", {}, [["a", {"href": "https://a.example/?b=1&c=2"}, ["us"]]]]]),
        ("[us](https://a.example 'title')", [["p", {}, [["a", {"href": "https://a.example"}, ["us"]]]]]),
        ("[us](mailto:a@b.example)", [["p", {}, [["a", {"href": "mailto:a@b.example"}, ["us"]]]]]),
        ("<https://a.example>", [["p", {}, [["a", {"href": "https://a.example"}, ["https://a.example"]]]]]),
        ("- a\n- b", [["ul", {}, [["li", {}, ["a"]], ["li", {}, ["b"]]]]]),
        ("1. a\n2. b", [["ol", {}, [["li", {}, ["a"]], ["li", {}, ["b"]]]]]),
        ("- a\n  - b", [["ul", {}, [["li", {}, ["a", ["ul", {}, [["li", {}, ["b"]]]]]]]]]),
        ("- a\n\n- b", [["ul", {}, [["li", {}, [["p", {}, ["a"]]]], ["li", {}, [["p", {}, ["b"]]]]]]]),
        ("\\*not\\* &amp; &euro;", [["p", {}, ["*not* & €"]]]),
    ],
)  # fmt: skip
def test_markdown_becomes_the_small_tree(markdown: str, nodes: list[Any]) -> None:
    joined = json.loads(json.dumps(merged(shown(copy_of(body=markdown).body))))
    assert joined == merged(nodes)


def merged(nodes: list[Any]) -> list[Any]:
    """Neighbouring texts put together, as the answer has them."""
    found: list[Any] = []
    for node in nodes:
        if isinstance(node, str) and found and isinstance(found[-1], str):
            found[-1] += node
        else:
            found.append(node if isinstance(node, str) else [node[0], node[1], merged(node[2])])
    return found


def test_a_placeholder_keeps_its_plural_forms() -> None:
    heading = copy_of(heading="Read {articles_read: article | articles} of {site_name}").heading
    assert heading == ("Read ", Placeholder("articles_read", ("article", "articles")), " of ", "The Gazette")


def test_russian_wants_three_plural_forms() -> None:
    forms = ("статья", "статьи", "статей")
    assert Placeholder("articles_read", forms) in parse_line("{articles_read: статья | статьи | статей}", "ru", "x")
    with pytest.raises(CopyError, match=r"needs 3 forms in ru, separated by \| \(one \| few \| many\)"):
        parse_line("{articles_read: статья | статьи}", "ru", "x")


def test_a_placeholder_inside_a_links_address_is_not_filled() -> None:
    nodes = parse_body("[a](https://a.example/{site_name})", "en", "Zed")
    assert "Zed" not in json.dumps(shown(nodes))


@given(st.text(max_size=200) | st.text(alphabet="*_[]()<>!#-`\\ \n\t&;:{}|1.a", max_size=80))
def test_any_copy_is_a_tree_of_known_tags_or_a_refusal(text: str) -> None:
    try:
        nodes = parse_body(text, "en", "The Gazette")
    except CopyError:
        return
    assert_known(nodes)


def assert_known(nodes: tuple[Node, ...]) -> None:
    for node in nodes:
        if isinstance(node, Element):
            assert node.tag in TAGS
            assert set(node.attributes) <= ({"href"} if node.tag == "a" else set())
            assert all(value.startswith(("https://", "mailto:")) for value in node.attributes.values())
            assert_known(node.children)
