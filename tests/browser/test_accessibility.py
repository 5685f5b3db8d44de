"""What axe-core makes of all that readers are shown."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from .axe import axe_finds_nothing, complaints
from .fake_service import Fake
from .reading import PLACEMENTS, asks, wait_for

pytestmark = pytest.mark.browser


def test_axe_finds_what_is_wrong(page: Page, fake: Fake) -> None:
    page.goto(fake.publish(html='<html lang="en"><title>A</title><main><h1>A</h1><img src="a.png"></main></html>'))
    assert [one.partition(" ")[0] for one in complaints(page)] == ["image-alt"]


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_placement_in_any_language(page: Page, fake: Fake, scheme: Any) -> None:
    page.emulate_media(color_scheme=scheme)
    for language in ("en", "ru"):
        for placement in (*PLACEMENTS, "gate"):
            asks(fake, placement, language=language)
            page.goto(fake.publish())
            wait_for(page, "shown")
            axe_finds_nothing(page, f"{placement} {language} {scheme}")
