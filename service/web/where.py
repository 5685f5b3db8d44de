"""Where a reader did something, as results tell it: the country of the request, and what the page says of itself."""

from collections.abc import Mapping
from typing import Any

from flask import request

from service.domain.results import Among, section_name
from service.web.parts import Parts


def where_of(parts: Parts, told: Mapping[str, Any]) -> Among:
    """`told`: device and section, as the schema accepted them; both may be missing."""
    country = parts.countries.of(request.environ) or ""
    return Among(country, told["device"] or "", section_name(told["section"] or ""))
