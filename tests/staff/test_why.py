"""Why, Health and Reasons tell what the rest of the service tells."""

import html
import re

import pytest
from flask import Flask
from flask.testing import FlaskClient

from service.domain.access import AccessReason
from service.domain.reason import Reason
from tests.builders import ARTICLE, SITE, a_decision_body, an_appeal, post
from tests.staff.conftest import SAME, form_token
from tests.staff.test_files import text_of


def ask(client: FlaskClient, **form: str) -> str:
    """What the page answers."""
    data = {"form_token": form_token(client), "site": SITE, "url": ARTICLE, **form}
    answer = client.post("/staff/why", data=data, headers=SAME)
    return f"{answer.status_code} {text_of(answer.text)}"


def test_a_reader_is_explained_by_their_token_or_by_a_receipt(anna: FlaskClient, app: Flask) -> None:
    token, receipt = an_appeal(app.test_client())
    for named in (token, receipt):
        told = ask(anna, named=named)
        assert told.startswith("200")
        assert "inline: lights-on is shown" in told
        assert ("The receipt is of 22 November 2026" in told) is (named == receipt)
    post(app.test_client(), "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7})
    assert "this reader asked to be reminded later" in ask(anna, named=receipt)


def test_typical_readers_other_moments_and_places_can_be_asked_about(anna: FlaskClient) -> None:
    assert "inline: lights-on is shown" in ask(anna, typical="new", country="nl", device="phone", tags="a, b")
    assert "gives regularly since" in ask(anna, typical="supporter")
    assert "Friday 1 January 2027, 10:00" in ask(anna, at="2027-01-01T10:00")


@pytest.mark.parametrize(
    ("form", "told"),
    [
        ({"url": "nonsense"}, "The page's address: Not an http or https address"),
        ({"country": "x1"}, "The country: Not two capital letters"),
        ({"at": "tomorrow"}, "The moment: Write it as"),
        ({"named": "forged.token"}, "The reader is not a reader token"),
        ({"named": f"{SITE}.a.b.c.d.e.1.n.x"}, "The receipt is not a receipt of this service"),
        ({"site": "elsewhere"}, "There is no such site"),
    ],
)
def test_what_cannot_be_answered_is_told(anna: FlaskClient, form: dict[str, str], told: str) -> None:
    answer = ask(anna, **form)
    assert answer[:3] in ("422", "404")
    assert told in answer


def test_reasons_are_the_rules_own(anna: FlaskClient) -> None:
    page = anna.get("/staff/reasons").text
    rows = re.findall(r"<code>(\w+)</code></th><td>([^<]+)</td>", page)
    expected = [(str(reason), reason.meaning) for reason in (*Reason, *AccessReason)]
    assert [(name, html.unescape(meaning)) for name, meaning in rows] == expected


def test_health_tells_what_is_well_and_what_is_not(anna: FlaskClient) -> None:
    told = text_of(anna.get("/staff/health").text)
    assert re.search(r"redis well 127\.0\.0\.1:\d+: Valkey", told)
    assert "the worker has not caught up with Stripe so far" in told
    assert "no mail is sent" in told
    assert "no whole comparison so far" in told
    assert re.search(r"staff files worth a look version [0-9a-f]{8} runs; 1 thing\(s\)", told)
    assert "webhook deliveries does not work Stripe cannot be asked" in told


def test_a_job_is_tried_again_by_a_form_of_ours(anna: FlaskClient) -> None:
    token = form_token(anna)
    gone = anna.post("/staff/health/jobs", data={"form_token": token, "job": "none"}, headers=SAME)
    assert (gone.status_code, "not among those" in gone.text) == (404, True)
    assert anna.post("/staff/health/jobs", data={"job": "none"}, headers=SAME).status_code == 403


def test_the_api_for_bearer_tokens_is_as_it_was(anna: FlaskClient) -> None:
    assert anna.post("/staff/explain", json=a_decision_body()).status_code == 404
