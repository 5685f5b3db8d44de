"""Giving on our own page, without a script: once for each choice, and thanked with what was given."""

import re
import shutil
from collections.abc import Mapping
from dataclasses import replace
from html import unescape
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest
from flask import Flask

from service.app import create_app
from service.domain.newsletter import MailProvider
from service.settings import Settings
from tests.payments.giving import SITE, Books, some_settings
from tests.payments.sides import Side
from tests.payments.wire import Answer, call


def form_on(service: str, query: str) -> dict[str, str]:
    page = call("GET", f"{service}/{SITE}/support?{query}").body.decode()
    fields = re.findall(r'<input type="(?:hidden|text)"[^>]*? name="(\w+)"[^>]*? value="([^"]*)"', page)
    fields += re.findall(r'<input id="own" name="(own)"[^>]*? value="([^"]*)"', page)
    (chosen,) = re.findall(r'name="amount" value="(\w+)" checked', page)
    return {name: unescape(value) for name, value in fields} | {"amount": chosen}


def press(service: str, form: Mapping[str, str]) -> Answer:
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    return call("POST", f"{service}/{SITE}/support", urlencode(form), headers)


def with_newsletter(settings: Settings, folder: Path) -> Flask:
    """The service as `settings` have it, and a newsletter that can be signed up for."""
    shutil.copytree(settings.config_dir, folder / "config")
    with (folder / "config/sites" / SITE / "site.yaml").open("a") as site:
        site.write("newsletters: {weekly: {title: The Week, provider: csv}}\n")
    settings = replace(
        settings, config_dir=folder / "config", mail_url=f"file://{folder}/outbox", mail_from="a@herald.example",
        newsletter_providers={SITE: {MailProvider.CSV: str(folder / "list.csv")}},
    )  # fmt: skip
    return create_app(settings, watch=False)


@pytest.mark.parametrize("interval", ["once", "monthly"])
def test_a_gift_on_our_page_is_made_once_and_thanked(
    interval: str, service: str, stripe_side: Side, books: Books, tmp_path: Path
) -> None:
    form = form_on(service, f"interval={interval}&currency=USD&language=en")
    answers = [press(service, form) for _ in range(2)]
    assert [answer.status for answer in answers] == [303, 303]
    (session,) = {answer.location.rsplit("/", 1)[1] for answer in answers}
    changed = press(service, {**form, "amount": "own", "own": "7.50"})
    assert changed.location.rsplit("/", 1)[1] != session

    stripe_side.pay(session)
    back = stripe_side.find(session)["success_url"].replace("{CHECKOUT_SESSION_ID}", session)
    parts = urlsplit(back)
    page = call("GET", f"{service}{parts.path}?{parts.query}").body.decode()
    assert "Thank you" in page
    label = "$25 once" if interval == "once" else "$5 a month"
    assert label in page
    again = press(service, form)
    assert again.location.startswith(f"{service}/{SITE}/thanks?"), "who presses again has given, and is thanked"

    if interval == "once":
        thanked = with_newsletter(some_settings(books.redis_url, stripe_side.api, service), tmp_path)
        page = thanked.test_client().get(f"{parts.path}?{parts.query}").text
        assert f'action="/{SITE}/newsletters/weekly"' in page
        assert "<h2>The Week</h2>" in page

    session_metadata = stripe_side.find(session)["metadata"]
    line = books.line(session_metadata["attempt"])
    assert (line.attribution.site, line.attribution.article, line.payments[0].gross_minor > 0) == (SITE, "", True)
    assert stripe_side.find(session)["cancel_url"].startswith(f"{service}/{SITE}/support?interval={interval}")
