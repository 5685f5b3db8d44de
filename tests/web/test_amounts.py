"""Amounts that are between a currency's limits and still cannot be charged."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.builders import ARTICLE, SITE, a_site_yaml, an_appeal, post, staff_files, write_config
from tests.web.conftest import ATTEMPT

MONEY = """
  default: KWD
  KWD: {minimum: 1, maximum: 999, once: [5], monthly: [2.5], annual: [20]}
  ISK: {minimum: 200, maximum: 90000, once: [900], monthly: [300], annual: [3000]}"""


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", staff_files(a_site_yaml(currencies=MONEY)))


@pytest.mark.parametrize(
    ("currency", "minor", "status"),
    [
        ("KWD", 2500, 503),  # 503: accepted by us, and nothing listens where Stripe should be
        ("KWD", 2510, 503),
        ("KWD", 2505, 422),
        ("ISK", 900, 503),
        ("ISK", 199, 422),
        ("ISK", 90_001, 422),
    ],
)
def test_what_stripe_would_refuse_is_refused_with_the_amount_named(
    client: FlaskClient, currency: str, minor: int, status: int
) -> None:
    reader, receipt = an_appeal(client)
    body = {
        "site": SITE,
        "reader": reader,
        "receipt": receipt,
        "interval": "once",
        "currency": currency,
        "amount_minor": minor,
        "attempt": ATTEMPT,
        "return_url": ARTICLE,
    }
    answer = post(client, "/v1/contributions", body)
    assert (answer.status_code, answer.content_type) == (status, "application/problem+json")
    assert answer.get_json(force=True).get("field") == ("amount_minor" if status == 422 else None)
