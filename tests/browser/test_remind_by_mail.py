"""An e-mail address beside the choices of "remind me later": there when it is asked for, and told to nobody else."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from .axe import axe_finds_nothing
from .fake_service import Fake, a_decision, an_appeal
from .reading import heard, wait_for
from .test_script import modules_loaded

pytestmark = pytest.mark.browser


def test_an_address_goes_to_the_service_alone_and_a_mistake_is_told(page: Page, fake: Fake) -> None:
    snooze = an_appeal()["snooze"] | {"mails": True}
    fake.decisions = lambda body: a_decision(an_appeal("inline", snooze=snooze))
    reminder = {"confirm_by": "2031-11-25T12:00:00Z"}
    fake.snoozes = lambda body: (200, {"until": "2031-11-29T12:00:00Z", "reminder": reminder})
    loaded = modules_loaded(page)
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.evaluate("document.querySelector('honesty-box').scrollIntoView({block: 'center'})")
    assert "remind.js" not in loaded
    page.get_by_role("button", name="Remind me later").click()
    field = page.get_by_label("E-mail me then (optional)")
    expect(field).to_have_accessible_description("One mail, and then we forget your address.")
    axe_finds_nothing(page, within="honesty-box")

    field.fill("reader@")
    page.get_by_role("button", name="in 7 days").click()
    expect(field).to_be_focused()
    expect(field).to_have_accessible_description(
        "One mail, and then we forget your address. Please look at the e-mail address again, or leave it empty."
    )
    assert fake.of("snoozes") == []
    field.fill(" reader@example.org ")
    page.get_by_role("button", name="in 7 days").click()
    expect(page.get_by_role("status")).to_contain_text("Please look into your mailbox and confirm the reminder.")
    (sent,) = fake.of("snoozes")
    assert sent == {
        "reader": "token-1", "receipt": "receipt-inline", "device": "phone", "days": 7, "email": "reader@example.org",
        "url": sent["url"], "language": "en",
    }  # fmt: skip
    assert sent["url"].startswith("http")
    assert "reader@" not in str([heard(page, name) for name in ("decision", "shown", "snoozed")])


def test_without_the_module_it_is_a_snooze_as_ever(page: Page, fake: Fake) -> None:
    snooze = an_appeal()["snooze"] | {"mails": True}
    fake.decisions = lambda body: a_decision(an_appeal("inline", snooze=snooze))
    page.route("**/remind.js", lambda route: route.abort())
    page.goto(fake.publish())
    wait_for(page, "shown")
    page.get_by_role("button", name="Remind me later").click()
    page.get_by_role("button", name="in 7 days").click()
    expect(page.get_by_role("status")).to_have_text("We will not ask again before 29 November 2031.")
    assert fake.of("snoozes") == [{"reader": "token-1", "receipt": "receipt-inline", "device": "phone", "days": 7}]
