"""The folder of staff's files: reading all of it at one moment, and noticing that it changed.

It may be a plain folder, a git checkout, or one whose links are exchanged at once, as Kubernetes does with a ConfigMap
(`sites -> ..data/sites`, `..data -> ..2026_07_10`). Names that begin with a dot are not looked at.
"""

import os
import re
from collections.abc import Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from typing import TypeAlias

from service.catalogue.problems import CatalogueError, Problem

Files: TypeAlias = Mapping[str, bytes]
Stamp: TypeAlias = tuple[tuple[object, ...], ...]
_MEANT = re.compile(r"\.ya?ml(\.txt)?$", re.IGNORECASE)  # Notepad adds .txt, and hides it


def read_files(folder: Path) -> Files:
    """The bytes of every staff file, by its name as problems show it. Raises CatalogueError."""
    shown = folder.name
    problems, files = [], {}
    try:
        inside = sorted(Path(path).relative_to(folder) for path, is_folder in _entries(folder) if not is_folder)
        for path in inside:
            name = f"{shown}/{path.as_posix()}"
            if len(path.parts) <= len(("sites", "site.yaml")):
                continue
            if path.suffix == ".yaml":
                files[name] = (folder / path).read_bytes()
            elif _MEANT.search(path.name):
                problems.append(Problem(name, 1, "", "is not read; rename it to end in .yaml"))
    except OSError as error:
        problems.append(Problem(shown, 1, "", f"cannot be read: {error.strerror}"))
    if not files and not problems:
        problems.append(Problem(f"{shown}/sites", 1, "", "holds no site; write <site>/site.yaml in it"))
    if problems:
        raise CatalogueError(problems)
    return files


def version_of(files: Files) -> str:
    """A short name for exactly these bytes."""
    digest = sha256()
    for name, raw in files.items():
        digest.update(f"{name}\0{len(raw)}\0".encode() + raw)
    return digest.hexdigest()[:8]


def stamp_of(folder: Path) -> Stamp:
    """Changes whenever a file is written, added, renamed, removed, given other rights, or exchanged by a link.

    What was read between two equal stamps was all there at one moment.
    """
    return tuple(sorted((path, *_facts(path)) for path, _ in _entries(folder)))


def _entries(folder: Path) -> Iterator[tuple[str, bool]]:
    """Everything below sites/, by links too but never in circles; and whether it is a folder itself."""
    waiting: list[tuple[str, frozenset[str]]] = [(str(folder / "sites"), frozenset())]
    while waiting:
        path, around = waiting.pop()
        real = os.path.realpath(path)
        if real in around:
            continue
        try:
            with os.scandir(path) as entries:
                for entry in entries:
                    if entry.name.startswith("."):
                        continue
                    is_folder = entry.is_dir()
                    yield entry.path, is_folder
                    if is_folder:
                        waiting.append((entry.path, around | {real}))
        except OSError:
            continue


def _facts(path: str) -> tuple[int, ...]:
    """What changes with the file; nothing for one that cannot be looked at, such as a dangling link."""
    try:
        stat = os.stat(path)
    except OSError:
        return ()
    return stat.st_mtime_ns, stat.st_ctime_ns, stat.st_size, stat.st_ino, stat.st_dev


def git_is_writing(folder: Path) -> bool:
    """True while git changes the checkout around the folder: it holds this lock until every file is written."""
    real = folder.resolve()
    repository = next((git for around in (real, *real.parents) if (git := around / ".git").exists()), None)
    if repository is None:
        return False
    if repository.is_file():  # a worktree's or a submodule's, which says where the rest is
        try:
            told = repository.read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            return False
        repository = repository.parent / told.removeprefix("gitdir: ")
    return (repository / "index.lock").exists()
