"""What is remembered of requests: the same bytes around another token, and nothing else."""

import json
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.web.decision_request import DecisionRequest, DecisionRequests
from service.web.problems import ProblemError
from service.web.request_shapes import RequestShapes
from service.web.requests import read_json
from tests.builders import ARTICLE, a_decision_body

BODY = a_decision_body(reader="a-token", visit={"device": "phone", "width": 390, "utm": {"source": "x"}})


def sent(body: Any) -> bytes:
    """As the script sends it."""
    return json.dumps(body, separators=(",", ":"), ensure_ascii=False).encode()


def knowing(*bodies: bytes) -> RequestShapes[DecisionRequest]:
    """One that has seen these."""
    shapes: RequestShapes[DecisionRequest] = RequestShapes()
    for body in bodies:
        request = DecisionRequests().validate(read_json(body))
        shapes.remember(body, None, request.reader, replace(request, reader=None))
    return shapes


def recalled_by(shapes: RequestShapes[DecisionRequest], body: bytes) -> DecisionRequest | None:
    """The whole request again."""
    found = shapes.recall(body, None)
    return found and replace(found[0], reader=found[1])


def test_another_reader_of_the_same_page_is_recalled() -> None:
    another = sent({**BODY, "reader": "another.token-_1"})
    assert recalled_by(knowing(sent(BODY)), another) == DecisionRequests().validate(read_json(another))


def test_what_was_never_accepted_is_not_recalled() -> None:
    shapes = knowing(sent(BODY))
    assert shapes.recall(sent({**BODY, "placements": ["overlay"]}), None) is None
    assert shapes.recall(sent({**BODY, "page": {"url": ARTICLE + "/2", "type": "article"}}), None) is None
    assert shapes.recall(sent(BODY), "NL") is None


@pytest.mark.parametrize(
    "body",
    [
        a_decision_body(),
        {**BODY, "reader": ""},
        {**BODY, "reader": "with \\ in it"},
        {**BODY, "reader": "ключ"},
        {**BODY, "reader": "x" * 601},
        {**BODY, "visit": {"utm": {"reader": "another"}}},
        {**BODY, "visit": {"referrer": 'https://a.example/"reader":"x"'}},
    ],
    ids=str,
)
def test_a_body_that_is_not_plain_is_left_to_the_schema(body: Any) -> None:
    shapes: RequestShapes[DecisionRequest] = RequestShapes()
    try:
        request = DecisionRequests().validate(body)
    except ProblemError:
        request = DecisionRequests().validate(BODY)
    shapes.remember(sent(body), None, request.reader, request)
    assert shapes.recall(sent(body), None) is None


@given(st.text(max_size=30) | st.sampled_from(["x" * 600, "x" * 601, '","consent":false,"x":"']))
def test_whatever_is_recalled_is_what_the_schema_says(token: str) -> None:
    raw = sent(BODY).replace(b"a-token", token.encode("utf-8", "surrogatepass"))
    recalled = recalled_by(knowing(sent(BODY)), raw)
    if recalled is not None:
        assert recalled == DecisionRequests().validate(read_json(raw))


def test_the_memory_of_shapes_has_an_end() -> None:
    shapes: RequestShapes[DecisionRequest] = RequestShapes()
    request = DecisionRequests().validate(BODY)
    for number in range(10_050):
        shapes.remember(sent({**BODY, "site": str(number)}), None, request.reader, request)
    assert len(shapes._known) <= 10_000
    for number in range(1000):
        shapes.remember(sent({**BODY, "site": str(number) * 4000}), None, request.reader, request)
    assert sum(len(head) + len(tail) for head, tail, _ in shapes._known) <= 8_000_000
