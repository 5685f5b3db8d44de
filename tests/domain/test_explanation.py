"""An explanation comes to what was decided, and tells everything that was looked at."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from functools import cache
from random import Random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.catalogue.loader import Catalogue
from service.domain.access import AccessReason
from service.domain.decision import Reader, decide
from service.domain.explanation import explain
from service.domain.findings import Check, Explanation, Verdict
from service.domain.page import Page
from service.domain.reader import GiftState, Visit, short_key, topic_key
from service.domain.reason import Reason
from service.domain.rules import AudienceLine, under_cap
from service.domain.site import FrequencyCap, Placement
from service.domain.until import cap_free_at
from tests.builders import (
    ARTICLE,
    DAY,
    HOUR,
    NOW,
    SECOND,
    SITE,
    a_campaign_yaml,
    a_catalogue,
    a_page,
    a_reader,
    a_site_yaml,
    unknown_reader,
    variants_yaml,
)

# The property: whatever staff write, whoever reads, the explanation's conclusion is the decision.

RATES = "{EUR: 1.08, JPY: 0.0065}"
GATE = "gate: {selector: article}"
PLACES = f"{{inline: {{selector: article}}, banner: {{}}, overlay: {{}}, {GATE}}}"
SITE_CHOICES: Mapping[str, Sequence[str | None]] = {
    "placements": [
        PLACES, PLACES, PLACES, PLACES,
        PLACES.replace("banner: {}", "banner: {switched_on: false}"),
        PLACES.replace(GATE, "gate: {selector: article, switched_on: false}"),
    ],
    "switched_on": ["true"] * 12 + ["false"],
    "frequency": [
        "{max: 1, window: 1d, per_page: 2}", "{max: 4, window: 1d, min_gap: 6h}",
        "{max: 4, window: 30d, min_gap: 6h, per_page: 3}",
    ],
    "rest": [
        "{after_dismissal: [1d, 7d], after_once: 90d, after_cancelled: 30d}",
        "{after_dismissal: 0m, after_once: 0m, after_cancelled: 0m}",
    ],
    "never_ask_on": [None, None, None, None, "{sections: [Obituaries], tags: [quiet]}", "{urls: ['*/a-story']}"],
    "holdback": ["0%", "0%", "50%"],
    "exchange_rates": [RATES],
    "newsletters": ["{weekly: {title: Weekly, provider: csv}, daily: {title: Daily}}"],
    "meter": [
        "{allowance: 0, mode: soft}",
        "{allowance: 2, period: week, mode: soft, newsletter_bonus: 2, exempt: {sections: [opinion]}}",
        "{allowance: 2, period: 30d, mode: hard, on_outage: closed, without_consent: closed}",
    ],
}  # fmt: skip
AUDIENCE_CHOICES = [
    "sections: [World]", "sections: {exclude: [world]}", "tags: {include: [War, peace], exclude: [quiet]}",
    "authors: [Ada]", "urls: ['*/a-story']", "types: [article, home]", "premium: true", "premium: false",
    "languages: [en]", "countries: [NL, unknown]", "countries: {exclude: [DE]}", "devices: {exclude: [phone]}",
    "referrers: ['https://news.example/*']", "utm: {source: [mail]}", "signed_in: true", "signed_in: false",
    "attributes: {plan: {exclude: [gold]}}", "newsletters: [weekly]", "newsletters: {exclude: [daily]}",
    "articles_read: {min: 2}", "articles_read: {max: 3, window: 7d}", "articles_read: {min: 1, section: World}",
    "articles_read: {min: 2, max: 4, tag: war}", "articles_read_today: {min: 1}", "articles_read_today: {max: 0}",
    "days_since_first_seen: {min: 1}", "days_since_first_seen: {max: 30}", "visits: {min: 2}", "visits: {max: 0}",
]  # fmt: skip
CAMPAIGN_CHOICES: Mapping[str, Sequence[str | None]] = {
    "placement": [*map(str, Placement), "inline"],
    "priority": ["0", "1", "2"],
    "schedule": [None, None, None, "{from: 2026-11-01, until: 2026-11-25}", "{from: 2026-11-23}"],
    "frequency": [None, None, "{max: 1, window: 7d}", "{max: 2, window: 7d, min_gap: 6h}"],
    "always_ask": ["false", "false", "true"],
    "rollout": ["100%", "100%", "100%", "50%", "0%"],
    "variants": [variants_yaml(b=2, plain=1), variants_yaml(a=2, b=1, c=0)],
    "allocation": [None, "{method: automatic}"],
}
NAMES = ("first", "second", "third", "fourth", "fifth")


def _written(choices: Mapping[str, Sequence[str | None]], editor: Random) -> dict[str, str | None]:
    return {key: editor.choice(values) for key, values in choices.items()}


def _campaign(editor: Random) -> str:
    """A campaign with a few conditions; with many, nobody would ever be in it."""
    lines = {one.partition(":")[0]: one for one in editor.choices(AUDIENCE_CHOICES, k=editor.choice([0, 0, 1, 2, 3]))}
    supporters = editor.choice(["exclude", "exclude", "only", "lapsed", "include"])
    audience = "{" + ", ".join([*lines.values(), f"supporters: {supporters}"]) + "}"
    written = _written(CAMPAIGN_CHOICES, editor)
    if written["placement"] != "gate" and editor.random() < 0.25:
        written |= {"kind": "newsletter", "newsletter": "weekly", "allocation": None}
    return a_campaign_yaml(**written, audience=audience)


@cache
def catalogue(number: int) -> Catalogue:
    """What one of many editors wrote. Even ones have no meter."""
    editor = Random(number)
    site = _written(SITE_CHOICES, editor) | ({} if number % 2 else {"meter": None})
    files = {name: _campaign(editor) for name in NAMES[: editor.randrange(1, 6)]}
    return a_catalogue(a_site_yaml(**site), files)


spans = st.sampled_from([timedelta(0), SECOND, HOUR, 6 * HOUR, DAY, 3 * DAY, 7 * DAY, 30 * DAY, 90 * DAY])
moments = st.builds(
    lambda span, sign, off: NOW + sign * span + off * SECOND,
    spans,
    st.sampled_from([-1, -1, -1, 1]),
    st.integers(-1, 1),
)


def seldom(one: st.SearchStrategy[Any], otherwise: Any) -> st.SearchStrategy[Any]:
    """Most readers have not done most things, or nobody would ever be asked."""
    return st.sampled_from([otherwise] * 7 + [...]).flatmap(lambda drawn: one if drawn is ... else st.just(drawn))


maybe_moment = seldom(moments, None)
pages = st.builds(
    Page,
    st.sampled_from([ARTICLE, "https://www.gazette.example/other"]),
    section=seldom(st.sampled_from(["", "obituaries", "Opinion"]), "World"),
    tags=seldom(st.sampled_from([(), ("War", "Quiet")]), ("war",)),
    authors=st.sampled_from([(), ("ada",)]),
    language=st.sampled_from(["", "en-GB", "ru"]),
    premium=seldom(st.just(True), otherwise=False),
    type=seldom(st.sampled_from(["home", "other"]), "article"),
)
visits = st.builds(
    Visit,
    country=st.sampled_from([None, "NL", "DE"]),
    device=st.sampled_from([None, "phone", "desktop"]),
    referrer=st.sampled_from(["", "https://news.example/x"]),
    utm=st.sampled_from([{}, {"source": "Mail"}]),
    signed_in=st.sampled_from([None, True, False]),
    attributes=st.sampled_from([{}, {"plan": "gold"}]),
    newsletters=st.sampled_from([frozenset(), frozenset({"weekly"})]),
)


def _known(counted: list[datetime], *, this_one: bool, **facts: Any) -> Reader:
    """A reader whose articles the meter counted, perhaps with the page among them."""
    reader = a_reader(**facts)
    keys = [short_key(ARTICLE) if this_one and place == 0 else place + 1 for place in range(len(counted))]
    rows = [(key, int(at.timestamp())) for key, at in zip(keys, sorted(counted), strict=True)]
    return reader._replace(history=reader.history._replace(counted=rows))


readers = st.builds(
    _known,
    st.lists(moments, max_size=4),
    this_one=st.booleans(),
    name=st.sampled_from([f"reader-{number}" for number in range(20)]),
    snoozed_until=maybe_moment,
    dismissed_at=maybe_moment,
    dismissals=st.integers(0, 3),
    never_again=seldom(st.just(True), otherwise=False),
    put_off_at=maybe_moment,
    seen=st.lists(st.tuples(st.sampled_from([*NAMES, "gone"]), moments), max_size=2),
    gifts=seldom(st.lists(st.tuples(st.sampled_from(GiftState), moments), min_size=1, max_size=3), []),
    read_at=st.lists(moments, max_size=5).map(sorted),
    about=st.dictionaries(
        st.sampled_from([topic_key("section", "World"), topic_key("tag", "war")]), st.integers(1, 5), max_size=2
    ),
    newsletters=st.sets(st.sampled_from(["weekly", "daily"]), max_size=2),
    visits=st.integers(0, 3),
)
nobody = st.builds(Reader, st.just(""), st.sampled_from([Reason.NO_CONSENT, Reason.STORE_UNAVAILABLE]))
readers_or_nobody = seldom(nobody, None).flatmap(lambda drawn: readers if drawn is None else st.just(drawn))
asked_for = st.permutations(list(Placement)) | st.lists(st.sampled_from(Placement), min_size=1, unique=True)
learnt = st.none() | st.dictionaries(
    st.sampled_from(NAMES),
    st.dictionaries(st.sampled_from("abc"), st.floats(0.1, 1), min_size=1),
    max_size=3,
)


@settings(max_examples=300)
@given(st.integers(0, 59).map(catalogue), readers_or_nobody, pages, visits, asked_for, learnt)
def test_an_explanation_comes_to_what_is_decided(
    catalogue: Catalogue, reader: Reader, page: Page, visit: Visit, placements: list[Placement], weights: Any
) -> None:
    plan = catalogue.plans[SITE]
    given_the_same = (plan, reader, page, visit, tuple(placements), NOW, weights)
    explained, decided = explain(*given_the_same), decide(*given_the_same)
    assert explained.decision.outcomes == decided.outcomes
    assert explained.decision.access == decided.access
    last = explained.access_checks[-1]
    assert (last.rule, last.verdict is Verdict.PASSED) == (decided.access.reason, decided.access.granted)


@given(st.integers(0, 59).map(catalogue), readers, pages, visits)
def test_every_campaign_is_told_with_every_rule_whatever_refused_before(
    catalogue: Catalogue, reader: Reader, page: Page, visit: Visit
) -> None:
    plan = catalogue.plans[SITE]
    for place in explain(plan, reader, page, visit, list(Placement), NOW).places:
        assert [one.campaign for one in place.campaigns] == plan.of(place.placement)
        for weighed in place.campaigns:
            rules = [check.rule for check in weighed.checks]
            own = ["subscribed"] if weighed.campaign.newsletter else []
            wanted = ["supporter", "not_scheduled", "not_in_audience", *own, "campaign_cap"]
            assert rules[: len(wanted)] == wanted
            told = next(check.compared for check in weighed.checks if check.rule is Reason.NOT_IN_AUDIENCE)
            assert {one.name for one in weighed.campaign.audience.conditions} <= told.keys()


caps = st.builds(
    FrequencyCap, st.integers(1, 4), st.sampled_from([HOUR, DAY, 30 * DAY]), st.sampled_from([0 * DAY, HOUR, DAY])
)


@given(st.lists(moments, min_size=1, max_size=8).map(sorted), caps)
def test_a_cap_is_free_again_at_the_very_second_that_is_told(seen: list[datetime], cap: FrequencyCap) -> None:
    if not under_cap(seen, cap, NOW):
        free_at = cap_free_at(seen, cap)
        assert free_at is not None
        assert not under_cap(seen, cap, free_at - SECOND)
        assert under_cap(seen, cap, free_at)


# What is told, by example.


def told(
    site: Mapping[str, str] | None = None,
    campaigns: Mapping[str, str] | None = None,
    reader: Reader | None = None,
    page: Page | None = None,
    placements: Sequence[Placement] = (Placement.INLINE,),
) -> Explanation:
    plan = a_catalogue(a_site_yaml(**(site or {})), campaigns).plans[SITE]
    return explain(plan, reader or a_reader(), page or a_page(), Visit(), placements, NOW)


def refusals(checks: Sequence[Check]) -> dict[str, Check]:
    return {check.rule: check for check in checks if check.refused}


@pytest.mark.parametrize(
    ("reader", "rule", "until"),
    [
        (a_reader(snoozed_until=NOW + DAY), "snoozed", NOW + DAY),
        (a_reader(dismissed_at=NOW - DAY), "dismissed", NOW + 2 * DAY),
        (a_reader(gifts=[(GiftState.ONCE, NOW - DAY)]), "supporter", NOW + 89 * DAY),
        (a_reader(gifts=[(GiftState.ONCE, NOW), (GiftState.RECURRING, NOW)]), "supporter", None),
        (a_reader(gifts=[(GiftState.ONCE, NOW), (GiftState.PAST_DUE, NOW)]), "supporter", None),
        (a_reader(gifts=[(GiftState.PENDING, NOW), (GiftState.ENDED, NOW)]), "supporter", NOW + 30 * DAY),
        (a_reader(seen=[NOW - (9 - day) * DAY for day in range(7)]), "site_cap", NOW - 8 * DAY + 30 * DAY),
        (a_reader(never_again=True), "never_again", None),
    ],
)
def test_a_refusal_tells_when_it_ends(reader: Reader, rule: str, until: datetime | None) -> None:
    (place,) = told(reader=reader).places
    assert refusals(place.checks)[rule].until == until


def test_a_campaign_that_has_not_begun_tells_when_it_does() -> None:
    (place,) = told(campaigns={"soon": a_campaign_yaml(schedule="{from: 2026-11-23}")}).places
    (check,) = refusals(place.campaigns[0].checks).values()
    assert (check.rule, check.until) == ("not_scheduled", datetime.fromisoformat("2026-11-23T00:00:00+01:00"))


def test_every_condition_of_an_audience_is_told_with_what_was_found() -> None:
    audience = "{articles_read: {min: 3, window: 7d, section: World}, countries: [NL], types: [article]}"
    (place,) = told(campaigns={"one": a_campaign_yaml(audience=audience)}).places
    assert refusals(place.campaigns[0].checks)[Reason.NOT_IN_AUDIENCE].compared == {
        "supporters": AudienceLine("exclude", "stranger", holds=True),
        "articles_read": AudienceLine("at least 3 within 7d in the section World", 0, holds=False),
        "countries": AudienceLine("one of nl", ("unknown",), holds=False),
        "types": AudienceLine("one of article", ("article",), holds=True),
    }


def test_a_campaign_that_always_asks_lifts_the_site_s_cap() -> None:
    campaigns = {"day": a_campaign_yaml(always_ask="true"), "usual": a_campaign_yaml(priority="20")}
    (place,) = told({"frequency": "{max: 1, window: 30d}"}, campaigns, a_reader(seen=[NOW - DAY])).places
    site_cap = next(check for check in place.checks if check.rule is Reason.SITE_CAP)
    assert (site_cap.verdict, site_cap.note) == (Verdict.WAIVED, "day always asks, whatever the cap")
    assert [list(refusals(one.checks)) for one in place.campaigns] == [["site_cap"], []]


def test_a_page_that_is_shared_out_tells_who_came_first() -> None:
    campaigns = {"letter": a_campaign_yaml(placement="overlay", priority="20"), "note": a_campaign_yaml()}
    places = {place.placement: place for place in told(campaigns=campaigns, placements=list(Placement)).places}
    check = refusals(places[Placement.INLINE].sharing)[Reason.SHUT_OUT]
    assert check.compared == {"before": ["overlay"]}
    assert places[Placement.INLINE].chosen is not None


def test_what_a_wording_was_drawn_by_is_told() -> None:
    campaign = a_campaign_yaml(variants=variants_yaml(a=2, b=1, c=0), allocation="{method: automatic}")
    plan = a_catalogue(a_site_yaml(exchange_rates=RATES), {"one": campaign}).plans[SITE]
    draws = [
        explain(plan, a_reader(), a_page(), Visit(), [Placement.INLINE], NOW, {"one": weights}).places[0].draw
        for weights in ({"a": 0.1, "b": 0.9}, {"a": 1.0})
    ]
    assert [draw and (draw.weights, draw.automatic) for draw in draws] == [
        ({"a": 0.1, "b": 0.9, "c": 0.0}, True), ({"a": 2.0, "b": 1.0, "c": 0.0}, False),
    ]  # fmt: skip


@pytest.mark.parametrize("reason", [Reason.NO_CONSENT, Reason.STORE_UNAVAILABLE])
def test_of_a_reader_who_is_not_known_only_the_page_is_told(reason: Reason) -> None:
    (place,) = told(reader=unknown_reader(reason)).places
    assert [(check.rule, check.verdict) for check in place.checks] == [
        ("switched_off", Verdict.PASSED), ("page_excluded", Verdict.PASSED), (reason, Verdict.REFUSED),
    ]  # fmt: skip
    assert place.campaigns == ()


def test_access_is_told_up_to_the_rule_that_decided() -> None:
    lines = {"meter": "{allowance: 2}", "placements": "{inline: {selector: article}, gate: {selector: article}}"}
    explained = told(lines, reader=a_reader(counted_at=[NOW - HOUR, NOW - SECOND]))
    assert [check.rule for check in explained.access_checks] == [
        one for one in AccessReason if one is not AccessReason.PREVIEW
    ]
    assert explained.access_checks[-1].compared == {"used": 2, "allowance": 2}
    assert [check.verdict for check in explained.access_checks] == [Verdict.WAIVED] * 10 + [Verdict.REFUSED]


def test_a_reader_of_the_holdback_takes_up_the_page_as_anybody_would() -> None:
    site = a_site_yaml(holdback="50%", frequency="{max: 6, window: 30d, per_page: 1}")
    campaigns = {"note": a_campaign_yaml(), "strip": a_campaign_yaml(placement="banner", priority="5")}
    plan = a_catalogue(site, campaigns).plans[SITE]
    placements = (Placement.BANNER, Placement.INLINE)
    found = set()
    for number in range(20):
        given_the_same = (plan, a_reader(f"reader-{number}"), a_page(), Visit(), placements, NOW)
        explained = explain(*given_the_same).decision.outcomes
        assert explained == decide(*given_the_same).outcomes
        found.add(tuple(getattr(outcome, "reason", "shown") for outcome in explained.values()))
    assert found == {("site_cap", "shown"), ("site_cap", "holdback")}
