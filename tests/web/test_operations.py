"""What operators and developers read: /healthz, /readyz, /metrics, /openapi.json."""

import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

from flask import Flask
from flask.testing import FlaskClient

from service.domain.reason import Reason
from service.domain.reconciliation import Report, Scope
from service.web.schemas import ContributionSchema, DecisionSchema, EventsSchema, PageSchema, SnoozeSchema
from tests.builders import decision


def test_the_process_says_that_it_lives(client: FlaskClient) -> None:
    assert client.get("/healthz").get_json() == {"status": "alive"}


def test_readyz_tells_store_and_config(client: FlaskClient) -> None:
    answer = client.get("/readyz")
    assert answer.status_code == 200
    told = answer.get_json()
    assert (told["status"], told["store"], told["config"]["problems"]) == ("ready", "available", [])
    version = told["config"]["version"]
    assert re.fullmatch(r"[0-9a-f]{8}", version)
    assert f'honestybox_config_info{{version="{version}"}} 1.0' in client.get("/metrics").text


def test_every_decision_is_counted_by_what_became_of_it(client: FlaskClient) -> None:
    decision(client, placements=["banner", "inline"])
    metrics = client.get("/metrics").text
    assert 'honestybox_decisions_total{outcome="shown",placement="inline",site="gazette"}' in metrics
    assert 'honestybox_decisions_total{outcome="no_campaign",placement="banner",site="gazette"}' in metrics
    told = set(re.findall(r'honestybox_decisions_total\{outcome="(\w+)"', metrics))
    assert told <= {"shown", *Reason}


def test_an_outage_that_ended_with_a_restart_is_not_told_for_ever(tmp_path: Path) -> None:
    """With PROMETHEUS_MULTIPROC_DIR, what a worker said stays in its file after it is gone."""
    environ = {**os.environ, "PROMETHEUS_MULTIPROC_DIR": str(tmp_path)}

    def worker(does: str) -> str:
        script = f"from service.web import metrics, operations; {does}"
        words = [sys.executable, "-c", script]
        done = subprocess.run(words, env=environ, capture_output=True, text=True, check=True, timeout=60)
        return done.stdout

    worker("metrics.store_changed(False); metrics.set_config(3, 0)")
    told = worker("metrics.set_config(0, 0); print(operations.generate_latest(operations._registry()).decode())")
    assert "honestybox_store_available 1.0" in told
    assert "honestybox_config_problems 0.0" in told


def test_a_hostile_field_does_not_become_a_metric(client: FlaskClient) -> None:
    for number in range(20):
        client.post("/v1/decisions", json={f"evil{number}": 1})
    assert "evil" not in client.get("/metrics").text


def test_the_openapi_document_names_every_route_and_no_other(app: Flask) -> None:
    document = app.test_client().get("/openapi.json").get_json()
    served = {("/v1/decisions", "post")} | {
        (re.sub(r"<(?:\w+:)?\w+>", "{}", rule.rule), method.lower())
        for rule in app.url_map.iter_rules()
        for method in rule.methods or ()
        if method not in ("HEAD", "OPTIONS")
    }
    written = {(re.sub(r"\{\w+\}", "{}", path), method) for path, item in document["paths"].items() for method in item}
    assert written <= served
    pages = {path for path, _ in served - written}
    assert all(path.startswith("/staff/") for path in pages), pages  # which are for people


def test_the_openapi_document_says_what_the_schemas_check(client: FlaskClient) -> None:
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    for schema in (DecisionSchema, PageSchema, EventsSchema, SnoozeSchema, ContributionSchema):
        written = schemas[schema.__name__.removesuffix("Schema")]
        fields = schema().fields
        assert written["properties"].keys() == fields.keys()
        assert set(written.get("required", ())) == {name for name, field in fields.items() if field.required}
        assert written["additionalProperties"] is False


def test_every_reference_in_the_openapi_document_leads_somewhere(client: FlaskClient) -> None:
    text = client.get("/openapi.json").text
    schemas = client.get("/openapi.json").get_json()["components"]["schemas"]
    assert set(re.findall(r'"#/components/schemas/(\w+)"', text)) <= schemas.keys()


def test_every_post_of_the_openapi_document_tells_its_refusals(client: FlaskClient) -> None:
    for item in client.get("/openapi.json").get_json()["paths"].values():
        if "post" in item:
            assert {"4XX", "503"} <= item["post"]["responses"].keys()


def test_how_the_last_comparison_with_stripe_ended_is_told(app: Flask, client: FlaskClient) -> None:
    ended_at = datetime(2026, 11, 24, 3, 20, tzinfo=UTC)
    report = Report(ended_at - timedelta(minutes=20), ended_at, looked=70, differed=5, remained=2)
    app.extensions["honestybox"].reconciliations.finish(Scope(), report)
    metrics = client.get("/metrics").text
    (told,) = re.findall(r"^honestybox_reconciled_at_seconds (\S+)$", metrics, re.MULTILINE)
    assert float(told) == ended_at.timestamp()
    assert "honestybox_reconcile_differed 5.0" in metrics
    assert "honestybox_reconcile_remained 2.0" in metrics
