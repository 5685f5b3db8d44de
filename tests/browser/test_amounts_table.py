"""The browser writes, reads and adds up amounts as the service does: twenty currencies in four languages."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Page

from service.domain.fees import Fee, charged_minor
from service.domain.money import step_minor
from tests.amounts_table import CURRENCIES, LANGUAGES, a_form, cells

from .fake_service import Fake

pytestmark = pytest.mark.browser

WRITTEN_AND_READ = """async ([service, forms, cells]) => {
  const { formatAmount, parseAmount } = await import(service + "/embed/v1/money.js");
  return cells.map(([form, minor, label]) => [formatAmount(minor, forms[form]), parseAmount(label, forms[form])]);
}"""
CHARGED = """async ([service, asked]) => {
  const { charged } = await import(service + "/embed/v1/extras.js");
  return asked.map(([minor, fees, step]) => charged(minor, fees, step));
}"""
FEES = [Fee(150, 25), Fee(290, 30), Fee(0, 7), Fee(1, 0), Fee(2000, 0)]


def forms() -> dict[str, dict[str, Any]]:
    return {f"{currency} {language}": a_form(currency, language) for currency in CURRENCIES for language in LANGUAGES}


def test_every_amount_is_written_and_read_as_the_service_writes_it(page: Page, fake: Fake) -> None:
    page.goto(fake.publish())
    table = list(cells())
    asked = [[f"{cell.currency} {cell.language}", cell.minor, cell.label] for cell in table]
    got = page.evaluate(WRITTEN_AND_READ, [fake.service, forms(), asked])
    assert [(cell, *one) for cell, one in zip(table, got, strict=True)] == [
        (cell, cell.label, cell.minor) for cell in table
    ]


def test_the_fees_come_to_the_same_on_both_sides(page: Page, fake: Fake) -> None:
    page.goto(fake.publish())
    amounts = sorted({(cell.currency, cell.minor) for cell in cells()})
    asked = [(currency, minor, fee) for currency, minor in amounts for fee in FEES]
    sent = [
        [minor, {"fixed_minor": fee.fixed_minor, "percent_bp": fee.percent_bp}, step_minor(currency)]
        for currency, minor, fee in asked
    ]
    got = page.evaluate(CHARGED, [fake.service, sent])
    expected = [charged_minor(minor, fee, currency) for currency, minor, fee in asked]
    assert list(zip(asked, got, strict=True)) == list(zip(asked, expected, strict=True))
