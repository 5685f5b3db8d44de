"""image:, ticker: and show_after: in a campaign's file, as an editor writes them."""

from datetime import UTC, datetime

import pytest

from service.domain.campaign import Campaign
from service.domain.image import Image
from service.domain.show_after import ShowAfter
from service.domain.ticker import Ticker
from tests.builders import SITE, a_campaign_yaml, a_catalogue, a_copy, a_site_yaml
from tests.catalogue.test_broken_files import CAMPAIGN_FILE, assert_only, problems_in

RATES = "{EUR: 1.08, JPY: 0.0064}"
BOTH = f"{{plain: {{copy: {{en: {a_copy()}, ru: {a_copy()}}}}}}}"


def campaign(site: str | None = None, **lines: str) -> Campaign:
    text = a_campaign_yaml(**lines)
    return a_catalogue(site or a_site_yaml(exchange_rates=RATES), {"lights-on": text}).plans[SITE].by_id["lights-on"]


def test_all_of_it_is_read_as_it_is_written() -> None:
    found = campaign(
        variants=BOTH,
        image="{src: /img/lamp.jpg, width: 1200, height: 800, alt: {en: A lamp, ru: Лампа}}",
        ticker="{goal: 50000.5, currency: EUR, from: 2026-11-01, until: 2027-01-01, gifts: campaign}",
        show_after="{reading_seconds: 20, scroll: 50%}",
    )
    assert found.image == Image("/img/lamp.jpg", 1200, 800, {"en": "A lamp", "ru": "Лампа"})
    start, end = datetime(2026, 10, 31, 23, tzinfo=UTC), datetime(2026, 12, 31, 23, tzinfo=UTC)  # Amsterdam's midnights
    assert found.ticker == Ticker(5_000_050, "EUR", start, end, of_campaign=True)
    assert found.show_after == ShowAfter(20, 0.5)


def test_what_is_left_out_is_as_usual() -> None:
    plain = campaign()
    assert (plain.image, plain.ticker, plain.show_after) == (None, None, None)
    found = campaign(
        image='{src: "https://img.gazette.example/a.png", width: 1, height: 1, alt: ""}',
        ticker="{goal: 1, currency: JPY, from: 2026-11-01 12:00}",
        show_after="{scroll: 100%}",
    )
    assert found.image == Image("https://img.gazette.example/a.png", 1, 1, None)
    assert found.ticker == Ticker(1, "JPY", datetime(2026, 11, 1, 11, tzinfo=UTC))
    assert found.show_after == ShowAfter(0, 1.0)


def image(**changes: str) -> str:
    lines = {"src": "/a.png", "width": "3", "height": "2", "alt": "{en: A}", **changes}
    return "{" + ", ".join(f"{key}: {value}" for key, value in lines.items() if value) + "} # here"


def ticker(**changes: str) -> str:
    lines = {"goal": "500", "currency": "EUR", "from": "2026-11-01", **changes}
    return "{" + ", ".join(f"{key}: {value}" for key, value in lines.items() if value) + "} # here"


BROKEN = [
    *(
        ({"image": image(src=hostile)}, "image.src", "must be https://…, or begin with /")
        for hostile in (
            "'javascript:alert(1)'", "'data:image/png;base64,AA'", "'http://x.example/a.png'", "'//x.example/a.png'",
            "'/\\x.example'", "a.png", "'/a b.png'", "'https://'", "'blob:https://x.example/1'",
        )
    ),
    ({"image": image(alt="")}, "image.alt", "is missing; add it"),
    ({"image": image(alt="A lamp")}, "image.alt", 'must be a group with the words for each language; or ""'),
    ({"image": image(alt="{en: ''}")}, "image.alt.en", "is empty"),
    ({"image": image(alt="{en: A, de: B}")}, "image.alt.de", "is not among the languages of site.yaml (en, ru)"),
    ({"image": image(), "variants": BOTH}, "image.alt.ru", "is missing; the copy has this language"),
    ({"image": image(width="0")}, "image.width", "must be between 1 and 10000"),
    ({"image": image(height="12px")}, "image.height", "must be a whole number"),
    ({"image": image(caption="x")}, "image.caption", "unknown key"),
    ({"image": "/a.png # here"}, "image", "must be a group of indented lines"),
    ({"ticker": ticker(goal="0")}, "ticker.goal", "must be above 0"),
    ({"ticker": ticker(goal="1.005")}, "ticker.goal", "EUR has 2 decimals"),
    ({"ticker": ticker(goal="'a lot'")}, "ticker.goal", "must be a number"),
    ({"ticker": ticker(currency="GBP")}, "ticker.currency", "GBP is not among the currencies of site.yaml (USD,"),
    ({"ticker": ticker(currency="EURO")}, "ticker.currency", "is not a currency code"),
    ({"ticker": ticker(until="2026-11-01")}, "ticker.until", "must be later than from"),
    ({"ticker": ticker(until="soon")}, "ticker.until", "must be a date such as"),
    ({"ticker": "{goal: 500, currency: EUR} # here"}, "ticker.from", "is missing; add it"),
    ({"ticker": ticker(gifts="mine")}, "ticker.gifts", "choose from all, campaign"),
    ({"show_after": "{scroll: 1%} # here", "placement": "gate"}, "show_after", "says nothing at a gate"),
    ({"show_after": "{scroll: 0%} # here"}, "show_after", "needs reading_seconds, scroll or both"),
    ({"show_after": " # here"}, "show_after", "has no value"),
    ({"show_after": "20s # here"}, "show_after", "must be a group of indented lines"),
    ({"show_after": "{reading_seconds: 601} # here"}, "show_after.reading_seconds", "must be between 1 and 600"),
    ({"show_after": "{scroll: 0.5} # here"}, "show_after.scroll", "must be a share such as 5%"),
    ({"show_after": "{scrol: 5%} # here"}, "show_after.scrol", "did you mean scroll?"),
    ({"kind": "card_update", "ticker": ticker()}, "ticker", "counts gifts, and a card_update campaign asks for none"),
]  # fmt: skip


@pytest.mark.parametrize(("lines", "path", "cure"), BROKEN, ids=[f"{row[1]}: {row[2][:30]}" for row in BROKEN])
def test_a_mistake_is_told_with_its_line_and_cure(lines: dict[str, str], path: str, cure: str) -> None:
    text = a_campaign_yaml(**lines)
    site = a_site_yaml(exchange_rates=RATES, placements="{inline: {selector: article}, gate: {selector: article}}")
    assert_only(problems_in(site, text), CAMPAIGN_FILE, text, path, cure)


def test_a_sum_of_gifts_needs_every_rate() -> None:
    text = a_campaign_yaml(ticker=ticker())
    cure = "cannot add up gifts; add exchange_rates for EUR, JPY to site.yaml"
    assert_only(problems_in(a_site_yaml(), text), CAMPAIGN_FILE, text, "ticker.currency", cure)
