"""The JSON Schemas take what we take, refuse what they can, and explain every key as the README does."""

import json
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from service.catalogue.json_schema import FILES, schema_of
from service.catalogue.loader import Loader
from service.catalogue.problems import CatalogueError
from service.catalogue.starters import campaign_to_begin_with, site_to_begin_with
from service.catalogue.yaml_file import parse_yaml
from service.cli import main
from service.domain.site import Placement
from tests.builders import a_campaign_yaml, a_site_yaml
from tests.catalogue.broken_folder import Broken, broken_files, whole_files
from tests.catalogue.test_warnings import STRANGE

ROOT = Path(__file__).resolve().parents[2]
VALIDATORS = {file: Draft7Validator(schema_of(file)) for file in FILES}


def as_json(value: Any) -> Any:
    """As an editor's own YAML parser would have it."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return float(value) if isinstance(value, Decimal) else value


def refusals(file: str, raw: bytes) -> list[str]:
    values = as_json(parse_yaml(raw, file).values)
    return [f"{error.json_path}: {error.message[:100]}" for error in VALIDATORS[file].iter_errors(values)]


def valid_samples() -> Iterator[tuple[str, bytes]]:
    for path in sorted((ROOT / "config").rglob("*.yaml")):
        yield ("site" if path.name == "site.yaml" else "campaign"), path.read_bytes()
    yield from zip(("site", "campaign"), whole_files().values(), strict=True)
    yield "site", site_to_begin_with("mercury").encode()
    site = Loader(ROOT / "config").load().sites["daily-lantern"]
    yield from (("campaign", campaign_to_begin_with("spring", site, one).encode()) for one in Placement)
    for lines, campaigns, *_ in STRANGE:
        yield "site", a_site_yaml(**lines).encode()
        yield from (("campaign", a_campaign_yaml(**campaign).encode()) for campaign in campaigns.values())


@pytest.mark.parametrize("file", FILES)
def test_it_is_a_schema(file: str) -> None:
    Draft7Validator.check_schema(schema_of(file))


def test_every_valid_sample_is_taken() -> None:
    told = [(file, refused) for file, raw in valid_samples() if (refused := refusals(file, raw))]
    assert told == []


BROKEN = broken_files()


@pytest.mark.parametrize("broken", BROKEN, ids=[one.name for one in BROKEN])
def test_each_broken_file_is_refused_where_a_schema_can(broken: Broken) -> None:
    try:
        refused = refusals(broken.kind, broken.raw)
    except CatalogueError:  # no YAML, which an editor tells without a schema
        refused = []
    assert bool(refused) is broken.seen_by_schema, refused


def keys_in(schema: dict[str, Any], path: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    for key, inner in schema.get("properties", {}).items():
        yield f"{path}.{key}", inner
        yield from keys_in(inner, f"{path}.{key}")
    if isinstance(schema.get("additionalProperties"), dict):
        yield from keys_in(schema["additionalProperties"], f"{path}.*")


@pytest.mark.parametrize("file", FILES)
def test_every_key_is_explained(file: str) -> None:
    schema = schema_of(file)
    amounts = schema.get("definitions", {}).get("amounts", {})
    keys = [*keys_in(schema), *keys_in(amounts, "amounts")]
    assert len(keys) > 50
    assert [key for key, inner in keys if not (inner.get("description") or "$ref" in inner)] == []


def test_a_key_is_explained_in_the_readmes_words() -> None:
    placement = schema_of("campaign")["properties"]["placement"]
    row = next(line for line in (ROOT / "README.md").read_text().splitlines() if line.startswith("| `placement` | "))
    assert row == f"| `placement` | {placement['markdownDescription']} |"
    edge = schema_of("site")["properties"]["placements"]["properties"]["gate"]["properties"]["switched_on"]
    assert edge["description"] == "false stops one placement"


def test_the_command_prints_one_or_writes_them_all(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["schema", "site"]) == 0
    printed = capsys.readouterr().out
    assert json.loads(printed) == schema_of("site")
    assert main(["schema", "--write", str(tmp_path / "editor")]) == 0
    assert (tmp_path / "editor" / "site.schema.json").read_text() == printed
    assert sorted(path.name for path in (tmp_path / "editor").iterdir()) == ["campaign.schema.json", "site.schema.json"]


def test_neither_or_both_is_wrong_usage(tmp_path: Path) -> None:
    for arguments in (["schema"], ["schema", "site", "--write", str(tmp_path)]):
        with pytest.raises(SystemExit) as caught:
            main(arguments)
        assert caught.value.code == 2
