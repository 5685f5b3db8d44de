"""From the sign-up to the provider: nobody is subscribed who did not press, and nobody twice."""

import json
from collections.abc import Iterator, MutableMapping
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from redis import Redis
from werkzeug.test import TestResponse

from service.domain.newsletter import CONFIRM_LIFE
from service.domain.report import Span
from service.domain.results_table import Table, rows
from service.domain.verdict import verdict
from service.store.job import RETRIES
from service.web.previews import Preview
from service.web.seal import Seal
from service.web.wishes import open_wish
from tests.builders import DAY, SECOND, SITE, SettableClock, decision, post
from tests.mail.mailbox import bodies
from tests.outgoing.receiver import Receiver
from tests.web.newsletter_world import READER, World, a_world


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


@pytest.fixture
def world(tmp_path: Path, valkey_url: str, clock: SettableClock, receiver: Receiver) -> World:
    return a_world(tmp_path, valkey_url, clock, receiver)


def told(world: World) -> list[dict[str, Any]]:
    """What the publisher's system heard."""
    return [json.loads(heard.body) for heard in world.receiver.heard]


def delivered(world: World) -> list[tuple[str, str]]:
    return [(one["type"].rpartition(".")[2], one["data"]["email"]) for one in told(world)]


def by_page(world: World, email: str = READER, name: str = "weekly", origin: str = "same-origin") -> TestResponse:
    """The answer to the form of our own page."""
    form = {"email": email, "language": "ru"}
    return world.client.post(f"/{SITE}/newsletters/{name}", data=form, headers={"Sec-Fetch-Site": origin})


def test_a_page_of_ours_signs_up_without_a_script_and_tells_nobody_who_has_it(world: World) -> None:
    shown = world.client.get(f"/{SITE}/newsletters/weekly?language=ru")
    for text in ("<h1>Неделя</h1>", "По воскресеньям", "https://www.gazette.example/letters/weekly"):
        assert text in shown.text
    assert "X-Robots-Tag" not in shown.headers

    def answer() -> tuple[int, str, str]:
        """The address after the press, and what is told there."""
        pressed = by_page(world)
        return pressed.status_code, pressed.headers["Location"], world.client.get(pressed.headers["Location"]).text

    first = answer()
    assert (first[0], "почту" in first[2]) == (303, True)
    world.work()
    assert world.mails()[-1]["Subject"] == "Подтвердите, пожалуйста: Неделя"
    world.confirm()
    world.work()
    assert [what for what, _ in delivered(world)] == ["subscribed"]
    world.clock.move(DAY)
    assert answer() == first, "subscribed"
    world.client.post(world.links()["unsubscribe"])
    assert answer() == first, "has unsubscribed"
    assert [by_page(world).status_code for _ in range(2)] == [303, 429]
    assert by_page(world, "nobody").status_code == 422
    assert by_page(world, name="unheard").status_code == by_page(world, name="none").status_code == 404
    assert by_page(world, origin="cross-site").status_code == 403


def test_who_signs_up_is_written_to_and_subscribed_by_a_press_alone(world: World) -> None:
    assert (world.sign_up().status_code, world.sign_up().get_json()) == (202, {"accepted": True})
    assert world.work() == 1
    (mail,) = world.mails()
    assert (mail["To"], mail["Subject"]) == (READER, "Please confirm: The Week")
    links = world.links()
    page = world.client.get(links["confirm"])
    assert page.status_code == 200
    assert "Shall we send you The Week?" in page.text
    assert (world.work(), delivered(world)) == (0, [])
    assert "You are on the list" in world.confirm().text
    world.work()
    (heard,) = told(world)
    assert heard["type"] == "newsletter.subscribed"
    assert heard["data"] | {"at": ""} == {
        "site": SITE, "newsletter": "weekly", "email": READER, "language": "en", "at": "",
    }  # fmt: skip
    assert world.confirm().status_code == 200
    world.work()
    assert len(told(world)) == 1


def test_what_a_campaign_won_is_counted_once_for_each_yes(world: World) -> None:
    shown = decision(world.client)["appeals"][0]
    preview = world.parts.previews.token(Preview(SITE, "letter", None, None, world.clock() + DAY))
    previewed = decision(world.client, preview=preview)["appeals"][0]["receipt"]
    for number, receipt in enumerate((shown["receipt"], shown["receipt"], "receipt-of-nobody", previewed, None)):
        assert world.sign_up(f"{number}@example.org", receipt=receipt).status_code == 202
    world.work()
    for mail in world.mails()[:1] * 2 + world.mails()[-1:]:
        assert world.confirm(world.links(mail)["confirm"]).status_code == 200
    catalogue, day = world.parts.published().catalogue, world.clock().date()
    world.parts.counters.add(SITE, day, "letter", "plain", "inline", "seen", 1000)
    world.parts.counters.flush()
    found = world.parts.results.look(catalogue.sites[SITE], catalogue.plans[SITE].campaigns, Span(day, day)).report
    (row,) = rows(found, Table.VARIANTS, [found.campaigns["letter"]])
    assert (shown["campaign"], row["variant"], row["placement"]) == ("letter", "plain", "inline")
    assert (row["signed_up"], row["confirmed"], row["seen"]) == (2, 1, 1000)
    told = "Of 1,000 impressions came 2 sign-ups, 1 of them confirmed: 0.11 to 4.7 readers won by a thousand"
    assert verdict(found.campaigns["letter"], "USD") == f"{told} impressions."


def test_the_mail_is_in_the_readers_language_and_can_be_answered_with_a_no(world: World) -> None:
    world.sign_up(language="ru")
    world.work()
    (mail,) = world.mails()
    assert mail["Subject"] == "Подтвердите, пожалуйста: Неделя"
    text, html = bodies(mail)
    links = world.links()
    for words in ("Неделя", "По воскресеньям", "https://www.gazette.example/privacy"):
        assert words in text
        assert words in html
    assert links["confirm"].replace("&", "&amp;") in html
    assert mail["List-Unsubscribe"] == f"<{world.settings.public_url}{links['unsubscribe']}>"
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert "Присылать вам «Неделя»?" in world.client.get(links["confirm"]).text
    pressed = world.client.post(links["unsubscribe"], data={"List-Unsubscribe": "One-Click"})
    assert pressed.status_code == 200
    world.sign_up(language="ru")
    assert world.client.get(links["unsubscribe"]).status_code == 200


def test_a_provider_that_is_away_for_a_day_is_told_once_when_it_comes_back(
    world: World, logged: list[MutableMapping[str, Any]]
) -> None:
    world.receiver.status = 503
    world.sign_up(reader=world.a_reader())
    world.work()
    world.confirm()
    for _ in range(9):  # with the pauses between them, some twenty hours
        world.clock.move(timedelta(hours=3))
        world.work_whatever_the_time()
    assert {one["type"] for one in told(world)} == {"newsletter.subscribed"}
    away = len(told(world))
    assert away >= 9
    world.confirm()
    world.receiver.status = 204
    world.work_whatever_the_time()
    world.work_whatever_the_time()
    assert len(told(world)) == away + 1
    assert len({heard.headers["webhook-id"] for heard in world.receiver.heard}) == 1
    assert READER.lower() not in str(logged).lower()


def test_one_that_is_away_for_weeks_is_still_told(world: World) -> None:
    world.receiver.status = 503
    world.sign_up()
    world.work()
    world.confirm()
    for _ in range(RETRIES + 2):
        world.work_whatever_the_time()
    standing = world.parts.jobs.standing()
    assert (standing.given_up, standing.resting) == (0, 1)
    before = len(told(world))
    world.receiver.status = 200
    world.work_whatever_the_time()
    assert len(told(world)) == before + 1
    assert world.parts.jobs.standing().resting == 0


def test_everybody_gets_the_same_answer_and_the_same_mail(world: World) -> None:
    answers = []
    for step in ("new", "repeated", "subscribed", "unsubscribed"):
        answer = world.sign_up()
        answers.append((answer.status_code, answer.get_data(), sorted(answer.headers.keys())))
        world.work()
        world.clock.move(timedelta(hours=2))
        if step == "repeated":
            world.confirm()
            world.work()
        elif step == "subscribed":
            world.client.post(world.links()["unsubscribe"])
            world.work()
    assert len(set(map(str, answers))) == 1
    assert len({(mail["To"], mail["Subject"]) for mail in world.mails()}) == 1
    assert len(world.mails()) == 4
    assert delivered(world) == [("subscribed", READER), ("unsubscribed", READER)]


def test_two_sign_ups_of_one_address_are_one_and_a_later_one_is_another(world: World) -> None:
    for _ in range(2):
        world.sign_up()
        world.work()
    links = [world.links(mail)["confirm"] for mail in world.mails()]
    for link in links:
        world.confirm(link)
        world.work()
    assert len(told(world)) == 1
    world.clock.move(DAY)
    world.sign_up()
    world.work()
    world.confirm()
    world.work()
    assert len(told(world)) == 2  # the publisher may have heard a no meanwhile, and so hears of the new yes


def test_a_reader_who_signed_up_is_not_asked_again_unless_the_mail_is_left_unanswered(world: World) -> None:
    reader = world.a_reader()
    assert decision(world.client, reader=reader)["appeals"][0]["newsletter"]["id"] == "weekly"
    world.sign_up(reader=reader)
    assert world.withheld(reader) == {"inline": "subscribed"}
    world.work()
    world.clock.move(CONFIRM_LIFE - SECOND)
    world.work_whatever_the_time()
    assert world.withheld(reader) == {"inline": "subscribed"}
    world.sign_up("another@example.org", reader=reader)
    world.work()
    world.clock.move(CONFIRM_LIFE)
    world.work_whatever_the_time()
    assert world.withheld(reader) == {}
    world.sign_up(reader=reader)
    world.work()
    world.confirm()
    world.clock.move(2 * CONFIRM_LIFE)
    world.work_whatever_the_time()
    assert world.withheld(reader) == {"inline": "subscribed"}
    world.client.post(world.links()["unsubscribe"])
    assert world.withheld(reader) == {}


@pytest.mark.parametrize(("later", "status"), [(CONFIRM_LIFE - SECOND, 200), (CONFIRM_LIFE, 410)])
def test_a_link_works_for_seven_days(world: World, later: timedelta, status: int) -> None:
    world.sign_up()
    world.work()
    world.clock.move(later)
    assert world.client.get(world.links()["confirm"]).status_code == status
    assert world.confirm().status_code == status
    world.work()
    assert len(told(world)) == (status == 200)
    assert world.client.post(world.links()["unsubscribe"]).status_code == 200


def test_no_link_can_be_made_up_or_taken_elsewhere(world: World) -> None:
    world.sign_up()
    world.work()
    link = world.links()["confirm"]
    seal = Seal(world.settings.secret_keys)
    for wrong in (
        link[:-1], link.replace("wish=", "wish=A"), link.partition("wish=")[0] + "wish=",
        link.replace("/weekly/", "/unheard/"), f"{link.partition('wish=')[0]}wish={seal.close('reader@example.org')}",
        f"{link.partition('wish=')[0]}wish=%ED%A0%80", link.partition("wish=")[0] + "wish=" + "x" * 3000,
    ):  # fmt: skip
        assert world.client.get(wrong).status_code == 410, wrong
        assert world.client.post(wrong).status_code == 410, wrong
    assert world.client.get(link.replace(f"site={SITE}", "site=nobody")).status_code == 404
    world.work()
    assert told(world) == []
    assert open_wish(seal, link.partition("wish=")[2].replace("%3D", "=")).email == READER


def test_a_page_of_the_mail_is_guarded_and_what_is_in_its_address_is_text(world: World) -> None:
    world.sign_up()
    world.work()
    for address in (world.links()["confirm"], "/newsletters/%3Cb%3E/confirm?site=gazette"):
        page = world.client.get(address)
        assert page.headers["Cache-Control"] == "no-store"
        assert page.headers["Referrer-Policy"] == "no-referrer"
        assert "Access-Control-Allow-Origin" not in page.headers
        assert "<b>" not in page.text


def test_redis_holds_no_address_and_nothing_is_left_of_it_when_it_is_delivered(
    world: World, memory: Redis, logged: list[MutableMapping[str, Any]]
) -> None:
    reader = world.a_reader()

    def held() -> bytes:
        return b"".join(key + (memory.dump(key) or b"") for key in memory.scan_iter())

    world.sign_up(reader=reader)
    assert READER.lower().encode() not in held().lower()
    world.work()
    world.confirm()
    assert READER.lower().encode() not in held().lower()
    world.work()
    kinds = {memory.hget(key, "description") for key in memory.scan_iter("rq:job:*")}
    assert kinds == {b"newsletter_lapse"}
    assert READER.lower() not in str(logged).lower()


def test_what_a_reader_signed_up_for_can_be_found_and_erased(world: World, memory: Redis) -> None:
    reader, other = world.a_reader(), world.a_reader()
    name = reader.partition(".")[0]
    sign_ups = world.parts.newsletters.sign_ups
    world.sign_up(reader=reader)
    world.sign_up("other@example.org", reader=other)
    world.work()
    world.receiver.status = 503
    world.confirm()
    world.work()
    (mine,) = sign_ups.of_reader(SITE, name)
    assert (mine.newsletter, mine.asked_at) == ("weekly", world.clock())
    held = world.me("GET", reader)["newsletters"]
    begun = "2026-11-22T12:00:00Z"
    assert held == [
        {"newsletter": "weekly", "asked_at": begun, "confirmed_at": begun, "delivered_at": None, "ended_at": None}
    ]
    assert world.me("DELETE", reader)["erased"] == {"record": True, "reminder": False, "newsletters": 1}
    assert sign_ups.of_reader(SITE, name) == []
    assert len(sign_ups.of_reader(SITE, other.partition(".")[0])) == 1
    keys = b"".join(memory.scan_iter(f"hb:n*{name}*"))
    assert keys == b""
    world.receiver.status = 200
    before = {mail["To"] for mail in world.mails()}
    world.work_whatever_the_time()
    assert {mail["To"] for mail in world.mails()} == before
    assert sign_ups.erase(SITE, name) == 0


def test_after_a_snooze_a_newsletter_is_offered_to_who_does_not_have_it(world: World) -> None:
    answer = decision(world.client, placements=["banner"])
    reader, (appeal,) = answer["reader"], answer["appeals"]
    assert appeal["snooze"]["newsletter"] is True
    wish = {"reader": reader, "receipt": appeal["receipt"]}
    assert post(world.client, "/v1/snoozes", wish | {"days": 7}).get_json()["newsletter"] == "weekly"
    assert post(world.client, "/v1/snoozes", wish | {"never": True}).get_json() == {"until": None}
    about = world.client.get("/embed/v1/newsletters/gazette/weekly/ru.json")
    assert about.headers["Access-Control-Allow-Origin"] == "*"
    said = about.get_json()["newsletter"]
    assert (said["title"], said["frequency"], said["preview"]) == ("Неделя", "По воскресеньям", "/letters/weekly")
    assert "newsletter_sent" in said["words"]
    assert world.client.get("/embed/v1/newsletters/gazette/unheard/en.json").status_code == 404
    world.sign_up(reader=reader)
    assert "newsletter" not in post(world.client, "/v1/snoozes", wish | {"days": 30}).get_json()


def test_who_has_just_put_off_a_newsletter_is_not_offered_it(world: World) -> None:
    answer = decision(world.client)
    wish = {"reader": answer["reader"], "receipt": answer["appeals"][0]["receipt"], "days": 7}
    assert "newsletter" not in post(world.client, "/v1/snoozes", wish).get_json()


SPOILT = [
    ({"email": "no address"}, 422, "email"),
    ({"email": "a@example.org\r\nBcc: b@example.org"}, 422, "email"),
    ({"email": "a@example.org, b@example.org"}, 422, "email"),
    ({"email": f"{'x' * 300}@example.org"}, 422, "email"),
    ({"email": "\ud800@example.org"}, 422, "email"),
    ({"email": None}, 422, "email"),
    ({"email": 5}, 422, "email"),
    ({"reader": "forged"}, 422, "reader"),
    ({"reader": 5}, 422, "reader"),
    ({"site": "nobody"}, 404, "site"),
    ({"language": "x" * 36}, 422, "language"),
    ({"list": "mine"}, 422, "list"),
]


def test_what_is_no_sign_up_is_refused_by_its_name_and_nothing_is_stored(world: World, memory: Redis) -> None:
    before = {key: memory.dump(key) for key in memory.scan_iter()}
    for changes, status, field_name in SPOILT:
        answer = world.sign_up(**changes)
        assert (answer.status_code, answer.get_json()["field"]) == (status, field_name), changes
    for raw in (b"", b"[]", b"{", b"\xff", b"x" * 20000):
        assert post(world.client, "/v1/newsletters/weekly/subscriptions", raw).status_code in (400, 413, 422)
    body = {"site": SITE, "email": READER}
    for name in ("unheard", "nobody", "%00", "x" * 500):
        assert post(world.client, f"/v1/newsletters/{name}/subscriptions", body).status_code == 404
    assert post(world.client, "/v1/newsletters/weekly/subscriptions", body, "https://evil.example").status_code == 403
    assert {key: memory.dump(key) for key in memory.scan_iter()} == before


def test_one_address_is_written_to_three_times_an_hour_and_told_so_in_words(world: World) -> None:
    for _ in range(3):
        assert world.sign_up(language="ru").status_code == 202
        world.work()
    refused = world.sign_up(READER.upper(), language="ru")
    assert (refused.status_code, refused.get_json()["detail"][:24]) == (429, "Слишком много запросов. ")
    assert int(refused.headers["Retry-After"]) > 0
    assert len(world.mails()) == 3


def test_without_redis_nothing_is_promised(tmp_path: Path, clock: SettableClock, receiver: Receiver) -> None:
    world = a_world(tmp_path, "redis://127.0.0.1:9/0", clock, receiver)
    answer = world.sign_up()
    assert answer.status_code == 503
    assert answer.get_json()["detail"] == "Our memory does not answer, so this may not be recorded. Try again."


def test_a_confirmation_without_redis_can_be_pressed_again(
    world: World, tmp_path: Path, clock: SettableClock, receiver: Receiver
) -> None:
    world.sign_up()
    world.work()
    cut_off = a_world(tmp_path / "other", "redis://127.0.0.1:9/0", clock, receiver)
    page = cut_off.client.post(world.links()["confirm"])
    assert page.status_code == 503
    assert "Something on our side is not working. Please try again in a few minutes." in page.text
    assert 'name="wish"' in page.text
    assert world.confirm().status_code == 200


def test_where_no_mail_is_sent_or_nobody_takes_the_address_nothing_is_asked_for(
    tmp_path: Path, valkey_url: str, clock: SettableClock, receiver: Receiver
) -> None:
    for number, changes in enumerate(({"mail_url": ""}, {"newsletter_providers": {}})):
        world = a_world(tmp_path / str(number), valkey_url, clock, receiver, **changes)
        assert world.sign_up().status_code == 404
        answer = decision(world.client, placements=["inline", "banner"])
        assert [appeal["campaign"] for appeal in answer["appeals"]] == ["money"]
        wish = {"reader": answer["reader"], "receipt": answer["appeals"][0]["receipt"], "days": 7}
        assert "newsletter" not in post(world.client, "/v1/snoozes", wish).get_json()
