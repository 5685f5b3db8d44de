"""Thieves try stolen cards by the thousand; a room full of honest readers gives at once; a reader clicks twice."""

import uuid
from collections import Counter
from collections.abc import Callable, Collection
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path

import pytest
from flask import Flask

from service.app import create_app
from service.domain.human_check import CheckKeys, Provider
from service.domain.limit import LIMITS
from service.payments.human_check import HumanVerifier
from service.store.checks import Checks
from service.web.admission import Admission
from service.web.human_check import HumanCheck
from service.web.problems import ProblemError
from service.web.tokens import new_reader
from tests.builders import NOW, SITE, SettableClock, some_settings
from tests.payments.giving import Reader, problem, session_of
from tests.payments.sides import Side
from tests.payments.test_attempts import creations

ADDRESSES = 5
OFFICE = "9.9.9.9"


def test_two_hundred_presses_of_one_attempt_at_once_make_one_session(
    a_reader: Callable[..., Reader], stripe_side: Side
) -> None:
    reader = a_reader()
    wish = reader.wish("monthly")
    with ThreadPoolExecutor(200) as pool:
        answers = list(pool.map(lambda _: reader.press_continue(wish), range(200)))
    told = Counter(answer.status for answer in answers)
    assert told.keys() <= {200, 503}, "busy is an answer, too often is not: they are one attempt"
    assert told[200]
    started = {session_of(answer) for answer in answers if answer.status == 200}
    assert started == {session_of(reader.press_continue(wish))}
    made = {entry.session for entry in creations(stripe_side, wish["attempt"])} - {""}
    assert made == started


def test_forty_clicks_leave_the_reader_as_many_attempts_as_one(
    a_reader: Callable[..., Reader],
) -> None:
    reader, most = a_reader(), LIMITS["contributions.reader"].most
    first = reader.wish()
    with ThreadPoolExecutor(20) as pool:
        list(pool.map(lambda _: reader.press_continue(first), range(40)))
    others = [reader.press_continue(reader.wish()).status for _ in range(most - 1)]
    assert others == [200] * (most - 1)
    assert problem(reader.press_continue(reader.wish())) == (429, None)
    assert reader.press_continue(first).status == 200


@dataclass
class Gate:
    """What stands before Stripe, and who came through."""

    app: Flask
    admission: Admission
    clock: SettableClock
    through: list[str] = field(default_factory=list)

    def press(self, address: str, reader: str = "", check: str = "") -> int:
        """0 when the attempt went on to Stripe, else the status of the refusal."""
        parts = self.app.extensions["honestybox"]
        wish = {"attempt": str(uuid.uuid4()), "email": "", "check": check}
        with self.app.test_request_context(headers={"X-Real-IP": address}):
            try:
                words = parts.dictionary.for_language("en")
                self.admission.admit(parts.sites[SITE], reader or new_reader(), wish, words, self.clock())
            except ProblemError as refusal:
                return refusal.status
        self.through.append(address)
        return 0


class Vouching(HumanVerifier):
    """Vouches for whoever says that they are human."""

    def is_human(self, answer: str, _hosts: Collection[str], _attempt: str) -> bool:
        return answer.startswith("human")


@pytest.fixture
def gate(config_dir: Path, valkey_url: str) -> Callable[..., Gate]:
    def make(*, checked: bool) -> Gate:
        clock = SettableClock(NOW)
        settings = some_settings(config_dir, valkey_url, client_address_header="HTTP_X_REAL_IP")
        app = create_app(settings, clock=clock, watch=False)
        parts = app.extensions["honestybox"]
        verifier = Vouching(CheckKeys(Provider.TURNSTILE, "public", "secret")) if checked else None
        human_check = HumanCheck(verifier, Checks(parts.store), parts.lookout)
        return Gate(app, Admission(parts.guard, human_check, parts.lookout), clock)

    return make


def attacked(gate: Gate, attempts: int) -> Counter[int]:
    """So many attempts, eight in a second, each by another reader, from five addresses."""
    told: Counter[int] = Counter()
    for number in range(attempts):
        told[gate.press(f"8.8.8.{number % ADDRESSES}")] += 1
        if number % 8 == 0:
            gate.clock.move(timedelta(seconds=1))
    return told


def test_of_five_thousand_stolen_cards_six_hundred_come_as_far_as_a_checkout(gate: Callable[..., Gate]) -> None:
    """As many as five addresses may try in one hour, with nobody who could tell humans from machines."""
    limited = gate(checked=False)
    told = attacked(limited, 5000)
    assert told == {0: ADDRESSES * LIMITS["contributions.address"].most, 429: 5000 - 600}
    assert [limited.press(OFFICE) for _ in range(60)] == [0] * 60


def test_with_the_human_check_half_as_many_do_and_honest_readers_are_not_stopped(gate: Callable[..., Gate]) -> None:
    checked = gate(checked=True)
    told = attacked(checked, 1000)
    assert told[0] == LIMITS["attack.tried"].most
    assert told[0] + told[403] + told[429] == 1000
    assert [checked.press(OFFICE, check=f"human {number}") for number in range(60)] == [0] * 60
    assert checked.press(OFFICE, check="human 1") == 403, "a proof is good for one attempt"


def test_five_hundred_addresses_are_stopped_by_the_human_check(gate: Callable[..., Gate]) -> None:
    """No limit for addresses helps against a network of other people's computers."""
    checked = gate(checked=True)
    told = Counter(checked.press(f"8.8.{number // 250}.{number % 250}") for number in range(500))
    assert told == {0: LIMITS["attack.tried"].most, 403: 500 - LIMITS["attack.tried"].most}


@pytest.mark.parametrize("checked", [True, False])
def test_sixty_honest_readers_behind_one_address_meet_nothing_at_all(
    checked: bool, gate: Callable[..., Gate]
) -> None:
    quiet = gate(checked=checked)
    readers = [new_reader() for _ in range(60)]
    assert [quiet.press(OFFICE, reader) for reader in readers] == [0] * 60
    assert [quiet.press(OFFICE, reader) for reader in readers] == [0] * 60, "and once more, with another amount"
