"""Our own modules, smaller: comments, spaces and some brackets go, and names that nobody outside sees become short.

A name is given the same new one wherever it stands for a variable in its module, and never to where it is a property or
a key, so no scope has to be understood: what is declared once is renamed everywhere, or nowhere.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from itertools import count, product
from string import ascii_letters

import rjsmin

from service.web.script_names import Bindings, Span
from service.web.script_tokens import KEYWORDS, Token, tokens_of

_NEVER = frozenset(
    "arguments async get set static of from as let await yield target meta constructor undefined".split()
)
_HEADS = frozenset("for while if with".split())


def minify(source: str) -> str:
    """The module as it is served. ValueError for what is no JavaScript as we write it."""
    tokens = tokens_of(str(rjsmin.jsmin(source)))
    bindings = Bindings(tokens)
    renamed = _private(tokens) | _short(tokens, bindings.own())
    needless = _brackets(tokens) | _semicolons(tokens)
    return "".join(bindings.spelled(index, renamed) for index in range(len(tokens)) if index not in needless)


def _brackets(tokens: list[Token]) -> set[int]:
    """The parentheses around an arrow function's only parameter, but where they keep two words apart."""
    found: set[int] = set()
    for index in range(3, len(tokens)):
        opening, name, closing, arrow = tokens[index - 3 : index + 1]
        alone = name.is_name and (opening.text, closing.text, arrow.text) == ("(", ")", "=>")
        if alone and (index == 3 or tokens[index - 4].kind == "mark"):
            found |= {index - 3, index - 1}
    return found


def _semicolons(tokens: list[Token]) -> set[int]:
    """The semicolons before a closing brace, but for those that are all the body that a loop has."""
    found: set[int] = set()
    heads: set[int] = set()
    opened: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "mark" and token.text == "(":
            opened.append(index)
        elif token.kind == "mark" and token.text == ")":
            if tokens[opened.pop() - 1].text in _HEADS:
                heads.add(index)
        elif token.kind == "mark" and token.text == "}" and tokens[index - 1].text == ";":
            body = index - 2 in heads or tokens[index - 2].text == "else"
            found |= set() if body else {index - 1}
    return found


def _private(tokens: list[Token]) -> dict[str, str]:
    used = Counter(token.text for token in tokens if token.kind == "name" and token.text.startswith("#"))
    return {name: f"#{short}" for (name, _), short in zip(used.most_common(), _names(), strict=False)}


def _short(tokens: list[Token], own: Mapping[str, list[Span]]) -> dict[str, str]:
    """For each name of our own the shortest that nothing else has where it is seen; the most used choose first."""
    used = Counter(token.text for token in tokens if token.is_name)
    names = {name: spans for name, spans in own.items() if name not in _NEVER}
    kept = used.keys() - names.keys() | KEYWORDS | _NEVER
    given: dict[str, list[Span]] = {}
    renamed = {}
    for name in sorted(names, key=lambda name: (-used[name], name)):
        short = next(short for short in _names() if short not in kept and _apart(names[name], given.get(short, [])))
        given.setdefault(short, []).extend(names[name])
        renamed[name] = short
    return renamed


def _apart(some: list[Span], others: list[Span]) -> bool:
    """True where no span of the one list touches one of the other."""
    return all(last < start or end < first for first, last in some for start, end in others)


def _names() -> Iterator[str]:
    for length in count(1):
        yield from ("".join(letters) for letters in product(ascii_letters, repeat=length))
