"""The staff files as they are saved at this moment, whether or not readers have them yet.

One mistake keeps the whole folder from being published. Whoever writes another campaign meanwhile wants to see it all
the same: files with mistakes are left out here, and those that are whole are shown.
"""

import threading
from dataclasses import dataclass

from service.catalogue.folder import Files, read_files, version_of
from service.catalogue.loader import Catalogue, Loader
from service.catalogue.problems import CatalogueError, Problem
from service.catalogue.warnings import warnings_of
from service.web.parts import Parts
from service.web.published import Published, publish

_MOST_ROUNDS = 5  # each leaves out at least one more file


@dataclass(frozen=True, slots=True)
class Saved:
    """`published`: of the files that have no mistake, None where nothing is left. `left_out`: those that have one."""

    files: Files
    problems: tuple[Problem, ...]
    warnings: tuple[Problem, ...]
    published: Published | None
    left_out: frozenset[str]


class SavedFiles:
    """Looks at the folder whenever it is asked, and works only where something has changed."""

    def __init__(self, parts: Parts) -> None:
        settings = parts.settings
        self._parts = parts
        self._loader = Loader(settings.config_dir, settings.extra_origins, settings.abilities)
        self._lock = threading.Lock()
        self._last: tuple[str, Saved] | None = None

    def look(self) -> Saved:
        """The files now. Raises nothing."""
        with self._lock:
            try:
                files = read_files(self._loader.folder)
            except CatalogueError as error:
                return Saved({}, error.problems, (), None, frozenset())
            version, running = version_of(files), self._parts.published()
            if version == running.catalogue.version:
                return Saved(files, (), self._parts.config_warnings(), running, frozenset())
            if self._last is None or self._last[0] != version:
                self._last = version, self._look_at(files)
            return self._last[1]

    def _look_at(self, files: Files) -> Saved:
        problems: tuple[Problem, ...] = ()
        whole = dict(files)
        for _ in range(_MOST_ROUNDS):
            try:
                catalogue = self._loader.build(whole)
            except CatalogueError as error:
                problems = problems or error.problems
                whole = _without({problem.file for problem in error.problems}, whole)
                if not whole:
                    break
            else:
                return self._of(files, problems, catalogue)
        return Saved(files, problems, (), None, frozenset(files))

    def _of(self, files: Files, problems: tuple[Problem, ...], catalogue: Catalogue) -> Saved:
        settings = self._parts.settings
        published = publish(catalogue, self._parts.dictionary, settings.public_url, mails=settings.mails)
        warnings = warnings_of(catalogue, self._parts.clock())
        return Saved(files, problems, warnings, published, frozenset(files.keys() - catalogue.files.keys()))


def _without(broken: set[str], files: Files) -> dict[str, bytes]:
    """The files but those, and with a site.yaml the whole site, which is nothing without it."""
    folders = tuple(name.removesuffix("site.yaml") for name in broken if name.endswith("/site.yaml"))
    return {name: raw for name, raw in files.items() if name not in broken and not name.startswith(folders or ("\0",))}
