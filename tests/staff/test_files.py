"""What editors look at: campaigns, previews from the files as saved, problems, and what is not published yet."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from redis import Redis

from service.app import create_app
from service.web.previews import PARAMETER
from tests.builders import (
    DAY,
    ORIGIN,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_copy,
    a_decision_body,
    a_site_yaml,
    decision,
    post,
    some_settings,
    staff_files,
    variants_yaml,
    write_config,
)
from tests.staff.conftest import HASHES, PASSWORD, SAME, form_token, sign_in

CAMPAIGNS = {
    "lights-on": a_campaign_yaml(audience="{sections: [World], countries: {exclude: [KP]}}"),
    "tomorrow": a_campaign_yaml(placement="banner", priority="90", schedule="{from: 2026-11-23}"),
    "over": a_campaign_yaml(placement="overlay", schedule="{until: 2026-01-01}", variants=variants_yaml(a=1, b=2)),
}


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", staff_files(campaigns=CAMPAIGNS))


def text_of(page: str) -> str:
    """The words of the page, as they are read."""
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))


def group(page: str, name: str) -> str:
    """What stands under this heading, until the next one."""
    return text_of(page.split(f">{name}</h2>")[1].split("</section>", maxsplit=1)[0])


def save(config_dir: Path, name: str, text: str) -> None:
    (config_dir / "sites" / SITE / "campaigns" / f"{name}.yaml").write_text(text, "utf-8")


def test_campaigns_stand_under_what_they_do_now(anna: FlaskClient, clock: SettableClock) -> None:
    page = anna.get("/staff/").text
    assert "lights-on" in group(page, "Running now")
    assert "tomorrow" in group(page, "Next")
    assert "from 23 November 2026, 00:00" in group(page, "Next")
    assert "over" in group(page, "Ended")
    assert "sections: one of world; countries: none of KP" in group(page, "Running now").replace("kp", "KP")
    clock.move(DAY)
    sign_in(anna)
    assert "tomorrow" in group(anna.get("/staff/").text, "Running now")


def test_typical_readers_meet_what_would_be_decided_for_them(anna: FlaskClient) -> None:
    rows = anna.get("/staff/").text.split('id="meets"')[1].split("</table>")[0]
    assert re.findall(r'<th scope="col">([^<]+)</th>', rows) == [
        "A reader who …", "Any article", "In world", "Front page",
    ]  # fmt: skip
    met = {
        text_of(row.split("</th>")[0])[3:].strip(): [text_of(cell).strip() for cell in row.split("<td>")[1:]]
        for row in rows.split("<tr>")[2:]
    }
    nothing = "nothing: not scheduled"
    assert met["is here for the first time"] == [f"{nothing}, not in audience", "lights-on (inline)", nothing]
    assert met["asked to be reminded later"] == ["nothing: snoozed"] * 3
    assert met["gives every month"] == ["nothing: supporter"] * 3
    link = html.unescape(re.findall(r'href="(/staff/why[^"]+)"', rows)[1])
    why = text_of(anna.get(link).text)
    assert "inline: lights-on is shown, in the wording plain." in why


def test_an_unknown_site_is_told(anna: FlaskClient) -> None:
    for path in ("/staff/?site=x", "/staff/preview?site=x", f"/staff/preview?site={SITE}&campaign=x"):
        answer = anna.get(path)
        assert (answer.status_code, "That did not work" in answer.text) == (404, True), path


def stage(client: FlaskClient, query: str = "campaign=lights-on") -> str:
    """The address of the first frame's page, up to the theme."""
    found = re.search(r'<iframe src="(/staff/preview/[^"]+)/light"', client.get(f"/staff/preview?{query}").text)
    assert found
    return html.unescape(found[1])


def staged(client: FlaskClient, address: str) -> Any:
    """The appeal that the script on the stage is sent."""
    page = {"url": f"https://support.example.org{address}/light", "type": "article", "language": "en"}
    body = {"site": SITE, "page": page, "placements": ["banner"]}
    answer = client.post(f"{address}/v1/decisions", data=json.dumps(body), content_type="text/plain")
    assert answer.status_code == 200, answer.text
    (appeal,) = answer.get_json()["appeals"]
    return appeal


def test_every_appeal_is_there_in_every_language_width_and_theme(anna: FlaskClient) -> None:
    page = anna.get("/staff/preview").text
    links = re.findall(r'href="(/staff/preview\?[^"]+#look)"', page)
    assert len(links) == 4 * 2  # wordings and languages
    for link in links:
        assert anna.get(html.unescape(link)).status_code == 200
    frames = re.findall(r'/(light|dark)" width="(\d+)"', page)
    assert frames == [("light", "390"), ("dark", "390"), ("light", "1280"), ("dark", "1280")]
    one = anna.get("/staff/preview?width=320&theme=dark").text
    assert re.findall(r'/(light|dark)" width="(\d+)"', one) == [("dark", "320")]


def test_the_stage_shows_the_appeal_as_saved_and_not_as_published(
    anna: FlaskClient, app: Flask, config_dir: Path, memory: Redis
) -> None:
    save(config_dir, "lights-on", a_campaign_yaml(variants=f"{{plain: {{copy: {{en: {a_copy('Saved just now')}}}}}}}"))
    address = stage(anna)
    page = anna.get(f"{address}/light")
    assert (page.status_code, 'data-theme="light"' in page.text) == (200, True)
    assert "script-src 'self'" in page.headers["Content-Security-Policy"]
    assert f'src="{address}/embed/v1/prompt.js"' in page.text
    stranger = app.test_client()
    assert stranger.get(f"{address}/light").status_code == 401
    before = set(memory.keys())
    assert staged(stranger, address)["copy"]["heading"] == ["Saved just now"]
    assert staged(stranger, address)["place"] == {"selector": "#article", "position": "end"}
    assert set(memory.keys()) == before
    page_of_world = {"url": f"{ORIGIN}/a", "type": "article", "section": "World"}
    (published,) = decision(app.test_client(), page=page_of_world)["appeals"]
    assert published["copy"]["heading"] == ["Keep the lamp lit"]


def test_on_the_stage_nothing_is_recorded_and_nobody_is_charged(anna: FlaskClient, memory: Redis) -> None:
    address = stage(anna)
    module = anna.get(f"{address}/embed/v1/prompt.js")
    assert (module.status_code, module.content_type) == (200, "text/javascript; charset=utf-8")
    assert anna.get(f"{address}/embed/v1/words/{SITE}/ru.json").get_json()["language"] == "ru"
    assert anna.get(f"{address}/embed/v1/nothing.js").status_code == 404
    before = set(memory.keys())
    assert anna.post(f"{address}/v1/events", data="{}").get_json() == {"recorded": 0}
    assert anna.post(f"{address}/v1/snoozes", data='{"days": 7}').get_json() == {"until": "2026-11-29T12:00:00Z"}
    assert anna.post(f"{address}/v1/snoozes", data='{"never": true}').get_json() == {"until": None}
    assert anna.post(f"{address}/v1/newsletters/weekly/subscriptions", data="{}").status_code == 202
    later = anna.post(f"{address}/v1/access/later", data="{}").get_json()
    assert (later["access"]["granted"], later["until"]) == (True, "2026-11-23T12:00:00Z")
    paid = anna.post(f"{address}/v1/contributions", data="{}")
    assert (paid.status_code, "nothing was charged" in paid.text) == (422, True)
    assert set(memory.keys()) == before
    for body in ("", "[]", "{", "1"):
        assert anna.post(f"{address}/v1/decisions", data=body).status_code in (400, 422)
    for forged in (address[:-1] + "0", "/staff/preview/x", "/staff/preview/gazette.a.b.en.1.x"):
        assert anna.post(f"{forged}/v1/decisions", data="{}").status_code == 404
        assert anna.get(f"{forged}/light").status_code == 404


def test_the_stage_waits_for_nothing_and_has_a_ticker_before_it_runs(anna: FlaskClient, config_dir: Path) -> None:
    site = a_site_yaml(exchange_rates="{EUR: 1.08, JPY: 0.0066}")
    (config_dir / "sites" / SITE / "site.yaml").write_text(site, "utf-8")
    image = '{src: /lamp.jpg, width: 9, height: 9, alt: ""}'
    ticker = "{goal: 300, currency: USD, from: 2027-01-01}"
    save(config_dir, "soon", a_campaign_yaml(ticker=ticker, show_after="{scroll: 50%}", image=image))
    address = stage(anna, "campaign=soon")
    appeal = staged(anna, address)
    assert "show_after" not in appeal
    assert (appeal["ticker"], appeal["image"]["src"]) == (True, f"{ORIGIN}/lamp.jpg")
    told = anna.get(f"{address}/embed/v1/tickers/{SITE}/soon/en.json").get_json()["ticker"]
    assert (told["percent"], told["goal_minor"]) == (33, 30000)
    other = stage(anna, "campaign=lights-on")
    assert anna.get(f"{other}/embed/v1/tickers/{SITE}/lights-on/en.json").get_json() == {"ticker": None}


def test_a_problem_is_shown_where_it_stands_and_the_other_files_can_be_seen(
    anna: FlaskClient, config_dir: Path
) -> None:
    save(config_dir, "tomorrow", a_campaign_yaml(placement="baner") + "# <b>bold</b>\n")
    save(config_dir, "new", a_campaign_yaml(variants=f"{{a: {{copy: {{en: {a_copy('Brand new')}}}}}}}"))
    page = anna.get("/staff/preview").text
    told = text_of(page)
    assert f"config/sites/{SITE}/campaigns/tomorrow.yaml:2" in told
    assert "did you mean banner?" in told
    assert re.search(r"<mark><span[^>]*>2 ›</span>placement: baner</mark>", page)
    assert "<b>" not in page
    assert "campaigns/tomorrow.yaml has changed" in told
    assert "<del>- placement: banner</del>" in page
    assert "<ins>+ placement: baner</ins>" in page
    assert "campaigns/new.yaml is new" in told
    assert staged(anna, stage(anna, "campaign=new"))["copy"]["heading"] == ["Brand new"]
    assert anna.get(f"/staff/preview?site={SITE}&campaign=tomorrow").status_code == 404


@pytest.mark.parametrize("spoil", ["site.yaml", "folder", "name"])
def test_what_cannot_be_read_at_all_leaves_what_readers_have(anna: FlaskClient, config_dir: Path, spoil: str) -> None:
    if spoil == "site.yaml":
        (config_dir / "sites" / SITE / "site.yaml").write_text("\tname: [", "utf-8")
    elif spoil == "folder":
        (config_dir / "sites").rename(config_dir / "elsewhere")
    else:
        (config_dir / "sites" / SITE / "campaigns" / "note.yml").write_text("x: 1", "utf-8")
    page = anna.get("/staff/preview")
    assert page.status_code == 200
    assert "Problems in the files" in page.text
    assert "Nothing saved can be shown" in page.text
    assert staged(anna, stage(anna))["copy"]["heading"] == ["Keep the lamp lit"]


def test_a_link_shows_the_appeal_on_the_real_site(anna: FlaskClient, app: Flask) -> None:
    data = {"form_token": form_token(anna), "url": f"{ORIGIN}/a?b=c"}
    page = anna.post(f"/staff/preview?site={SITE}&campaign=over&variant=b&language=ru", data=data, headers=SAME)
    found = re.search(r'href="([^"]+)" rel="noreferrer"', page.text)
    assert found
    link = html.unescape(found[1])
    assert link.startswith(f"{ORIGIN}/a?b=c&{PARAMETER}=")
    token = link.split(f"{PARAMETER}=")[1]
    shown = decision(app.test_client(), preview=token, placements=["overlay"])
    assert [(appeal["campaign"], appeal["variant"]) for appeal in shown["appeals"]] == [("over", "b")]
    assert app.test_client().post(f"/staff/preview/{token}/v1/decisions", data="{}").status_code == 404  # not as saved
    assert anna.get(f"/staff/preview/{token}/light").status_code == 404
    for_frames = stage(anna).rpartition("/")[2]
    assert post(app.test_client(), "/v1/decisions", a_decision_body(preview=for_frames)).status_code == 422
    assert f"made a preview link {SITE}/over/b ru" in text_of(anna.get("/staff/audit").text)


def test_the_page_that_is_offered_opens_from_here(tmp_path: Path, valkey_url: str, clock: SettableClock) -> None:
    config = write_config(tmp_path / "config", staff_files(campaigns=CAMPAIGNS))
    for extra, offered in ({}, f"{ORIGIN}/"), ({SITE: ("http://127.0.0.1:8000",)}, "http://127.0.0.1:8000/"):
        settings = some_settings(config, valkey_url, staff_password_hash=HASHES, extra_origins=extra)
        anna = create_app(settings, clock=clock, watch=False).test_client()
        sign_in(anna)
        assert f'type="url" required value="{offered}"' in anna.get("/staff/preview").text


def test_a_link_to_somebody_elses_page_is_not_made(anna: FlaskClient) -> None:
    token = form_token(anna)
    for url in ("https://evil.example/", "javascript:alert(1)", f"{ORIGIN}.evil.example/", "nonsense"):
        page = anna.post("/staff/preview", data={"form_token": token, "url": url}, headers=SAME)
        assert (page.status_code, "That is no page of The Gazette" in page.text) == (422, True), url
        assert PARAMETER not in page.text
    assert anna.post("/staff/preview", data={"url": f"{ORIGIN}/"}, headers=SAME).status_code == 403


def test_copy_that_tries_to_inject_stays_text(anna: FlaskClient, config_dir: Path) -> None:
    nasty = "<img src=x onerror=alert(1)>\"'{{7*7}}"
    save(
        config_dir,
        "nasty",
        a_campaign_yaml(variants=f"{{a: {{copy: {{en: {a_copy(nasty, nasty, nasty)}}}}}}}", nonsense="1"),
    )
    for path in ("/staff/", "/staff/preview", f"/staff/why?url={ORIGIN}/&section={nasty}&tags={nasty}", "/staff/audit"):
        page = anna.get(path).text
        assert "<img" not in page, path
        assert "{{7*7}}" in page or "nasty" not in page


def test_a_password_in_the_pages_never(anna: FlaskClient) -> None:
    for path in ("/staff/", "/staff/preview", "/staff/why", "/staff/health", "/staff/reasons", "/staff/audit"):
        page = anna.get(path)
        assert page.status_code == 200, path
        assert PASSWORD not in page.text
        assert "style=" not in page.text
        assert "<script" not in page.text
