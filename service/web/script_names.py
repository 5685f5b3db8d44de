"""Which names of a script are its own variables, and how each place that says one is spelled when it gets another."""

from collections.abc import Mapping

from service.web.script_tokens import Token

Span = tuple[int, int]

_OPENERS, _CLOSERS = frozenset("([{"), frozenset(")]}")
_ENDS = frozenset([",", ";"])
_BEFORE_A_BLOCK = frozenset([")", "=>", ";", "}", "else", "try", "finally", "do", "catch", "static"])
_NO_PARAMETERS = frozenset(["if", "for", "while", "switch", "with", "await"])
_MODIFIERS = frozenset(["static", "async", "get", "set"])


class Bindings:
    """What a list of tokens declares, and where; each token's place is its index among those that are no spaces."""

    def __init__(self, tokens: list[Token]) -> None:
        self._all = tokens
        self._places = [index for index, token in enumerate(tokens) if token.kind != "space"]
        self._tokens = [tokens[index] for index in self._places]
        self._place_of = {index: place for place, index in enumerate(self._places)}
        self._match: dict[int, int] = {}
        self._kind: list[str] = []
        self._declared: dict[str, list[Span]] = {}
        self._exported: set[str] = set()
        self._around: list[int] = []  # for each token the innermost brace that it is in, or -1
        self._bracket()
        for place in range(len(self._tokens)):
            self._declare(place)

    def spelled(self, index: int, renamed: Mapping[str, str]) -> str:
        """The token at this index of all, with the variable that it stands for renamed."""
        token = self._all[index]
        if token.text not in renamed or not token.is_name:
            return token.text
        if token.text.startswith("#"):
            return renamed[token.text]
        match self._role(self._place_of[index]):
            case "variable":
                return renamed[token.text]
            case "shorthand":
                return f"{token.text}:{renamed[token.text]}"
            case "imported":
                return f"{token.text} as {renamed[token.text]}"
            case _:
                return token.text

    def strays(self) -> set[str]:
        """The names that somewhere stand for what is not declared around them: the browser's own."""
        return {
            token.text
            for place, token in enumerate(self._tokens)
            if token.is_name and not token.text.startswith("#") and self._role(place) != "property"
            and not any(first <= place <= last for first, last in self._declared.get(token.text, ()))
        }  # fmt: skip

    def own(self) -> dict[str, list[Span]]:
        """The names that only ever stand for variables declared here, and where each of those can be seen."""
        others = self.strays() | self._exported
        return {name: spans for name, spans in self._declared.items() if name not in others}

    def _text(self, place: int) -> str:
        """The token's text; a string's or template's never counts as a mark."""
        if not 0 <= place < len(self._tokens):
            return ""
        token = self._tokens[place]
        return token.text if token.kind in ("name", "mark") else "?literal"

    def _opens_hole(self, place: int) -> bool:
        return self._tokens[place].kind == "template" and self._tokens[place].text.endswith("${")

    def _closes(self, place: int) -> bool:
        token = self._tokens[place]
        return self._text(place) in _CLOSERS or (token.kind == "template" and token.text.startswith("}"))

    def _bracket(self) -> None:
        """Notes for each token the innermost bracket that it is in, and for each bracket its other end."""
        inside: list[tuple[str, int]] = []
        class_ahead = False
        for place in range(len(self._tokens)):
            text = self._text(place)
            if self._closes(place):
                opened = inside.pop()[1] if inside else place
                self._match[opened], self._match[place] = place, opened
            self._kind.append(inside[-1][0] if inside else "block")
            self._around.append(next((at for kind, at in reversed(inside) if kind in ("block", "class")), -1))
            class_ahead = class_ahead or (text == "class" and self._text(place + 1) not in (":", ",", "("))
            if text == "{":
                inside.append((self._kind_of_brace(place, class_ahead), place))
                class_ahead = False
            elif text in _OPENERS or self._opens_hole(place):
                inside.append((text, place))

    def _kind_of_brace(self, place: int, class_ahead: bool) -> str:
        before = self._text(place - 1)
        if class_ahead:
            return "class"
        if before in ("import", "export"):
            return "names"
        nested = before == "{" and self._kind[place] == "block"
        return "block" if before in _BEFORE_A_BLOCK or nested or not before else "object"

    def _role(self, place: int) -> str:
        """variable, shorthand or imported; property for any name that stands for something else."""
        before, after, kind = self._text(place - 1), self._text(place + 1), self._kind[place]
        first = before in ("{", ",")
        if before in (".", "?."):
            return "property"
        if kind == "names":
            return "property" if after == "as" else "variable" if before == "as" else "imported"
        if kind == "object" and first and after in (",", "}", "="):
            return "shorthand"
        if kind == "object" and ((first and after == ":") or (after == "(" and (first or before in _MODIFIERS))):
            return "property"
        if kind == "class" and (before in ("{", "}", ";") or before in _MODIFIERS):
            return "property"
        return "variable"

    def _declare(self, place: int) -> None:
        text, before = self._text(place), self._text(place - 1)
        if before in (".", "?."):
            return
        if self._kind[place] == "names" and self._named(place) and self._role(place) in ("variable", "imported"):
            self._note(text, self._all_of_it)
        elif text in ("const", "let", "var"):
            self._declarations(place + 1, exported=before == "export")
        elif text in ("function", "class") and self._named(place + 1):
            self._note(self._text(place + 1), self._block(place))
            if "export" in (before, self._text(place - 2)):
                self._exported.add(self._text(place + 1))
        elif text == "=>":
            first = self._match[place - 1] if before == ")" else place - 1
            self._pattern(first, (first, self._end_of_body(place + 1)))
        elif text == "{" and before == ")" and self._text(self._match[place - 1] - 1) not in _NO_PARAMETERS:
            first = self._match[place - 1]
            self._pattern(first, (first, self._match[place]))

    @property
    def _all_of_it(self) -> Span:
        return -1, len(self._tokens)

    def _block(self, place: int) -> Span:
        """From the brace around this token to its other end."""
        around = self._around[place]
        return (around, self._match[around]) if around >= 0 else self._all_of_it

    def _end_of_body(self, place: int) -> int:
        """Where the body of an arrow function that begins here ends."""
        return self._match[place] if self._text(place) == "{" else self._past_value(place)

    def _note(self, name: str, span: Span) -> None:
        self._declared.setdefault(name, []).append(span)

    def _named(self, place: int) -> bool:
        return place < len(self._tokens) and self._tokens[place].is_name

    def _declarations(self, place: int, exported: bool) -> None:
        span = self._block(place)
        while True:
            if exported and self._named(place):
                self._exported.add(self._text(place))
            place = self._after_first(self._pattern(place, span))
            if self._text(place) != ",":
                return
            place += 1

    def _pattern(self, place: int, span: Span) -> int:
        """Declares for the span what the pattern at this place binds; the place after it."""
        text = self._text(place)
        if text == "...":
            return self._pattern(place + 1, span)
        if text not in _OPENERS:
            if self._named(place):
                self._note(text, span)
            return place + 1
        end = self._match[place]
        place += 1
        while place < end:
            if self._text(place) == ",":
                place += 1
                continue
            if text == "{":
                place = self._to_target(place)
            place = self._after_first(self._pattern(place, span))
        return end + 1

    def _to_target(self, place: int) -> int:
        """Past the key of one property in a pattern."""
        if self._text(place) == "[":
            return self._match[place] + 2
        return place + 2 if self._text(place + 1) == ":" else place

    def _after_first(self, place: int) -> int:
        """Past a default or first value, if there is one."""
        return self._past_value(place) if self._text(place) == "=" else place

    def _past_value(self, place: int) -> int:
        """The comma, semicolon or closing bracket that ends the expression at this place."""
        while place < len(self._tokens) and self._text(place) not in _ENDS and not self._closes(place):
            opens = self._text(place) in _OPENERS or self._opens_hole(place)
            place = self._match[place] if opens else place
            if not self._opens_hole(place):
                place += 1
        return place
