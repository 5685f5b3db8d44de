"""The plain appeal of a card_update campaign: words, one link, and the ways to say no."""

from __future__ import annotations

from typing import Any

import brotli
import pytest
from playwright.sync_api import Page, expect

from .fake_service import Fake, minified
from .reading import heard, opened, wait_for

pytestmark = pytest.mark.browser

COPY = {"heading": ["Your contribution did not go through"], "body": [["p", {}, ["Please look."]]], "button": "Update"}


def shown(page: Page, fake: Fake, placement: str) -> Any:
    """The appeal, with where its link leads."""
    link = f"{fake.paper}/supporter?site=daily-lantern&language=en"
    opened(page, fake, placement, kind="card_update", form=None, link=link, copy=COPY, campaign="card")
    return page.locator("honesty-box")


@pytest.mark.parametrize("placement", ["banner", "inline", "overlay"])
def test_its_button_is_a_link_and_there_is_nothing_to_fill_in(page: Page, fake: Fake, placement: str) -> None:
    box = shown(page, fake, placement)
    link = box.get_by_role("link", name="Update")
    expect(link).to_be_visible()
    expect(link).to_have_attribute("href", f"{fake.paper}/supporter?site=daily-lantern&language=en")
    assert box.locator("form, input").count() == 0
    size = link.bounding_box()
    assert size is not None
    assert size["height"] >= 44
    look = "link => (({ textDecorationLine, color, display }) => [textDecorationLine, color, display])"
    assert link.evaluate(f"{look}(getComputedStyle(link))") == ["none", "rgb(255, 255, 255)", "block"]


def test_following_it_is_told_once_and_leads_there(page: Page, fake: Fake) -> None:
    link = shown(page, fake, "inline").get_by_role("link", name="Update")
    page.evaluate("document.addEventListener('click', (event) => event.preventDefault(), true)")
    link.click()
    link.click()
    wait_for(page, "clicked")
    assert len(heard(page, "clicked")) == 1
    assert heard(page, "clicked")[0]["campaign"] == "card"


@pytest.mark.parametrize("placement", ["banner", "overlay"])
def test_it_can_be_closed_and_put_off(page: Page, fake: Fake, placement: str) -> None:
    box = shown(page, fake, placement)
    expect(box.get_by_role("button", name="Remind me later")).to_be_visible()
    box.get_by_role("button", name="Close").click()
    assert wait_for(page, "dismissed")["campaign"] == "card"
    expect(box).to_have_count(0)


def test_it_stays_within_the_scripts_budget(page: Page, fake: Fake) -> None:
    loaded: set[str] = set()
    page.on("request", lambda request: loaded.add(request.url.rpartition("/")[2]) if ".js" in request.url else None)
    shown(page, fake, "banner")
    assert "extras.js" not in loaded
    assert sum(len(brotli.compress(minified(name), quality=11)) for name in loaded) <= 12288
