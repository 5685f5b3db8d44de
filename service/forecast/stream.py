"""Real page views, from a file with one JSON object a line."""

import json
from collections.abc import Callable, Hashable, Iterable, Mapping
from datetime import UTC, datetime
from operator import attrgetter
from typing import Any
from urllib.parse import urlsplit

from service.catalogue.audience_schema import DEVICES, PAGE_TYPES
from service.catalogue.fields import country
from service.catalogue.problems import Problem, did_you_mean
from service.domain.memory import Memory
from service.domain.page import Page
from service.domain.reader import Visit, short_key
from service.forecast.page_view import Act, PageView, Person

_MOST_PROBLEMS = 20


class StreamError(Exception):
    """The file cannot be used; one problem a line, each with file, line and what to write instead."""


class Stream:
    """The page views of a file, by reader. Lines may stand in any order."""

    def __init__(self, by_reader: Mapping[str, list[PageView]]) -> None:
        self._readers = [(reader, sorted(views, key=attrgetter("at"))) for reader, views in sorted(by_reader.items())]

    def __len__(self) -> int:
        return len(self._readers)

    def person(self, number: int) -> Person:
        """The reader of this number in the order of their names; nothing is known of them before the file begins."""
        reader, views = self._readers[number]
        return Person(reader, Memory(), views)

    @property
    def span(self) -> tuple[datetime, datetime]:
        """The first and the last page view."""
        return min(views[0].at for _, views in self._readers), max(views[-1].at for _, views in self._readers)

    def until(self, end: datetime) -> "Stream":
        """The page views before `end`."""
        kept = {reader: [view for view in views if view.at < end] for reader, views in self._readers}
        return Stream({reader: views for reader, views in kept.items() if views})


def read_stream(lines: Iterable[str], file: str, seed: int) -> Stream:
    """The page views in the lines of `file`. Raises StreamError."""
    problems: list[Problem] = []
    by_reader: dict[str, list[PageView]] = {}
    shared: dict[Hashable, Any] = {}
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            reader, view = _view(_checked(line), shared, seed)
        except _FieldError as error:
            problems.append(Problem(file, number, error.field, error.cure))
            if len(problems) >= _MOST_PROBLEMS:
                break
        else:
            by_reader.setdefault(reader, []).append(view)
    if not by_reader and not problems:
        problems.append(Problem(file, 1, "", "holds no page view; write one JSON object a line"))
    if problems:
        raise StreamError("\n".join(map(str, problems)))
    return Stream(by_reader)


class _FieldError(Exception):
    def __init__(self, field: str, cure: str) -> None:
        super().__init__(field, cure)
        self.field, self.cure = field, cure


def _view(values: Mapping[str, Any], shared: dict[Hashable, Any], seed: int) -> tuple[str, PageView]:
    """The reader's name and the page view. `shared`: pages and visits so far; a million views hold few of them."""
    get = values.get
    page = Page(
        url=values["url"],
        section=get("section", ""),
        tags=tuple(get("tags", ())),
        authors=tuple(get("authors", ())),
        language=get("language", ""),
        premium=get("premium", False),
        type=get("type", "article"),
    )
    utm, attributes = get("utm", {}), get("attributes", {})
    visit = Visit(
        country=get("country"),
        device=get("device"),
        referrer=get("referrer", ""),
        utm=utm,
        signed_in=get("signed_in"),
        attributes=attributes,
        newsletters=frozenset(get("newsletters", ())),
    )
    key = visit._replace(utm=tuple(utm.items()), attributes=tuple(attributes.items()))  # type: ignore[arg-type]
    at, reader = values["at"], values["reader"]
    luck = short_key(f"{seed}/{reader}/{at.timestamp()}/{page.url}")
    then = tuple(map(Act, values["then"])) if "then" in values else None
    page, visit = shared.setdefault(page, page), shared.setdefault(key, visit)
    return reader, PageView(at, page, visit, luck, get("consent", True), then)


def _checked(line: str) -> dict[str, Any]:
    """The line's values; null is as if it were left out. Raises _FieldError."""
    try:
        values = json.loads(line)
    except ValueError as error:
        raise _FieldError("", f"is no JSON ({error}); write one object a line") from error
    if not isinstance(values, dict):
        raise _FieldError("", 'must be an object such as {"at": …, "reader": …, "url": …}')
    values = {name: value for name, value in values.items() if value is not None}
    for name in sorted(values.keys() - _FIELDS.keys()):
        raise _FieldError(name, f"unknown key; {did_you_mean(name, list(_FIELDS))}")
    for name in _REQUIRED:
        if name not in values:
            raise _FieldError(name, f"is missing; it {_FIELDS[name][1]}")
    for name, value in values.items():
        read, cure = _FIELDS[name]
        try:
            values[name] = read(value)
        except (ValueError, TypeError) as error:
            raise _FieldError(name, f"{cure} (got {json.dumps(value, ensure_ascii=False)})") from error
    return values


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(value)
    if moment.tzinfo is None:
        raise ValueError(value)
    return moment.astimezone(UTC)


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _name(value: Any) -> str:
    if not _text(value):
        raise ValueError(value)
    return str(value)


def _address(value: Any) -> str:
    parts = urlsplit(_text(value))
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ValueError(value)
    return str(value)


def _switch(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError(value)
    return value


def _texts(value: Any) -> list[str]:
    if not isinstance(value, list):
        raise TypeError(value)
    return [_text(one) for one in value]


def _named(value: Any) -> dict[str, str]:
    if not isinstance(value, dict):
        raise TypeError(value)
    return {name: _text(one) for name, one in value.items()}


def _one_of(names: Iterable[str]) -> Callable[[Any], str]:
    known = frozenset(names)

    def read(value: Any) -> str:
        if _text(value) not in known:
            raise ValueError(value)
        return str(value)

    return read


def _acts(value: Any) -> list[str]:
    return [_one_of(Act)(one) for one in _texts(value)]


_TEXT, _TEXTS = (_text, "must be text"), (_texts, "must be a list of texts")
_SWITCH = (_switch, "must be true or false")
_NAMED = (_named, 'must be an object of texts such as {"source": "letter"}')
_REQUIRED = ("at", "reader", "url")
_FIELDS: Mapping[str, tuple[Callable[[Any], Any], str]] = {
    "at": (_moment, "must be a time with its offset such as 2026-11-24T17:00:00Z"),
    "reader": (_name, "must be the reader's name, any text that is the same each time"),
    "url": (_address, "must be the page's address such as https://www.example.org/a-story"),
    "section": _TEXT,
    "tags": _TEXTS,
    "authors": _TEXTS,
    "language": _TEXT,
    "premium": _SWITCH,
    "type": (_one_of(PAGE_TYPES), f"must be one of {', '.join(PAGE_TYPES)}"),
    "country": (country, "must be two capitals such as NL"),
    "device": (_one_of(DEVICES), f"must be one of {', '.join(DEVICES)}"),
    "referrer": _TEXT,
    "utm": _NAMED,
    "attributes": _NAMED,
    "newsletters": _TEXTS,
    "signed_in": _SWITCH,
    "consent": _SWITCH,
    "then": (_acts, f"must be a list of {', '.join(Act)}"),
}
