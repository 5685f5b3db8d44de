"""`make bench`: a decision over HTTP, beside a bare WSGI function that makes the same Redis call.

64 connections, granian with 2 workers of 2 threads, the two in turn; medians, and ours as a ratio of the limit.
Every decision shows an appeal, which is the dearest case.
"""

import argparse
import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import urllib.request
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.nodes import free_port, one_server, three_nodes
from benchmarks.server import Served, served
from service.web.tokens import Tokens, new_reader

SECRET = "benchmark-" * 4
ORIGIN = "https://www.daily-lantern.example"
READERS, PAGES = 5000, 200
_LUA = """
local bodies, origin = {}, os.getenv("BENCH_ORIGIN")
for line in io.lines(os.getenv("BENCH_BODIES")) do bodies[#bodies + 1] = line end
local n = 0
init = function() math.randomseed(os.time()); n = math.random(#bodies) end
request = function()
  n = n % #bodies + 1
  return wrk.format("POST", "/v1/decisions", {["Origin"] = origin, ["Content-Type"] = "text/plain"}, bodies[n])
end
"""


@dataclass(frozen=True, slots=True)
class Run:
    """One load of some seconds."""

    per_second: float
    cpu_micros: float
    failures: int


def main() -> int:
    """Prints the table; 1 when a request failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--campaigns", type=int, nargs="+", default=[10])
    parser.add_argument("--cluster", action="store_true", help="a Redis Cluster of three nodes instead of one server")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        print("make bench needs wrk to make the load: apt install wrk", file=sys.stderr)
        return 1
    failures = sum(_compare(campaigns, given) for campaigns in given.campaigns)
    return 1 if failures else 0


def _compare(campaigns: int, given: argparse.Namespace) -> int:
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        url = stack.enter_context(three_nodes(folder / "nodes") if given.cluster else one_server())
        environment = _environment(folder, url, campaigns)
        first, second = free_port(), free_port()
        with served("service.app:create_app", first, environment) as ours:
            environment["BENCH_BYTES"] = str(_answer_size(ours, folder))
            with served("benchmarks.bare:create_bare", second, environment) as bare:
                for server in (ours, bare):
                    _load(server, 2, environment)
                seconds = given.seconds
                runs = [
                    (_load(ours, seconds, environment), _load(bare, seconds, environment)) for _ in range(given.rounds)
                ]
    if given.cluster:
        print("a Cluster of three nodes:")
    _print(campaigns, environment["BENCH_BYTES"], runs)
    return sum(run.failures for pair in runs for run in pair)


def _environment(folder: Path, redis_url: str, campaigns: int) -> dict[str, str]:
    _write_config(folder / "config", campaigns)
    (folder / "load.lua").write_text(_LUA)
    (folder / "bodies").write_text("\n".join(_bodies()))
    return {
        "BENCH_BODIES": str(folder / "bodies"),
        "BENCH_ORIGIN": ORIGIN,
        "BENCH_LUA": str(folder / "load.lua"),
        "HONESTYBOX_SECRET_KEYS": SECRET,
        "HONESTYBOX_REDIS_URL": redis_url,
        "HONESTYBOX_STRIPE_SECRET_KEY": "sk_test_benchmark",
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_benchmark",
        "HONESTYBOX_PUBLIC_URL": "http://127.0.0.1:8001",
        "HONESTYBOX_CONFIG_DIR": str(folder / "config"),
    }


def _write_config(folder: Path, campaigns: int) -> None:
    """The sample site, its campaigns copied until there are enough; the copies rank below and never win."""
    sample = Path(__file__).parent.parent / "config"
    shutil.copytree(sample, folder)
    originals = sorted(folder.glob("sites/daily-lantern/campaigns/*.yaml"))
    for index in range(campaigns - len(originals)):
        original = originals[index % len(originals)]
        text = re.sub(r"(?m)^priority: .*$", "priority: 0", original.read_text())
        original.with_name(f"copy-{index}.yaml").write_text(text)


def _bodies() -> list[str]:
    tokens = Tokens([SECRET])
    bodies = []
    for index in range(READERS):
        page = {
            "url": f"{ORIGIN}/world/article-{index % PAGES}",
            "section": "World",
            "tags": ["harbours", "trade"],
            "authors": ["A. Writer"],
            "language": "en",
            "premium": False,
            "type": "article",
        }
        body = {
            "site": "daily-lantern",
            "consent": True,
            "page": page,
            "visit": {"referrer": "https://search.example/", "device": "phone", "width": 390},
            "placements": ["banner", "inline", "overlay"],
            "reader": tokens.reader_token("daily-lantern", new_reader()),
        }
        bodies.append(json.dumps(body, separators=(",", ":")))
    return bodies


def _answer_size(ours: Served, folder: Path) -> int:
    body = (folder / "bodies").read_text().splitlines()[0].encode()
    request = urllib.request.Request(f"http://127.0.0.1:{ours.port}/v1/decisions", body, {"Origin": ORIGIN})
    with urllib.request.urlopen(request) as response:
        answer = response.read()
    if not json.loads(answer)["appeals"]:
        raise RuntimeError("the benchmark's decision shows nothing")
    return len(answer)


def _load(server: Served, seconds: int, environment: dict[str, str]) -> Run:
    command = ["wrk", "-t1", "-c64", f"-d{seconds}s", "-s", environment["BENCH_LUA"], f"http://127.0.0.1:{server.port}"]
    before = server.cpu_seconds()
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    used = server.cpu_seconds() - before
    requests = int(_number(r"(\d+) requests in", done.stdout))
    failures = sum(int(number) for number in re.findall(r"Non-2xx or 3xx responses: (\d+)", done.stdout))
    return Run(_number(r"Requests/sec:\s+([\d.]+)", done.stdout), used / requests * 1e6, failures)


def _number(pattern: str, text: str) -> float:
    match = re.search(pattern, text)
    if match is None:
        raise RuntimeError(f"wrk printed something else: {text}")
    return float(match[1])


def _print(campaigns: int, size: str, runs: Sequence[tuple[Run, Run]]) -> None:
    print(f"{campaigns} campaigns, answers of {size} bytes, {len(runs)} rounds, 64 connections, 2 workers x 2 threads")
    for title, unit, value in (
        ("requests/s", "", lambda run: run.per_second),
        ("CPU per request", " µs", lambda run: run.cpu_micros),
    ):
        mine = statistics.median(value(ours) for ours, _ in runs)
        limit = statistics.median(value(bare) for _, bare in runs)
        ratio = statistics.median(value(ours) / value(bare) for ours, bare in runs)
        print(f"  {title:16} decision {mine:8.0f}{unit}   bare WSGI {limit:8.0f}{unit}   ratio {ratio:.2f}")
    failed = sum(run.failures for pair in runs for run in pair)
    print(f"  failed requests  {failed}")


if __name__ == "__main__":
    sys.exit(main())
