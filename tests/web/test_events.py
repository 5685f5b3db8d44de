"""POST /v1/events and /v1/snoozes: what readers did with an appeal."""

import pytest
from flask.testing import FlaskClient

from tests.builders import DAY, SettableClock, an_appeal, decision, post


def events_of(receipt: str, *types: str) -> dict[str, list[dict[str, str]]]:
    return {"events": [{"receipt": receipt, "type": name} for name in types]}


def test_events_are_counted_once_for_each_receipt_and_type(client: FlaskClient) -> None:
    _, receipt = an_appeal(client)
    whole = events_of(receipt, "seen", "clicked", "dismissed", "seen")
    assert post(client, "/v1/events", whole).get_json() == {"recorded": 3}
    assert post(client, "/v1/events", whole).get_json() == {"recorded": 0}


def test_the_metrics_count_what_is_new_and_name_no_reader(client: FlaskClient) -> None:
    token, receipt = an_appeal(client)
    labels = 'campaign="lights-on",placement="inline",site="gazette",type="clicked",variant="plain"'

    def counted() -> float:
        lines = [line for line in client.get("/metrics").text.splitlines() if labels in line and "_total" in line]
        return float(lines[0].split()[-1]) if lines else 0

    before = counted()
    for _ in range(3):
        post(client, "/v1/events", events_of(receipt, "clicked"))
    assert counted() == before + 1
    assert token.split(".")[0] not in client.get("/metrics").text


def test_an_impression_that_is_reported_late_still_counts(client: FlaskClient, clock: SettableClock) -> None:
    token, receipt = an_appeal(client)
    clock.move(6 * DAY)
    assert post(client, "/v1/events", events_of(receipt, "seen")).get_json() == {"recorded": 1}
    assert decision(client, reader=token)["appeals"]


@pytest.mark.parametrize(("days", "until"), [(7, "2026-11-29T12:00:00Z"), (30, "2026-12-22T12:00:00Z")])
def test_a_snooze_tells_until_when(client: FlaskClient, days: int, until: str) -> None:
    token, receipt = an_appeal(client)
    body = {"reader": token, "receipt": receipt, "days": days}
    assert post(client, "/v1/snoozes", body).get_json() == {"until": until}
    assert decision(client, reader=token)["withheld"] == {"inline": "snoozed"}


def test_a_later_snooze_replaces_an_earlier_one(client: FlaskClient, clock: SettableClock) -> None:
    token, receipt = an_appeal(client)
    post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 30})
    assert post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7}).status_code == 200
    clock.move(7 * DAY)
    assert decision(client, reader=token)["appeals"]


def test_a_snooze_silences_every_placement_and_no_other_reader(client: FlaskClient) -> None:
    token, receipt = an_appeal(client)
    post(client, "/v1/snoozes", {"reader": token, "receipt": receipt, "days": 7})
    answer = decision(client, reader=token, placements=["banner", "inline", "overlay"])
    assert set(answer["withheld"].values()) == {"snoozed"}
    assert decision(client)["appeals"]
