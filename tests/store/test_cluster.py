"""A real Cluster: every key goes to its master, also when it moves, and readers of a dead one alone notice."""

from collections.abc import Iterator

import pytest
from redis.crc import key_slot

from service.store.connection import Store, load_script
from service.store.errors import StoreUnavailableError
from service.store.health import look
from service.store.manner import Manner
from tests.faults.cluster import RealCluster, third_of
from tests.servers import wait_until

KEYS = [f"hb:r:{{gazette:{number}}}" for number in range(60)]


@pytest.fixture(scope="module", params=["valkey", "redis"])
def cluster(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RealCluster]:
    """Three masters; tests leave them as they found them."""
    with RealCluster(request.param, tmp_path_factory.mktemp("cluster"), replicas=False) as cluster:
        yield cluster


@pytest.fixture
def store(cluster: RealCluster) -> Store:
    """A store that knows nothing yet."""
    return Store(cluster.patient_url)


def commands_at(cluster: RealCluster) -> list[int]:
    """How many SET and GET each node has taken."""
    stats = [cluster.operator(number).info("commandstats") for number in range(3)]
    return [sum(node.get(f"cmdstat_{name}", {"calls": 0})["calls"] for name in ("set", "get")) for node in stats]


def test_each_key_is_asked_of_its_own_master_and_once(cluster: RealCluster, store: Store) -> None:
    store.command("SET", KEYS[0], 0)
    before = commands_at(cluster)
    for number, key in enumerate(KEYS):
        store.command("SET", key, number)
    for number, key in enumerate(KEYS):
        assert store.command("GET", key) == str(number).encode()
    asked = [after - earlier for after, earlier in zip(commands_at(cluster), before, strict=True)]
    assert asked == [2 * sum(third_of(key) == number for key in KEYS) for number in range(3)]
    assert all(asked)


def test_scripts_run_where_their_key_is(cluster: RealCluster, store: Store) -> None:
    for number in range(3):
        cluster.operator(number).script_flush()
    look = load_script("look")
    first, second = ([store.run(look, f"hb:l:{{{key}}}", 100) for key in KEYS] for _ in range(2))
    assert all(before < after for before, after in zip(first, second, strict=True))


def test_a_ping_is_answered_when_every_master_answers(cluster: RealCluster, store: Store) -> None:
    assert store.command("PING") == b"PONG"
    hasty = Store(cluster.url, manner=Manner(0.3))
    hasty.command("PING")
    cluster.nodes[2].hang()
    with pytest.raises(StoreUnavailableError):
        hasty.command("PING")
    cluster.nodes[2].go_on()
    wait_until(lambda: answers(hasty))


def test_keys_are_looked_for_at_every_master(cluster: RealCluster, store: Store) -> None:
    for key in KEYS:
        store.command("SET", key, 1)
    found = {key.decode() for key in Store(cluster.patient_url).keys("hb:r:{gazette:*")}
    assert found >= set(KEYS)


def answers(store: Store, key: str = "") -> bool:
    try:
        store.command("GET", key) if key else store.command("PING")
    except StoreUnavailableError:
        return False
    return True


def move_slot(cluster: RealCluster, slot: int, source: int, target: int) -> None:
    """All of its keys, and then the slot."""
    for number, word in ((target, "IMPORTING"), (source, "MIGRATING")):
        other = source if number == target else target
        cluster.operator(number).execute_command("CLUSTER", "SETSLOT", slot, word, cluster.node_id(other))
    migrate_keys(cluster, slot, source, target)
    finish_move(cluster, slot, target)


def migrate_keys(cluster: RealCluster, slot: int, source: int, target: int) -> None:
    operator = cluster.operator(source)
    keys = operator.execute_command("CLUSTER", "GETKEYSINSLOT", slot, 100)
    if keys:
        port = cluster.nodes[target].port
        operator.execute_command("MIGRATE", "127.0.0.1", port, "", 0, 5000, "KEYS", *keys)


def finish_move(cluster: RealCluster, slot: int, target: int) -> None:
    for number in (target, *({0, 1, 2} - {target})):
        cluster.operator(number).execute_command("CLUSTER", "SETSLOT", slot, "NODE", cluster.node_id(target))


def test_a_key_that_has_moved_is_followed_and_found_directly_from_then_on(cluster: RealCluster, store: Store) -> None:
    key = next(key for key in KEYS if third_of(key) == 0)
    store.command("SET", key, "here")
    move_slot(cluster, key_slot(key.encode()), 0, 1)
    try:
        assert store.command("GET", key) == b"here"
        before = commands_at(cluster)
        assert store.command("GET", key) == b"here"
        asked = [after - earlier for after, earlier in zip(commands_at(cluster), before, strict=True)]
        assert asked == [0, 1, 0]
    finally:
        move_slot(cluster, key_slot(key.encode()), 1, 0)
    assert store.command("GET", key) == b"here"


def test_a_key_that_is_on_the_move_is_found_on_either_side(cluster: RealCluster, store: Store) -> None:
    key = next(key for key in KEYS if third_of(key) == 2)
    slot = key_slot(key.encode())
    store.command("SET", key, "here")
    cluster.operator(1).execute_command("CLUSTER", "SETSLOT", slot, "IMPORTING", cluster.node_id(2))
    cluster.operator(2).execute_command("CLUSTER", "SETSLOT", slot, "MIGRATING", cluster.node_id(1))
    assert store.command("GET", key) == b"here"
    migrate_keys(cluster, slot, 2, 1)
    assert [store.command("GET", key) for _ in range(3)] == [b"here"] * 3
    finish_move(cluster, slot, 1)
    assert store.command("GET", key) == b"here"
    move_slot(cluster, slot, 1, 2)


def test_a_node_that_hangs_silences_no_reader_of_the_others(cluster: RealCluster) -> None:
    told: list[bool] = []
    store = Store(cluster.url, told.append, Manner(0.3))
    wait_until(lambda: answers(store))
    sick = next(key for key in KEYS if third_of(key) == 1)
    well = [key for key in KEYS if third_of(key) != 1]
    cluster.nodes[1].hang()
    try:
        for _ in range(4):
            assert not answers(store, sick)
        assert (store.available, told) == (False, [False])
        assert all(answers(store, key) for key in well)
    finally:
        cluster.nodes[1].go_on()
    wait_until(lambda: answers(store, sick))
    assert (store.available, told) == (True, [False, True])


def test_a_slot_without_a_master_is_no_store_until_it_has_one(cluster: RealCluster) -> None:
    told: list[bool] = []
    store = Store(cluster.patient_url, told.append)
    lost, other = (next(key for key in KEYS if third_of(key) == number) for number in (0, 1))
    slot = key_slot(lost.encode())
    for number in range(3):
        cluster.operator(number).execute_command("CLUSTER", "DELSLOTS", slot)
    for _ in range(4):
        assert not answers(store, lost)
        assert answers(store, other)
    assert (store.available, told) == (False, [False])
    cluster.operator(0).execute_command("CLUSTER", "ADDSLOTS", slot)
    wait_until(lambda: answers(store, lost))
    assert (store.available, told) == (True, [False, True])


def test_where_no_seed_answers_there_is_no_store() -> None:
    store = Store("redis+cluster://127.0.0.1:9,127.0.0.1:10")
    for _ in range(5):
        with pytest.raises(StoreUnavailableError):
            store.command("GET", "a")
    assert not store.available


def test_a_server_that_is_no_cluster_is_no_store(valkey_url: str) -> None:
    with pytest.raises(StoreUnavailableError):
        Store(f"redis+cluster://{valkey_url.partition('://')[2].replace('/0', '')}").command("GET", "a")


def test_a_node_that_is_taken_for_a_single_server_is_no_store(cluster: RealCluster) -> None:
    store = Store(cluster.nodes[0].patient_url)
    key = next(key for key in KEYS if third_of(key) == 1)
    with pytest.raises(StoreUnavailableError, match="MovedError"):
        store.command("GET", key)


def test_every_master_tells_how_it_is(cluster: RealCluster) -> None:
    found = look(cluster.patient_url)
    assert len({health.name for health in found}) == 3
    assert {health.facts["cluster_enabled"] for health in found} == {"1"}
