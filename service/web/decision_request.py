"""A decision's request, read fast: what marshmallow has accepted once need not be asked of it again.

What a page is (section, tags, address) is the same for every reader of it, so a page that the schema accepted is
remembered. The short cut only ever accepts; whatever it is not sure of goes through the schema, which stays the one
truth. A property test holds the two against each other.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from service.domain.page import Page
from service.domain.reader import Visit
from service.domain.site import Placement
from service.web.requests import load
from service.web.schemas import DEVICES, LONGEST_NAME, LONGEST_TOKEN, LONGEST_URL, MOST_NAMES, DecisionSchema

_SCHEMA = DecisionSchema()
_KEYS = frozenset(_SCHEMA.fields)
_PAGE_KEYS = frozenset(("url", "section", "tags", "authors", "language", "premium", "type"))
_VISIT_KEYS = frozenset(("referrer", "utm", "device", "width", "signed_in", "attributes", "newsletters"))
_NO_VISIT: Mapping[str, Any] = {}
_PLACEMENTS = {str(placement): placement for placement in Placement}
_MOST_PAGES = 10_000
_MOST_CHARACTERS = 4_000_000  # 16 MB at worst: anybody may send us pages, and long ones


@dataclass(frozen=True, slots=True)
class DecisionRequest:
    """One page view. `reader` and `preview` are the tokens as they came, or None."""

    site: str
    reader: str | None
    consent: bool
    page: Page
    visit: Visit
    placements: tuple[Placement, ...]
    preview: str | None


class DecisionRequests:
    """Reads requests, remembering pages."""

    def __init__(self) -> None:
        self._pages: dict[tuple[Any, ...], Page] = {}
        self._characters = 0

    def read(self, values: Any, country: str | None = None) -> DecisionRequest:
        """The request in `values`, from `country`. Raises ProblemError naming the first field that is wrong."""
        return self.accept(values, country) or self.validate(values, country)

    def validate(self, values: Any, country: str | None = None) -> DecisionRequest:
        """`read` by the schema alone."""
        loaded = load(_SCHEMA, values)
        request = DecisionRequest(
            site=loaded["site"],
            reader=loaded["reader"] or None,
            consent=loaded["consent"] is not False,
            page=loaded["page"],
            visit=visit_of(loaded["visit"] or {}, country),
            placements=tuple(dict.fromkeys(loaded["placements"])),
            preview=loaded["preview"] or None,
        )
        self._remember(values["page"], request.page)
        return request

    def _remember(self, page: Mapping[str, Any], accepted: Page) -> None:
        key = _page_key(page)
        if key in self._pages:
            return
        self._characters += _length(key)
        if len(self._pages) >= _MOST_PAGES or self._characters > _MOST_CHARACTERS:
            self._pages.clear()
            self._characters = _length(key)
        self._pages[key] = accepted

    def accept(self, values: Any, country: str | None = None) -> DecisionRequest | None:
        """The request, when it certainly is what the schema accepts; else None."""
        if type(values) is not dict or not values.keys() <= _KEYS:
            return None
        get = values.get
        site, reader, consent, preview = get("site"), get("reader"), get("consent", True), get("preview")
        if type(site) is not str or not _plain_text(reader, LONGEST_TOKEN) or type(consent) is not bool:
            return None
        page = self._known_page(get("page"))
        placements = _known_placements(get("placements"))
        visit: Any = _NO_VISIT if get("visit") is None else get("visit")
        if page is None or placements is None or not _plain_visit(visit) or not _plain_text(preview, LONGEST_TOKEN):
            return None
        visited = visit_of(visit, country)
        return DecisionRequest(site, reader or None, consent, page, visited, placements, preview or None)

    def _known_page(self, page: Any) -> Page | None:
        if type(page) is not dict or not page.keys() <= _PAGE_KEYS or type(page.get("premium", False)) is not bool:
            return None
        if type(page.get("tags", [])) is not list or type(page.get("authors", [])) is not list:
            return None
        try:
            return self._pages.get(_page_key(page))
        except TypeError:  # something in it cannot be a key, so it was never accepted
            return None


def _page_key(page: Mapping[str, Any]) -> tuple[Any, ...]:
    get = page.get
    return (
        get("url"),
        get("section"),
        get("language"),
        get("type"),
        bool(get("premium")),
        tuple(get("tags") or ()),
        tuple(get("authors") or ()),
    )


def _length(key: tuple[Any, ...]) -> int:
    """How many characters a remembered page holds."""
    url, section, language, _, _, tags, authors = key
    return sum(len(text or "") for text in (url, section, language, *tags, *authors))


def _known_placements(names: Any) -> tuple[Placement, ...] | None:
    if type(names) is not list or not 1 <= len(names) <= len(_PLACEMENTS):
        return None
    try:
        return tuple(dict.fromkeys([_PLACEMENTS[name] for name in names]))
    except (KeyError, TypeError):
        return None


def _plain_text(text: Any, longest: int) -> bool:
    return text is None or (type(text) is str and len(text) <= longest)


def visit_of(visit: Mapping[str, Any], country: str | None) -> Visit:
    """The visit that the schema accepted, from `country`."""
    get = visit.get
    newsletters = get("newsletters")
    return Visit(
        country,
        get("device"),
        get("referrer") or "",
        get("utm") or {},
        get("signed_in"),
        get("attributes") or {},
        frozenset(newsletters) if newsletters else _NOTHING,
    )


_NOTHING: frozenset[str] = frozenset()


def _plain_visit(visit: Any) -> bool:
    if type(visit) is not dict or not visit.keys() <= _VISIT_KEYS:
        return visit is _NO_VISIT
    get = visit.get
    width, device, newsletters = get("width"), get("device"), get("newsletters")
    return (
        _plain_text(get("referrer"), LONGEST_URL)
        and _plain_names(get("utm"))
        and (width is None or (type(width) is int and 0 <= width <= 100_000))
        and (device is None or (type(device) is str and device in DEVICES))
        and (get("signed_in") is None or type(get("signed_in")) is bool)
        and _plain_names(get("attributes"))
        and (newsletters is None or _plain_list(newsletters))
    )


def _plain_names(values: Any) -> bool:
    if not values:
        return values is None or type(values) is dict
    return (
        type(values) is dict
        and len(values) <= MOST_NAMES
        and all(len(name) <= LONGEST_NAME for name in values)
        and all(type(value) is str and len(value) <= LONGEST_NAME for value in values.values())
    )


def _plain_list(names: Any) -> bool:
    return (
        type(names) is list
        and len(names) <= MOST_NAMES
        and all(type(name) is str and len(name) <= LONGEST_NAME for name in names)
    )
