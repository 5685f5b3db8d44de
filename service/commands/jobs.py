"""honestybox jobs: what waits, what was given up, and another try for it."""

import argparse
import sys
from os import environ

from service.commands import Subparsers
from service.logs import configure_logging
from service.settings import Settings, SettingsError
from service.store.errors import StoreUnavailableError
from service.store.jobs import GivenUp, Jobs


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    jobs = subparsers.add_parser("jobs", help="tells what waits to be done and what was given up, and has it retried")
    actions = jobs.add_subparsers(dest="action", metavar="list|retry")
    actions.add_parser("list", help="how many jobs wait, and each one that was given up")
    retry = actions.add_parser("retry", help="has jobs that were given up tried again, for days if need be")
    retry.add_argument("ids", nargs="*", metavar="ID", help="as `list` shows them")
    retry.add_argument("--all", action="store_true", help="all that were given up")
    jobs.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints it, or does it; never what a job is about, which may be personal."""
    try:
        settings = Settings.from_environ(environ)
        configure_logging(settings.log_level)
        jobs = Jobs(settings.jobs_url, settings.secret_keys[0])
        return _retry(jobs, given) if given.action == "retry" else _list(jobs)
    except (SettingsError, StoreUnavailableError, ValueError) as error:
        print(error, file=sys.stderr)
        return 1


def _list(jobs: Jobs) -> int:
    standing = jobs.standing()
    print(
        f"{standing.waiting} waiting, {standing.at_work} at work, {standing.resting} for later, "
        f"{standing.given_up} given up"
    )
    for job in jobs.given_up():
        print(_line(job))
    return 0


def _line(job: GivenUp) -> str:
    return (
        f"{job.id}  {job.kind}  put {job.put_at:%Y-%m-%d %H:%M}  given up {job.given_up_at:%Y-%m-%d %H:%M} UTC "
        f"after {job.tries} tries: {job.why}"
    )


def _retry(jobs: Jobs, given: argparse.Namespace) -> int:
    if not given.ids and not given.all:
        print("say which: the ids that `honestybox jobs list` shows, or --all", file=sys.stderr)
        return 2
    ids = [job.id for job in jobs.given_up()] if given.all else given.ids
    unknown = [name for name in ids if not jobs.retry(name)]
    for name in unknown:
        print(f"{name}: no job of that id was given up", file=sys.stderr)
    print(f"{len(ids) - len(unknown)} will be tried again")
    return 1 if unknown else 0
