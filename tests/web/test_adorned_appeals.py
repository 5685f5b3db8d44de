"""What an appeal may have beside its words, from the YAML an editor writes to the answer."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import SITE, a_campaign_yaml, a_site_yaml, decision, staff_files, write_config

THEME = """
  dark: always
  text_font: Source Serif 4, serif
  corner: 0
  light_colours: {accent: "#7A1F1F"}"""
TOLD = {
    "dark": "always", "light_colours": {"accent": "#7a1f1f"}, "text_font": '"Source Serif 4", serif', "corner_px": 0,
}  # fmt: skip
PLACEMENTS = "{inline: {selector: article}, gate: {selector: article}}"


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    site = a_site_yaml(theme=THEME, placements=PLACEMENTS, meter="{allowance: 0}")
    return write_config(tmp_path / "config", staff_files(site, {"lights-on": a_campaign_yaml()}))


def test_the_theme_goes_with_appeals_gates_and_thanks(client: FlaskClient) -> None:
    answer = decision(client, placements=["inline", "gate"])
    assert answer["appeals"][0]["theme"] == answer["access"]["gate"]["theme"] == TOLD
    assert client.get(f"/embed/v1/words/{SITE}/ru.json").get_json()["theme"] == TOLD
