"""What can be concluded from results, and what cannot yet, in a plain sentence."""

from collections.abc import Mapping
from math import ceil, floor, log10

from service.domain.holdback import FEWEST_READERS, Earned, Reading
from service.domain.intervals import Interval, Sums
from service.domain.money import exponent, to_major
from service.domain.report import SIGN_UPS, CampaignResults, Line
from service.domain.results import CONFIRMED

LIKELY, LEADING = 0.95, 0.8
FEWEST_SEEN, FEWEST_GIFTS = 1000, 10
_PART = 0.25  # a difference worth knowing of
_BOTH_ERRORS = 2 * (1.96 + 0.84) ** 2  # found four times in five, wrongly once in twenty


def money(minor: float, currency: str) -> str:
    """The amount as a person reads it: "12.50 USD", "1,200 JPY"."""
    return f"{to_major(round(minor), currency):,.{exponent(currency)}f} {currency}"


def counted(number: int, thing: str) -> str:
    """`1 gift`, `1,200 gifts`."""
    return f"{number:,} {thing if number == 1 else thing + 's'}"


def percent(chance: float) -> str:
    """Never more certain than counting allows."""
    return ">99%" if chance > 0.99 else "<1%" if chance < 0.01 else f"{chance:.0%}"


def between(interval: Interval, currency: str) -> str:
    """An interval of money."""
    return f"{money(interval.low, currency)} to {money(interval.high, currency)}"


def verdict(results: CampaignResults, currency: str) -> str:
    """Of a campaign's variants."""
    seen = {name: line for name, line in sorted(results.variants.items()) if line.seen}
    if not seen:
        return "Nobody has seen this campaign in these days, so there is nothing to conclude."
    if results.for_sign_ups:
        return _of_sign_ups(results.whole)
    if not results.for_money:
        return "This campaign asks for no money, so gifts tell nothing of it; the table says what readers did."
    if len(seen) == 1:
        return _of_one(*seen.popitem(), currency)
    if results.whole.gifts == 0 or not results.chances:
        return (
            f"Too early: no gift came of {counted(results.whole.seen, 'impression')}, so nothing tells the wordings "
            f"apart. What readers click and close is in the table, and is no measure of giving."
        )
    return _of_several(results, seen, currency)


def _of_sign_ups(line: Line) -> str:
    signed_up, confirmed = (line.counts.get(kind, 0) for kind in SIGN_UPS)
    sign_ups = counted(signed_up, "sign-up")
    told = f"Of {counted(line.seen, 'impression')} came {sign_ups}, {confirmed:,} of them confirmed"
    share = line.share(CONFIRMED)
    if not confirmed or share is None:
        return f"{told}."
    return f"{told}: {1000 * share.low:.2g} to {1000 * share.high:.2g} readers won by a thousand impressions."


def _of_several(results: CampaignResults, seen: Mapping[str, Line], currency: str) -> str:
    best = max(results.chances, key=lambda name: results.chances[name])
    chance = percent(results.chances[best])
    fewest = min(line.seen for line in seen.values())
    if fewest < FEWEST_SEEN or results.whole.gifts < FEWEST_GIFTS:
        return (
            f"Too early: the least seen wording has {counted(fewest, 'impression')} and all together have "
            f"{counted(results.whole.gifts, 'gift')}; "
            f"below {FEWEST_SEEN:,} impressions each and {FEWEST_GIFTS} gifts in all, "
            f"chance decides who leads. {_enough(results.whole)}"
        )
    if results.chances[best] >= LIKELY:
        told = seen[best].value_per_thousand
        much = f", worth {between(told, currency)} a year for a thousand impressions" if told else ""
        return f"{best} is very probably the best of those compared ({chance}){much}."
    if results.chances[best] >= LEADING:
        return (
            f"{best} is ahead ({chance} that it is the best), which is not enough to be sure: "
            f"let it run on. {_enough(results.whole)}"
        )
    return f"No wording can be told to be better yet ({best} leads with {chance}). {_enough(results.whole)}"


def _of_one(name: str, line: Line, currency: str) -> str:
    told = line.value_per_thousand
    if told is None:
        return (
            f"Only {name} was seen, so there is nothing to compare it with; no gift that could be valued came of its "
            f"{counted(line.seen, 'impression')}."
        )
    return (
        f"Only {name} was seen, so there is nothing to compare it with. A thousand impressions of it are worth "
        f"{between(told, currency)} a year."
    )


def _enough(whole: Line) -> str:
    """How many impressions it takes to find a difference of a quarter: both chances of error are the usual ones."""
    worth = Sums.of(whole.values)
    if not worth.times or not whole.seen:
        return ""
    spread = worth.squares * worth.times / worth.value**2  # 1 where all gifts are alike, more where they are not
    needed = _BOTH_ERRORS * spread * whole.seen / (_PART**2 * worth.times)
    scale = 10 ** max(0, floor(log10(needed)) - 1)
    return (
        f"To tell wordings apart of which one brings a quarter more, each needs about "
        f"{ceil(needed / scale) * scale:,} impressions at this rate of giving."
    )


def verdict_of_earning(earned: Earned, currency: str) -> str:
    """Of what asking brought."""
    if not earned.asked.readers and not earned.held.readers:
        return "Too early: nobody who is known has given in these days."
    found = earned.difference
    if found.low > 0:
        return (
            f"Asking earned {between(found, currency)}, most likely {money(found.middle, currency)} in a year's worth, "
            f"beyond what the same readers would have given by themselves."
        )
    return (
        f"Too early: asking may have earned {between(found, currency)} beyond what readers give by themselves, "
        f"and nothing is within that. The holdback is small, so this takes many gifts."
    )


def verdict_of_reading(reading: Reading | None) -> str:
    """Of what asking cost."""
    found = reading and reading.difference
    if reading is None or found is None:
        return (
            f"Too early: reading is compared once each group has {FEWEST_READERS} readers that are remembered; "
            f"the worker looks once a day."
        )
    bounds = f"({found.low:+.2f} to {found.high:+.2f})"
    told = f"{abs(found.middle):.2f} articles in 30 days {bounds}"
    if found.high < 0:
        return f"Readers who are asked open fewer articles, by {told}: asking costs reading."
    if found.low > 0:
        return f"Readers who are asked open more articles, by {told}."
    return f"No difference in reading can be told yet: {found.middle:+.2f} articles in 30 days {bounds}."
