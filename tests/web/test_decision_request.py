"""The short cut of the hot path against the schema: it may know less, but never anything else."""

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.domain.site import Placement
from service.web.decision_request import DecisionRequests
from service.web.problems import ProblemError
from tests.builders import ARTICLE, a_decision_body
from tests.web.conftest import spoilt

WHOLE = a_decision_body(
    reader="a token",
    consent=True,
    page={"url": ARTICLE, "section": "World", "tags": ["a", "b"], "authors": ["c"], "language": "en", "premium": False,
          "type": "article"},
    visit={"referrer": "https://a.example", "utm": {"source": "x"}, "device": "phone", "width": 390},
    placements=["banner", "inline"],
)  # fmt: skip
BARE = a_decision_body()
PREMIUM = spoilt(WHOLE, "page.premium", True)
NULLS = a_decision_body(
    reader=None, visit=None, page={"url": ARTICLE, "section": None, "tags": None, "authors": None, "premium": None}
)
GOOD = [WHOLE, BARE, PREMIUM, NULLS]

JUNK = [
    None, True, False, 0, 1, 1.0, 0.0, -1, "", "1", [], {}, "en", "phone", "banner", "article", ARTICLE, ["banner"],
    ["a"], ["a", 1], [None], {"source": "x"}, {"source": 1}, ["inline"] * 4, float("inf"), 100_000,
    100_001, 390.0, "x" * 35,
    "x" * 36, "x" * 200, "x" * 201, "x" * 600, "x" * 601, "x" * 2000, "x" * 2001, ["x" * 201], ["x"] * 51, ...,
]  # fmt: skip
PLACES = [
    "site", "reader", "consent", "page", "visit", "placements", "nonsense", "page.url", "page.section", "page.tags",
    "page.authors", "page.language", "page.premium", "page.type", "page.nonsense", "page.tags.0", "visit.referrer",
    "visit.utm", "visit.utm.source", "visit.device", "visit.width", "visit.nonsense", "placements.0",
]  # fmt: skip
junk = st.one_of(
    st.sampled_from(JUNK),
    st.text(max_size=4),
    st.integers(),
    st.lists(st.sampled_from(["banner", "inline", "overlay", "gate", 1]), max_size=4),
    st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.none(), max_size=22),
)
places = st.sampled_from(PLACES)


def changed(body: Any, place: str, value: Any) -> Any:
    """`body` with one value replaced, or as it is when it has no such place."""
    try:
        return spoilt(body, place, value)
    except (KeyError, TypeError, IndexError):
        return body


@st.composite
def bodies(draw: st.DrawFn) -> Any:
    """A good body, spoilt or changed in up to three places."""
    body = copy.deepcopy(draw(st.sampled_from(GOOD)))
    for _ in range(draw(st.integers(0, 3))):
        body = changed(body, draw(places), draw(junk))
    return body


def outcome(requests: DecisionRequests, body: Any) -> object:
    """The request, or what is wrong with it."""
    try:
        return requests.validate(body)
    except ProblemError as problem:
        return (problem.status, problem.field, problem.detail)


def warm() -> DecisionRequests:
    """One that has seen every good page before, and therefore takes the short cut."""
    requests = DecisionRequests()
    for body in GOOD:
        requests.validate(body)
    return requests


WARM = warm()


@pytest.mark.parametrize("place", PLACES)
def test_the_short_cut_and_the_schema_agree_on_every_single_change(place: str) -> None:
    for body in GOOD:
        for value in JUNK:
            spoiled = changed(body, place, value)
            accepted = WARM.accept(spoiled)
            assert accepted is None or accepted == outcome(DecisionRequests(), spoiled), (place, value)


@given(bodies())
def test_what_the_short_cut_accepts_the_schema_accepts_as_the_same(body: Any) -> None:
    accepted = WARM.accept(body)
    if accepted is not None:
        assert accepted == outcome(DecisionRequests(), body)


@given(bodies())
def test_what_was_seen_before_never_changes_what_is_answered(body: Any) -> None:
    remembering = warm()
    first = outcome(remembering, body)
    try:
        again: object = remembering.read(body)
    except ProblemError as problem:
        again = (problem.status, problem.field, problem.detail)
    assert first == again == outcome(DecisionRequests(), body)


@pytest.mark.parametrize("body", [WHOLE, BARE, PREMIUM])
def test_a_page_that_was_accepted_once_takes_the_short_cut(body: Any) -> None:
    requests = DecisionRequests()
    assert requests.accept(body) is None
    request = requests.read(body)
    assert requests.accept(body) == request


def test_another_reader_of_the_same_page_takes_it_too() -> None:
    accepted = WARM.accept({**WHOLE, "reader": "another", "placements": ["overlay"], "visit": None})
    assert accepted is not None
    assert (accepted.reader, accepted.placements) == ("another", (Placement.OVERLAY,))


def test_a_placement_that_is_asked_for_twice_counts_once() -> None:
    assert WARM.read({**WHOLE, "placements": ["inline", "banner", "inline"]}).placements == ("inline", "banner")


def test_the_memory_of_pages_has_an_end() -> None:
    requests = DecisionRequests()
    for number in range(10_050):
        requests._remember({"url": str(number)}, WARM.read(BARE).page)
    assert len(requests._pages) <= 10_000


def test_long_pages_that_a_stranger_sends_do_not_fill_the_memory() -> None:
    requests = DecisionRequests()
    for number in range(600):
        tags = [f"{number}/{tag}".ljust(200, "x") for tag in range(50)]
        requests.validate({**BARE, "page": {"url": ARTICLE, "tags": tags}})
    held = sum(len(tag) for page in requests._pages.values() for tag in page.tags)
    assert 0 < held <= 4_000_000
