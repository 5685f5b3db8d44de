"""Who is told of a change, what they are told, and that nobody else could have told them."""

import base64
import json
import time
from collections.abc import Iterator, MutableMapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from service.domain.contribution import Attribution, Contribution, Happened, Moment, Payment, State
from service.domain.delivery import Delivery
from service.domain.money import Interval
from service.outgoing.announcing import KIND, Announcer, Courier
from service.outgoing.change import change_of
from service.outgoing.errors import NobodyThereError, NotDeliveredError
from service.outgoing.sender import Sender
from service.outgoing.signature import signed_headers
from service.store.connection import Store
from service.store.deliveries import MOST, Deliveries
from service.store.job_worker import JobWorker, current_try, hopeless_after
from service.store.jobs import Jobs
from tests.outgoing.receiver import Receiver, talk_for_ever

NOW = datetime(2026, 11, 24, 20, tzinfo=UTC)
READER, EMAIL = "1f7a4c02b5d84e7c", "reader@example.org"
LINE = Contribution(
    id="sub_1", state=State.ACTIVE, interval=Interval.MONTHLY, currency="EUR", amount_minor=500, began_at=NOW,
    ended_at=None, customer="cus_1",
    attribution=Attribution("courier", READER, "open-door", "plain", "banner", "an-attempt", "https://courier.example/a"),
    payments=(Payment("in_1", 500, NOW, 100), Payment("in_2", 500, NOW)), fees_minor=20,
    story=(Moment(NOW, Happened.BEGUN), Moment(NOW, Happened.PAID, 500)),
)  # fmt: skip
PAUSED = replace(LINE, state=State.PAUSED, story=(*LINE.story, Moment(None, Happened.PAUSED)))
KEYS = (b"n" * 32, b"o" * 32)
NEW, OLD = ("whsec_" + base64.b64encode(key).decode() for key in KEYS)


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    receiver = Receiver()
    yield receiver
    receiver.stop()


class Queue:
    """Jobs that were put."""

    def __init__(self) -> None:
        self.put_: list[tuple[str, dict[str, Any], str]] = []

    def put(self, kind: str, arguments: dict[str, Any], unique: str = "") -> None:
        self.put_.append((kind, arguments, unique))


def told(line: Contribution, before: Contribution | None, number: int = 0) -> dict[str, Any]:
    """The data of the change."""
    data: dict[str, Any] = json.loads(change_of(line, before, number, NOW).body)["data"]
    return data


def test_a_change_tells_the_state_before_and_all_of_the_contribution_as_it_is() -> None:
    data = told(PAUSED, LINE, 3)
    assert (data["site"], data["before"], data["sequence"]) == ("courier", "active", 3)
    assert data["latest"] == {"what": "paused", "at": None, "amount_minor": None}
    about = data["contribution"]
    assert [about[name] for name in ("id", "state", "interval", "customer")] == ["sub_1", "paused", "monthly", "cus_1"]
    assert [about[f"{name}_minor"] for name in ("gross", "refunded", "net", "fees")] == [1000, 100, 900, 20]
    assert (about["payments"], about["latest_payment"]["id"], about["began_at"]) == (2, "in_2", "2026-11-24T20:00:00Z")
    assert about["attribution"] == {
        "campaign": "open-door", "variant": "plain", "placement": "banner", "article": "https://courier.example/a",
    }  # fmt: skip


def test_a_new_contribution_has_no_state_before() -> None:
    assert told(LINE, None)["before"] is None


def test_no_change_tells_which_browser_it_was() -> None:
    body = change_of(LINE, None, 0, NOW).body
    assert READER not in body
    assert "an-attempt" not in body


def test_the_same_change_has_the_same_id_whenever_it_is_told() -> None:
    later = NOW + timedelta(days=1)
    assert change_of(PAUSED, LINE, 1, NOW).id == change_of(PAUSED, LINE, 1, later).id
    others = [change_of(LINE, None, 1, NOW), change_of(PAUSED, None, 1, NOW), change_of(PAUSED, LINE, 3, NOW)]
    assert len({change.id for change in others} | {change_of(PAUSED, LINE, 1, NOW).id}) == 4


def test_every_receiver_of_the_site_gets_a_job_of_its_own_and_nobody_elses() -> None:
    queue = Queue()
    receivers = {"courier": ("https://a.example", "https://b.example"), "herald": ("https://c.example",)}
    announce = Announcer(receivers, queue.put, lambda _: 7, lambda: NOW)
    announce(LINE, None)
    assert [(kind, job["url"]) for kind, job, _ in queue.put_] == [
        (KIND, "https://a.example"), (KIND, "https://b.example"),
    ]  # fmt: skip
    assert len({unique for _, _, unique in queue.put_}) == 2
    assert {job["id"] for _, job, _ in queue.put_} == {change_of(LINE, None, 7, NOW).id}


def test_where_nobody_wants_to_know_nothing_is_put_and_nothing_is_asked() -> None:
    def never(_: object) -> int:
        raise AssertionError

    Announcer({}, Queue().put, never, lambda: NOW)(LINE, None)


def test_the_signature_is_the_published_one() -> None:
    """The vector in Svix's documentation, whose scheme the specification took over."""
    headers = signed_headers(
        "msg_loFOjxBNrRLzqYUf", 1731705121, b'{"event_type":"ping","data":{"success":true}}',
        [base64.b64decode("plJ3nmyCDGBKInavdOK15jsl")],
    )  # fmt: skip
    assert headers["webhook-signature"] == "v1,rAvfW3dJ/X/qxhsaXPOyyCGmRKsaKWcsNccKXlIktD0="


@pytest.fixture(scope="module")
def verified() -> Any:
    """The README's own example."""
    readme = (Path(__file__).parent.parent.parent / "README.md").read_text()
    names: dict[str, Any] = {}
    exec(readme.split("<!-- verification -->\n```python\n", 1)[1].split("```", 1)[0], names)
    return names["verified"]


@pytest.mark.parametrize("secret", [NEW, OLD])
def test_the_readmes_example_verifies_what_is_sent_with_either_secret(
    secret: str, receiver: Receiver, verified: Any
) -> None:
    assert Sender(KEYS).send(receiver.url, "evt_1", '{"name": "Жанна"}', int(time.time())) == 200
    (heard,) = receiver.heard
    assert verified(heard.headers, heard.body, secret)
    assert json.loads(heard.body) == {"name": "Жанна"}


def test_the_readmes_example_refuses_another_body_another_secret_and_an_old_one(
    receiver: Receiver, verified: Any
) -> None:
    Sender(KEYS[:1]).send(receiver.url, "evt_1", "{}", int(time.time()))
    Sender(KEYS[:1]).send(receiver.url, "evt_1", "{}", int(time.time()) - 301)
    fresh, old = receiver.heard
    assert verified(fresh.headers, fresh.body, NEW)
    assert not verified(fresh.headers, fresh.body + b" ", NEW)
    assert not verified(fresh.headers, fresh.body, OLD)
    assert not verified({**fresh.headers, "webhook-id": "evt_2"}, fresh.body, NEW)
    assert not verified(old.headers, old.body, NEW)


def test_no_redirect_is_followed(receiver: Receiver) -> None:
    other = Receiver()
    receiver.status, receiver.headers = 307, {"Location": other.url}
    assert Sender(KEYS).send(receiver.url, "evt_1", "{}", 0) == 307
    other.stop()
    assert not other.heard


def test_an_answer_without_an_end_is_not_listened_to(receiver: Receiver) -> None:
    receiver.answer = talk_for_ever
    began = time.monotonic()
    assert Sender(KEYS).send(receiver.url, "evt_1", "{}", 0) == 200
    assert time.monotonic() - began < 5


def test_the_operators_netrc_is_nobodys_business(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login operator password secret\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    Sender(KEYS).send(receiver.url, "evt_1", "{}", 0)
    assert "authorization" not in receiver.heard[0].headers


class Log:
    """Tries that were written down."""

    def __init__(self) -> None:
        self.tries: list[Delivery] = []

    def add(self, delivery: Delivery) -> None:
        self.tries.append(delivery)


class Clock:
    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


def a_job(url: str, **changes: Any) -> dict[str, Any]:
    return {"site": "courier", "url": url, "id": "evt_1", "body": "{}"} | changes


def a_courier(url: str, log: Log, clock: Clock | None = None) -> Courier:
    return Courier({"courier": (url,)}, Sender(KEYS), log, lambda: 2, clock or Clock())


def test_what_arrived_is_written_down_without_the_secret_part_of_the_address(receiver: Receiver) -> None:
    log = Log()
    a_courier(receiver.url, log)(a_job(receiver.url))
    (written,) = log.tries
    assert (written.site, written.event, written.outcome, written.tries) == ("courier", "evt_1", "200", 2)
    assert written.arrived
    assert "very-secret" not in str(written)


@pytest.mark.parametrize("status", [300, 302, 400, 404, 429, 500, 503])
def test_every_answer_but_2xx_has_it_sent_again(status: int, receiver: Receiver) -> None:
    log = Log()
    receiver.status = status
    with pytest.raises(NotDeliveredError, match=str(status)):
        a_courier(receiver.url, log)(a_job(receiver.url))
    assert [(one.outcome, one.arrived) for one in log.tries] == [(str(status), False)]


def test_who_says_gone_is_told_no_more(receiver: Receiver) -> None:
    receiver.status = 410
    with pytest.raises(NobodyThereError):
        a_courier(receiver.url, Log())(a_job(receiver.url))


def test_an_address_that_the_settings_no_longer_name_is_not_asked(receiver: Receiver) -> None:
    with pytest.raises(NobodyThereError):
        a_courier("https://another.example", Log())(a_job(receiver.url))
    with pytest.raises(NobodyThereError):
        a_courier(receiver.url, Log())(a_job(receiver.url, site="herald"))
    assert not receiver.heard


def test_who_cannot_be_reached_is_left_alone_for_half_a_minute() -> None:
    log, clock, nowhere = Log(), Clock(), "http://127.0.0.1:9/hook"
    courier = a_courier(nowhere, log, clock)
    for seconds, tries in ((0, 1), (29, 1), (1, 2)):
        clock.now += timedelta(seconds=seconds)
        with pytest.raises(NotDeliveredError):
            courier(a_job(nowhere))
        assert len(log.tries) == tries
    assert log.tries[0].outcome == "ConnectionError"


def test_the_log_keeps_the_latest_thousand_of_each_site(redis_url: str) -> None:
    deliveries = Deliveries(Store(redis_url))
    for number in range(MOST + 2):
        deliveries.add(Delivery(NOW, "courier", "crm.example", f"evt_{number}", "200", 1))
    kept = list(deliveries.of_site("courier"))
    assert (len(kept), kept[0].event, kept[-1].event) == (MOST, f"evt_{MOST + 1}", "evt_2")
    assert not list(deliveries.of_site("herald"))


def test_a_log_that_cannot_be_written_is_told_and_no_more(logged: list[MutableMapping[str, Any]]) -> None:
    Deliveries(Store("redis://127.0.0.1:9/0")).add(Delivery(NOW, "courier", "crm.example", "evt_1", "200", 1))
    assert "delivery_not_logged" in [entry["event"] for entry in logged]


def test_through_the_queue_it_is_tried_until_it_arrives(
    valkey_url: str, receiver: Receiver, verified: Any, logged: list[MutableMapping[str, Any]]
) -> None:
    jobs, deliveries = Jobs(valkey_url, "a secret"), Deliveries(Store(valkey_url))
    receivers = {"courier": (receiver.url,)}
    courier = Courier(receivers, Sender(KEYS), deliveries, current_try, lambda: datetime.now(UTC))
    worker = JobWorker(jobs, {KIND: hopeless_after(NobodyThereError, courier)})
    announce = Announcer(receivers, jobs.put, lambda _: 0, lambda: NOW)
    receiver.status = 503
    announce(LINE, None)
    announce(LINE, None)
    assert worker.work_due() == 1
    receiver.status = 204
    announce(LINE, None)
    assert worker.work_due() == 1
    assert [(one.tries, one.outcome) for one in deliveries.of_site("courier")] == [(1, "204"), (1, "503")]
    assert len({heard.headers["webhook-id"] for heard in receiver.heard}) == 1
    assert all(verified(heard.headers, heard.body, NEW) for heard in receiver.heard)
    receiver.status = 410
    announce(PAUSED, LINE)
    worker.work_due()
    assert [job.why for job in jobs.given_up()] == ["NobodyThereError"]
    assert "very-secret" not in str(logged)
