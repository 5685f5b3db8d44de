"""honestybox schema: the JSON Schemas of the staff files, by which editors complete and explain every key."""

import argparse
import json
from pathlib import Path

from service.catalogue.json_schema import FILES, schema_of
from service.commands import Subparsers


def add(subparsers: Subparsers) -> None:
    """What the command takes."""
    schema = subparsers.add_parser("schema", help="prints the JSON Schema of the staff files, for editors like VS Code")
    what = schema.add_mutually_exclusive_group(required=True)
    what.add_argument("file", nargs="?", choices=FILES, help="which of them")
    what.add_argument("--write", type=Path, metavar="FOLDER", help="write each as <file>.schema.json into a folder")
    schema.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Prints one of them, or writes them all."""
    if given.write is None:
        print(_text(given.file))
        return 0
    given.write.mkdir(parents=True, exist_ok=True)
    for file in FILES:
        path = given.write / f"{file}.schema.json"
        path.write_text(_text(file) + "\n", "utf-8")
        print(path)
    return 0


def _text(file: str) -> str:
    return json.dumps(schema_of(file), ensure_ascii=False, indent=2)
