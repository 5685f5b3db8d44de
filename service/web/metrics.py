"""What operators watch, at /metrics. No reader and no page is in any of it."""

from collections.abc import Iterable

from prometheus_client import CollectorRegistry, Counter, Gauge, Metric
from prometheus_client.core import InfoMetricFamily
from prometheus_client.registry import Collector

from service.domain.reconciliation import Report

_DECISIONS = Counter("honestybox_decisions", "What became of each placement", ["site", "placement", "outcome"])
_PROBLEMS = Counter("honestybox_problems", "Requests refused, by the field that was wrong", ["endpoint", "field"])
_EVENTS = Counter("honestybox_events", "New events, by type", ["site", "campaign", "variant", "placement", "type"])
_WEBHOOKS = Counter("honestybox_webhooks", "Stripe's events, by what became of them", ["outcome"])
_LIMITED = Counter("honestybox_limited", "Requests that came too often, by the limit they met", ["limit"])
_CHECKS = Counter("honestybox_human_checks", "Human checks: wanted, passed, failed or unavailable", ["outcome"])
_DECLINES = Counter("honestybox_declines", "Payments that a bank declined", ["site"])
_ALARMS = Gauge(
    "honestybox_alarm", "1 while on: attack, or declines that climb", ["alarm", "site"], multiprocess_mode="mostrecent"
)
# The latest word of any worker: the least or the most would go by what workers said that are long gone.
_STORE = Gauge("honestybox_store_available", "1 while Redis answers", multiprocess_mode="mostrecent")
_CONFIG = Gauge("honestybox_config_problems", "Problems in the staff files now", multiprocess_mode="mostrecent")
_WARNINGS = Gauge("honestybox_config_warnings", "Warnings about the files that run", multiprocess_mode="mostrecent")
_RECONCILED = Gauge(
    "honestybox_reconciled_at_seconds", "When the last whole reconcile ended", multiprocess_mode="mostrecent"
)
_DIFFERED = Gauge(
    "honestybox_reconcile_differed", "How many contributions it found different", multiprocess_mode="mostrecent"
)
_REMAINED = Gauge(
    "honestybox_reconcile_remained", "How many of them it could not repair", multiprocess_mode="mostrecent"
)
_STORE.set(1)

# A field of a hostile request may be called anything; only these are worth telling apart.
_FIELDS = frozenset(("site", "origin", "reader", "receipt", "page.url", "body", "placements", "amount_minor"))


def count_decisions(site: str, placement: str, outcome: str, number: int) -> None:
    """What became of a placement on so many page views."""
    _DECISIONS.labels(site, placement, outcome).inc(number)


def count_problem(endpoint: str, field: str) -> None:
    """One refused request."""
    _PROBLEMS.labels(endpoint, field if field in _FIELDS else "other").inc()


def count_event(site: str, campaign: str, variant: str, placement: str, kind: str) -> None:
    """One event that was not known before."""
    _EVENTS.labels(site, campaign, variant, placement, kind).inc()


def count_webhook(outcome: str) -> None:
    """One of Stripe's events: recorded, ignored, unknown_type, other_mode, refused or unavailable.

    `ignored`: a stranger's, or about a payment of which nothing came.
    """
    _WEBHOOKS.labels(outcome).inc()


def count_limited(limit: str) -> None:
    """One request that has to wait."""
    _LIMITED.labels(limit).inc()


def count_check(outcome: str) -> None:
    """One attempt that had to show that a human made it."""
    _CHECKS.labels(outcome).inc()


def count_decline(site: str) -> None:
    """One payment that a bank declined."""
    _DECLINES.labels(site).inc()


def set_alarm(alarm: str, site: str, *, on: bool) -> None:
    """Whether it is on now."""
    _ALARMS.labels(alarm, site).set(int(on))


def store_changed(available: bool) -> None:
    """Redis went away or came back."""
    _STORE.set(int(available))


def set_config(problems: int, warnings: int) -> None:
    """How many problems the staff files have now, and how many warnings those that run."""
    _CONFIG.set(problems)
    _WARNINGS.set(warnings)


def config_info(version: str) -> CollectorRegistry:
    """`honestybox_config_info`, of this process alone: what other processes once ran would stay in their files."""
    registry = CollectorRegistry()
    registry.register(_ConfigInfo(version))
    return registry


class _ConfigInfo(Collector):
    def __init__(self, version: str) -> None:
        self.version = version

    def collect(self) -> Iterable[Metric]:
        yield InfoMetricFamily("honestybox_config", "The staff files that run", {"version": self.version})


def set_reconciled(report: Report) -> None:
    """How the last whole reconcile ended."""
    _RECONCILED.set(report.ended_at.timestamp())
    _DIFFERED.set(report.differed)
    _REMAINED.set(report.remained)
