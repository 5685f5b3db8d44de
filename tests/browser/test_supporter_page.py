"""Our own page for supporters, in a real Chromium: with a keyboard, on a small screen, in the dark, without scripts."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, State
from service.domain.money import Interval
from service.domain.newsletter import MailProvider
from service.domain.reminder import Reminder, Stage
from service.domain.supporter import Owner, Pass, Supporter
from service.web.links import Links
from service.web.parts import Parts
from tests.browser.axe import axe_finds_nothing
from tests.builders import ARTICLE, SITE, a_site_yaml, decision, parts_of, some_settings, staff_files, write_config
from tests.payments.served import Served
from tests.servers import free_port

pytestmark = pytest.mark.browser

CONTRASTS = """() => {
  const light = (color) => {
    const [r, g, b] = color.match(/[\\d.]+/g).map((part) => part / 255)
      .map((part) => part <= 0.03928 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (node) => {
    const color = getComputedStyle(node).backgroundColor;
    return color === 'rgba(0, 0, 0, 0)' ? behind(node.parentElement) : color;
  };
  return [...document.querySelectorAll('h1, p, a, label, button, input:not([type=hidden])')].map((node) => {
    const [one, other] = [light(getComputedStyle(node).color), light(behind(node))].sort((a, b) => b - a);
    return (one + 0.05) / (other + 0.05);
  });
}"""


WEEKLY = "{weekly: {title: The Week, frequency: Sundays, preview: /letters, privacy: /privacy, provider: csv}}"
POSTED = """([action, reader]) => {
  const field = Object.assign(document.createElement('input'), { name: 'reader', value: reader });
  const form = Object.assign(document.createElement('form'), { method: 'post', action });
  form.append(field);
  document.body.append(form);
  setTimeout(() => form.submit());
}"""
GIVEN = Contribution(
    "sub_1", State.ACTIVE, Interval.MONTHLY, "USD", 500, datetime(2026, 11, 1, tzinfo=UTC), None, "cus_1",
    Attribution(SITE, "", "support", "", "inline"),
)  # fmt: skip


@dataclass
class Desk:
    """A running service that mails, and its links."""

    address: str
    links: Links
    parts: Parts
    reader: Callable[[], str]
    """Makes one who was just here; the token."""

    def link(self) -> str:
        owners = (Owner("cus_1", datetime.now(UTC)),)
        return self.links.new_address(SITE, "en", Pass(Supporter(owners, ()), ARTICLE, _soon()))

    def reminders(self) -> Iterator[str]:
        """Our page for one that is to be confirmed, and for one that was."""
        reader, now = "a" * 22, datetime.now(UTC).replace(microsecond=0)
        wish = Reminder(SITE, reader, "an-id", "sealed", ARTICLE, "en", now, now + timedelta(days=30), Stage.ASKED)
        self.parts.reminders.put(wish)
        yield self.parts.reminder_links.address(wish)
        self.parts.reminders.confirm(wish, now)
        yield self.parts.reminder_links.address(wish)

    def ask(self, language: str = "en") -> str:
        return f"{self.address}/supporter?site={SITE}&language={language}"


def _soon() -> datetime:
    return datetime.now(UTC) + timedelta(minutes=30)


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, valkey_server: str) -> Iterator[Desk]:
    folder: Path = tmp_path_factory.mktemp("desk")
    config = write_config(folder / "config", staff_files(a_site_yaml(name='"Gazette & <Sons>"', newsletters=WEEKLY)))
    port = free_port()
    settings: dict[str, Any] = {"mail_url": f"file://{folder}/out", "mail_from": "a@gazette.example"}
    settings["newsletter_providers"] = {SITE: {MailProvider.CSV: str(folder / "subscribers.csv")}}
    settings["public_url"] = f"http://127.0.0.1:{port}"
    app = create_app(some_settings(config, valkey_server, **settings), watch=False)
    served = Served(app, port)
    parts = parts_of(app)
    yield Desk(served.address, parts.desk.links, parts, lambda: str(decision(app.test_client())["reader"]))
    served.stop()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_word_can_be_read_and_nothing_is_wider_than_a_small_phone(
    chromium: Browser, desk: Desk, scheme: Any
) -> None:
    context = chromium.new_context(viewport=ViewportSize(width=320, height=640), color_scheme=scheme)
    page = context.new_page()
    for address in (desk.ask(), desk.ask("ru"), desk.ask() + "&sent=1", desk.link(), desk.ask() + "&token=spent"):
        page.goto(address)
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
        assert min(page.evaluate(CONTRASTS)) >= 4.5, address
        assert page.locator("h1").count() == page.locator("main").count() == 1
        assert "Gazette & <Sons>" in page.title()
        for button in page.get_by_role("button").all():
            box = button.bounding_box()
            assert box is not None
            assert box["height"] >= 44
    context.close()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_axe_finds_nothing_on_any_of_our_pages(
    chromium: Browser, desk: Desk, scheme: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    context = chromium.new_context(viewport=ViewportSize(width=320, height=640), color_scheme=scheme)
    page = context.new_page()
    landing = f"{desk.address}/{SITE}/support"
    for address in (
        landing, f"{landing}?language=ru&interval=once&amount=33", f"{desk.address}/{SITE}/thanks?session=x",
        f"{desk.address}/{SITE}/reminder?token=x", f"{desk.address}/{SITE}/reminder?ended=1", desk.ask(), desk.link(),
        f"{desk.address}/{SITE}/my-data", f"{desk.address}/{SITE}/newsletters/weekly",
    ):  # fmt: skip
        page.goto(address)
        axe_finds_nothing(page, f"{address}, {scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") == 320, address
    for address, button in zip(desk.reminders(), ("Yes, remind me", "No, forget my address"), strict=True):
        page.goto(address)
        expect(page.get_by_role("button").first).to_have_text(button)
        axe_finds_nothing(page, f"{address}, {scheme}")
    monkeypatch.setattr("service.pages.thanks.outcome_of", lambda *_: ("paid", GIVEN))
    page.goto(f"{desk.address}/{SITE}/thanks?session=cs_1")
    expect(page.get_by_label("E-mail address")).to_be_visible()
    axe_finds_nothing(page, f"thanks for a gift, {scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.goto(f"{desk.address}/{SITE}/newsletters/weekly?language=en")
    page.get_by_label("E-mail address").fill("reader@example")
    page.get_by_role("button", name="Sign me up").click()
    expect(page.get_by_label("E-mail address")).to_be_focused()
    axe_finds_nothing(page, f"a sign-up with a mistake, {scheme}")
    page.get_by_label("E-mail address").fill("reader@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_text("Please look into your mailbox")).to_be_visible()
    axe_finds_nothing(page, f"a sign-up, {scheme}")
    page.evaluate(POSTED, [f"{desk.address}/{SITE}/my-data", desk.reader()])
    expect(page.get_by_text("by a random number")).to_be_visible()
    axe_finds_nothing(page, f"what is held, {scheme}")
    assert page.evaluate("document.documentElement.scrollWidth") == 320
    page.get_by_role("button", name="Forget all of it").click()
    expect(page.get_by_role("heading", name="Forgotten")).to_be_visible()
    axe_finds_nothing(page, f"what was erased, {scheme}")
    context.close()


def test_asking_works_from_the_keyboard_and_without_scripts(chromium: Browser, desk: Desk) -> None:
    context = chromium.new_context(java_script_enabled=False, locale="en-GB")
    page = context.new_page()
    page.goto(desk.ask())
    page.get_by_label("E-mail address").press_sequentially("reader@example.org")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Look into your mailbox")).to_be_visible()
    assert "reader" not in page.url
    context.close()


def test_a_mistake_is_told_beside_the_field_and_the_cursor_stands_in_it(page: Page, desk: Desk) -> None:
    page.goto(desk.ask())
    page.get_by_label("E-mail address").fill("reader@example")  # which the browser lets through
    page.get_by_role("button", name="Send me the link").click()
    field = page.get_by_label("E-mail address")
    expect(field).to_be_focused()
    expect(field).to_have_value("reader@example")
    told = "Please write the whole e-mail address, for example reader@example.org."
    expect(field).to_have_accessible_description(told)
    expect(page.get_by_role("alert")).to_be_visible()


def test_the_page_says_what_each_button_does_and_leads_back_with_a_grant(page: Page, desk: Desk) -> None:
    page.route("https://www.gazette.example/**", lambda route: route.fulfill(body="the article"))
    told: list[str] = []
    page.on("request", lambda request: told.append(request.headers.get("referer", "")))
    page.goto(desk.link())
    expect(page.get_by_role("button", name="Manage my gift")).to_have_accessible_description(
        "Stripe, our payment service, shows you your card, amount and receipts, and lets you end your gift."
    )
    page.get_by_role("button", name="Recognise me in this browser").click()
    page.wait_for_url(f"{ARTICLE}#honestybox=supporter.*")
    assert set(told) == {""}
    assert page.context.cookies() == []


def test_a_form_that_stands_on_another_page_does_nothing(page: Page, desk: Desk) -> None:
    link = desk.link()
    token = link.rpartition("token=")[2]
    form = f'<form method="post" action="{desk.address}/supporter"><input name="site" value="{SITE}">'
    form += f'<input name="token" value="{token}"><button name="action" value="recognise">Win</button></form>'
    page.route("http://evil.example/", lambda route: route.fulfill(body=form, content_type="text/html"))
    page.goto("http://evil.example/")
    with page.expect_response("**/supporter") as answered:
        page.get_by_role("button").click()
    assert answered.value.status == 403
    page.goto(link)
    expect(page.get_by_role("button", name="Recognise me in this browser")).to_be_visible()
