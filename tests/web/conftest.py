"""Two sites, so that one can be a stranger to the other, and requests that are good until a test spoils them."""

import copy
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from redis import Redis

from tests.builders import (
    ARTICLE,
    ORIGIN,
    SITE,
    a_campaign_yaml,
    a_decision_body,
    a_site_yaml,
    an_appeal,
    staff_files,
    write_config,
)

MERCURY = "https://www.mercury.example"
ATTEMPT = str(UUID(int=7))
PAGE = {
    "url": ARTICLE,
    "section": "World",
    "tags": ["a"],
    "authors": ["b"],
    "language": "en",
    "premium": False,
    "type": "article",
}
Bodies = Mapping[str, Any]


@pytest.fixture
def config_dir(tmp_path: Path) -> Path:
    return write_config(tmp_path / "config", two_sites())


def two_sites() -> dict[str, str]:
    """The files of both."""
    other = {
        "sites/mercury/site.yaml": a_site_yaml(name="The Mercury", origins=f"[{MERCURY}]"),
        "sites/mercury/campaigns/wings.yaml": a_campaign_yaml(),
    }
    return staff_files() | other


@pytest.fixture
def good(client: FlaskClient) -> Bodies:
    """A good request for every reader endpoint, by path, of a reader who is shown an appeal."""
    reader, receipt = an_appeal(client)
    return {
        "/v1/decisions": a_decision_body(
            reader=reader,
            consent=True,
            page=PAGE,
            visit={"referrer": ORIGIN, "utm": {"source": "x"}, "device": "phone", "width": 390},
        ),
        "/v1/events": {"events": [{"receipt": receipt, "type": "seen"}]},
        "/v1/snoozes": {"reader": reader, "receipt": receipt, "days": 7},
        "/v1/contributions": {
            "site": SITE, "reader": reader, "receipt": receipt, "interval": "monthly", "currency": "USD",
            "amount_minor": 500, "attempt": ATTEMPT, "return_url": ARTICLE,
        },
    }  # fmt: skip


@pytest.fixture
def stranger(client: FlaskClient) -> tuple[str, str]:
    """Another reader of the same site: token and receipt."""
    return an_appeal(client)


@pytest.fixture
def of_mercury(client: FlaskClient) -> tuple[str, str]:
    """A reader of the other site: token and receipt."""
    answer = client.post("/v1/decisions", json=a_decision_body(site="mercury"), headers={"Origin": MERCURY}).get_json()
    return answer["reader"], answer["appeals"][0]["receipt"]


@pytest.fixture
def stored(memory: Redis) -> Callable[[], dict[bytes, Any]]:
    """Everything that Redis holds, byte for byte."""
    return lambda: {key: memory.dump(key) for key in memory.scan_iter()}


def spoilt(body: Any, path: str, value: Any) -> Any:
    """A copy of `body` with one value replaced; `...` drops it. Path: `page.url`, `events.0.receipt`."""
    spoilt_body = copy.deepcopy(body)
    place = spoilt_body
    *steps, last = [int(step) if step.isdigit() else step for step in path.split(".")]
    for step in steps:
        place = place[step]
    if value is ...:
        del place[last]
    elif isinstance(place, list) and last == len(place):
        place.append(value)
    else:
        place[last] = value
    return spoilt_body
