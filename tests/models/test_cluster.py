"""A production on real Ray nodes, each with its own folder: they die, join late, and the head goes with all of it."""

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import numpy as np
import pytest
from safetensors.numpy import save_file

from callsheet.core.errors import CrewError
from callsheet.core.fact import TakeMade
from callsheet.core.history import History
from callsheet.core.machines import MachineCame, MachineLeft, WorkerLoaded
from callsheet.graphs.desk import check_production, look
from callsheet.models.pool.rehearsal import Rehearsal
from callsheet.models.pool.trust import check_door

pytestmark = [pytest.mark.slow, pytest.mark.alone]

TASKS = 45
CREW = """
name = "fakes"
cores = 6

[cluster]
address = "{address}"

[machines]
usd_per_hour = 0.036
boot_seconds = 10
idle_seconds = 100

[[makers]]
name = "fake"
kind = "fake"
makes = ["still"]
usd = 0.01
source = "weights"
seconds = 0.7
replicas_min = 2
replicas_max = 4
settings = {{ seconds = 0.7 }}

[[critics]]
name = "eye"
kind = "fake"
checks = ["existence", "count", "attribute", "time", "technical"]
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    tasks = {f"keep{number:02d}": {"department": "lab", "prompt": "one large red castle"} for number in range(TASKS)}
    brief = {"title": "Keeps", "budget_usd": 1, "departments": {"lab": {"workers": 12}}, "tasks": tasks, "deliver": []}
    (tmp_path / "brief.json").write_text(json.dumps(brief))
    (tmp_path / "weights").mkdir()
    weights = np.frombuffer(os.urandom(1 << 20), np.uint8)
    save_file({"weights": weights}, tmp_path / "weights" / "model.safetensors")
    return tmp_path


@contextmanager
def running(folder: Path, cluster: Rehearsal) -> Iterator["subprocess.Popen[bytes]"]:
    """Drive the production in a process of its own."""
    (folder / "crew.toml").write_text(CREW.format(address=cluster.address))
    command = [sys.executable, "-m", "callsheet.apps", "run", str(folder / "brief.json"), "--out", str(folder / "out")]
    command += ["--crew", str(folder / "crew.toml"), "--yes", "--json"]
    clean = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
    with (folder / "stderr").open("w") as told:
        process = subprocess.Popen(command, env=clean | cluster.environment, stdout=subprocess.DEVNULL, stderr=told)
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def doctor(cluster: Rehearsal, *arguments: object) -> str:
    clean = {name: value for name, value in os.environ.items() if name != "RAY_AUTH_TOKEN"}
    environment = clean | cluster.environment | {"CALLSHEET_RAY_ADDRESS": cluster.address, "COLUMNS": "200"}
    command = [sys.executable, "-m", "callsheet.apps", "doctor", *map(str, arguments)]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=False).stdout


def made(folder: Path) -> int:
    """Count the takes that are durable and paid."""
    path = folder / "out" / ".callsheet" / "journal.db"
    try:
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as raw:
            return int(raw.execute("SELECT count(*) FROM entry WHERE event = 'take_made'").fetchone()[0])
    except sqlite3.OperationalError:
        return 0


def wait_until(is_so: Callable[[], bool], process: "subprocess.Popen[bytes]") -> None:
    until = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < until
        assert process.poll() is None
        time.sleep(0.1)


def check_rent(history: History, bill: dict[str, object]) -> None:
    """Three machines of one cluster and one of another: who was there, who came, who went; all of it is billed."""
    facts = [entry.fact for entry in history.entries]
    came = [fact for fact in facts if isinstance(fact, MachineCame)]
    left = {fact.machine: fact.how for fact in facts if isinstance(fact, MachineLeft)}
    assert [fact.was_there for fact in came] == [True, True, False, True]
    assert came[2].boot_seconds == 10
    # Ray may not have said by then that the machine is gone; the head's death ends its account as well.
    assert sorted(left.values())[1:] == ["released"] * 3
    assert set(left.values()) <= {"gone", "released"}
    assert left.keys() == {fact.machine for fact in came}
    assert {fact.machine for fact in facts if isinstance(fact, WorkerLoaded)} <= left.keys()
    assert bill["machines"] == 4
    assert bill["usd_by_department"] == {"lab": bill["usd"]}


def weights_in(node: Path) -> list[str]:
    return [path.name for path in node.rglob("*.safetensors")]


def test_a_production_outlives_a_node_and_the_head_and_uses_a_node_that_joins_late(folder: Path) -> None:
    with Rehearsal() as cluster:
        cluster.add("head", cpus=1)
        with pytest.raises(CrewError, match="refuses the token of RAY_AUTH_TOKEN;"):
            check_door(cluster.address, {**os.environ, "RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "another's"})
        left = cluster.add("left", cpus=2)
        with running(folder, cluster) as driver:
            wait_until(lambda: made(folder) > 0, driver)
            assert weights_in(left) == ["model.safetensors"]
            right = cluster.add("right", cpus=3)
            cluster.kill("left")
            wait_until(lambda: weights_in(right) == ["model.safetensors"], driver)
            before = made(folder)
            wait_until(lambda: made(folder) > before + 2, driver)
            cluster.kill("head")
            assert driver.wait(timeout=120) == 1
        assert f"the Ray cluster at {cluster.address} is gone" in (folder / "stderr").read_text()
    paid = made(folder)
    assert 0 < paid < TASKS
    assert check_production(folder / "out") == ()

    with Rehearsal() as another:
        another.add("head", cpus=6)
        said = doctor(another, "--crew", folder / "crew.toml")
        assert f"cluster: {another.address}: 1 node, 0 GPUs, 6 CPUs" in said
        assert "machines: 1 up, 0.04 USD an hour whether or not anything runs: " in said
        with running(folder, another) as driver:
            assert driver.wait(timeout=90) == 0
    assert check_production(folder / "out") == ()
    history = asyncio.run(look(folder / "out")).history
    keys = Counter(entry.fact.key for entry in history.entries if isinstance(entry.fact, TakeMade))
    assert len(keys) == TASKS
    assert set(keys.values()) == {1}
    assert all(len(record.takes) == 1 and record.accepted for record in history.tasks.values())
    check_rent(history, json.loads((folder / "out" / "manifest.json").read_text())["totals"]["machines"])


def test_a_cluster_that_lets_strangers_in_is_not_driven() -> None:
    with Rehearsal(is_open=True) as cluster:
        cluster.add("head", cpus=0)
        with pytest.raises(CrewError, match="answers without a token: everybody who reaches it can run code there"):
            check_door(cluster.address, {**os.environ, **cluster.environment})
        # Nor by the loopback: what listens there listens on the network too.
        here = f"127.0.0.1:{cluster.address.rpartition(':')[2]}"
        drive = f"from callsheet.models.pool.cluster import CLUSTER; CLUSTER.join(1, {here!r})"
        done = subprocess.run(
            [sys.executable, "-c", drive],
            env={**os.environ, **cluster.environment},
            capture_output=True,
            text=True,
            check=False,
            timeout=120,
        )
        assert "answers without a token" in done.stderr
