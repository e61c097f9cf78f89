"""The audit of dependencies fails on a finding, and never passes silently for want of a network."""

import os
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("said", "code", "ends", "tells"),
    [
        ("No known vulnerabilities found", 0, 0, "No known"),
        ("Found 2 known vulnerabilities in 1 package", 1, 1, "Found 2"),
        ("requests.exceptions.ConnectionError: Max retries exceeded", 1, 0, "NOT MADE"),
        ("Traceback: KeyError", 1, 1, "KeyError"),
    ],
)
def test_the_audit_says_what_it_found_or_that_it_was_not_made(
    said: str, code: int, ends: int, tells: str, tmp_path: Path
) -> None:
    auditor = tmp_path / "audit"
    auditor.write_text(f'#!/bin/sh\necho "{said}"\nexit {code}\n')
    auditor.chmod(0o755)
    done = subprocess.run(
        [ROOT / ".ci" / "audit"], env=os.environ | {"AUDIT": str(auditor)}, capture_output=True, text=True, check=False
    )
    assert done.returncode == ends
    assert tells in done.stdout + done.stderr


def test_an_auditor_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    environment = os.environ | {"AUDIT": str(tmp_path / "none")}
    done = subprocess.run([ROOT / ".ci" / "audit"], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "make setup" in done.stderr
