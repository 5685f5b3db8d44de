"""An invented month of readers, so that the demo's results page has something to tell: `python -m service.demo.month`.

It goes through the real counters and the real ledger, always the same for the same staff files; what it writes down as
given is called pi_invented_… and is not in the sandbox.
"""

import os
import sys
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from random import Random

from service.catalogue.loader import Loader
from service.demo.clock import DemoClock
from service.demo.places import SITE, clock_file
from service.domain.campaign import Campaign, Kind
from service.domain.contribution import Attribution, Contribution, Payment, State
from service.domain.money import Interval
from service.domain.results import Among
from service.settings import Settings, SettingsError
from service.store.connection import Store
from service.store.counters import Counters
from service.store.ledger import Ledger
from service.store.manner import PATIENT

DAYS = 30
_SHARES = {"clicked": 0.02, "dismissed": 0.11, "snoozed": 0.03, "never": 0.002, "started": 0.006}
_COUNTRIES, _SECTIONS = ("US", "GB", "NL", "DE", "RU"), ("World", "Science", "Culture", "Opinion")
_DEVICES = ("phone", "phone", "desktop", "tablet")
_AMOUNTS = {Interval.ONCE: (1000, 2500, 5000), Interval.MONTHLY: (500, 1000), Interval.ANNUAL: (5000, 10_000)}


def main() -> int:
    """Writes the month; 1 where it has no business, or has been written."""
    try:
        settings = Settings.from_environ(os.environ)
    except SettingsError as error:
        print(error, "\nThis is for a running demo: set -a; . .demo/environ; set +a", sep="\n", file=sys.stderr)
        return 1
    if not settings.stripe_secret_key.startswith("sk_test_sandbox"):
        print("Invented readers are for the demo alone: these settings are not the demo's.", file=sys.stderr)
        return 1
    store = Store(settings.redis_url, manner=PATIENT)
    catalogue = Loader(settings.config_dir, settings.extra_origins).load()
    ledger = Ledger(store)
    if ledger.get(_name(0)):
        print("The invented month is there already.", file=sys.stderr)
        return 1
    campaigns = [one for one in catalogue.plans[SITE].campaigns if one.kind is Kind.CONTRIBUTION]
    gifts = _play(campaigns, Counters(store, background=False), DemoClock(clock_file())())
    for line in gifts:
        ledger.write(line, ledger.begin_look(line.id))
    print(f"{DAYS} days of invented readers, {len(gifts)} invented gifts: look at /staff/results")
    return 0


def _play(campaigns: Sequence[Campaign], counters: Counters, now: datetime) -> list[Contribution]:
    """Counts what the readers did; their gifts."""
    random = Random(1)
    gifts: list[Contribution] = []
    for number in range(DAYS):
        moment = now - timedelta(days=number)
        for campaign in campaigns:
            for at, variant in enumerate(campaign.variants):
                where = (campaign.id, variant.name, str(campaign.placement))
                for among in _crowd(random):
                    seen = random.randint(20, 80)
                    counters.add(SITE, moment.date(), *where, "seen", seen, among)
                    for kind, share in _SHARES.items():
                        if times := _of(random, seen, share):
                            counters.add(SITE, moment.date(), *where, kind, times, among)
                    for _ in range(_of(random, seen, 0.002 + 0.0012 * at)):
                        gifts.append(_gift(random, len(gifts), where, among, moment))
        counters.flush()
    return gifts


def _crowd(random: Random) -> Iterator[Among]:
    for country in _COUNTRIES:
        for section in _SECTIONS:
            yield Among(country, random.choice(_DEVICES), section)


def _of(random: Random, many: int, share: float) -> int:
    return sum(random.random() < share for _ in range(many))


def _gift(random: Random, number: int, where: tuple[str, str, str], among: Among, at: datetime) -> Contribution:
    interval = random.choice(list(Interval))
    amount, name = random.choice(_AMOUNTS[interval]), _name(number)
    state = State.PAID if interval is Interval.ONCE else State.ACTIVE
    given = Attribution(SITE, "", *where, country=among.country, device=among.device, section=among.section)
    return Contribution(name, state, interval, "USD", amount, at, None, "", given, (Payment(name, amount, at),))


def _name(number: int) -> str:
    return f"pi_invented_{number:05}"


if __name__ == "__main__":
    sys.exit(main())
