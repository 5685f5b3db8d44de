"""`make bench`: a decision over HTTP, beside a bare WSGI function that makes the same Redis call.

64 connections, granian with 2 workers of 2 threads; each load of ours right beside one of the limit, since a shared
machine's speed drifts within a second; ours as a ratio of the limit, pair by pair, and of those ratios the mean of the
middle half. Every decision shows an appeal, which is the dearest case. Source of the budgets: DESIGN §12.
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
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from benchmarks.nodes import free_port, one_server, three_nodes
from benchmarks.sample import ORIGIN, SECRET, bodies, write_config
from benchmarks.server import Served, served

LEAST_THROUGHPUT, MOST_CPU = 0.85, 1.25
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
class Case:
    """One config to decide by."""

    title: str
    campaigns: int
    metered: bool = False
    every: int = 4
    """In which rounds it is measured; those of a budget in each."""


CASES = (
    Case("1 campaign more than the sample's", 6),
    Case("10 campaigns", 10, every=1),
    Case("100 campaigns", 100),
    Case("1,000 campaigns", 1000, every=1),
    Case("10 campaigns, a meter and access tokens", 10, metered=True),
)


@dataclass(frozen=True, slots=True)
class Run:
    """One load of some seconds."""

    per_second: float
    cpu_micros: float
    failures: int


Pair = tuple[Run, Run]
"""Ours, and the limit's right before or behind it."""


def main() -> int:
    """Prints the table; 1 when a request failed or a budget was missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=80)
    parser.add_argument("--seconds", type=int, default=1)
    parser.add_argument("--cluster", action="store_true", help="a Redis Cluster of three nodes instead of one server")
    given = parser.parse_args()
    if not shutil.which("wrk"):
        print("make bench needs wrk to make the load: apt install wrk", file=sys.stderr)
        return 1
    cases = CASES[1:2] if given.cluster else CASES
    runs, size = _measure(cases, given)
    where = "a Redis Cluster of three nodes" if given.cluster else "one Valkey"
    print(f"answers of {size} bytes, {given.rounds} rounds, 64 connections, 2 workers x 2 threads, {where}")
    for case in cases:
        print(f"  {case.title:40}", _told(runs[case.title]))
    failed = sum(run.failures for pairs in runs.values() for pair in pairs for run in pair)
    print(f"  failed requests: {failed}")
    return 1 if failed or not (given.cluster or _kept(runs)) else 0


def _measure(cases: Sequence[Case], given: argparse.Namespace) -> tuple[dict[str, list[Pair]], int]:
    """Each case's runs, the limit's beside each, and how long an answer is."""
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        jobs = url = stack.enter_context(one_server())
        if given.cluster:
            url = stack.enter_context(three_nodes(folder / "nodes"))
        (folder / "load.lua").write_text(_LUA)
        (folder / "bodies").write_text("\n".join(bodies()))
        servers = {}
        for case in cases:
            config = write_config(folder / str(len(servers)), case.campaigns, metered=case.metered)
            environment = _environment(folder, url, jobs, config)
            servers[case.title] = stack.enter_context(served("service.app:create_app", free_port(), environment))
        size = _answer_size(next(iter(servers.values())), folder)
        environment |= {"BENCH_BYTES": str(size)}
        bare = stack.enter_context(served("benchmarks.bare:create_bare", free_port(), environment))
        for server in (bare, *servers.values()):
            _load(server, 2, environment)
        runs: dict[str, list[Pair]] = {title: [] for title in servers}
        for number in range(given.rounds):
            for case in cases:
                if number % case.every:
                    continue
                server = servers[case.title]
                # By turns, so that none always has what the other warmed up.
                pair = (server, bare) if len(runs[case.title]) % 2 else (bare, server)
                done = {one.port: _load(one, given.seconds, environment) for one in pair}
                runs[case.title].append((done[server.port], done[bare.port]))
    return runs, size


def _environment(folder: Path, redis_url: str, jobs_url: str, config: Path) -> dict[str, str]:
    return {
        "BENCH_BODIES": str(folder / "bodies"),
        "BENCH_ORIGIN": ORIGIN,
        "BENCH_LUA": str(folder / "load.lua"),
        "HONESTYBOX_SECRET_KEYS": SECRET,
        "HONESTYBOX_REDIS_URL": redis_url,
        "HONESTYBOX_JOBS_URL": jobs_url,
        "HONESTYBOX_STRIPE_SECRET_KEY": "sk_test_benchmark",
        "HONESTYBOX_STRIPE_WEBHOOK_SECRETS": "whsec_benchmark",
        "HONESTYBOX_PUBLIC_URL": "http://127.0.0.1:8001",
        "HONESTYBOX_CONFIG_DIR": str(config),
    }


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


def _ratios(pairs: Sequence[Pair]) -> tuple[float, float]:
    """Requests a second and CPU for each, as parts of the limit's."""
    return (
        _middle([ours.per_second / limit.per_second for ours, limit in pairs]),
        _middle([ours.cpu_micros / limit.cpu_micros for ours, limit in pairs]),
    )


def _middle(ratios: Sequence[float]) -> float:
    """The mean of the middle half: as deaf as the median to a pair that something came between, and half as chancy."""
    quarter = len(ratios) // 4
    return statistics.mean(sorted(ratios)[quarter : len(ratios) - quarter])


def _told(pairs: Sequence[Pair]) -> str:
    throughput, cpu = _ratios(pairs)
    mine, limit = (
        (statistics.median(run.per_second for run in runs), statistics.median(run.cpu_micros for run in runs))
        for runs in zip(*pairs, strict=True)
    )
    return (
        f"{mine[0]:6.0f}/s, limit {limit[0]:6.0f}, x {throughput:.2f}   "
        f"{mine[1]:4.0f} µs CPU each, limit {limit[1]:4.0f}, x {cpu:.2f}"
    )


def _kept(runs: Mapping[str, Sequence[Pair]]) -> bool:
    """Whether the budgets were kept; tells each."""
    ten, thousand = _ratios(runs["10 campaigns"]), _ratios(runs["1,000 campaigns"])
    budgets = (
        (f"10 campaigns: at least {LEAST_THROUGHPUT} of the requests", ten[0], ten[0] >= LEAST_THROUGHPUT),
        (f"10 campaigns: at most {MOST_CPU} times the CPU", ten[1], ten[1] <= MOST_CPU),
        ("1,000 campaigns: within 15 % of 10", thousand[0] / ten[0], thousand[0] / ten[0] >= LEAST_THROUGHPUT),
    )
    for title, found, met in budgets:
        print(f"  {'kept  ' if met else 'MISSED'} {title}: {found:.2f}")
    return all(met for *_, met in budgets)


if __name__ == "__main__":
    sys.exit(main())
