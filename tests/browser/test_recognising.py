"""A supporter who comes back from our page with a grant: what the script does with it, and what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from .fake_service import Answer, Fake, a_problem, an_article, locale
from .reading import asks, wait_for
from .test_script import KEPT, NO_STORAGE

pytestmark = pytest.mark.browser

Asked = list[dict[str, Any]]


@pytest.fixture
def answered(page: Page) -> Callable[[Answer], Asked]:
    """Makes the service answer grants like this; what it was asked."""

    def by(answer: Answer) -> Asked:
        asked: Asked = []

        def fulfil(route: Route) -> None:
            asked.append(json.loads(route.request.post_data or ""))
            status, body = answer
            route.fulfill(status=status, json=body, headers={"Access-Control-Allow-Origin": "*"})

        page.route("**/v1/supporters/recognitions", fulfil)
        return asked

    return by


def says(page: Page, outcome: str) -> None:
    words = locale("en")
    assert wait_for(page, "thanked") == {"outcome": outcome}
    expect(page.get_by_role("heading", name=words[f"thanks_{outcome}_heading"])).to_be_visible()
    expect(page.get_by_text(words[f"thanks_{outcome}"])).to_be_visible()


@pytest.mark.parametrize("kept", [None, "token-of-before"])
def test_a_grant_is_handed_in_and_the_browser_keeps_what_it_buys(
    page: Page, fake: Fake, answered: Callable[[Answer], Asked], kept: str | None
) -> None:
    asks(fake, "inline")
    if kept:
        page.add_init_script(f"localStorage.setItem('honestybox:daily-lantern', '{kept}')")
    asked = answered((200, {"reader": "token-of-a-supporter"}))
    page.goto(fake.publish() + "?a=1#honestybox=supporter.gr-ant_1")
    says(page, "supporter")
    assert asked == [{"site": "daily-lantern", "reader": kept, "grant": "gr-ant_1"}]
    assert page.evaluate(KEPT) == "token-of-a-supporter"
    assert page.url == fake.paper + "/story?a=1", "the grant stands in no address that somebody could copy"
    assert fake.of("decisions") == []


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (a_problem(422, "used", field="grant"), "spent"),
        (a_problem(503, "down"), "later"),
        ((429, {}), "later"),
    ],
)
def test_what_cannot_be_done_is_said(
    page: Page, fake: Fake, answered: Callable[[Answer], Asked], answer: Answer, outcome: str
) -> None:
    answered(answer)
    page.goto(fake.publish() + "#honestybox=supporter.grant")
    says(page, outcome)
    assert page.evaluate(KEPT) is None


def test_without_storage_no_grant_is_used_up(page: Page, fake: Fake, answered: Callable[[Answer], Asked]) -> None:
    page.add_init_script(NO_STORAGE)
    asked = answered((200, {"reader": "token"}))
    page.goto(fake.publish() + "#honestybox=supporter.grant")
    says(page, "no_storage")
    assert asked == []


def test_without_consent_no_grant_is_used_up(page: Page, fake: Fake, answered: Callable[[Answer], Asked]) -> None:
    asked = answered((200, {"reader": "token"}))
    page.goto(fake.publish(html=an_article(fake.tag('data-consent="denied"'))) + "#honestybox=supporter.grant")
    says(page, "no_storage")
    assert asked == []
    assert page.evaluate(KEPT) is None
