"""How a comparison of Stripe with our ledger stands, and how the last one ended."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum


class Kind(StrEnum):
    """What Stripe is asked for, in this order: who gives regularly must be known again first."""

    SUBSCRIPTIONS = "subscriptions"
    PAYMENTS = "payments"


class Verdict(StrEnum):
    """What became of one contribution that was compared."""

    AGREES = "agrees"
    REPAIRED = "repaired"
    DIFFERS = "differs"  # and was only to be reported
    UNKNOWN = "unknown to Stripe"
    STRANGE = "not a gift of ours at Stripe"
    UNREADABLE = "Stripe refuses to tell"

    @property
    def remains(self) -> bool:
        """True where our ledger still differs."""
        return self not in (Verdict.AGREES, Verdict.REPAIRED)


@dataclass(frozen=True, slots=True)
class Scope:
    """What is compared: what began at `since` or later, of these sites. Nothing said: everything."""

    since: datetime | None = None
    sites: tuple[str, ...] = ()

    @property
    def whole(self) -> bool:
        """True when nothing is left out."""
        return self == Scope()

    @property
    def name(self) -> str:
        """The same for the same scope."""
        return f"{self.since.isoformat() if self.since else 'ever'} {','.join(sorted(self.sites)) or 'all'}"


@dataclass(frozen=True, slots=True)
class Progress:
    """How far it came: all of `kind` that Stripe made later than `before` was looked at, newest first."""

    began_at: datetime
    kind: Kind = Kind.SUBSCRIPTIONS
    before: datetime | None = None
    looked: int = 0
    differed: int = 0
    remained: int = 0

    def after(self, kind: Kind, made_at: datetime, verdict: Verdict) -> "Progress":
        """One contribution further."""
        return Progress(
            began_at=self.began_at,
            kind=kind,
            before=made_at,
            looked=self.looked + 1,
            differed=self.differed + (verdict is not Verdict.AGREES),
            remained=self.remained + verdict.remains,
        )

    def turned_to(self, kind: Kind) -> "Progress":
        """At the beginning of the next kind, or where it stopped within this one."""
        return self if kind is self.kind else replace(self, kind=kind, before=None)

    def reached(self, kind: Kind) -> bool:
        """False for a kind that is done."""
        kinds = list(Kind)
        return kinds.index(kind) >= kinds.index(self.kind)


@dataclass(frozen=True, slots=True)
class Report:
    """How a whole comparison ended. `differed` counts what was repaired, too; `remained` only what still differs."""

    began_at: datetime
    ended_at: datetime
    looked: int
    differed: int
    remained: int
