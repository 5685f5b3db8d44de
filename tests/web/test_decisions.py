"""POST /v1/decisions, as the script on the page sees it."""

import json
from typing import Any

import pytest
from flask.testing import FlaskClient
from redis import Redis

from tests.builders import (
    ARTICLE,
    DAY,
    HOUR,
    ORIGIN,
    SITE,
    SettableClock,
    a_campaign_yaml,
    a_copy,
    a_site_yaml,
    an_appeal,
    decision,
    post,
    staff_files,
    variants_yaml,
    write_config,
)

ALL = ["banner", "inline", "overlay"]


def test_a_reader_is_asked_and_told_who_they_are(client: FlaskClient) -> None:
    answer = decision(client)
    assert answer.keys() == {"reader", "access", "appeals", "withheld"}
    assert answer["access"] == {"granted": True, "reason": "no_meter"}
    assert decision(client, reader=answer["reader"])["reader"] == answer["reader"]
    (appeal,) = answer["appeals"]
    assert appeal.keys() == {
        "receipt", "campaign", "variant", "kind", "placement", "language", "direction", "dismissible", "place", "copy",
        "form", "snooze", "words",
    }  # fmt: skip
    assert (appeal["campaign"], appeal["variant"], appeal["placement"]) == ("lights-on", "plain", "inline")
    assert appeal["place"] == {"selector": "article", "position": "end"}
    assert appeal["snooze"] == {
        "never": True,
        "choices": [{"days": 7, "label": "in 7 days"}, {"days": 30, "label": "in 30 days"}], "default_days": 30,
    }  # fmt: skip
    assert appeal["copy"] == {
        "heading": ["Keep the lamp lit"],
        "body": [["p", {}, ["Please ", ["em", {}, ["help"]], "."]]],
        "button": "Continue",
    }


def test_every_placement_is_either_shown_or_withheld(client: FlaskClient) -> None:
    answer = decision(client, placements=ALL)
    shown = {appeal["placement"] for appeal in answer["appeals"]}
    assert shown == {"inline"}
    assert answer["withheld"] == {"banner": "no_campaign", "overlay": "no_campaign"}


def test_two_readers_are_two(client: FlaskClient) -> None:
    assert decision(client)["reader"] != decision(client)["reader"]


def test_without_consent_nothing_is_known_and_nothing_is_stored(client: FlaskClient, memory: Redis) -> None:
    token, _ = an_appeal(client)
    memory.flushall()
    answer = decision(client, consent=False, reader=token)
    assert (answer["reader"], answer["appeals"], answer["withheld"]) == (None, [], {"inline": "no_consent"})
    assert memory.dbsize() == 0


def test_neither_cookies_nor_caches(client: FlaskClient) -> None:
    answer = post(client, "/v1/decisions", {"site": SITE, "page": {"url": ARTICLE}, "placements": ["inline"]})
    assert "Set-Cookie" not in answer.headers
    assert answer.headers["Cache-Control"] == "no-store"
    assert answer.content_type == "application/json"
    assert int(answer.headers["Content-Length"]) == len(answer.data)


@pytest.mark.parametrize("kind", ["text/plain", "text/plain;charset=UTF-8", "application/json", "", "image/png"])
def test_the_content_type_is_no_ones_business(client: FlaskClient, kind: str) -> None:
    body = json.dumps({"site": SITE, "page": {"url": ARTICLE}, "placements": ["inline"]})
    assert client.post("/v1/decisions", data=body, content_type=kind).status_code == 200


def test_a_server_that_sends_no_origin_is_answered(client: FlaskClient) -> None:
    answer = post(client, "/v1/decisions", {"site": SITE, "page": {"url": ARTICLE}, "placements": ["inline"]}, None)
    assert answer.status_code == 200
    assert "Access-Control-Allow-Origin" not in answer.headers


# The whole of the third point, over HTTP.


def test_remind_me_later_holds_for_seven_days_and_no_longer(client: FlaskClient, clock: SettableClock) -> None:
    token, receipt = an_appeal(client)
    assert post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7}).status_code == 200
    for moved, asked in [(0 * DAY, False), (6 * DAY + 23 * HOUR, False), (HOUR, True)]:
        clock.move(moved)
        answer = decision(client, reader=token)
        assert bool(answer["appeals"]) is asked
        assert answer["withheld"] == ({} if asked else {"inline": "snoozed"})


def test_a_dismissal_rests_for_three_days(client: FlaskClient, clock: SettableClock) -> None:
    token, receipt = an_appeal(client)
    post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "dismissed"}]})
    clock.move(3 * DAY - HOUR)
    assert decision(client, reader=token)["withheld"] == {"inline": "dismissed"}
    clock.move(HOUR)
    assert decision(client, reader=token)["appeals"]


def test_six_impressions_are_the_cap_and_a_served_appeal_is_none(client: FlaskClient, clock: SettableClock) -> None:
    token, _ = an_appeal(client)
    for _ in range(6):
        _, receipt = an_appeal(client, reader=token)
        an_appeal(client, reader=token)  # served, never seen
        post(client, "/v1/events", {"events": [{"receipt": receipt, "type": "seen"}] * 3})
        clock.move(HOUR)
    assert decision(client, reader=token)["withheld"] == {"inline": "site_cap"}
    clock.move(30 * DAY - 6 * HOUR)
    assert decision(client, reader=token)["appeals"]


# Words


def copy_in(appeal: dict[str, Any]) -> str:
    return json.dumps([appeal["copy"], appeal["words"]], ensure_ascii=False)


def test_the_number_of_articles_is_counted_and_put_in_words(client: FlaskClient, config_dir: Any) -> None:
    body = "{articles_read: article | articles}, {articles_read} of {site_name}"
    texts = f"{{en: {a_copy(body=body)}, ru: {a_copy(body='{articles_read: статья | статьи | статей}')}}}"
    write_config(
        config_dir, staff_files(None, {"lights-on": a_campaign_yaml(variants=f"{{plain: {{copy: {texts}}}}}")})
    )
    client.application.extensions["honestybox_reloader"].refresh()
    token = decision(client, page={"url": f"{ORIGIN}/0", "type": "article"})["reader"]
    russian = {2: "2 статьи", 5: "5 статей", 21: "21 статья"}
    for number in range(2, 22):
        page = {"url": f"{ORIGIN}/{number}", "type": "article"}
        said = decision(client, reader=token, page=page)["appeals"][0]["copy"]["body"][0][2]
        assert said == [f"{number} articles, {number} of The Gazette"]
        if number in russian:
            said = decision(client, reader=token, page={**page, "language": "ru"})["appeals"][0]["copy"]["body"][0][2]
            assert said == [russian[number]]


def test_a_first_article_is_one_article_and_a_home_page_none(client: FlaskClient, config_dir: Any) -> None:
    texts = f"{{en: {a_copy(body='{articles_read: article | articles}')}}}"
    write_config(
        config_dir, staff_files(None, {"lights-on": a_campaign_yaml(variants=f"{{plain: {{copy: {texts}}}}}")})
    )
    client.application.extensions["honestybox_reloader"].refresh()
    for kind, said in (("article", "1 article"), ("home", "0 articles")):
        answer = decision(client, page={"url": ARTICLE, "type": kind})
        assert answer["appeals"][0]["copy"]["body"] == [["p", {}, [said]]]


@pytest.mark.parametrize(
    ("wanted", "language", "monthly"), [("en", "en", "Monthly"), ("ru-RU", "ru", "Ежемесячно"), ("de", "en", "Monthly")]
)
def test_the_words_are_in_one_language(
    client: FlaskClient, config_dir: Any, wanted: str, language: str, monthly: str
) -> None:
    texts = f"{{en: {a_copy()}, ru: {a_copy(heading='Пусть лампа горит')}}}"
    write_config(
        config_dir, staff_files(None, {"lights-on": a_campaign_yaml(variants=f"{{plain: {{copy: {texts}}}}}")})
    )
    client.application.extensions["honestybox_reloader"].refresh()
    (appeal,) = decision(client, page={"url": ARTICLE, "language": wanted})["appeals"]
    assert (appeal["language"], appeal["direction"], appeal["words"]["monthly"]) == (language, "ltr", monthly)


def test_a_campaign_without_the_readers_language_speaks_the_sites_first_one_throughout(client: FlaskClient) -> None:
    (appeal,) = decision(client, page={"url": ARTICLE, "language": "ru"})["appeals"]
    assert (appeal["language"], appeal["words"]["monthly"]) == ("en", "Monthly")


HOSTILE = [
    "</script><script>alert(1)</script>",
    'a "quoted" \\ back',
    "\u2028 \u202e ط",
    "👩‍🚀 🇳🇱",
    "%s %(x)s {0}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_whatever_copy_says_arrives_as_that_text(client: FlaskClient, config_dir: Any, text: str) -> None:
    variants = f"{{plain: {{copy: {{en: {a_copy(heading='{site_name} {articles_read}')}}}}}}}"
    site = a_site_yaml(name=json.dumps(text, ensure_ascii=False))
    write_config(config_dir, staff_files(site, {"lights-on": a_campaign_yaml(variants=variants)}))
    client.application.extensions["honestybox_reloader"].refresh()
    assert decision(client)["appeals"][0]["copy"]["heading"] == [f"{text.strip()} 1"]


def test_a_reader_meets_the_same_wording_every_time(client: FlaskClient, config_dir: Any) -> None:
    write_config(config_dir, staff_files(None, {"lights-on": a_campaign_yaml(variants=variants_yaml(a=1, b=1))}))
    client.application.extensions["honestybox_reloader"].refresh()
    met = set()
    for _ in range(12):
        answer = decision(client)
        first = answer["appeals"][0]["variant"]
        met.add(first)
        assert {decision(client, reader=answer["reader"])["appeals"][0]["variant"] for _ in range(3)} == {first}
    assert met == {"a", "b"}
