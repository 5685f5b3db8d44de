"""From the ledger to the sum that a ticker shows."""

from datetime import datetime
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from service.app import create_app
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.store.connection import Store
from service.store.ledger import Ledger
from service.store.tickers import Fundraiser, Tickers
from tests.builders import (
    DAY,
    NOW,
    SECOND,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_catalogue,
    a_copy,
    a_site_yaml,
    some_settings,
    staff_files,
    write_config,
)

BOTH = f"{{plain: {{copy: {{en: {a_copy()}, ru: {a_copy()}}}}}}}"
GOAL = "{goal: 1000, currency: EUR, from: 2026-11-20, until: 2026-12-01}"
CAMPAIGNS = {
    "drive": a_campaign_yaml(ticker=GOAL, variants=BOTH),
    "own": a_campaign_yaml(ticker=GOAL.replace("until", "gifts: campaign, until")),
    "yen": a_campaign_yaml(ticker="{goal: 100000, currency: JPY, from: 2026-11-20}"),
    "later": a_campaign_yaml(ticker=GOAL.replace("11-20", "11-25")),
    "plain": a_campaign_yaml(),
}
RATED = a_site_yaml(exchange_rates="{EUR: 1.25, JPY: 0.01, GBP: 1.5}")
CATALOGUE = a_catalogue(RATED, CAMPAIGNS)


@pytest.fixture
def fundraiser(redis_url: str) -> Fundraiser:
    """As the worker has it, on every server that we support."""
    store = Store(redis_url)
    return Fundraiser(Ledger(store), Tickers(store))


def give(
    fundraiser: Fundraiser, name: str, currency: str, *payments: Payment, began: datetime = NOW, campaign: str = "own"
) -> None:
    line = Contribution(
        name, State.PAID, Interval.ONCE, currency, payments[0].gross_minor if payments else 1, began, None, "cus_1",
        Attribution(SITE, "a-reader", campaign, "plain", "inline"), payments,
    )  # fmt: skip
    fundraiser.ledger.write(line, fundraiser.ledger.begin_look(name))


def add_up(fundraiser: Fundraiser, now: datetime = NOW) -> object:
    return fundraiser.add_up(CATALOGUE.sites[SITE], CATALOGUE.plans[SITE].campaigns, now)


def test_a_ticker_adds_up_what_gifts_have_brought_in_one_currency(fundraiser: Fundraiser) -> None:
    assert add_up(fundraiser) == {"drive": 0, "own": 0, "yen": 0}
    give(fundraiser, "pi_1", "EUR", Payment("a", 1000, NOW))
    give(fundraiser, "pi_2", "USD", Payment("b", 500, NOW), campaign="other")
    give(fundraiser, "pi_3", "JPY", Payment("c", 1000, NOW), campaign="")
    give(
        fundraiser,
        "sub_4",
        "EUR",
        Payment("d", 200, NOW),
        Payment("e", 200, NOW + DAY),
        Payment("f", 200, NOW + 9 * DAY),
    )
    give(fundraiser, "pi_5", "EUR", Payment("g", 700, NOW, refunded_minor=300, disputed_minor=100))
    give(fundraiser, "pi_6", "EUR")  # on its way
    give(fundraiser, "pi_7", "EUR", Payment("h", 9900, NOW), began=NOW - 9 * DAY)
    give(fundraiser, "pi_8", "SEK", Payment("i", 9900, NOW))  # no rate for it
    euros = 1000 + 200 + 200 + 300
    assert add_up(fundraiser) == {
        "drive": euros + 400 + 800,
        "own": euros,
        "yen": (euros + 200) * 125 // 100 + 500 + 1000,
    }


def test_what_went_back_never_makes_less_than_nothing(fundraiser: Fundraiser) -> None:
    give(fundraiser, "pi_1", "EUR", Payment("a", 1000, NOW, refunded_minor=1000, disputed_minor=1000))
    assert add_up(fundraiser) == {"drive": 0, "own": 0, "yen": 0}


def test_a_sum_is_known_for_a_day_and_only_in_its_currency(fundraiser: Fundraiser) -> None:
    give(fundraiser, "pi_1", "EUR", Payment("a", 1000, NOW))

    def known(at: datetime, currency: str = "EUR") -> int | None:
        return Tickers(fundraiser.tickers.store).raised(SITE, "drive", currency, at)

    assert known(NOW) is None
    add_up(fundraiser)
    assert (known(NOW), known(NOW + DAY - SECOND), known(NOW + DAY), known(NOW, "USD")) == (1000, 1000, None, None)


def test_redis_is_asked_once_in_ten_seconds(fundraiser: Fundraiser) -> None:
    tickers = fundraiser.tickers
    assert tickers.raised(SITE, "drive", "EUR", NOW) is None
    add_up(fundraiser)
    assert tickers.raised(SITE, "drive", "EUR", NOW + 9 * SECOND) is None
    assert tickers.raised(SITE, "drive", "EUR", NOW + 10 * SECOND) == 0


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock()


@pytest.fixture
def client(tmp_path: Path, redis_url: str, clock: SettableClock) -> FlaskClient:
    config = write_config(tmp_path / "config", staff_files(RATED, CAMPAIGNS))
    return create_app(some_settings(config, redis_url), clock=clock, watch=False).test_client()


def told(client: FlaskClient, campaign: str = "drive", language: str = "en") -> dict[str, object] | None:
    answer = client.get(f"/embed/v1/tickers/{SITE}/{campaign}/{language}.json")
    assert (answer.status_code, answer.headers["Access-Control-Allow-Origin"]) == (200, "*")
    return answer.get_json()["ticker"]


def test_readers_are_told_as_their_language_says_it(
    client: FlaskClient, fundraiser: Fundraiser, clock: SettableClock
) -> None:
    assert told(client) is None
    give(fundraiser, "pi_1", "EUR", Payment("a", 24_567, NOW))
    add_up(fundraiser)
    clock.move(10 * SECOND)
    assert told(client) == {
        "raised_minor": 24567, "goal_minor": 100000, "currency": "EUR", "percent": 24, "percent_label": "24%",
        "text": "€245.67 of €1,000", "until": "2026-11-30T22:59:59Z", "until_text": "until {date}",
    }  # fmt: skip
    russian = told(client, language="ru-RU") or {}
    assert (russian["text"], russian["percent_label"]) == (
        "245,67 € из 1 000 €".replace(" 000", "\xa0000").replace(" €", "\xa0€"),
        "24\xa0%",
    )
    assert told(client, "yen")["until"] is None  # type: ignore[index]
    give(fundraiser, "pi_2", "EUR", Payment("b", 100_000, NOW))
    add_up(fundraiser)
    clock.move(10 * SECOND)
    reached = told(client) or {}
    assert (reached["percent"], reached["text"]) == (100, "€1,245.67 – the goal of €1,000 is reached")
    clock.now = NOW + 9 * DAY
    assert told(client) is None, "it is over"


def test_a_campaign_without_a_ticker_has_none(client: FlaskClient) -> None:
    for name in ("plain", "nobody"):
        assert client.get(f"/embed/v1/tickers/{SITE}/{name}/en.json").status_code == 404
    assert client.get("/embed/v1/tickers/nowhere/drive/en.json").status_code == 404


def test_without_redis_nothing_is_known(tmp_path: Path) -> None:
    config = write_config(tmp_path / "config", staff_files(RATED, CAMPAIGNS))
    app = create_app(some_settings(config, "redis://127.0.0.1:9/0"), clock=SettableClock(), watch=False)
    assert told(app.test_client()) is None
