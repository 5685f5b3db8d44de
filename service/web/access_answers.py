"""The `access` part of a decision's answer: whether the article is open, why, and how to cut it when it is not."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from service.catalogue.languages import direction
from service.catalogue.words import Dictionary
from service.domain.access import Access, AccessReason
from service.domain.site import Placement, Site
from service.web.look import theme_of

_MOST_MADE = 10_000  # a rolling meter has a moment of its own for each reader


def iso(moment: datetime) -> str:
    """ISO 8601 in UTC, as every time in this API."""
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True)
class AccessAnswers:
    """Renders access; what is the same for all readers of a site is made once."""

    dictionary: Dictionary
    _gates: dict[tuple[str, str, bool], str] = field(default_factory=dict)
    _made: dict[tuple[str, Access, str], bytes] = field(default_factory=dict)

    def render(self, site: Site, access: Access, language: str, token: str | None) -> bytes:
        """The JSON text."""
        key = (site.id, access, language)
        made = self._made.get(key)
        if made is None:
            if len(self._made) >= _MOST_MADE:
                self._made.clear()
            made = self._made[key] = self._make(site, access, language)
        return b'%b,"token":"%b"}' % (made, token.encode()) if token else made + b"}"

    def _make(self, site: Site, access: Access, language: str) -> bytes:
        """The JSON text but for the token and its end."""
        parts = [f'{{"granted":{"true" if access.granted else "false"},"reason":"{access.reason}"']
        if access.allowance is not None:
            resets_at = f'"{iso(access.resets_at)}"' if access.resets_at else "null"
            parts.append(f'"used":{access.used},"allowance":{access.allowance},"resets_at":{resets_at}')
        if site.meter is not None and site.meter.markup and access.reason not in _UNMARKED:
            parts.append(f'"markup":{{"selector":{_quoted(_place(site)["selector"])}}}')
        if not access.granted:
            parts.append(f'"gate":{self._gate(site, language, later=access.later)}')
        return ",".join(parts).encode()

    def _gate(self, site: Site, language: str, *, later: bool) -> str:
        key = (site.id, language, later)
        if key not in self._gates:
            words = self.dictionary.for_language(language)
            self._gates[key] = _quoted({
                "place": _place(site),
                "later": later,
                "language": language,
                "direction": direction(language),
                "words": words.of_gates(),
                **theme_of(site),
            })
        return self._gates[key]


# Pages that are open to everybody, now and later.
_UNMARKED = frozenset({AccessReason.NO_METER, AccessReason.NOT_METERED, AccessReason.EXEMPT})


def _place(site: Site) -> Mapping[str, Any]:
    return site.placements[Placement.GATE].place


def _quoted(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)
