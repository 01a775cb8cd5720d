"""How does a new desk begin? A folder, keys of its own, and files to fill in."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from answerable.adapters.files import write_once
from answerable.adapters.keys import make_keys
from answerable.desk.home import Home

_TO_FILL_IN = ("desk.yaml", "directory.yaml", "data-map.yaml")


def found(folder: Path) -> Iterator[str]:
    """Make what is missing of a desk in `folder` and yield what to do next, line by line. Replaces nothing."""
    home = Home(folder)
    home.make_folders()
    make_keys(home.keys)
    yield f"keys and folders are in {folder}, readable by this account alone: back up keys/ now"
    examples = files("answerable.desk").joinpath("examples")
    for name in _TO_FILL_IN:
        is_new = not (folder / name).exists()
        write_once(folder / name, examples.joinpath(name).read_bytes())
        yield f"{name:<16}{'fill it in: it holds an example' if is_new else 'was there, left as it is'}"
    yield "trust/          put the root certificate of each authority there, as PEM"
    yield f"Then: answerable doctor --home {folder}"
