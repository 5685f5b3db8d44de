"""Copy in Markdown -> the small tree that the browser builds. Paragraphs, strong, emphasis, links, lists; no more.

HTML is not parsed: it appears as the text it is.
"""

import re
from collections.abc import Iterator, Mapping

from markdown_it import MarkdownIt
from markdown_it.token import Token

from service.catalogue.languages import plural_categories
from service.catalogue.problems import did_you_mean
from service.domain.campaign import Element, Node, Placeholder

PLACEHOLDERS: Mapping[str, str] = {
    "articles_read": "how many different articles the reader opened in the last 30 days, this one included",
    "site_name": "the site's name",
}

_PARSER = MarkdownIt("commonmark", {"html": False})
_PLACEHOLDER = re.compile(r"\{([^{}:]*)(?::([^{}]*))?\}")
_BRACE = re.compile(r"[{}]")
_PAIRED = {
    "paragraph": "p",
    "strong": "strong",
    "em": "em",
    "bullet_list": "ul",
    "ordered_list": "ol",
    "list_item": "li",
    "link": "a",
}
_NOT_COPY = {
    "heading_open": "headings",
    "blockquote_open": "block quotes",
    "fence": "code",
    "code_block": "code (lines indented by four spaces)",
    "code_inline": "code",
    "image": "pictures",
    "hr": "rules",
}


class CopyError(ValueError):
    """Copy that cannot be shown. The message tells the editor what to write instead."""


def parse_body(text: str, language: str, site_name: str) -> tuple[Node, ...]:
    """The blocks of `text`. Raises CopyError."""
    return _Builder(language, site_name).nodes(iter(_PARSER.parse(text)), None)


def parse_line(text: str, language: str, site_name: str) -> tuple[Node, ...]:
    """The one line of `text`, without a block around it. Raises CopyError."""
    return _Builder(language, site_name).nodes(iter(_PARSER.parseInline(text)), None)


class _Builder:
    def __init__(self, language: str, site_name: str) -> None:
        self.language, self.site_name = language, site_name

    def nodes(self, tokens: Iterator[Token], closing: str | None) -> tuple[Node, ...]:
        found: list[Node] = []
        for token in tokens:
            if token.type == closing:
                break
            found.extend(self.node(token, tokens))
        return tuple(found)

    def node(self, token: Token, tokens: Iterator[Token]) -> Iterator[Node]:
        if token.type in _NOT_COPY:
            allowed = "paragraphs, **strong**, *emphasis*, links and lists can"
            raise CopyError(f"{_NOT_COPY[token.type]} cannot be used here; {allowed}")
        if token.type == "inline":
            yield from self.nodes(iter(token.children or ()), None)
        elif token.type == "text":
            yield from self.text(token.content)
        elif token.type == "softbreak":
            yield " "
        elif token.type == "hardbreak":
            yield Element("br", {}, ())
        else:
            yield from self.element(token, tokens)

    def element(self, token: Token, tokens: Iterator[Token]) -> Iterator[Node]:
        kind = token.type.removesuffix("_open")
        children = self.nodes(tokens, f"{kind}_close")
        if token.hidden:  # the paragraph inside a tight list item
            yield from children
        else:
            yield Element(_PAIRED[kind], self.attributes(token), children)

    def attributes(self, token: Token) -> dict[str, str]:
        href = str(token.attrs.get("href", ""))
        if not href:
            return {}
        if not href.startswith(("https://", "mailto:")):
            raise CopyError(f"the link {href} must begin with https:// or mailto:")
        return {"href": href}

    def text(self, text: str) -> Iterator[Node]:
        position = 0
        for match in _PLACEHOLDER.finditer(text):
            yield from _plain(text[position : match.start()])
            yield self.placeholder(match[1].strip(), match[2])
            position = match.end()
        yield from _plain(text[position:])

    def placeholder(self, name: str, forms: str | None) -> Node:
        if name not in PLACEHOLDERS:
            raise CopyError(f"{{{name}}} is not a placeholder; {did_you_mean(name, list(PLACEHOLDERS))}")
        if name == "site_name":
            return self.site_name
        if forms is None:
            return Placeholder(name)
        words = tuple(form.strip() for form in forms.split("|"))
        wanted = plural_categories(self.language)
        if len(words) != len(wanted):
            example = " | ".join(wanted)
            raise CopyError(f"{{{name}: …}} needs {len(wanted)} forms in {self.language}, separated by | ({example})")
        if not all(words):
            raise CopyError(f"{{{name}: …}} has an empty form; write a noun in each")
        return Placeholder(name, words)


def refuse_braces(text: str, instead: str) -> None:
    """Raises CopyError for text that readers would see with a brace in it; `instead` is the cure."""
    if _BRACE.search(text):
        raise CopyError(f"{{ and }} can only stand around a placeholder; {instead}")


def _plain(text: str) -> Iterator[str]:
    if text:
        refuse_braces(text, "write it in one piece, such as {site_name}, or delete them")
        yield text
