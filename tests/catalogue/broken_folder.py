"""The files of `broken/`: each is one of the two files in `whole/`, with one mistake.

The first line says where the mistake is, of which site where it is another one, and what is told of it; the second,
whether a JSON Schema can see it.
"""

import re
from pathlib import Path
from typing import NamedTuple

from tests.builders import SITE

_HERE = Path(__file__).parent
_FILES = {"site": f"sites/{SITE}/site.yaml", "campaign": f"sites/{SITE}/campaigns/lights-on.yaml"}
_HEAD = re.compile(
    r"# (?:of the site (\S+), )?(site|campaign)\.yaml (\d+):(\d+): (.+)\n"
    r"# Can a JSON Schema see it\? (yes|no)"
)


class Broken(NamedTuple):
    """One file. `told`: the path, where there is one, and the sentence or its part."""

    name: str
    site: str
    kind: str
    raw: bytes
    line: int
    column: int
    told: str
    seen_by_schema: bool

    @property
    def file(self) -> str:
        """Where in the config folder it belongs."""
        return _FILES[self.kind].replace(SITE, self.site)


def whole_files() -> dict[str, bytes]:
    """Both files without a mistake, by their place in the config folder."""
    return {place: (_HERE / "whole" / f"{kind}.yaml").read_bytes() for kind, place in _FILES.items()}


def broken_files() -> list[Broken]:
    """All of them."""
    return [_read(path) for path in sorted((_HERE / "broken").glob("*.yaml"))]


def _read(path: Path) -> Broken:
    raw = path.read_bytes()
    head = _HEAD.match(raw.decode())
    assert head, f"{path.name} does not begin with what is expected of it"
    site, kind, line, column, told, seen = head.groups()
    return Broken(path.stem, site or SITE, kind, raw, int(line), int(column), told, seen == "yes")
