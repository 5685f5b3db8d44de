"""The whole forecast, in as many processes as wanted."""

import signal
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import NamedTuple, Protocol

from service.catalogue.folder import Files
from service.catalogue.loader import Loader
from service.domain.plan import Plan
from service.forecast.assumptions import Assumptions
from service.forecast.page_view import Person
from service.forecast.raw import raw_lines
from service.forecast.readership import Readership
from service.forecast.replay import Judged, Replay
from service.forecast.stream import Stream
from service.forecast.tally import Tally, count_reader

_BATCH = 100
_AHEAD = 3  # for each process


class Readers(Protocol):
    """Where readers come from."""

    def __len__(self) -> int: ...

    def person(self, number: int) -> Person:
        """The reader of this number, from 0."""


@dataclass(frozen=True)
class Scenario:
    """What is forecast. It is handed to every process, so it holds files and not what was made from them.

    `configs`: the files by the config's name, today's first. Page views before `start` only make readers known, under
    today's files. `stream`: real page views, instead of `count` invented readers.
    """

    site: str
    configs: Mapping[str, Files]
    assumptions: Assumptions
    seed: int
    begin: datetime
    start: datetime
    end: datetime
    count: int = 0
    stream: Stream | None = None
    raw: bool = False

    def __len__(self) -> int:
        return len(self.stream) if self.stream is not None else self.count


class Stage:
    """A scenario made ready to play: the catalogues loaded, the readers at hand. Raises CatalogueError."""

    def __init__(self, scenario: Scenario) -> None:
        self.scenario = scenario
        self.plans: Mapping[str, Plan] = {
            name: Loader(Path()).build(files).plans[scenario.site] for name, files in scenario.configs.items()
        }
        self._replays = {name: Replay(plan, scenario.assumptions) for name, plan in self.plans.items()}
        self._readers = self._whose()

    def _whose(self) -> Readers:
        scenario = self.scenario
        if scenario.stream is not None:
            return scenario.stream
        span = (scenario.begin, scenario.end)
        return Readership(list(self.plans.values()), scenario.assumptions, scenario.count, scenario.seed, span)

    def play(self, numbers: range) -> "Part":
        """Plays these readers under every config, each of them from the same past."""
        tallies: dict[str, Tally] = {name: Tally() for name in self.plans}
        raw: list[str] = []
        for person in map(self._readers.person, numbers):
            for name, judged in self._person(person):
                count_reader(tallies[name], judged)
                if self.scenario.raw:
                    raw.append(raw_lines(name, person.id, judged))
        return Part(len(numbers), tallies, "".join(raw))

    def _person(self, person: Person) -> Iterator[tuple[str, Sequence[Judged]]]:
        before = [view for view in person.views if view.at < self.scenario.start]
        today = next(iter(self._replays.values()))
        for _ in today.play(person.id, person.memory, before):
            pass
        for name, replay in self._replays.items():
            yield name, list(replay.play(person.id, person.memory.copy(), person.views[len(before) :]))


class Part(NamedTuple):
    """What became of some readers: a tally for each config, and the raw decisions if they were wanted."""

    readers: int
    tallies: Mapping[str, Tally]
    raw: str


@contextmanager
def parts(scenario: Scenario, processes: int) -> Iterator[Iterator[Part]]:
    """The forecast bit by bit, always in the order of the readers. Leaving early stops the processes.

    Raises BrokenProcessPool where one of them was killed.
    """
    ranges = [range(low, min(low + _BATCH, len(scenario))) for low in range(0, len(scenario), _BATCH)]
    if processes == 1 or len(ranges) <= 1:
        yield map(Stage(scenario).play, ranges)
        return
    # Not multiprocessing's own Pool, which waits for ever for a process that the system killed.
    with ProcessPoolExecutor(min(processes, len(ranges)), initializer=_Worker.begin, initargs=(scenario,)) as pool:
        first, rest = ranges[: _AHEAD * processes], ranges[_AHEAD * processes :]
        yield _in_order(pool, deque(pool.submit(_Worker.play, numbers) for numbers in first), rest)


def _in_order(pool: ProcessPoolExecutor, waiting: deque[Future[Part]], rest: Iterable[range]) -> Iterator[Part]:
    """The parts as they were wanted. Few are begun ahead, because their decisions have to be kept until their turn.

    None is cancelled: up to Python 3.12, a pool that breaks meanwhile would then never end.
    """
    for numbers in rest:
        yield waiting.popleft().result()
        waiting.append(pool.submit(_Worker.play, numbers))
    while waiting:
        yield waiting.popleft().result()


class _Worker:
    """A process of its own, which is told once what is forecast."""

    stage: Stage

    @classmethod
    def begin(cls, scenario: Scenario) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the process that the user sees
        cls.stage = Stage(scenario)

    @classmethod
    def play(cls, numbers: range) -> Part:
        return cls.stage.play(numbers)


def whole(found: Iterable[Part]) -> Mapping[str, Tally]:
    """All parts added up."""
    total: dict[str, Tally] = {}
    for part in found:
        for name, tally in part.tallies.items():
            total.setdefault(name, Tally()).update(tally)
    return total
