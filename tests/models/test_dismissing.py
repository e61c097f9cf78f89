"""A worker is dismissed without waiting for Ray, which may never answer."""

import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import pytest
import ray

from callsheet.core.crew import MakerSpec
from callsheet.models.lines.hand import Place
from callsheet.models.pool import actors
from callsheet.models.pool.actors import Actor
from callsheet.models.pool.cluster import Cluster

SPEC = MakerSpec(name="one", kind="fake", makes=("still",), usd=0.01)


@pytest.fixture
def cluster(monkeypatch: pytest.MonkeyPatch) -> Cluster:
    """A connection nothing is behind."""
    cluster = Cluster()
    monkeypatch.setattr(actors, "CLUSTER", cluster)
    monkeypatch.setattr(ray, "is_initialized", lambda: True)
    monkeypatch.setattr(ray, "shutdown", lambda **_: None)
    return cluster


@pytest.fixture
def killed(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[object]]:
    """What a head has killed that takes its time, which ends with the test."""
    answers, killed = threading.Event(), list[object]()

    def kill(actor: object) -> None:
        answers.wait(5)
        killed.append(actor)

    monkeypatch.setattr(ray, "kill", kill)
    yield killed
    answers.set()


def actor() -> Actor[object, object]:
    return Actor(name="one/1", worker=object, spec=SPEC, place=Place(name=""), claims={}, _handle=object())


@pytest.mark.usefixtures("cluster")
def test_whoever_dismisses_a_worker_of_a_head_that_is_gone_goes_on(killed: list[object]) -> None:
    actor().dismiss()
    assert not killed


def test_the_end_of_a_cluster_that_is_lost_waits_for_no_dismissal(cluster: Cluster, killed: list[object]) -> None:
    actor().dismiss()
    cluster._lose("gone")
    cluster.end()
    assert not killed


def test_no_dismissal_comes_after_the_end(cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    order = list[str]()

    def kill(_: object) -> None:
        time.sleep(0.1)
        order.append("killed")

    monkeypatch.setattr(ray, "kill", kill)
    monkeypatch.setattr(ray, "shutdown", lambda **_: order.append("ended"))
    actor().dismiss()
    cluster.end()
    assert order == ["killed", "ended"]


@pytest.mark.usefixtures("killed")
def test_every_dismissal_of_many_threads_is_begun(cluster: Cluster) -> None:
    with ThreadPoolExecutor(16) as pool:
        list(pool.map(cluster.kill, range(64)))
    assert all(one.ident for one in cluster._kills)


def test_a_dismissal_that_goes_wrong_is_told_and_nothing_else(
    cluster: Cluster, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(_: object) -> None:
        raise ConnectionError("nobody is there")

    monkeypatch.setattr(ray, "kill", refuse)
    actor().dismiss()
    cluster.end()
    assert "nobody is there" in capsys.readouterr().out
