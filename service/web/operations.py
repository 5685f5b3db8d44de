"""/healthz, /readyz, /metrics, /openapi.json: for those who run the service."""

import os
from contextlib import suppress

from flask import Blueprint, Response
from flask.typing import ResponseReturnValue
from prometheus_client import CONTENT_TYPE_LATEST, REGISTRY, CollectorRegistry, generate_latest
from prometheus_client.multiprocess import MultiProcessCollector

from service.store.errors import StoreUnavailableError
from service.store.lookout import ATTACK, DECLINES
from service.web.metrics import config_info, set_alarm, set_config, set_reconciled
from service.web.openapi import openapi_document
from service.web.parts import Parts


def operations_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = Blueprint("operations", __name__)

    @views.get("/healthz")
    def alive() -> ResponseReturnValue:
        return {"status": "alive"}

    @views.get("/readyz")
    def ready() -> ResponseReturnValue:
        """Ready means able to answer readers, which needs nothing but good config; the rest is told, not decisive."""
        try:
            parts.store.command("PING")
            store = "available"
        except StoreUnavailableError:
            store = "unavailable"
        return {
            "status": "ready",
            "store": store,
            "config": {
                "version": parts.published().catalogue.version,
                "problems": [str(problem) for problem in parts.config_problems()],
                "warnings": [str(warning) for warning in parts.config_warnings()],
            },
        }

    @views.get("/metrics")
    def metrics() -> ResponseReturnValue:
        parts.tally.count()
        set_config(len(parts.config_problems()), len(parts.config_warnings()))
        _set_alarms(parts)
        _tell_reconciled(parts)
        info = config_info(parts.published().catalogue.version)
        return Response(generate_latest(_registry()) + generate_latest(info), content_type=CONTENT_TYPE_LATEST)

    @views.get("/openapi.json")
    def openapi() -> ResponseReturnValue:
        return openapi_document()

    return views


def _set_alarms(parts: Parts) -> None:
    """As any worker last judged; without Redis, as they were."""
    try:
        for site in parts.sites:
            set_alarm(DECLINES, site, on=parts.lookout.is_on(DECLINES, site))
            set_alarm(ATTACK, site, on=parts.lookout.attacked(site))
    except StoreUnavailableError:
        return  # told by honestybox_store_available


def _tell_reconciled(parts: Parts) -> None:
    """The worker does it, in another process; what was last known stays when Redis does not answer."""
    with suppress(StoreUnavailableError):
        if report := parts.reconciliations.last():
            set_reconciled(report)


def _registry() -> CollectorRegistry:
    """All workers' numbers, where PROMETHEUS_MULTIPROC_DIR lets them be put together; else this worker's."""
    if "PROMETHEUS_MULTIPROC_DIR" not in os.environ:
        return REGISTRY
    registry = CollectorRegistry()
    MultiProcessCollector(registry)  # type: ignore[no-untyped-call]
    return registry
