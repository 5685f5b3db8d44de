"""What each key of the staff files means, as the README's tables say it: the one place where it is written.

In a checkout the README lies beside the service; where the package is installed, its facts hold the text.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path

_README = Path(__file__).parents[2] / "README.md"
_KEY = re.compile(r"`([^`]+)`")
_HOLE = re.compile(r"<\w+>")
_LINK = re.compile(r"\[([^\]]+)\]\([^)]+\)")


@cache
def meanings(*tables: str) -> Mapping[str, str]:
    """For each key of the tables called so, dotted and with * for a name that staff choose, its meaning in Markdown.

    Empty where there is no README, as in a package that somebody else made: a meaning helps, and nothing needs it.
    """
    text = _readme()
    return {_HOLE.sub("*", key): meaning for table in tables for key, meaning in _rows(text, f"<!-- {table} -->\n")}


def _readme() -> str:
    if _README.is_file():
        return _README.read_text("utf-8")
    try:
        return str(metadata("honestybox").json.get("description", ""))
    except PackageNotFoundError:
        return ""


def _rows(text: str, mark: str) -> Iterator[tuple[str, str]]:
    for line in text.partition(mark)[2].partition("\n\n")[0].splitlines()[2:]:
        keys, _, meaning = line.strip("| ").partition(" | ")
        yield from ((key, _LINK.sub(r"\1", meaning)) for key in _KEY.findall(keys))
