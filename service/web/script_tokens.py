"""JavaScript as we write it, token by token: enough to tell a variable from a property, and no more."""

import re
from dataclasses import dataclass

KEYWORDS = frozenset(
    """break case catch class const continue debugger default delete do else export extends false finally for function
    if import in instanceof let new null return super switch this throw true try typeof var void while with""".split()
)

_TOKEN = re.compile(
    r"""(?P<space>\s+)
    |(?P<string>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>\#?[A-Za-z_$][\w$]*)
    |(?P<number>\.?\d[\w.]*)
    |(?P<mark>\?\.(?!\d)|=>|\.\.\.|[^\w\s])""",
    re.VERBOSE | re.DOTALL,
)
_REGEX = re.compile(r"/(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*\])+/[a-z]*")
_TEMPLATE = re.compile(r"(?:[^`\\$]|\\.|\$(?!\{))*(?:`|\$\{)", re.DOTALL)
_ENDS_A_VALUE = re.compile(r"[\w$)\]}\"'`]$")


@dataclass(frozen=True, slots=True)
class Token:
    """One token; `kind` is space, string, name, number, mark, regex or template."""

    kind: str
    text: str

    @property
    def is_name(self) -> bool:
        """True for what may be a variable, a property, or a private name."""
        return self.kind == "name" and self.text not in KEYWORDS


def tokens_of(source: str) -> list[Token]:
    """The tokens, spaces among them: joined, they are the source. ValueError for what is no JavaScript."""
    tokens: list[Token] = []
    nested: list[str] = []  # the open braces; those of a template's holes as "${"
    position = 0
    while position < len(source):
        token = _next(source, position, tokens, nested)
        position += len(token.text)
        tokens.append(token)
    return tokens


def _next(source: str, position: int, tokens: list[Token], nested: list[str]) -> Token:
    character = source[position]
    if character == "`" or (character == "}" and nested[-1:] == ["${"]):
        return _template(source, position, nested)
    if character == "/" and _may_begin_a_value(tokens) and (found := _REGEX.match(source, position)):
        return Token("regex", found[0])
    found = _TOKEN.match(source, position)
    if found is None:
        raise ValueError(f"no JavaScript: {source[position : position + 40]!r}")
    if character == "{":
        nested.append("{")
    elif character == "}" and nested:
        nested.pop()
    return Token(str(found.lastgroup), found[0])


def _template(source: str, position: int, nested: list[str]) -> Token:
    """The piece of a template from a backtick or the end of a hole to the next hole or the last backtick."""
    if source[position] == "}":
        nested.pop()
    found = _TEMPLATE.match(source, position + 1)
    if found is None:
        raise ValueError("a template has no end")
    text = source[position] + found[0]
    if text.endswith("${"):
        nested.append("${")
    return Token("template", text)


def _may_begin_a_value(tokens: list[Token]) -> bool:
    """True where a slash begins a regular expression and divides nothing."""
    last = next((token for token in reversed(tokens) if token.kind != "space"), None)
    if last is None or last.text in KEYWORDS - {"this", "super", "null", "true", "false"}:
        return True
    return not _ENDS_A_VALUE.search(last.text)
