"""The README's first campaign, done as it says: written, previewed, linked, published, waited for."""

import re
import shutil
from datetime import UTC, datetime
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.builders import DAY, SettableClock, a_decision_body, post
from tests.staff.conftest import SAME, form_token, sign_in
from tests.staff.test_files import group, stage, text_of

ROOT = Path(__file__).resolve().parents[2]
SITE = "daily-lantern"
ORIGIN = "https://www.daily-lantern.example"
CAMPAIGN = "autumn-letter"


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    shutil.copytree(ROOT / "config", tmp_path / "config")
    for path in (tmp_path / "config" / "sites").iterdir():
        if path.name != SITE:
            shutil.rmtree(path)
    return tmp_path / "config"


@pytest.fixture
def clock() -> SettableClock:
    return SettableClock(datetime(2026, 11, 29, 12, tzinfo=UTC))


def in_the_guide() -> str:
    """The file that the README tells to write."""
    block = (ROOT / "README.md").read_text("utf-8").split("<!-- first campaign -->\n")[1].split("```")[1]
    return "\n".join(line[3:] for line in block.removeprefix("yaml").splitlines())


def test_a_new_editor_gets_from_the_guide_to_a_running_campaign(
    anna: FlaskClient, app: Flask, config_dir: Path, clock: SettableClock
) -> None:
    text = in_the_guide()
    (config_dir / "sites" / SITE / "campaigns" / f"{CAMPAIGN}.yaml").write_text(text, "utf-8")
    page = anna.get("/staff/preview").text
    assert "Problems in the files" not in page
    assert "is new" in text_of(page)
    for variant in re.findall(r"^  (\w+):\n    weight", text, re.MULTILINE):
        query = f"site={SITE}&campaign={CAMPAIGN}&variant={variant}&language=ru"
        assert "has no copy" not in anna.get(f"/staff/preview?{query}").text
        assert anna.get(f"{stage(anna, query)}/dark").status_code == 200

    assert app.extensions["honestybox_reloader"].refresh()
    campaigns = anna.get("/staff/").text
    assert "from 30 November 2026, 00:00" in group(campaigns, "Next")
    url = f"{ORIGIN}/world/a-story"
    asked = {"site": SITE, "placements": ["banner"], "page": {"url": url, "type": "article", "language": "ru"}}
    query = f"campaign={CAMPAIGN}&variant=counted&language=ru"
    form = {"form_token": form_token(anna), "url": url}
    linked = anna.post(f"/staff/preview?{query}", data=form, headers=SAME).text
    link = re.search(r"honestybox-preview=([^\"&]+)", linked)
    assert link
    body = a_decision_body(**asked, preview=link[1])
    (shown,) = post(app.test_client(), "/v1/decisions", body, ORIGIN).get_json()["appeals"]
    assert (shown["campaign"], shown["copy"]["heading"]) == (CAMPAIGN, ["Вы читаете, мы пишем"])

    clock.move(DAY)
    sign_in(anna)
    assert CAMPAIGN in group(anna.get("/staff/").text, "Running now")
    why = {"typical": "returning", "site": SITE, "url": f"{ORIGIN}/", "type": "home"}
    assert f"banner: {CAMPAIGN} is shown" in text_of(anna.get("/staff/why", query_string=why).text)
