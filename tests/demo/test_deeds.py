"""The dashboard's buttons: each does what it says, and is there only where it can be done."""

import re
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import urlencode
from urllib.request import urlopen

import pytest

from service.demo.sandbox import Sandbox, create_sandbox
from service.demo.sandbox.checkout import open_session
from service.demo.sandbox.deeds import DEEDS, deeds_for, standing_of
from service.demo.serving import Running

Thing = dict[str, Any]


class Board:
    """A sandbox with one single and one monthly gift, and its dashboard."""

    def __init__(self, sandbox: Sandbox, address: str) -> None:
        self.sandbox, self.address = sandbox, address
        self.payment = self.sandbox.vault.objects[self.paid("payment")["payment_intent"]]
        self.subscription = self.sandbox.vault.objects[self.paid("subscription")["subscription"]]

    def paid(self, mode: str) -> Thing:
        price: Thing = {"currency": "usd", "unit_amount": 500, "product_data": {"name": "The Daily Lantern"}}
        if mode == "subscription":
            price["recurring"] = {"interval": "month"}
        wish = {"mode": mode, "line_items": [{"quantity": 1, "price_data": price}], "success_url": "http://127.0.0.1/"}
        return self.sandbox.pay(open_session(self.sandbox.vault, wish, "http://127.0.0.1")["id"])

    def thing(self, kind: str) -> Thing:
        return self.payment if kind == "payment_intent" else self.subscription

    def press(self, name: str) -> str:
        """The page after the button, which must have been there."""
        thing = self.thing(DEEDS[name].kind)
        assert name in self.offered(thing), name
        wish = urlencode({"action": name, "id": thing["id"]}).encode()
        with urlopen(f"{self.address}/act", wish, timeout=10) as page:
            return str(page.read().decode())

    def offered(self, thing: Thing) -> list[str]:
        return [name for name, _ in deeds_for(self.sandbox, thing)]

    @property
    def standing(self) -> str:
        return standing_of(self.sandbox, self.payment)


@pytest.fixture
def board() -> Iterator[Board]:
    app = create_sandbox("http://127.0.0.1:9/hook", "whsec_of_the_tests", deliver=False)
    with Running(app) as address:
        yield Board(app.sandbox, address)


# What is pressed, one after the other, and what is true after the last.
PRESSES: dict[str, tuple[list[str], Callable[[Board], bool]]] = {
    "renewed": (["renew"], lambda it: len(it.sandbox.events("invoice.paid")) == 2),
    "past due": (["renew_declined"], lambda it: it.subscription["status"] == "past_due"),
    "recovered": (["renew_declined", "retry"], lambda it: it.subscription["status"] == "active"),
    "given up": (["renew_declined", "give_up"], lambda it: it.subscription["status"] == "canceled"),
    "wants confirming": (
        ["renew_unconfirmed"], lambda it: len(it.sandbox.events("invoice.payment_action_required")) == 1
    ),
    "doubled": (["double"], lambda it: it.subscription["items"]["data"][0]["price"]["unit_amount"] == 1000),
    "paused": (["pause"], lambda it: it.subscription["pause_collection"]["behavior"] == "void"),
    "resumed": (["pause", "resume"], lambda it: it.subscription["pause_collection"] is None),
    "ends with the period": (["cancel_at_end"], lambda it: it.subscription["cancel_at"] is not None),
    "kept": (["cancel_at_end", "keep"], lambda it: it.subscription["cancel_at"] is None),
    "ended": (["cancel_at_end", "renew"], lambda it: it.subscription["status"] == "canceled"),
    "cancelled": (["cancel"], lambda it: it.subscription["status"] == "canceled"),
    "refunded": (["refund"], lambda it: it.standing == "refunded"),
    "partly refunded": (["refund_half"], lambda it: it.standing == "partly refunded"),
    "a refund failed": (["refund", "fail_refund"], lambda it: it.standing == "succeeded"),
    "disputed": (["dispute"], lambda it: it.standing == "disputed"),
    "won": (["dispute", "win"], lambda it: it.standing == "dispute won"),
    "lost": (["dispute", "lose"], lambda it: it.standing == "dispute lost"),
}  # fmt: skip


@pytest.mark.parametrize("ending", PRESSES)
def test_each_button_does_what_it_says(ending: str, board: Board) -> None:
    presses, holds = PRESSES[ending]
    for name in presses:
        page = board.press(name)
        assert 'role="alert"' not in page
    assert holds(board)


def test_every_button_is_pressed_here() -> None:
    assert {name for presses, _ in PRESSES.values() for name in presses} == set(DEEDS)


def test_what_is_over_can_only_be_looked_at(board: Board) -> None:
    board.press("cancel")
    assert board.offered(board.subscription) == []
    board.press("dispute")
    board.press("lose")
    assert board.offered(board.payment) == []


def test_the_dashboard_shows_the_buttons_beside_what_they_are_about(board: Board) -> None:
    with urlopen(board.address, timeout=10) as page:
        text = page.read().decode()
    for thing in (board.payment, board.subscription):
        row = next(row for row in re.findall(r"<tr>.*?</tr>", text, re.DOTALL) if f'value="{thing["id"]}"' in row)
        assert re.findall(r'name="action" value="(\w+)"', row) == board.offered(thing)


def test_a_button_of_an_old_page_says_why_it_cannot_be(board: Board) -> None:
    wish = urlencode({"action": "renew", "id": board.subscription["id"]}).encode()
    board.press("cancel")
    with urlopen(f"{board.address}/act", wish, timeout=10) as page:
        assert 'role="alert"' in page.read().decode()
