"""What is measured: the sample site with more campaigns, and readers of its pages."""

import json
import re
import shutil
from pathlib import Path

from service.web.tokens import Tokens, new_reader

SECRET = "benchmark-" * 4
ORIGIN = "https://www.daily-lantern.example"
READERS, PAGES = 5000, 200
BEFORE_READER = b'{"site":"daily-lantern","reader":"'
"""What each body begins with."""
# What the campaigns beyond the sample's ask for; none fits these readers, and each is looked at before the sample's.
_AUDIENCES = (
    "audience: {{sections: [Section {number}]}}",
    "audience: {{tags: [tag-{number}]}}",
    "audience: {{countries: [NL, unknown], articles_read: {{min: 20}}}}",
    "audience: {{countries: {{exclude: [unknown]}}}}",
    "audience: {{devices: [desktop], urls: ['*/article-{number}*']}}",
    "audience: {{utm: {{campaign: [letter-{number}]}}}}",
    "audience: {{attributes: {{plan: [plan-{number}]}}}}",
    "audience: {{supporters: only}}",
    "audience: {{visits: {{min: {number}}}, articles_read_today: {{min: 9}}}}",
    "schedule: {{until: 2020-01-01}}\naudience: {{authors: [Author {number}]}}",
)


def write_config(folder: Path, campaigns: int, *, metered: bool) -> Path:
    """A config folder with so many campaigns, with the sample's meter or without any."""
    shutil.copytree(Path(__file__).parent.parent / "config", folder)
    site = folder / "sites" / "daily-lantern"
    originals = sorted((site / "campaigns").glob("*.yaml"))
    for number in range(100, 100 + campaigns - len(originals)):
        text = originals[number % len(originals)].read_text()
        text = re.sub(r"(?m)^(priority|schedule|audience): .*\n", "", text)
        more = _AUDIENCES[number % len(_AUDIENCES)].format(number=number)
        (site / "campaigns" / f"more-{number}.yaml").write_text(f"{text}\npriority: 50\n{more}\n")
    if not metered:
        text = (site / "site.yaml").read_text()
        (site / "site.yaml").write_text(re.sub(r"(?m)^meter: .*\n", "", text))
    return folder


def bodies() -> list[str]:
    """A page view of each reader, as the script sends it."""
    tokens = Tokens([SECRET])
    return [json.dumps(_body(tokens, number), separators=(",", ":")) for number in range(READERS)]


def _body(tokens: Tokens, number: int) -> dict[str, object]:
    page = {
        "url": f"{ORIGIN}/world/article-{number % PAGES}",
        "section": "World",
        "tags": ["harbours", "trade"],
        "authors": ["A. Writer"],
        "language": "en",
        "premium": False,
        "type": "article",
    }
    return {
        "site": "daily-lantern",
        "reader": tokens.reader_token("daily-lantern", new_reader()),
        "consent": True,
        "page": page,
        "visit": {"referrer": "https://search.example/", "utm": {}, "width": 390, "device": "phone"},
        "placements": ["banner", "overlay", "inline", "gate"],
    }
