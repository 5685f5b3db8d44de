"""Whole valid configs, as staff might write them, and readers, pages and visits that know the same few names."""

import json
from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from hypothesis import strategies as st

from service.catalogue.loader import Catalogue
from service.domain.page import Page
from service.domain.reader import GiftState, Visit, short_key, topic_key
from service.domain.site import Placement
from tests.builders import NOW, ORIGIN, a_campaign_yaml, a_catalogue, a_reader, a_site_yaml, variants_yaml

PLACEMENTS = [str(placement) for placement in Placement]
NAMES = ["Sport", "world", "Free"]
COUNTRIES, DEVICES, LANGUAGES = ["NL", "NO", "DE"], ["phone", "tablet", "desktop"], ["en", "en-GB", "ru"]
TYPES, NEWSLETTERS = ["article", "section", "home", "other"], ["weekly", "sport"]
URLS = [f"{ORIGIN}/{path}" for path in ("sport/a", "world/b", "free?c=[d]")]
PATTERNS = ["*", "*/sport/*", f"{ORIGIN}/free?c=[d]"]
CAMPAIGN_IDS = ["first", "second", "third", "fourth"]
YEAR = 366 * 86400

spans = st.sampled_from(["1m", "12h", "1d", "7d", "30d", "366d"])
rests = st.sampled_from(["0m", "12h", "3d", "90d"])
moments = st.integers(-20 * 86400, 20 * 86400).map(lambda seconds: NOW + timedelta(seconds=seconds))
pasts_of_a_year = st.integers(-YEAR, YEAR // 9).map(lambda seconds: NOW + timedelta(seconds=seconds))
shares = st.sampled_from(["100%", "50%", "2.5%", "0%"])


def rarely(strategy: st.SearchStrategy[Any], otherwise: Any) -> st.SearchStrategy[Any]:
    """Mostly `otherwise`: a reader of whom everything is true is never asked, and proves little."""
    return st.integers(0, 5).flatmap(lambda draw: strategy if draw == 5 else st.just(otherwise))


def some(values: list[str]) -> st.SearchStrategy[list[str]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=2, unique=True)


def choice(values: list[str]) -> st.SearchStrategy[Any]:
    """A list, or include and exclude."""
    both = st.fixed_dictionaries({"exclude": some(values)}, optional={"include": some(values)})
    return some(values) | both


def limits(most: int) -> st.SearchStrategy[dict[str, int]]:
    """min, max or both."""
    number = st.integers(0, most)
    both = st.tuples(number, number).map(lambda pair: {"min": min(pair), "max": max(pair)})
    return st.fixed_dictionaries({"min": number}) | st.fixed_dictionaries({"max": number}) | both


@st.composite
def _articles_read(draw: st.DrawFn) -> dict[str, Any]:
    topic = draw(st.fixed_dictionaries({}) | st.sampled_from([{"section": "Sport"}, {"tag": "free"}]))
    return {**draw(limits(6)), **topic, "window": draw(spans)}


audiences = st.fixed_dictionaries(
    {},
    optional={
        "sections": choice(NAMES),
        "tags": choice(NAMES),
        "authors": choice(NAMES),
        "urls": choice(PATTERNS),
        "types": choice(TYPES),
        "premium": st.booleans(),
        "languages": choice(LANGUAGES),
        "countries": choice([*COUNTRIES, "unknown"]),
        "devices": choice(DEVICES),
        "referrers": choice(PATTERNS),
        "utm": st.fixed_dictionaries({"source": choice(NAMES)}),
        "signed_in": st.booleans(),
        "attributes": st.fixed_dictionaries({"plan": choice(NAMES)}),
        "newsletters": choice(NEWSLETTERS),
        "supporters": st.sampled_from(["exclude", "only", "lapsed", "include"]),
        "articles_read": _articles_read(),
        "articles_read_today": limits(3),
        "days_since_first_seen": limits(400),
        "visits": limits(9),
    },
)
# Most lines of a campaign that has all of them would never be reached.
few_lines = st.just({}) | audiences.map(lambda lines: dict(list(lines.items())[:2]))
caps = st.fixed_dictionaries({"max": st.sampled_from([2, 4, 1, 0]), "window": spans, "min_gap": rests})
schedules = st.sampled_from([{}, {"from": "2026-06-01"}, {"until": "2026-11-25 09:00"}, {"from": "2026-12-01"}])


def campaigns(audience: st.SearchStrategy[Mapping[str, Any]] = few_lines) -> st.SearchStrategy[str]:
    """One campaign's file."""
    lines = st.fixed_dictionaries(
        {"placement": st.sampled_from(PLACEMENTS), "priority": st.integers(-2, 2), "audience": audience},
        optional={
            "frequency": caps,
            "always_ask": st.booleans(),
            "rollout": shares,
            "schedule": schedules,
            "variants": st.just(...),
        },
    )
    return lines.map(_campaign_yaml)


def _campaign_yaml(lines: Mapping[str, Any]) -> str:
    words = {key: json.dumps(value) for key, value in lines.items() if value is not ...}
    return a_campaign_yaml(**words | ({"variants": variants_yaml(a=2, b=1, c=0)} if "variants" in lines else {}))


pages_left_in_peace = st.fixed_dictionaries({}, optional={"sections": some(NAMES), "urls": some(PATTERNS[1:])})
meters = st.none() | st.fixed_dictionaries(
    {"allowance": st.integers(0, 4)},
    optional={
        "period": st.sampled_from(["month", "week", "7d", "30d"]),
        "mode": st.sampled_from(["soft", "hard"]),
        "later": spans,
        "newsletter_bonus": st.integers(0, 2),
        "exempt": pages_left_in_peace,
        "on_outage": st.sampled_from(["open", "closed"]),
        "without_consent": st.sampled_from(["open", "closed"]),
    },
)
sites = st.fixed_dictionaries(
    {
        "frequency": st.fixed_dictionaries(
            {"max": st.sampled_from([4, 2, 6, 1, 0]), "window": spans, "min_gap": rests, "per_page": st.integers(1, 3)}
        ),
        "meter": meters,
        "never_ask_on": rarely(pages_left_in_peace, {}),
    },
    optional={
        "time_zone": st.sampled_from(["Asia/Kolkata", "America/Santiago", "Pacific/Auckland"]),
        "rest": st.fixed_dictionaries({"after_dismissal": st.lists(rests, min_size=1, max_size=3)}),
        "holdback": st.sampled_from(["0%", "2.5%", "50%"]),
    },
).map(lambda lines: {key: value for key, value in lines.items() if value is not None})


def site_yaml(lines: Mapping[str, Any]) -> str:
    """site.yaml with these lines, and every placement."""
    always = {
        "newsletters": {name: {"title": name} for name in NEWSLETTERS},
        "placements": {"inline": {"selector": "a"}, "banner": {}, "overlay": {}, "gate": {"selector": "a"}},
    }
    return a_site_yaml(**{key: json.dumps(value) for key, value in (always | lines).items()})


def configs(
    audience: st.SearchStrategy[Mapping[str, Any]] = few_lines,
) -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """site.yaml, and up to four campaigns by name."""
    named = st.dictionaries(st.sampled_from(CAMPAIGN_IDS), campaigns(audience), min_size=2, max_size=4)
    return st.tuples(sites.map(site_yaml), named)


def gated_configs() -> st.SearchStrategy[tuple[str, dict[str, str]]]:
    """Sites where every article is cut, and a campaign that asks everybody at the gate."""
    wall = {"wall": a_campaign_yaml(placement="gate", audience="{supporters: include}")}
    cut = {"meter": {"allowance": 0}, "never_ask_on": {}, "holdback": "0%"}
    named = st.dictionaries(st.sampled_from(CAMPAIGN_IDS), campaigns(), max_size=2).map(lambda found: found | wall)
    return st.tuples(sites.map(lambda lines: site_yaml(lines | cut)), named)


def loaded(config: tuple[str, dict[str, str]]) -> Catalogue:
    """The config through the real loader."""
    return a_catalogue(*config)


pages = st.builds(
    Page,
    st.sampled_from(URLS) | st.text(max_size=30),
    section=st.sampled_from(["", *NAMES]),
    tags=st.lists(st.sampled_from(NAMES) | st.characters(), max_size=2).map(tuple),
    authors=st.lists(st.sampled_from(NAMES), max_size=1).map(tuple),
    language=st.sampled_from(["", "en-US", *LANGUAGES]),
    premium=rarely(st.just(True), False),
    type=rarely(st.sampled_from(TYPES), "article"),
)
visits = st.builds(
    Visit,
    country=st.none() | st.sampled_from(COUNTRIES),
    device=st.none() | st.sampled_from(DEVICES),
    referrer=st.sampled_from(["", *URLS]),
    utm=st.dictionaries(st.just("source"), st.sampled_from(NAMES)),
    signed_in=st.none() | st.booleans(),
    attributes=st.dictionaries(st.just("plan"), st.sampled_from(NAMES)),
    newsletters=st.frozensets(st.sampled_from(NEWSLETTERS), max_size=1),
)
impressions = st.lists(st.tuples(st.sampled_from([*CAMPAIGN_IDS, "gone"]), moments), max_size=3)
gifts = rarely(st.lists(st.tuples(st.sampled_from(GiftState), pasts_of_a_year), max_size=3), [])
pasts = st.fixed_dictionaries(
    {"seen": impressions, "gifts": gifts, "read_at": st.lists(moments, max_size=6), "first_seen": pasts_of_a_year},
    optional={
        "snoozed_until": rarely(moments, None),
        "dismissed_at": rarely(pasts_of_a_year, None),
        "dismissals": st.integers(0, 255),
        "never_again": rarely(st.just(True), False),
        "put_off_at": moments,
        "visits": st.integers(0, 65535),
        "newsletters": st.lists(st.sampled_from(NEWSLETTERS), max_size=2),
        "about": st.just({topic_key("section", "sport"): 3, topic_key("tag", "Free"): 1}),
        "counted": st.lists(
            st.tuples(
                st.sampled_from([short_key(url) for url in URLS]) | st.integers(1, 9),
                moments.map(lambda at: int(at.timestamp())),
            ),
            max_size=5,
        ),
    },
)
names = st.sampled_from(["ada", "bob", "eve", "kim"]) | st.text(max_size=9)


def a_reader_with(name: str, past: Mapping[str, Any], **changes: Any) -> Any:
    """The reader with this past, some of it otherwise."""
    facts = {**past, **changes}
    counted = facts.pop("counted", [])
    reader = a_reader(name, **facts)
    return reader._replace(history=reader.history._replace(counted=counted))
