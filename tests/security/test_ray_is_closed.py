"""A cluster of our own is reached with its token or not at all, whatever was imported or set before."""

import json
import os
import subprocess
import sys

import pytest

from callsheet.core.errors import CrewError
from callsheet.models.pool.trust import check_own

_DRIVE = """
import json, os
from concurrent.futures import ThreadPoolExecutor
import ray  # before us: it has read its environment, where nobody asked for a token
from callsheet.models.pool.cluster import CLUSTER
from callsheet.models.pool.trust import _ask
CLUSTER.join(2, "")
head = ray.get_runtime_context().gcs_address
stranger = {name: value for name, value in os.environ.items() if not name.startswith("RAY_AUTH")}
who = {
    "nobody": stranger | {"RAY_AUTH_MODE": "disabled"},
    "a wrong token": stranger | {"RAY_AUTH_MODE": "token", "RAY_AUTH_TOKEN": "0" * 64},
    "us": dict(os.environ),
}
with ThreadPoolExecutor(3) as three:
    told = dict(zip(who, three.map(lambda one: _ask(head, one) == "", who.values())))
CLUSTER.leave()
print(json.dumps(told))
"""


@pytest.mark.slow
def test_a_cluster_of_our_own_lets_nobody_in_without_its_token_even_where_ray_was_imported_before_us() -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
    done = subprocess.run(
        [sys.executable, "-c", _DRIVE], env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1]) == {"nobody": False, "a wrong token": False, "us": True}


@pytest.mark.parametrize("mode", ["disabled", "", "none", "tokens", "k8s"])
def test_nobody_starts_an_open_cluster_by_a_variable(mode: str) -> None:
    with pytest.raises(CrewError, match="would let everybody in"):
        check_own({"RAY_AUTH_MODE": mode})


def test_where_nobody_says_how_it_is_a_token() -> None:
    check_own({})
    check_own({"RAY_AUTH_MODE": "TOKEN"})
