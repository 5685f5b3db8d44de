"""Operators are written to when something changes, once, and by whoever is named in the settings."""

from pathlib import Path

import pytest

from service.alerts import JOB, alert_jobs, alerts, letter_of
from service.domain.attack import Sign
from service.setting_guards import limits
from service.settings import Settings, SettingsError
from service.store.connection import Store
from service.store.job_worker import GiveUpError
from service.store.jobs import Jobs
from service.store.lookout import Lookout
from tests.builders import HOUR, NOW, SITE, some_settings
from tests.mail.mailbox import a_mailbox, bodies
from tests.test_settings import GOOD

OPERATORS = ("night@paper.example", "day@paper.example")


def test_each_operator_gets_one_mail_of_each_change(valkey_url: str, config_dir: Path) -> None:
    put: list[tuple[str, dict[str, object]]] = []

    class Queue(Jobs):
        def __init__(self) -> None:
            """Nothing is kept."""

        def put(self, kind: str, arguments: object, *_: object, **__: object) -> None:  # type: ignore[override]
            put.append((kind, arguments))  # type: ignore[arg-type]

    lookout = Lookout(Store(valkey_url), limits("attack.tried=3/10m"), alerts(Queue(), len(OPERATORS)))
    for _ in range(9):
        lookout.note(Sign.TRIED, SITE, NOW, NOW)
    lookout.look([SITE], NOW + HOUR)
    assert [(kind, job["event"], job["to"]) for kind, job in put] == [
        (JOB, "attack_began", 0), (JOB, "attack_began", 1), (JOB, "attack_over", 0), (JOB, "attack_over", 1),
    ]  # fmt: skip
    assert not [job for _, job in put if "paper.example" in str(job)], "Redis is to hold no address"

    with a_mailbox() as mailbox:
        mail = {"mail_url": mailbox.url, "mail_from": "Honesty Box <box@paper.example>", "alert_mail": OPERATORS}
        send = alert_jobs(some_settings(config_dir, valkey_url, **mail), lambda: NOW)[JOB]
        for _, job in put:
            send(job)  # type: ignore[arg-type]
        assert [message["To"] for message in mailbox.arrived] == [*OPERATORS, *OPERATORS]
        assert mailbox.arrived[0]["Subject"] == "Stolen cards seem to be tried at gazette"
        assert "gazette saw 4 attempts to pay" in bodies(mailbox.arrived[0])[0]


@pytest.mark.parametrize("event", ["attack_began", "attack_over", "declines_climb", "declines_calm"])
def test_every_change_has_its_sentences(event: str) -> None:
    facts = {"tried": 1, "refused": 2, "declined": 3, "last_hour": 4, "usual_per_hour": 0.5}
    letter = letter_of({"event": event, "site": "*", "facts": facts}, OPERATORS[0])
    assert "all sites together" in letter.subject
    assert "{" not in letter.text + letter.html


def test_a_recipient_who_left_the_settings_is_written_to_no_more(valkey_url: str, config_dir: Path) -> None:
    mail = {"mail_url": "file:///nowhere", "mail_from": "box@paper.example", "alert_mail": OPERATORS[:1]}
    send = alert_jobs(some_settings(config_dir, valkey_url, **mail), lambda: NOW)[JOB]
    with pytest.raises(GiveUpError):
        send({"event": "attack_over", "site": SITE, "to": 1, "facts": {}})


def test_without_anybody_to_write_to_nothing_is_put_and_no_job_is_done(valkey_url: str, config_dir: Path) -> None:
    alerts(Jobs("redis://127.0.0.1:9", "a-secret"), 0)("attack_began", SITE, NOW, {})
    assert alert_jobs(some_settings(config_dir, valkey_url), lambda: NOW) == {}


def test_a_queue_that_is_away_does_not_keep_what_noticed_from_going_on() -> None:
    alerts(Jobs("redis://127.0.0.1:9", "a-secret"), 1)("attack_began", SITE, NOW, {"tried": 4})


def test_alerts_need_a_mail_server_and_addresses(config_dir: Path) -> None:
    environ = {**GOOD, "HONESTYBOX_CONFIG_DIR": str(config_dir)}
    for value, told in ((OPERATORS[0], "HONESTYBOX_ALERT_MAIL needs HONESTYBOX_MAIL_URL"), ("me", "e-mail addresses")):
        with pytest.raises(SettingsError, match=told):
            Settings.from_environ(environ | {"HONESTYBOX_ALERT_MAIL": value})
