"""Named points kill exactly when they are told to."""

import signal
import subprocess
import sys

import pytest

from callsheet.core.crash import POINTS, arm, passing
from callsheet.core.errors import UnknownName


def test_disarmed_points_do_nothing() -> None:
    for point in POINTS:
        passing(point)


def test_a_point_nobody_passes_cannot_be_armed() -> None:
    with pytest.raises(UnknownName, match="did you mean after_settle"):
        arm("after_setle:2")


def test_the_nth_passing_is_the_last() -> None:
    script = (
        "from callsheet.core.crash import arm, passing\n"
        "arm('after_settle:3')\n"
        "for number in range(9):\n"
        "    print(number, flush=True)\n"
        "    passing('before_settle')\n"
        "    passing('after_settle')\n"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False, timeout=60)
    assert done.returncode == -signal.SIGKILL
    assert done.stdout.split() == ["0", "1", "2"]
