"""Keeps the last good copy of what staff wrote, and replaces it within two seconds of a change."""

import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import structlog

from service.catalogue.folder import Files, Stamp, git_is_writing, read_files, stamp_of, version_of
from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError, Problem

T = TypeVar("T")
Warn: TypeAlias = Callable[[Catalogue], tuple[Problem, ...]]

log = structlog.get_logger(__name__)

_MOST_TOLD = 20  # warnings, in the log: every worker tells them at its start
_REST_SECONDS_FOR_EACH, _LONGEST_REST_SECONDS = 0.0004, 0.4  # some 70 times as long as a look at a file takes
_MOST_LOOKS_AT_GIT = 20  # a git that died leaves its lock behind


class Reloader(Generic[T]):
    """`current` is what `publish` made of the last good catalogue; `problems` tells what is wrong with the files now,
    and `warnings` what `warn` finds strange in the catalogue that is served.

    What is served was all in the folder at one moment: files that changed while they were read are read again later.
    The first load raises CatalogueError: a service must not start on files it cannot use. Source: DESIGN §10.
    """

    def __init__(self, loader: Loader, publish: Callable[[Catalogue], T], warn: Warn = lambda _: ()) -> None:
        self._loader, self._publish, self._warn = loader, publish, warn
        self._lock = threading.Lock()
        self._stamp, files = _read_whole(loader.folder)
        self._version = version_of(files)
        self._seen, self._looks = self._stamp, 0
        catalogue = loader.build(files)
        self.current = publish(catalogue)
        self.problems: tuple[Problem, ...] = ()
        self.warnings: tuple[Problem, ...] = ()
        self._tell_warnings(catalogue)

    def look(self) -> bool:
        """Takes a change that is whole: nothing was written since the last look, and git is not in the middle of it.

        True when a new catalogue was taken. Never raises for what staff wrote.
        """
        stamp = stamp_of(self._loader.folder)
        if stamp == self._stamp:
            return False
        if stamp != self._seen:
            self._seen, self._looks = stamp, 0
            return False
        self._looks += 1
        if self._looks <= _MOST_LOOKS_AT_GIT and git_is_writing(self._loader.folder):
            return False
        with self._lock:
            return self._take(stamp)

    def refresh(self) -> bool:
        """Takes what the files say at this moment; True when that is a new catalogue. Never raises, as `look`."""
        with self._lock:
            stamp = stamp_of(self._loader.folder)
            return stamp != self._stamp and self._take(stamp)

    def _take(self, stamp: Stamp) -> bool:
        """Takes the files that have this stamp; nothing when they have another by now."""
        try:
            files = read_files(self._loader.folder)
        except CatalogueError as error:
            files, problems = None, error.problems
        if stamp_of(self._loader.folder) != stamp:
            return False
        self._stamp = stamp
        if files is None:
            self._report(problems)
            return False
        if version_of(files) == self._version and not self.problems:
            return False
        return self._replace(files)

    def _replace(self, files: Files) -> bool:
        try:
            catalogue = self._loader.build(files)
        except CatalogueError as error:
            self._report(error.problems)
            return False
        self.current = self._publish(catalogue)
        self._version, self.problems = catalogue.version, ()
        log.info("config_taken", version=catalogue.version)
        self._tell_warnings(catalogue)
        return True

    def _report(self, problems: tuple[Problem, ...]) -> None:
        if problems != self.problems:
            self.problems = problems
            for problem in problems:
                log.warning("config_problem", problem=str(problem))

    def _tell_warnings(self, catalogue: Catalogue) -> None:
        before, self.warnings = self.warnings, self._warn(catalogue)
        new = [warning for warning in self.warnings if warning not in before]
        for warning in new[:_MOST_TOLD]:
            log.warning("config_warning", problem=str(warning))
        if len(new) > _MOST_TOLD:
            log.warning("config_warnings", more=len(new) - _MOST_TOLD, see="honestybox check")

    def watch(self, every_seconds: float = 0.4) -> threading.Thread:
        """Starts looking in the background, for the life of the process. Where files are many, and a look is long, it
        looks less often: it works while readers wait."""

        def run() -> None:
            pause, rest = threading.Event(), every_seconds
            while not pause.wait(rest):
                self.look()
                rest = every_seconds
                if self._seen == self._stamp:  # else a change is on its way
                    rest += min(len(self._stamp) * _REST_SECONDS_FOR_EACH, _LONGEST_REST_SECONDS)

        thread = threading.Thread(target=run, name="config-reloader", daemon=True)
        thread.start()
        return thread


def _read_whole(folder: Path) -> tuple[Stamp, Files]:
    """The files, and the stamp that they had before and after they were read. Raises CatalogueError."""
    for _ in range(100):
        stamp = stamp_of(folder)
        files = read_files(folder)
        if stamp_of(folder) == stamp:
            return stamp, files
    raise CatalogueError([Problem(folder.name, 1, "", "is being written all the time; start again when it is whole")])
