"""The staff pages in a real Chromium: for everybody, on a phone, in the dark, against other people's pages."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Browser, Page, ViewportSize, expect
from redis import Redis
from werkzeug.security import generate_password_hash

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.results import Among
from service.store.ledger import Ledger
from tests.builders import (
    SITE,
    a_campaign_yaml,
    a_copy,
    a_site_yaml,
    parts_of,
    some_settings,
    staff_files,
    write_config,
)
from tests.payments.served import Served
from tests.servers import free_port

from .axe import axe_finds_nothing

pytestmark = pytest.mark.browser

PASSWORD = "correct horse battery"
NASTY = "<img src=x onerror=\"document.title='taken over'\"><script>document.title='taken over'</script>"
PLACEMENTS = "{inline: {selector: article, position: end}, banner: {edge: top}, overlay: {}, gate: {selector: article}}"
CAMPAIGNS = {
    name: a_campaign_yaml(placement=name, variants=f"{{a: {{copy: {{en: {a_copy(NASTY, NASTY, 'Continue')}}}}}}}")
    for name in ("banner", "gate", "inline", "overlay")
}


class Desk(NamedTuple):
    """A running service with staff pages, and its files."""

    address: str
    config: Path


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory, valkey_server: str) -> Iterator[Desk]:
    site = a_site_yaml(name=f"'{NASTY.replace(chr(39), chr(39) * 2)}'", placements=PLACEMENTS)
    config = write_config(tmp_path_factory.mktemp("staff") / "config", staff_files(site, CAMPAIGNS))
    Redis.from_url(valkey_server).flushall()  # another test's clock may be ahead, and its tries with it
    port = free_port()
    hashes = {"anna": generate_password_hash(PASSWORD, "scrypt:1024:8:1")}
    address = f"http://127.0.0.1:{port}"
    settings = some_settings(config, valkey_server, staff_password_hash=hashes, public_url=address)
    app = create_app(settings, watch=False)
    with_results(parts_of(app))
    served = Served(app, port)
    yield Desk(served.address, config)
    served.stop()


def with_results(parts: Any) -> None:
    """A reader here and there, so that there are plots to look at."""
    day = parts.clock().date()
    for kind, times in (("seen", 4000), ("clicked", 90), ("started", 12)):
        for section in (NASTY[:60], "World"):
            where = Among("NL", "phone", section)
            parts.counters.add(SITE, day, "inline", "a", "inline", kind, times, where)
    parts.counters.flush()
    line = Contribution(
        "pi_1", State.PAID, Interval.ONCE, "USD", 1000, parts.clock(), None, "",
        Attribution(SITE, "", "inline", "a", "inline", section="World"), (Payment("pi_1", 1000, parts.clock()),),
    )  # fmt: skip
    ledger = Ledger(parts.store)
    ledger.write(line, ledger.begin_look(line.id))


def sign_in(page: Page, desk: Desk, way: str = "/staff/") -> None:
    answer = page.goto(f"{desk.address}{way}")
    assert answer is not None
    assert answer.status == 401
    page.get_by_label("Name").fill("anna")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()


@pytest.mark.parametrize(("width", "scheme"), [(390, "light"), (1280, "dark")])
def test_every_page_is_for_everybody_and_nothing_in_it_runs(
    chromium: Browser, desk: Desk, width: int, scheme: Any
) -> None:
    """Axe finds nothing, nothing is wider than the window, and copy that tries to inject stays text."""
    broken = desk.config / "sites" / SITE / "campaigns" / "broken.yaml"
    broken.write_text(a_campaign_yaml(placement="baner", nonsense=f"'{NASTY[:40]}'"), "utf-8")
    context = chromium.new_context(viewport=ViewportSize(width=width, height=844), color_scheme=scheme)
    page = context.new_page()
    page.goto(f"{desk.address}/staff/")
    axe_finds_nothing(page, f"the sign-in page, {scheme}")
    sign_in(page, desk, "/staff/?device=tablet")
    why = f"/staff/why?typical=regular&type=article&url=https://www.gazette.example/a&section={NASTY}"
    preview = f"/staff/preview?campaign=inline&width=390&theme={scheme}"
    others = (f"/staff/{name}" for name in ("", "results", "results?campaign=inline", "health", "reasons", "audit"))
    for path in (preview, why, *others):
        page.goto(desk.address + path)
        axe_finds_nothing(page, f"{path} {width} {scheme}")
        assert page.evaluate("document.documentElement.scrollWidth") == width, path
        assert page.locator("h1").count() == 1
        assert page.title().endswith("Honesty Box")
        assert page.locator("main img, main script, [style]").count() == 0, path
    broken.unlink()
    context.close()


def test_a_preview_shows_the_appeal_that_readers_would_see(chromium: Browser, desk: Desk) -> None:
    context = chromium.new_context(viewport=ViewportSize(width=1280, height=1400))
    page = context.new_page()
    thrown: list[str] = []
    page.on("pageerror", lambda error: thrown.append(str(error)))
    page.on("console", lambda said: thrown.append(said.text) if "Content Security" in said.text else None)
    sign_in(page, desk)
    for placement in CAMPAIGNS:
        page.goto(f"{desk.address}/staff/preview?campaign={placement}&width=390&theme=dark#look")
        frame = page.frame_locator("iframe")
        expect(frame.get_by_role("heading", name="<img src=x")).to_be_visible()
        expect(frame.locator(".panel[data-theme=dark]")).to_be_visible()
        assert frame.locator("honesty-box img").count() == 0
    frame.get_by_role("button", name="Continue").click()
    expect(frame.get_by_text("nothing was charged", exact=False)).to_be_visible()
    assert thrown == []
    context.close()


def test_another_page_can_neither_post_nor_frame(chromium: Browser, desk: Desk) -> None:
    """The browser keeps the cookie to itself, and the service believes no form of another page."""
    context = chromium.new_context()
    page = context.new_page()
    sign_in(page, desk)
    other = desk.address.replace("127.0.0.1", "localhost")
    context.route("**/attack", lambda route: route.fulfill(content_type="text/html", body=_attack(desk)))
    attack = context.new_page()
    attack.goto(f"{other}/attack")
    attack.get_by_role("button").click()
    attack.wait_for_url("**/staff/sign-out")
    assert "Sign out" not in attack.content()
    page.reload()
    expect(page.get_by_role("button", name="Sign out")).to_be_visible()
    attack.goto(f"{other}/attack")
    expect(attack.frame_locator("iframe").get_by_text("anna")).to_have_count(0)
    page.get_by_role("button", name="Sign out").click()
    expect(page.get_by_label("Password")).to_be_visible()
    gone = page.goto(f"{desk.address}/staff/audit")
    assert gone is not None
    assert gone.status == 401
    context.close()


def _attack(desk: Desk) -> str:
    form = f'<form method="post" action="{desk.address}/staff/sign-out"><button>Win a prize</button></form>'
    return f'{form}<iframe src="{desk.address}/staff/"></iframe>'
