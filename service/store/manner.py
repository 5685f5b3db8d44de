"""How much a call may cost those who wait for it."""

from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class Manner:
    """`timeout_seconds` for one question; `wait_seconds` for a server that is gone to come back or be replaced;
    `confirmed`: answered only when a replica has it too, where there is one."""

    timeout_seconds: float
    wait_seconds: float = 0.0
    confirmed: bool = False

    def with_timeout(self, seconds: float | None) -> "Manner":
        """As a URL may wish."""
        return self if seconds is None else replace(self, timeout_seconds=seconds)


# For readers who wait for an article. A server that hangs accepts at once and answers never; one that is unreachable
# never accepts. Either way a reader waits this long and no longer, which keeps within 100 ms; half of it made busy
# machines look broken.
HASTY = Manner(0.08)
# For what must not be lost: gifts, events, snoozes. Redis restarts and planned failovers take less.
PATIENT = Manner(1.0, wait_seconds=2.0, confirmed=True)
