"""Can anybody who watches a desk tell whether demands came? Not before something is opened: the same is to be seen of each."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from tests.public_log.worlds import is_the_same_to_the_public, read_tree

from answerable.adapters import clock
from answerable.demo.setting_up import set_up
from answerable.verify.log import verify_log

WORLDS = {"quiet": (), "busy": ("lawful", "emergency", "removal"), "forged": ("forged",)}


@pytest.fixture(scope="module")
def watched(tmp_path_factory):
    """Run three desks with the same settings, keys and clock, and return each one's folder and what was to be seen of it."""
    folder = tmp_path_factory.mktemp("watched")
    demo = set_up(folder / "demo", accounts=1_300, events=2_400, seed=7)
    said = demo.home.folder / "desk.yaml"
    said.write_text(
        yaml.safe_dump(yaml.safe_load(said.read_text()) | {"tick_seconds": 86_400, "publish_to": "everybody"})
    )
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("ANSWERABLE_", "DJANGO_"))}
    for world in WORLDS:
        shutil.copytree(demo.home.folder, folder / world)
    command = [sys.executable, Path(__file__).with_name("watched.py"), demo.folder, clock.now().isoformat()]
    command += [f"{folder / world}={','.join(demands)}" for world, demands in WORLDS.items()]
    done = subprocess.run(command, env=clean, capture_output=True, text=True, timeout=500, check=False)
    assert done.returncode == 0, done.stderr
    return {world: (folder / world, json.loads((folder / world / "seen.json").read_text())) for world in WORLDS}


@pytest.mark.parametrize("world", ["busy", "forged"])
def test_a_desk_with_demands_and_one_without_look_the_same(watched, world):
    (quiet, of_quiet), (other, of_other) = watched["quiet"], watched[world]
    assert len(of_quiet) == len(of_other) == 6
    for tick, (one, two) in enumerate(zip(of_quiet, of_other, strict=True)):
        assert one["files"] == two["files"], tick
        for place, page in one["pages"].items():
            assert page == two["pages"][place], (tick, place)
    for name in ("log", "everybody"):
        is_the_same_to_the_public(read_tree(quiet / name), read_tree(other / name))


def test_what_was_watched_is_a_log_that_holds_and_more_than_an_epoch_happened(watched):
    import sqlite3

    for world, (home, _) in watched.items():
        assert verify_log(read_tree(home / "log")).passed, world
        assert not any(path.startswith("opening/") for path in read_tree(home / "log"))
        with sqlite3.connect(home / "desk.sqlite3") as rows:
            per_epoch = [count for (count,) in rows.execute("SELECT COUNT(*) FROM desk_slot GROUP BY epoch_id")]
        rows.close()
        assert (max(per_epoch, default=0) == 256) is bool(WORLDS[world])
        assert (sum(per_epoch) > 300) is bool(WORLDS[world])
    pages: list[Path] = [home for home, _ in watched.values()]
    assert len({(home / "log" / "checkpoint").read_bytes() for home in pages}) == len(pages)
