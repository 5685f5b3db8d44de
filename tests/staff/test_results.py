"""The results page: what it says, what it says when there is nothing to say, and its tables as CSV."""

import csv
import re
from io import StringIO
from ipaddress import ip_network
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.results import Among
from service.store.connection import Store
from service.store.ledger import Ledger
from tests.builders import (
    NOW,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_site_yaml,
    parts_of,
    some_settings,
    staff_files,
    variants_yaml,
    write_config,
)
from tests.staff.conftest import HASHES

TODAY = NOW.date()


@pytest.fixture
def app(tmp_path: Path, valkey_url: str, clock: SettableClock) -> Flask:
    campaigns = {"lights-on": a_campaign_yaml(variants=variants_yaml(a=1, b=1)), "unseen": a_campaign_yaml()}
    site = a_site_yaml(exchange_rates="{EUR: 1.08}", holdback="10%")
    config = write_config(tmp_path / "config", staff_files(site, campaigns))
    settings = some_settings(config, valkey_url, staff_password_hash=HASHES)
    return create_app(settings, clock=clock, watch=False)


def happened(app: Flask, url: str) -> None:
    """Two wordings and one that was taken out again; a gift of each interval, and one without a rate."""
    counters, ledger = parts_of(app).counters, Ledger(Store(url))
    for variant, placement in (("a", "inline"), ("b", "inline"), ("gone", "banner")):
        for kind, times in (("seen", 3000), ("clicked", 90), ("snoozed", 7), ("never", 1), ("started", 40)):
            counters.add(SITE, TODAY, "lights-on", variant, placement, kind, times, Among("NL", "phone", "<b>World"))
    counters.flush()
    gifts = [*((interval, "USD") for interval in Interval), (Interval.ONCE, "GBP")] * 5
    for number, (interval, currency) in enumerate(gifts):
        state = State.PAID if interval is Interval.ONCE else State.ACTIVE
        given = Attribution(SITE, "r", "lights-on", "b", "inline", country="NL", device="phone", section="<b>World")
        line = Contribution(
            f"pi_{number}", state, interval, currency, 1000, NOW, None, "", given,
            (Payment("p", 1000, NOW),),
        )  # fmt: skip
        ledger.write(line, ledger.begin_look(line.id))


def said(client: FlaskClient, query: str = "") -> str:
    answer = client.get(f"/staff/results{query}")
    assert answer.status_code == 200, answer.text
    return answer.text


def table(client: FlaskClient, query: str = "") -> list[dict[str, str]]:
    answer = client.get(f"/staff/results.csv{query}")
    assert answer.content_type == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"].startswith("attachment;")
    return list(csv.DictReader(StringIO(answer.text)))


def test_a_stranger_sees_neither_the_page_nor_a_table(client: FlaskClient) -> None:
    for path in ("/staff/results", "/staff/results.csv"):
        answer = client.get(path)
        assert (answer.status_code, "lights-on" in answer.text) == (401, False)


def test_nothing_to_tell_is_told(anna: FlaskClient, app: Flask) -> None:
    page = said(anna)
    assert page.count("Nobody has seen this campaign in these days") == 2
    assert "Too early: nobody who is known has given" in page
    assert "<svg" not in page
    assert table(anna, "?campaign=unseen") == []


def test_results_are_told_with_what_can_be_concluded(anna: FlaskClient, app: Flask, valkey_url: str) -> None:
    happened(app, valkey_url)
    page = said(anna)
    assert "b is very probably the best of those compared (96%)" in page
    assert "gone, banner (removed)" in page
    assert "1 EUR = 1.08 USD" in page
    assert "Left out of the values: 5 gifts in GBP" in page
    assert page.count("<svg") == 1
    assert not re.search(r"<script|style=|<b>World", page)
    asked = re.findall(r'<th scope="row">(?:Asked|Never asked)<.*', page)
    groups = [re.findall("<td[^>]*>([^<]*)", row) for row in asked]
    assert [len(cells) for cells in groups] == [4, 4]
    assert sum(int(cells[0]) for cells in groups) == 15
    one = said(anna, "?campaign=lights-on")
    assert one.count("<svg") == 1 + 2 + 3
    assert "&lt;b&gt;World" in one
    assert not re.search(r"<script|style=|<b>World", one)
    rows = {(row["variant"], row["placement"]): row for row in table(anna)}
    b = rows["b", "inline"]
    assert (b["seen"], b["clicked"], b["once"], b["monthly"], b["annual"]) == ("3000", "90", "10", "5", "5")
    assert (b["value"], b["currency"], b["value_per_thousand"]) == ("700.00", "USD", "233.33")
    assert float(b["value_per_thousand_low"]) < 233.33 < float(b["value_per_thousand_high"])
    assert (rows["a", "inline"]["value_per_thousand_low"], rows["gone", "banner"]["written"]) == ("0.00", "no")
    for by in ("time", "country", "device", "section"):
        assert sum(int(row["seen"]) for row in table(anna, f"?by={by}&campaign=lights-on")) == 9000


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("?site=nobody", 404),
        ("?campaign=nobody", 404),
        ("?from=yesterday", 422),
        ("?from=2026-11-20&until=2026-11-01", 422),
        ("?from=2020-01-01", 422),
        ("?from=0001-01-01&until=9999-12-31", 422),
    ],
)
def test_what_is_not_there_is_refused_in_words(anna: FlaskClient, query: str, status: int) -> None:
    for path in ("/staff/results", "/staff/results.csv"):
        answer = anna.get(path + query)
        assert (answer.status_code, "That did not work" in answer.text) == (status, True)
    assert anna.get("/staff/results.csv?by=nothing").status_code == 404


def test_without_redis_the_page_says_so(tmp_path: Path, clock: SettableClock) -> None:
    config = write_config(tmp_path / "config", staff_files())
    vouched = {"staff_header": "HTTP_X_STAFF", "staff_proxies": (ip_network("127.0.0.0/8"),)}
    settings = some_settings(config, "redis://127.0.0.1:9/0", **vouched)
    client = create_app(settings, clock=clock, watch=False).test_client()
    answer = client.get("/staff/results", headers={"X-Staff": "anna"})
    assert (answer.status_code, "Redis cannot be reached" in answer.text) == (503, True)
