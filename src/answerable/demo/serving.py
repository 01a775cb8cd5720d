"""How is the demo tried in a browser? Pages and worker on this machine, seven demands in the queue, links on the screen."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from answerable.demo.calling import enter_court
from answerable.demo.people import officer, reviewers, send_queue
from answerable.demo.setting_up import Demo
from answerable.errors import NotConfigured

if TYPE_CHECKING:
    from answerable.desk.wiring import Desk

_USES, _HOURS = 1_000, 12


def serve(demo: Demo, *, bind: str, port: int, say: Callable[[str], None]) -> None:
    """Serve the demo until it is interrupted, then close the log's last epoch."""
    from answerable.desk import jobs
    from answerable.desk.wiring import desk
    from answerable.desk.worker import finish

    machine = desk()
    _refuse_taken_port(bind, port)
    with jobs.only_worker(machine):
        enter_court(machine, reviewers())
        send_queue(machine, demo)
    home = ("--home", str(demo.home.folder))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.default_int_handler)
    with (
        _running("worker", *home, "--quiet") as worker,
        _running("serve", *home, "--bind", bind, "--port", str(port)) as pages,
    ):
        _links(machine, f"http://{'[::1]' if bind == '::1' else bind}:{port}", say)
        try:
            while worker.poll() is None and pages.poll() is None:
                time.sleep(0.2)
        except KeyboardInterrupt:
            say("")
    with jobs.only_worker(machine):
        finish(machine)
    say("Stopped; the log is closed at its newest checkpoint. The same command goes on from here.")


@contextmanager
def _running(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    """Run a command of ours in a group of its own, so that Ctrl+C reaches this process alone, and stop it in the end."""
    child = subprocess.Popen([sys.executable, "-m", "answerable", *arguments], start_new_session=True)  # noqa: S603
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def _refuse_taken_port(bind: str, port: int) -> None:
    family = socket.AF_INET6 if ":" in bind else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((bind, port))
        except OSError as fault:
            raise NotConfigured(
                "demo.port-taken",
                what=f"The demo cannot listen on port {port}.",
                why="Something else listens there, or the port is reserved.",
                next_step=f"Stop the other program, or choose another port: --port {port + 1}.",
            ) from fault


def _links(machine: Desk, address: str, say: Callable[[str], None]) -> None:
    from answerable.desk import moves

    first, second = reviewers()
    people = (("reviewer", first), ("second reviewer", second), ("officer", officer()))
    say("")
    for role, account in people:
        token = moves.make_link(machine, account, hours=_HOURS, uses=_USES)
        say(f"{role:<16} {account.name:<14} {address}/sign-in/{token}/")
    say(f"{'public pages':<16} {'everybody':<14} {address}/")
    say("")
    say("Open a link to become that person; the browser is one person at a time. Stop with Ctrl+C.")
