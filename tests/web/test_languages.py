"""A site in languages that the sample does not have, from its file to what readers are sent."""

from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.app import create_app
from service.payments.checkout import session_params
from tests.builders import (
    ARTICLE,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_copy,
    a_site_yaml,
    decision,
    some_settings,
    staff_files,
    write_config,
)
from tests.payments.orders import an_order

HEADINGS = {"pt-BR": "Mantenha a luz acesa", "ar": "أبقوا المصباح مضاءً", "he": "השאירו את האור דולק"}

METHODS = {
    "pt-BR": "Formas de pagamento: Cartão ou Google\u00a0Pay", "ar": "طرق الدفع: بطاقة أو Google\u00a0Pay",
    "he": "אמצעי תשלום: כרטיס או Google\u00a0Pay",
}  # fmt: skip


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    copy = ", ".join(f"{language}: {a_copy(heading)}" for language, heading in HEADINGS.items())
    campaign = a_campaign_yaml(variants=f"{{plain: {{copy: {{{copy}}}}}}}")
    site = a_site_yaml(languages=f"[{', '.join(HEADINGS)}]", payment_methods="[card, google_pay]")
    return write_config(tmp_path / "config", staff_files(site, {"lights-on": campaign}))


@pytest.fixture
def app(config_dir: Path, valkey_url: str, clock: SettableClock, tmp_path: Path) -> Flask:
    """The service, with mails: without, it has no supporters' page."""
    mail = {"mail_url": f"file://{tmp_path}/outbox", "mail_from": "The Gazette <support@gazette.example>"}
    return create_app(some_settings(config_dir, valkey_url, **mail), clock=clock, watch=False)


def test_an_answer_has_one_language_and_its_direction(client: FlaskClient) -> None:
    for asked, language, direction, once, amount in [
        ("pt-BR", "pt-BR", "ltr", "Uma vez", "US$\u00a010"),
        ("pt-PT", "pt-BR", "ltr", "Uma vez", "US$\u00a010"),
        ("ar-EG", "ar", "rtl", "مرة واحدة", "\u200f10\u00a0US$\u200e"),
        ("he", "he", "rtl", "פעם אחת", "\u200f10\u00a0\u200f$"),
        ("ja", "pt-BR", "ltr", "Uma vez", "US$\u00a010"),
    ]:
        (appeal,) = decision(client, page={"url": ARTICLE, "type": "article", "language": asked})["appeals"]
        assert (appeal["language"], appeal["direction"]) == (language, direction)
        assert (appeal["copy"]["heading"], appeal["words"]["once"]) == ([HEADINGS[language]], once)
        assert appeal["form"]["amounts"]["once"][0]["label"] == amount
        assert appeal["form"]["payment_methods"] == METHODS[language]


def test_a_hosted_page_follows_in_language_and_direction(client: FlaskClient) -> None:
    for language, direction in [("ar", "rtl"), ("he", "rtl"), ("pt-BR", "ltr")]:
        page = client.get(f"/supporter?site={SITE}&language={language}").get_data(as_text=True)
        assert f'<html lang="{language}" dir="{direction}">' in page


def test_stripes_page_follows_where_stripe_speaks_the_language() -> None:
    languages = {"pt-BR": "pt-BR", "pt-PT": "pt", "ja": "ja", "ar": "auto", "he": "auto", "uk": "auto"}
    for language, locale in languages.items():
        assert session_params(an_order(language=language), "https://support.example.org")["locale"] == locale
