"""What is looked at, in order."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

from service.doctor import clocks, front_door, mail_side, own_files, redis_side, stripe_side
from service.doctor.finding import Finding, warning
from service.doctor.patient import Look, Patient
from service.doctor.stripe_side import told_trouble
from service.setting_variables import PREFIX


class Check(NamedTuple):
    """One row: its name, the settings without which there is nothing to look at, and the look.

    `brief`: it asks a question or two, so that the staff pages may look, too.
    """

    name: str
    needs: Sequence[str]
    look: Look
    brief: bool = False


_STRIPE = ("stripe_secret_key", "stripe_api_base")
CHECKS = (
    Check("settings", (), own_files.settings),
    Check("staff files", ("config_dir",), own_files.staff_files),
    Check("site origins", ("config_dir",), own_files.origins),
    Check("public url", ("public_url",), front_door.encryption),
    Check("public url", ("public_url",), front_door.reachable),
    Check("redis", ("redis_url",), redis_side.redis, brief=True),
    Check("job queue", (), redis_side.job_queue, brief=True),
    Check("worker", ("redis_url",), redis_side.worker, brief=True),
    Check("mail", ("mail_url",), mail_side.mail, brief=True),
    Check("stripe key", ("stripe_secret_key",), stripe_side.mode, brief=True),
    Check("stripe key", _STRIPE, told_trouble(stripe_side.permissions)),
    Check("webhook endpoint", (*_STRIPE, "public_url"), told_trouble(stripe_side.webhook_endpoint)),
    Check("webhook secrets", ("public_url", "stripe_webhook_secrets"), front_door.webhooks),
    Check("webhook deliveries", _STRIPE, told_trouble(stripe_side.deliveries), brief=True),
    Check("customer portal", (*_STRIPE, "config_dir"), told_trouble(stripe_side.portals)),
    Check("clock", _STRIPE, clocks.against_stripe),
    Check("clock", ("redis_url",), clocks.against_redis, brief=True),
)


def examine(patient: Patient) -> Iterator[tuple[str, Finding]]:
    """Every finding with the name of its check, whatever else is broken."""
    for check in CHECKS:
        missing = [f"{PREFIX}{name.upper()}" for name in check.needs if name not in patient.values]
        if missing:
            yield check.name, warning(f"not looked at without {' and '.join(missing)}", "See settings.")
            continue
        for finding in check.look(patient):
            yield check.name, finding
