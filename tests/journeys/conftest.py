"""How does a journey start the program, and with what sizes?"""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

SIZES = ("--accounts", "2000", "--events", "20000")
Run = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture(scope="session")
def answerable() -> Run:
    """Return a function that runs `answerable` with its arguments, in a process of its own, at most two minutes."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ANSWERABLE_", "DJANGO_"))}

    def run(*words: str | Path) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "answerable", *map(str, words)]
        return subprocess.run(command, env=clean, capture_output=True, text=True, timeout=600, check=False)

    return run


@pytest.fixture(scope="session")
def sizes() -> tuple[str, ...]:
    """Return the options of a small sample provider."""
    return SIZES
