"""One YAML file as plain values, with the place of every one of them.

YAML 1.2, so that the country NO stays a country; duplicate keys are refused; decimals keep their digits
(`Decimal`), because amounts of money are among them. Dates stay text: the schemas know the site's time zone.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, TypeAlias

from ruamel.yaml import YAML
from ruamel.yaml.constructor import SafeConstructor
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.reader import ReaderError

from service.catalogue.problems import CatalogueError, Level, Problem

Path_: TypeAlias = tuple[str | int, ...]
Place: TypeAlias = tuple[int, int]

_HALVES = re.compile("[\ud800-\udfff]")
MOST_BYTES = 256 * 1024
MOST_NODES = 20_000  # aliases of aliases can make a small file enormous,
MOST_DEPTH = 20  # and one that names itself, endless
_OUR_TAGS = "tag:yaml.org,2002:"
_CURES = (
    ("'\\t' that cannot start", "check the indentation: spaces only, no tabs"),
    ("that cannot start any token", "put the text in quotes"),
    ("undefined alias", "put text that begins with * in quotes"),
    ("expected ':'", "write a colon and a space after the key, or indent the line as its neighbours are"),
    ("mapping values", "put text that contains a colon in quotes, or mend the line above: its colon or indentation"),
    ("a flow", "is a } or ] missing? Put text that holds a bracket or # in quotes"),
    ("found '<scalar>'", "put all of the text in quotes when it begins with a quote or a bracket"),
    ("", "check the indentation, and put text that contains a colon in quotes"),
)


@dataclass(frozen=True, slots=True)
class Document:
    """A file's values, and for each path into them the line and column (from 1) where it stands: where its key does,
    or what it is in a list."""

    file: str
    values: Any
    places: Mapping[Path_, Place]

    def place_of(self, path: Path_) -> Place:
        """The place of `path`, or of the nearest thing around it that exists."""
        while path and path not in self.places:
            path = path[:-1]
        return self.places.get(path, (1, 1))

    def problem(self, path: Path_, message: str, level: Level = Level.ERROR) -> Problem:
        """A problem at that place."""
        line, column = self.place_of(path)
        return Problem(self.file, line, ".".join(map(str, path)), message, column, level)


def parse_yaml(raw: bytes, shown_as: str) -> Document:
    """The document in `raw`, called `shown_as` in problems.

    Raises CatalogueError when it is not YAML, or names a key twice.
    """
    if len(raw) > MOST_BYTES:
        raise CatalogueError([Problem(shown_as, 1, "", f"is larger than {MOST_BYTES // 1024} KB; split it")])
    try:
        node = YAML(typ="safe", pure=True).compose(raw.decode())
    except UnicodeDecodeError as error:
        line, column = _place_after(raw[: error.start].decode())
        problem = Problem(shown_as, line, "", "is not UTF-8 text; save it as UTF-8", column)
        raise CatalogueError([problem]) from error
    except MarkedYAMLError as error:
        raise CatalogueError([_syntax_problem(error, shown_as)]) from error
    except ReaderError as error:
        before, strange = raw.decode()[: error.position], raw.decode()[error.position]
        message = f"holds the control character U+{ord(strange):04X}; delete it"
        line, column = _place_after(before)
        raise CatalogueError([Problem(shown_as, line, "", message, column)]) from error
    except RecursionError as error:
        raise CatalogueError([Problem(shown_as, 1, "", "is nested too deeply; are brackets missing?")]) from error
    except YAMLError as error:
        raise CatalogueError([Problem(shown_as, 1, "", f"is not YAML: {error}")]) from error
    if node is None:
        raise CatalogueError([Problem(shown_as, 1, "", "is empty")])
    return _Reader(shown_as).document(node)


def _place_after(text: str) -> Place:
    return text.count("\n") + 1, len(text) - text.rfind("\n")


def _place_of(node: Node) -> Place:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _syntax_problem(error: MarkedYAMLError, file: str) -> Problem:
    what = ", ".join(text.strip() for text in (error.context, error.problem) if text)
    cure = next(cure for sign, cure in _CURES if sign in what)
    # What is not ended is missed only afterwards; the mistake is where it began.
    begun = error.context_mark if "expected ':'" in what or "a flow" in what else None
    mark = begun or error.problem_mark or error.context_mark
    line, column = (mark.line + 1, mark.column + 1) if mark else (1, 1)
    return Problem(file, line, "", f"is not YAML: {what}; {cure}", column)


class _Reader:
    """Walks the nodes once, noting places and duplicate keys as it goes."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.places: dict[Path_, Place] = {}
        self.problems: list[Problem] = []
        self.scalars = SafeConstructor(loader=YAML(typ="safe", pure=True))
        self.seen = 0

    def document(self, node: Node) -> Document:
        values = self.value(node, ())
        if self.problems:
            raise CatalogueError(self.problems)
        return Document(self.file, values, self.places)

    def value(self, node: Node, path: Path_) -> Any:
        self.seen += 1
        if self.seen > MOST_NODES or len(path) > MOST_DEPTH:
            raise CatalogueError([Problem(self.file, 1, "", "holds too many values; are aliases (*) nested?")])
        self.places.setdefault(path, _place_of(node))
        if not str(node.tag).startswith(_OUR_TAGS):
            message = f"begins with {node.tag}, which YAML keeps for itself; put the text in quotes"
            self.problem(path, node, message)
        if isinstance(node, MappingNode):
            return self.mapping(node, path)
        if isinstance(node, SequenceNode):
            return [self.value(child, (*path, index)) for index, child in enumerate(node.value)]
        return self.scalar(node, path)

    def mapping(self, node: MappingNode, path: Path_) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key_node, value_node in node.value:
            key = self.text(key_node, path) if isinstance(key_node, ScalarNode) else "?"
            here = (*path, key)
            if key in result:
                first, _ = self.places[here]
                self.problem(here, key_node, f"is written twice (first on line {first}); keep one of them")
                continue
            self.places[here] = _place_of(key_node)
            result[key] = self.value(value_node, here)
        return result

    def scalar(self, node: Node, path: Path_) -> Any:
        kind = str(node.tag).rsplit(":", 1)[-1]
        text = self.text(node, path)
        try:
            if kind == "float":
                return Decimal(text.replace("_", ""))
            if kind in ("int", "bool", "null"):
                return self.scalars.construct_object(node)
        except (ArithmeticError, ValueError):
            self.problem(path, node, f"{text} is not a number we understand")
            return None
        return text

    def text(self, node: Node, path: Path_) -> str:
        """The node's text, in which "\\ud800" must not smuggle half a character that no answer could hold."""
        text = str(node.value)
        if _HALVES.search(text):
            self.problem(path, node, "holds half a character (\\ud800 to \\udfff); write all of it")
            return _HALVES.sub("", text)
        return text

    def problem(self, path: Path_, node: Node, message: str) -> None:
        line, column = _place_of(node)
        self.problems.append(Problem(self.file, line, ".".join(map(str, path)), message, column))
