"""Keeps the last good copy of what staff wrote, and replaces it within two seconds of a change."""

import os
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Generic, TypeAlias, TypeVar

import structlog

from service.catalogue.loader import Catalogue, Files, Loader, read_files, version_of
from service.catalogue.problems import CatalogueError, Problem

T = TypeVar("T")

Warn: TypeAlias = Callable[[Catalogue], tuple[Problem, ...]]

log = structlog.get_logger(__name__)


class Reloader(Generic[T]):
    """`current` is what `publish` made of the last good catalogue; `problems` tells what is wrong with the files now,
    and `warnings` what `warn` finds strange in the catalogue that is served.

    The first load raises CatalogueError: a service must not start on files it cannot use. Source: DESIGN §10.
    """

    def __init__(self, loader: Loader, publish: Callable[[Catalogue], T], warn: Warn = lambda _: ()) -> None:
        self._loader, self._publish, self._warn = loader, publish, warn
        self._lock = threading.Lock()
        self._stamp = _stamp(loader.folder)
        files = read_files(loader.folder)
        self._version = version_of(files)
        catalogue = loader.build(files)
        self.current = publish(catalogue)
        self.problems: tuple[Problem, ...] = ()
        self.warnings: tuple[Problem, ...] = ()
        self._tell_warnings(catalogue)

    def refresh(self) -> bool:
        """Looks at the files; True when a new catalogue was taken. Never raises for what staff wrote."""
        with self._lock:
            stamp = _stamp(self._loader.folder)
            if stamp == self._stamp:
                return False
            taken = self._take()
            self._stamp = stamp
            return taken

    def _take(self) -> bool:
        try:
            files = read_files(self._loader.folder)
            if version_of(files) == self._version and not self.problems:
                return False
            return self._replace(files)
        except CatalogueError as error:
            self._report(error.problems)
            return False

    def _replace(self, files: Files) -> bool:
        catalogue = self._loader.build(files)
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
        for warning in self.warnings:
            if warning not in before:
                log.warning("config_warning", problem=str(warning))

    def watch(self, every_seconds: float = 0.5) -> threading.Thread:
        """Starts refreshing in the background, for the life of the process."""

        def run() -> None:
            pause = threading.Event()
            while not pause.wait(every_seconds):
                self.refresh()

        thread = threading.Thread(target=run, name="config-reloader", daemon=True)
        thread.start()
        return thread


def _stamp(folder: Path) -> tuple[object, ...]:
    """Changes whenever a file in `folder` is written, added, renamed, removed, or given other rights."""
    rows: list[tuple[object, ...]] = []
    waiting = [str(folder / "sites")]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    rows.append((entry.path, *_facts(entry)))
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
        except OSError:
            continue
    return tuple(sorted(rows))


def _facts(entry: os.DirEntry[str]) -> tuple[int, ...]:
    """What changes with the file; nothing for one that cannot be looked at, such as the dangling link of an editor."""
    try:
        stat = entry.stat()
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino
