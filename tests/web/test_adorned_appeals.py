"""What an appeal may have beside its words, from the YAML an editor writes to the answer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import ARTICLE, SITE, a_campaign_yaml, a_copy, a_site_yaml, decision, staff_files, write_config

THEME = """
  dark: always
  text_font: Source Serif 4, serif
  corner: 0
  light_colours: {accent: "#7A1F1F"}"""
TOLD = {
    "dark": "always", "light_colours": {"accent": "#7a1f1f"}, "text_font": '"Source Serif 4", serif', "corner_px": 0,
}  # fmt: skip
PLACEMENTS = "{inline: {selector: article}, banner: {}, gate: {selector: article}}"
CAMPAIGNS = {
    "lights-on": a_campaign_yaml(),
    "gated": a_campaign_yaml(
        placement="gate",
        variants=f"{{plain: {{copy: {{en: {a_copy()}, ru: {a_copy()}}}}}}}",
        image="{src: /lamp.jpg, width: 3, height: 2, alt: {en: A lamp, ru: Лампа}}",
        ticker="{goal: 500, currency: USD, from: 2026-11-01}",
    ),
    "strip": a_campaign_yaml(
        placement="banner",
        image='{src: /lamp.jpg, width: 3, height: 2, alt: ""}',
        show_after="{reading_seconds: 20, scroll: 50%}",
    ),
}
RUSSIAN = {"url": ARTICLE, "type": "article", "language": "ru"}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    site = a_site_yaml(
        theme=THEME, placements=PLACEMENTS, meter="{allowance: 0}", exchange_rates="{EUR: 1.08, JPY: 0.0064}"
    )
    return write_config(tmp_path / "config", staff_files(site, CAMPAIGNS))


def test_the_theme_goes_with_appeals_gates_and_thanks(client: FlaskClient) -> None:
    answer = decision(client, placements=["inline", "gate"])
    assert answer["appeals"][0]["theme"] == answer["access"]["gate"]["theme"] == TOLD
    assert client.get(f"/embed/v1/words/{SITE}/ru.json").get_json()["theme"] == TOLD


def test_what_is_beside_the_words_goes_only_with_appeals_that_have_it(client: FlaskClient) -> None:
    (plain,) = decision(client, placements=["inline"])["appeals"]
    assert not {"image", "ticker", "show_after"} & plain.keys()
    (gate,) = decision(client, placements=["gate"], page=RUSSIAN)["appeals"]
    assert gate["image"] == {"src": "/lamp.jpg", "width": 3, "height": 2, "alt": "Лампа"}
    assert gate["ticker"] is True
    assert not any(key.startswith("ticker_") for key in gate["words"])
    (banner,) = decision(client, placements=["banner"])["appeals"]
    assert banner["show_after"] == {"reading_seconds": 20, "scroll": 0.5}
    assert banner["image"]["alt"] == ""
