"""The script and its modules, as browsers fetch them."""

import re
import shutil
import subprocess
from pathlib import Path

import brotli
import pytest
from flask.testing import FlaskClient

from service.app import create_app
from tests.builders import ORIGIN, some_settings, staff_files, write_config

EMBED = Path(__file__).parents[2] / "service" / "embed"
MODULES = sorted(path.name for path in EMBED.glob("*.js"))
LOADED = re.compile(r"""\bload\(["'](\w+)["']""")  # prompt.js makes the address from the name, beside its own
IMPORTED = re.compile(r"""(?:from|import)\s*\(?\s*["'`]([^"'`]+)["'`]|["'`](\./[\w-]+\.js)["'`]""")


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory, valkey_server: str) -> FlaskClient:
    """One for all: nothing here is remembered."""
    folder = write_config(tmp_path_factory.mktemp("assets") / "config", staff_files())
    return create_app(some_settings(folder, valkey_server), watch=False).test_client()


def test_there_is_a_script_and_modules_beside_it() -> None:
    assert "prompt.js" in MODULES
    assert len(MODULES) > 3


@pytest.mark.parametrize("name", MODULES)
def test_a_module_is_minified_compressed_and_readable_by_any_page(client: FlaskClient, name: str) -> None:
    address = f"/embed/v1/{name}"
    plain = client.get(address)
    packed = client.get(address, headers={"Accept-Encoding": "gzip, br", "Origin": ORIGIN})
    assert brotli.decompress(packed.data) == plain.data
    assert len(packed.data) < len(plain.data) < (EMBED / name).stat().st_size
    assert (packed.headers["Content-Encoding"], plain.headers.get("Content-Encoding")) == ("br", None)
    for answer in (plain, packed):
        assert answer.content_type == "text/javascript; charset=utf-8"
        assert answer.headers["Access-Control-Allow-Origin"] == "*"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "cross-origin"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "Accept-Encoding" in answer.headers["Vary"]
        assert "public" in answer.headers["Cache-Control"]
        assert "Set-Cookie" not in answer.headers


@pytest.mark.parametrize("name", MODULES)
def test_a_module_that_has_not_changed_is_not_sent_again(client: FlaskClient, name: str) -> None:
    etag = client.get(f"/embed/v1/{name}").headers["ETag"]
    again = client.get(f"/embed/v1/{name}", headers={"If-None-Match": etag})
    assert (again.status_code, again.data) == (304, b"")


def imported(client: FlaskClient, name: str) -> set[str]:
    """The modules that this one asks for, as it is served."""
    text, source = client.get(f"/embed/v1/{name}").text, (EMBED / name).read_text("utf-8")
    addresses = {first or second for first, second in IMPORTED.findall(text)}
    assert all(address.startswith("./") for address in addresses), addresses
    return {address.removeprefix("./") for address in addresses} | {f"{module}.js" for module in LOADED.findall(source)}


@pytest.mark.parametrize("name", MODULES)
def test_every_module_that_is_imported_is_there(client: FlaskClient, name: str) -> None:
    assert {client.get(f"/embed/v1/{module}").status_code for module in imported(client, name)} <= {200}


def test_every_module_is_reached_from_the_script(client: FlaskClient) -> None:
    reached, waiting = set(), {"prompt.js"}
    while waiting:
        name = waiting.pop()
        reached.add(name)
        waiting |= imported(client, name) - reached
    assert reached == set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_minifying_breaks_no_syntax(client: FlaskClient, name: str, tmp_path: Path) -> None:
    node = shutil.which("node")
    if node is None:
        pytest.skip("node is not installed; the browser tests see it too")
    file = tmp_path / f"{Path(name).stem}.{'cjs' if name == 'prompt.js' else 'mjs'}"  # the tag is no module
    file.write_bytes(client.get(f"/embed/v1/{name}").data)
    checked = subprocess.run([node, "--check", str(file)], capture_output=True, text=True, check=False, timeout=30)
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize("name", ["", "x.js", "..%2fapp.py", "appeal.js.map", "__init__.py"])
def test_nothing_else_is_served_there(client: FlaskClient, name: str) -> None:
    assert client.get(f"/embed/v1/{name}").status_code == 404


@pytest.mark.parametrize(("language", "monthly"), [("ru", "Ежемесячно"), ("en-GB", "Monthly"), ("xx", "Monthly")])
def test_the_interfaces_words_come_in_the_nearest_language(client: FlaskClient, language: str, monthly: str) -> None:
    answer = client.get(f"/embed/v1/words/gazette/{language}.json")
    assert answer.get_json()["words"]["monthly"] == monthly
    assert answer.headers["Access-Control-Allow-Origin"] == "*"


def test_the_words_of_an_unknown_site_are_a_problem(client: FlaskClient) -> None:
    answer = client.get("/embed/v1/words/nobody/en.json")
    assert (answer.status_code, answer.content_type) == (404, "application/problem+json")
