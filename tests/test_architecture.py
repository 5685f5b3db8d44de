"""The house of DESIGN §2, held by reading the source: who may import whom, who reads the clock, how long a file is."""

import ast
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
LONGEST_FILE = 250
# The rooms that see everything: the wiring, the commands, and the demo that starts it all.
WIRING = (
    "service.alerts", "service.app", "service.books", "service.logs", "service.newsletter_jobs",
    "service.reminder_jobs", "service.supporter_jobs",
    "service.worker", "service.commands", "service.demo",
)  # fmt: skip

# What each room may import of ours. `web` names the others' interfaces; it is `app.py` that hands it their insides.
OURS: Mapping[str, tuple[str, ...]] = {
    "service.domain": ("service.domain",),
    "service.catalogue": ("service.catalogue", "service.domain"),
    "service.store": ("service.store", "service.domain"),
    "service.payments": ("service.payments", "service.domain"),
    "service.mail": ("service.mail", "service.domain"),
    "service.outgoing": ("service.outgoing", "service.domain"),
    "service.web": (
        "service.web", "service.domain", "service.catalogue", "service.store", "service.payments", "service.settings",
    ),
    "service.pages": (
        "service.pages", "service.web", "service.domain", "service.catalogue", "service.store", "service.payments",
        "service.settings",
    ),
    "service.staff": (
        "service.staff", "service.web", "service.domain", "service.catalogue", "service.store", "service.payments",
        "service.doctor", "service.settings",
    ),
    "service.forecast": ("service.forecast", "service.domain", "service.catalogue"),
    "service.telling": ("service.telling", "service.domain", "service.store", "service.payments"),
    "service.doctor": (
        "service.doctor", "service.domain", "service.catalogue", "service.store", "service.payments", "service.mail",
        "service.settings", "service.setting_variables",
    ),
    "service.settings": (
        "service.settings", "service.setting_variables", "service.setting_values", "service.domain",
    ),
    "service.setting_variables": (
        "service.setting_variables", "service.setting_values", "service.setting_guards", "service.setting_newsletters",
        "service.setting_staff",
    ),
    "service.setting_newsletters": ("service.setting_newsletters", "service.setting_values", "service.domain"),
    "service.setting_staff": ("service.setting_staff", "service.setting_values"),
    "service.setting_guards": ("service.setting_guards", "service.setting_values", "service.domain"),
    "service.setting_values": ("service.setting_values", "service.domain"),
    "service.cli": ("service.commands",),
}  # fmt: skip

FOREIGN: Mapping[str, tuple[str, ...]] = {
    "service.catalogue": ("flask", "redis", "stripe"),
    "service.store": ("flask", "stripe", "ruamel", "marshmallow"),
    "service.payments": ("flask", "redis", "ruamel", "marshmallow"),
    "service.outgoing": ("flask", "redis", "stripe", "ruamel", "marshmallow"),
    "service.mail": ("flask", "redis", "stripe", "ruamel", "marshmallow"),
    "service.web": ("redis", "stripe", "ruamel", "yaml"),
    "service.pages": ("redis", "stripe", "ruamel", "yaml"),
    "service.staff": ("redis", "stripe", "ruamel", "yaml"),
    "service.setting_staff": ("flask", "redis", "stripe", "ruamel"),
    "service.forecast": ("flask", "redis", "stripe", "ruamel", "marshmallow"),
    "service.telling": ("flask", "redis", "stripe", "ruamel", "marshmallow"),
    "service.doctor": ("flask", "redis", "stripe", "ruamel", "marshmallow"),
    "service.settings": ("flask", "redis", "stripe", "ruamel"),
    "service.setting_guards": ("flask", "redis", "stripe", "ruamel"),
    "service.setting_newsletters": ("flask", "redis", "stripe", "ruamel"),
    "service.setting_variables": ("flask", "redis", "stripe", "ruamel"),
    "service.setting_values": ("flask", "redis", "stripe", "ruamel"),
    "service.commands": ("flask", "redis", "stripe", "ruamel"),
}

CLOCKS = {
    "datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "time.time_ns", "time.localtime",
    "time.gmtime", "time.monotonic", "time.monotonic_ns", "time.perf_counter", "time.strftime",
}  # fmt: skip
CLOCK_READERS: Mapping[str, set[str]] = {
    "service.app": {"time.time"},
    "service.commands": {"datetime.now"},
    "service.commands.doctor": {"datetime.now"},
    # RQ has the time from the clock, and ours has to agree with it
    "service.store.job": {"datetime.now"},
    "service.store.jobs": {"datetime.now"},
    # how long a pause lasts, not what time it is
    "service.store.breaker": {"time.monotonic"},
    "service.store.connection": {"time.monotonic"},
    "service.store.health": {"time.monotonic"},
    "service.store.job_worker": {"time.monotonic"},
    "service.store.masters": {"time.monotonic"},
    "service.store.server": {"time.monotonic"},
    "service.store.wire": {"time.monotonic"},
    "service.payments.gateway": {"time.monotonic"},
}


def module_of(path: Path) -> str:
    """ "service.web.cors" for service/web/cors.py."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")


SOURCES = {module_of(path): path for path in sorted((ROOT / "service").rglob("*.py"))}
TREES = {name: ast.parse(path.read_text("utf-8")) for name, path in SOURCES.items()}


def imports(module: str) -> Iterator[str]:
    """Every module that `module` imports, anywhere in it, as an absolute name."""
    package = module.split(".") if SOURCES[module].stem == "__init__" else module.split(".")[:-1]
    for node in ast.walk(TREES[module]):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = package[: len(package) - node.level + 1] if node.level else []
            base = ".".join([*above, *([node.module] if node.module else [])])
            yield from (base, *(name for alias in node.names if (name := f"{base}.{alias.name}") in SOURCES))


def within(name: str, rooms: tuple[str, ...]) -> bool:
    """True for a room itself and for everything in it."""
    return any(name == room or name.startswith(room + ".") for room in rooms)


def modules_of(room: str) -> list[str]:
    """The modules in `room`."""
    found = [module for module in SOURCES if within(module, (room,))]
    assert found, f"{room} is gone; this test would hold nothing"
    return found


def test_domain_imports_only_the_standard_library_and_itself() -> None:
    allowed = (*sys.stdlib_module_names, "service.domain")
    strangers = {(m, name) for m in modules_of("service.domain") for name in imports(m) if not within(name, allowed)}
    assert strangers == set()


@pytest.mark.parametrize("room", OURS)
def test_a_room_imports_only_the_rooms_it_may(room: str) -> None:
    strangers = {
        (module, name)
        for module in modules_of(room)
        for name in imports(module)
        if within(name, ("service",)) and not within(name, OURS[room])
    }
    assert strangers == set()


@pytest.mark.parametrize("room", FOREIGN)
def test_a_room_keeps_out_the_libraries_of_another(room: str) -> None:
    strangers = {
        (module, name) for module in modules_of(room) for name in imports(module) if within(name, FOREIGN[room])
    }
    assert strangers == set()


def test_every_room_is_under_the_rule() -> None:
    known = (*OURS, *WIRING, "service.embed", "service.locales")
    assert [module for module in SOURCES if module != "service" and not within(module, known)] == []


def guests_of(room: str) -> set[str]:
    """The modules outside the room that import something in it."""
    return {
        module
        for module in SOURCES
        if not within(module, (room,)) and any(within(name, (room,)) for name in imports(module))
    }


def test_only_the_command_line_knows_the_demo() -> None:
    assert guests_of("service.demo") == {"service.commands", "service.commands.demo"}


def test_only_the_dispatcher_knows_the_commands() -> None:
    assert guests_of("service.commands") == {"service.cli"}


def test_no_command_knows_another() -> None:
    for module in modules_of("service.commands"):
        assert [name for name in imports(module) if name.startswith("service.commands.") and name in SOURCES] == []


def clock_reads(tree: ast.AST) -> set[str]:
    """The calls in `tree` that read a clock: written with a dot, or imported by name."""
    dotted = {ast.unparse(node) for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
    named = {
        f"{node.module}.{alias.name}"
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom) and node.module == "time"
        for alias in node.names
    }
    return {name for read in dotted | named for name in CLOCKS if read == name or read.endswith("." + name)}


@pytest.mark.parametrize("module", [module for module in SOURCES if not within(module, ("service.demo",))])
def test_only_the_edges_read_the_clock(module: str) -> None:
    assert clock_reads(TREES[module]) <= CLOCK_READERS.get(module, set())


def test_the_edges_that_may_read_the_clock_do() -> None:
    assert {module: clock_reads(TREES[module]) for module in CLOCK_READERS} == CLOCK_READERS


def test_no_file_is_too_long_to_be_read_at_once() -> None:
    files = [path for folder in ("service", "benchmarks") for path in (ROOT / folder).rglob("*.py")]
    files += (ROOT / "service" / "embed").rglob("*.js")
    lengths = {str(path.relative_to(ROOT)): len(path.read_text("utf-8").splitlines()) for path in files}
    assert {name: length for name, length in lengths.items() if length > LONGEST_FILE} == {}


BROAD = {"Exception", "BaseException"}


def broad_handlers(tree: ast.AST) -> list[ast.ExceptHandler]:
    """The handlers that catch everything."""
    handlers = [node for node in ast.walk(tree) if isinstance(node, ast.ExceptHandler)]
    return [handler for handler in handlers if handler.type is None or BROAD & names_in(handler.type)]


def names_in(node: ast.AST) -> set[str]:
    """Every plain name in it."""
    return {child.id for child in ast.walk(node) if isinstance(child, ast.Name)}


def test_only_the_outermost_handler_catches_everything() -> None:
    """Flask's is registered in app.py and needs no `except`; the hot path beside Flask has one of its own, and so has
    the worker, around the job that it was given."""
    caught = [module for module, tree in TREES.items() for _ in broad_handlers(tree)]
    assert [module for module in caught if not within(module, ("service.demo",))] == [
        "service.store.job_worker", "service.web.front",
    ]  # fmt: skip


def test_the_outermost_handler_is_registered_once() -> None:
    registered = [
        module
        for module, tree in TREES.items()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func).endswith("register_error_handler")
        and ast.unparse(node.args[0]) == "Exception"
    ]  # fmt: skip
    assert [module for module in registered if not within(module, ("service.demo",))] == ["service.app"]


def test_these_rules_can_fail() -> None:
    guilty = ast.parse("import time\ntry:\n    time.time()\nexcept (ValueError, Exception):\n    pass")
    assert clock_reads(guilty) == {"time.time"}
    assert len(broad_handlers(guilty)) == 1
