"""The ready cluster configurations are what Ray takes, and keep what we promise of every cluster."""

import re
from importlib.resources import files
from typing import Any

import pytest
import yaml
from ray.autoscaler._private.util import prepare_config, validate_config

from callsheet.models.pool.cluster import HEALTH_CHECKS

FOLDER = files("callsheet.models.pool") / "clusters"
NAMES = sorted(one.name for one in FOLDER.iterdir() if one.name.endswith(".yaml"))
RENTED = {"aws-20.yaml": 20, "aws-100.yaml": 100, "aws-500.yaml": 500}
ENVIRONMENT = re.compile(r"(\w+)=(\S+)")


def config_of(name: str) -> dict[str, Any]:
    loaded = yaml.safe_load((FOLDER / name).read_text(encoding="utf-8"))
    assert isinstance(loaded, dict)
    return loaded


def started_with(config: dict[str, Any], who: str) -> dict[str, str]:
    return dict(ENVIRONMENT.findall(config[f"{who}_start_ray_commands"][-1]))


def test_there_is_one_for_each_size_and_one_for_own_machines() -> None:
    assert {*NAMES} == {*RENTED, "studio.yaml"}


@pytest.mark.parametrize("name", NAMES)
def test_ray_takes_it(name: str) -> None:
    validate_config(prepare_config(config_of(name)))


@pytest.mark.parametrize("name", NAMES)
def test_nobody_gets_in_without_the_token(name: str) -> None:
    config = config_of(name)
    for who in ("head", "worker"):
        environment = started_with(config, who)
        assert environment["RAY_AUTH_MODE"] == "token"
        assert environment["RAY_AUTH_TOKEN_PATH"].endswith("/.callsheet/ray_token")
    assert any(path.endswith("/.callsheet/ray_token") for path in config["file_mounts"])
    assert "--dashboard-host=127.0.0.1" in config["head_start_ray_commands"][-1]


@pytest.mark.parametrize("name", NAMES)
def test_a_dead_machine_is_noticed_in_seconds(name: str) -> None:
    environment = started_with(config_of(name), "head")
    assert {key: environment.get(key) for key in HEALTH_CHECKS} == HEALTH_CHECKS


@pytest.mark.parametrize(("name", "workers"), RENTED.items())
def test_a_rented_cluster_has_its_size_and_gives_idle_machines_back(name: str, workers: int) -> None:
    config = config_of(name)
    kinds = config["available_node_types"]
    assert config["max_workers"] == kinds["spot"]["max_workers"] == workers
    assert all(kinds[kind]["min_workers"] == 0 for kind in ("spot", "steady"))
    assert kinds["spot"]["priority"] > kinds["steady"]["priority"]
    assert config["idle_timeout_minutes"] <= 10
    assert config["provider"]["cache_stopped_nodes"] is False


def test_the_rented_ones_differ_in_nothing_but_their_size() -> None:
    sized = ("cluster_name", "max_workers", "upscaling_speed", "provider", "available_node_types")
    first, *others = ({key: value for key, value in config_of(name).items() if key not in sized} for name in RENTED)
    assert all(other == first for other in others)
