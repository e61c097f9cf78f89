"""Threads that come and go add no heaps."""

import subprocess
import sys
from pathlib import Path

import pytest

CODE = """
import sys, threading
from callsheet.tools.arenas import keep_memory_together
if sys.argv[1] == "together":
    assert keep_memory_together()
gate = threading.Barrier(9)
def work():
    kept = [bytearray(2_000) for _ in range(100)]
    gate.wait()
threads = [threading.Thread(target=work) for _ in range(8)]
for one in threads: one.start()
gate.wait()
for one in threads: one.join()
# A heap of a thread is 64 MiB of addresses, of which little is in use.
spans = [line.split()[0].split("-") for line in open("/proc/self/maps")]
print(sum(int(start, 16) % 2**26 == 0 for start, _ in spans))
"""


def heaps(how: str) -> int:
    done = subprocess.run([sys.executable, "-c", CODE, how], capture_output=True, text=True, check=True)
    return int(done.stdout)


@pytest.mark.skipif(not Path("/proc/self/maps").exists(), reason="only Linux tells")
def test_threads_share_one_heap_where_they_are_told_to() -> None:
    assert heaps("apart") >= 8
    assert heaps("together") <= 1
