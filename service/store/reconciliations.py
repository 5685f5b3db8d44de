"""Who is comparing Stripe with our ledger, how far they came, and how the last comparison ended."""

import json
from dataclasses import asdict
from datetime import datetime
from secrets import token_hex

from service.domain.reconciliation import Kind, Progress, Report, Scope
from service.store.connection import Store, load_script
from service.store.errors import StoreUnavailableError

# Longer than one contribution may take while Stripe asks us to wait; so long a killed one stands in the way.
HELD_SECONDS = 300
_KEEP_PROGRESS_SECONDS = 7 * 24 * 3600
_LOCK, _LAST = "hb:reconcile:lock", "hb:reconcile:last"
_HOLD, _RELEASE = load_script("hold"), load_script("release")


class Reconciliations:
    """Raises StoreUnavailableError without Redis. Each object is one that may take the lock."""

    def __init__(self, store: Store) -> None:
        self._store, self._token = store, token_hex(8)

    def take(self) -> bool:
        """True when nobody else is at it; then nobody else may, until `release` or HELD_SECONDS after `keep`."""
        return bool(self._store.command("SET", _LOCK, self._token, "NX", "EX", HELD_SECONDS))

    def keep(self) -> bool:
        """False when the lock is no longer ours: it ran out, or Redis forgot it."""
        return bool(self._store.run(_HOLD, _LOCK, self._token, HELD_SECONDS))

    def release(self) -> None:
        """Lets others; without Redis the lock runs out by itself, which is why this raises nothing."""
        try:
            self._store.run(_RELEASE, _LOCK, self._token)
        except StoreUnavailableError:
            return

    def progress(self, scope: Scope) -> Progress | None:
        """How far a comparison of this scope came that did not end, or None."""
        held = self._store.command("GET", _progress_key(scope))
        if not held:
            return None
        values = json.loads(held)
        before = values["before"]
        return Progress(
            began_at=datetime.fromisoformat(values["began_at"]),
            kind=Kind(values["kind"]),
            before=datetime.fromisoformat(before) if before else None,
            **{name: values[name] for name in ("looked", "differed", "remained")},
        )

    def set_progress(self, scope: Scope, progress: Progress) -> None:
        """Remembers how far it came, for a week."""
        values = json.dumps(asdict(progress), default=datetime.isoformat)
        self._store.command("SET", _progress_key(scope), values, "EX", _KEEP_PROGRESS_SECONDS)

    def finish(self, scope: Scope, report: Report) -> None:
        """It came to its end. The report is kept when it left nothing out."""
        if scope.whole:
            self._store.command("SET", _LAST, json.dumps(asdict(report), default=datetime.isoformat))
        self._store.command("DEL", _progress_key(scope))

    def last(self) -> Report | None:
        """How the last whole comparison ended; None before the first, and after Redis was lost."""
        held = self._store.command("GET", _LAST)
        if not held:
            return None
        values = json.loads(held)
        began_at, ended_at = (datetime.fromisoformat(values.pop(name)) for name in ("began_at", "ended_at"))
        return Report(began_at, ended_at, **values)


def _progress_key(scope: Scope) -> str:
    return f"hb:reconcile:at:{{{scope.name}}}"
