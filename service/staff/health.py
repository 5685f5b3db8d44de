"""/staff/health: Redis, Stripe, mail, the worker, jobs, comparisons, alarms and the config, as they are now."""

from collections.abc import Iterator

from flask import Blueprint, g, redirect, request
from flask.typing import ResponseReturnValue

from service.doctor.checks import CHECKS
from service.doctor.finding import Finding, Verdict, problem, warning, well
from service.doctor.patient import Patient
from service.domain.delivery import Delivery
from service.domain.staff_deed import StaffDeed
from service.staff.examination import Examination
from service.staff.frame import staff_page, staff_pages
from service.store.errors import StoreUnavailableError
from service.store.jobs import GivenUp
from service.store.lookout import DECLINES
from service.web.parts import Parts
from service.web.problems import ProblemError

_MOST_FAILURES = 20
_TOLD = {Verdict.OK: "well", Verdict.WARNING: "worth a look", Verdict.PROBLEM: "does not work"}

Row = tuple[str, Finding]


def health_views(parts: Parts) -> Blueprint:
    """The views of this module."""
    views = staff_pages("staff_health", parts)
    checks = [check for check in CHECKS if check.brief]
    examination = Examination(lambda: Patient.running(parts.settings, parts.clock), checks)

    @views.get("/staff/health")
    def health() -> ResponseReturnValue:
        now = parts.clock()
        examined = examination.latest(now)
        rows = [*_config(parts), *(examined.findings if examined else ()), *_remembered(parts)]
        return staff_page(
            parts, "health.html", "Health", rows=rows, examined=examined, now=now, told=_TOLD,
            given_up=_given_up(parts), failures=_failures(parts),
        )  # fmt: skip

    @views.post("/staff/health/jobs")
    def retry() -> ResponseReturnValue:
        """Has a job that was given up tried again."""
        job = request.form.get("job", "")
        if not parts.jobs.retry(job):
            raise ProblemError(404, "That job is not among those that were given up any more.")
        parts.audit.add(StaffDeed(parts.clock(), g.visitor.who, "had a job tried again", job))
        return redirect("/staff/health#jobs", 303)

    return views


def _config(parts: Parts) -> Iterator[Row]:
    problems, warnings = len(parts.config_problems()), len(parts.config_warnings())
    version = parts.published().catalogue.version
    if problems:
        yield (
            "staff files",
            problem(f"{problems} problem(s) in the files as saved; readers have version {version}", "See Preview."),
        )
    elif warnings:
        yield "staff files", warning(f"version {version} runs; {warnings} thing(s) are worth a look", "See Preview.")
    else:
        yield "staff files", well(f"version {version} runs, and nothing is against it")


def _remembered(parts: Parts) -> Iterator[Row]:
    """What Redis knows of the rest; nothing without it, which is told already."""
    try:
        yield "comparison with Stripe", _comparison(parts)
        for site in parts.sites:
            if parts.lookout.attacked(site):
                yield site, problem("stolen cards seem to be tried", "Look at Payments > Failed in Stripe's Dashboard.")
            if parts.lookout.is_on(DECLINES, site):
                yield site, warning("more payments are declined than usual", "See Payments > Failed there as well.")
    except StoreUnavailableError:
        return


def _comparison(parts: Parts) -> Finding:
    report = parts.reconciliations.last()
    if report is None:
        return warning(
            "no whole comparison so far", "The worker makes one at 03:00 UTC; or run `honestybox reconcile`."
        )
    told = f"the last ended {report.ended_at:%Y-%m-%d %H:%M} UTC: {report.looked} looked at, {report.differed} differed"
    if report.remained:
        return problem(f"{told}, {report.remained} could not be repaired", "Run `honestybox reconcile --dry-run`.")
    return well(told)


def _given_up(parts: Parts) -> list[GivenUp]:
    try:
        return parts.jobs.given_up()
    except StoreUnavailableError:
        return []


def _failures(parts: Parts) -> list[Delivery]:
    """The latest tries to tell your own systems that did not arrive."""
    try:
        tries = [one for site in parts.settings.outgoing_webhooks for one in parts.deliveries.of_site(site, 200)]
    except StoreUnavailableError:
        return []
    return [one for one in tries if not one.arrived][:_MOST_FAILURES]
