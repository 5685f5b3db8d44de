"""What one check of an explanation says, to somebody who has never heard of its rule."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, TypeAlias
from zoneinfo import ZoneInfo

from service.domain.access import AccessReason
from service.domain.audience import Supporters
from service.domain.findings import Check, Verdict
from service.domain.reason import Reason
from service.domain.rules import AudienceLine
from service.domain.site import Placement
from service.domain.span import span_text
from service.domain.view import Cohort

Compared: TypeAlias = Mapping[str, Any]
Telling: TypeAlias = Callable[[Compared, ZoneInfo], str]
Row: TypeAlias = tuple[Telling, Telling]


def moment(at: datetime, zone: ZoneInfo) -> str:
    """`3 December 2026, 14:05`, by the site's own clocks."""
    local = at.astimezone(zone)
    return f"{local.day} {local:%B %Y, %H:%M}" + (f":{local:%S}" if local.second else "")


def told_of(check: Check, rows: Mapping[Any, Row], zone: ZoneInfo) -> str:
    """What the check came to, and why it does not count where it is waived. `rows`: those of its list of rules."""
    passed, refused = rows[check.rule]
    said = (passed if check.verdict is Verdict.PASSED else refused)(check.compared, zone)
    return f"{said} ({check.note})" if check.note else said


def plain(text: str) -> Telling:
    """The same words for everybody."""
    return lambda _, __: text


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" + ("" if number == 1 else "s")


def _share(share: float) -> str:
    return f"{share * 100:.4g}%"


def line_told(name: str, line: AudienceLine) -> str:
    """`articles_read: 1, wanted: at least 2 within 30d`"""
    wanted = _SUPPORTERS[Supporters(line.wanted)] if name == "supporters" else line.wanted
    return f"{name}: {value_told(line.found)}, wanted: {wanted}"


_SUPPORTERS = {
    Supporters.EXCLUDE: "no supporter",
    Supporters.ONLY: "a supporter",
    Supporters.LAPSED: "one who gave once and may be asked again",
    Supporters.INCLUDE: "anybody",
}


def value_told(found: Any) -> str:
    """A fact of a page view, as staff read it."""
    if isinstance(found, bool):
        return "yes" if found else "no"
    if found is None:
        return "not known"
    if isinstance(found, (tuple, list, set, frozenset)):
        return ", ".join(sorted(map(str, found))) or "none"
    return str(found)


def _switched_off(compared: Compared, _: ZoneInfo) -> str:
    if not compared["site"]:
        return "the whole site is switched off in site.yaml"
    return "it is switched off in site.yaml" if compared["placement"] else "site.yaml has no such placement"


def _excluded(compared: Compared, _: ZoneInfo) -> str:
    return f"nobody is asked on this page: never_ask_on lists {', '.join(compared['listed'])}"


_STATES = {
    "recurring": "gives regularly since {}",
    "past_due": "gives regularly since {}, and the last renewal did not work",
    "once": "gave on {}",
    "pending": "has a payment on its way since {}",
    "ended": "stopped giving on {}",
    "void": "had a payment that failed or was returned on {}",
}


def _gives(compared: Compared, zone: ZoneInfo) -> str:
    gifts = [_STATES[state].format(moment(at, zone)) for state, at in compared["gifts"]]
    return f"this reader is a supporter: {', '.join(gifts)}"


def _gives_not(compared: Compared, zone: ZoneInfo) -> str:
    gifts = [_STATES[state].format(moment(at, zone)) for state, at in compared["gifts"]]
    return f"this reader may be asked again: {', '.join(gifts)}" if gifts else "this reader has not given so far"


def _dismissed(compared: Compared, zone: ZoneInfo) -> str:
    if compared["dismissed at"] is None:
        return "this reader closed no appeal"
    times = _count(compared["dismissals"], "appeal")
    last, span = moment(compared["dismissed at"], zone), span_text(compared["respected for"])
    return f"this reader closed {times}, the last on {last}, which is respected for {span}"


def _snooze(compared: Compared, zone: ZoneInfo) -> str:
    if compared["until"] is None:
        return "this reader did not ask to be reminded later"
    return f"this reader asked to be reminded later; the reminder is for {moment(compared['until'], zone)}"


def _cap(compared: Compared, zone: ZoneInfo) -> str:
    told = f"{compared['seen']} of {_count(compared['at most'], 'appeal')} within {span_text(compared['within'])}"
    if "last seen" not in compared:
        return told
    gap, last = span_text(compared["at least apart"]), moment(compared["last seen"], zone)
    return f"{told}, the last on {last}, and {gap} must lie between two"


def _campaign_cap(compared: Compared, zone: ZoneInfo) -> str:
    if compared.get("always asks"):
        return "it always asks, whatever its cap"
    return f"seen {_cap(compared, zone)}" if "at most" in compared else "it has no cap of its own"


def _schedule(compared: Compared, zone: ZoneInfo) -> str:
    parts = [f"{word} {moment(compared[word], zone)}" for word in ("from", "until") if compared[word]]
    return " ".join(["it runs", *parts]) if parts else "it runs always"


def _missed(compared: Compared, _: ZoneInfo) -> str:
    lines = [line_told(name, line) for name, line in compared.items() if not line.holds]
    return f"it is for other readers or pages: {'; '.join(lines)}"


def _shut_out(compared: Compared, _: ZoneInfo) -> str:
    first = compared["before"][0]
    if Placement(first).has_the_page_to_itself:
        return f"the {first} comes first, and has the page to itself"
    return f"it needs the page to itself, and the {first} comes first"


def _asked(compared: Compared, _: ZoneInfo) -> str:
    if not compared.get("for money", True):
        return "it asks for no money, so that the holdback does not concern it"
    if not compared["holdback"]:
        return "the site has no holdback"
    return f"this reader is not among the {_share(compared['holdback'])} who are never asked"


def _supports(compared: Compared) -> bool:
    return compared["reader"] in (Cohort.SUPPORTER, Cohort.PAST_DUE)


def _unwelcome(compared: Compared, _: ZoneInfo) -> str:
    if compared["reader"] == Cohort.PAST_DUE:
        return "this reader is asked for a new card first, since the last renewal did not work"
    return f"this reader is a supporter, and it is for others (supporters: {compared['supporters']})"


SITE_ROWS: Mapping[Reason, Row] = {
    Reason.SWITCHED_OFF: (plain("the site and this placement are switched on"), _switched_off),
    Reason.PAGE_EXCLUDED: (plain("never_ask_on does not list this page"), _excluded),
    Reason.NO_CONSENT: (plain(""), plain("this reader does not agree to storage, so nothing is known of them")),
    Reason.STORE_UNAVAILABLE: (plain(""), plain("Redis cannot be reached, so nothing is known of this reader")),
    Reason.ACCESS_GRANTED: (plain("the article is cut"), plain("the article is open, so there is nothing to gate")),
    Reason.SUPPORTER: (_gives_not, _gives),
    Reason.NEVER_AGAIN: (
        plain("this reader did not choose “never ask me again”"),
        plain("this reader chose “never ask me again”"),
    ),
    Reason.SNOOZED: (_snooze, _snooze),
    Reason.DISMISSED: (_dismissed, _dismissed),
    Reason.SITE_CAP: (
        lambda compared, zone: f"the site's cap is not reached: {_cap(compared, zone)}",
        lambda compared, zone: f"this reader has reached the site's cap: {_cap(compared, zone)}",
    ),
}
CAMPAIGN_ROWS: Mapping[Reason, Row] = {
    Reason.SUPPORTER: (
        lambda compared, _: "it is for supporters" if _supports(compared) else "this reader is no supporter",
        _unwelcome,
    ),
    Reason.NOT_SCHEDULED: (_schedule, lambda compared, zone: f"not now: {_schedule(compared, zone)}"),
    Reason.NOT_IN_AUDIENCE: (plain("it is for this reader and this page"), _missed),
    Reason.SUBSCRIBED: (
        plain("this reader does not have the newsletter"),
        lambda compared, _: f"this reader has the newsletter {compared['newsletter']}",
    ),
    Reason.CAMPAIGN_CAP: (
        _campaign_cap,
        lambda compared, zone: f"this reader has reached its own cap: {_cap(compared, zone)}",
    ),
    Reason.SITE_CAP: (
        plain("it always asks, whatever the site's cap"),
        plain("the site's cap is reached, and it is not one that always asks"),
    ),
}
SHARING_ROWS: Mapping[Reason, Row] = {
    Reason.SHUT_OUT: (plain("no placement that wants the page to itself stands in the way"), _shut_out),
    Reason.SITE_CAP: (
        lambda compared, _: f"number {len(compared['before']) + 1} of at most {compared['per page']} on one page",
        lambda compared, _: (
            f"{' and '.join(compared['before'])} came first, and a page holds {_count(compared['per page'], 'appeal')}"
        ),
    ),
    Reason.HOLDBACK: (
        _asked,
        lambda compared, _: (
            f"this reader is among the {_share(compared['holdback'])} who are never asked, to measure what asking earns"
        ),
    ),
}


def _used(said: str) -> Telling:
    return lambda compared, _: f"{said}; {compared['used']} of {compared['allowance']} are used"


# Granted or cut by this rule, and: the rule did not apply.
ACCESS_ROWS: Mapping[AccessReason, Row] = {
    AccessReason.NO_METER: (
        plain("the site has no meter, or its gate is switched off"), plain("the site has a meter and a gate"),
    ),
    AccessReason.NOT_METERED: (
        lambda compared, _: f"only articles are metered, and its type is {compared['type']}", plain("it is an article"),
    ),
    AccessReason.EXEMPT: (
        plain("it is listed under meter.exempt or never_ask_on"),
        plain("neither meter.exempt nor never_ask_on lists it"),
    ),
    AccessReason.NO_CONSENT: (
        plain("this reader does not agree to storage"), plain("this reader agrees to storage"),
    ),
    AccessReason.STORE_UNAVAILABLE: (plain("Redis cannot be reached"), plain("Redis can be reached")),
    AccessReason.HOLDBACK: SHARING_ROWS[Reason.HOLDBACK][::-1],
    AccessReason.SUPPORTER: (plain("this reader is a supporter"), plain("this reader is no supporter")),
    AccessReason.PREMIUM: (plain("it is premium, for supporters only"), plain("it is not premium")),
    AccessReason.WITHIN_ALLOWANCE: (
        _used("it is one of the free articles of this period"), _used("it is not one of the free articles so far"),
    ),
    AccessReason.PUT_OFF: (plain("this reader put the gate off"), plain("this reader did not put the gate off")),
    AccessReason.USED_UP: (_used("no free article is left in this period"), plain("")),
}  # fmt: skip
