"""What do the tests in a browser share? Chromium, the desk served on this machine, and a folder for photographs."""

from __future__ import annotations

import os
import shutil
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from socketserver import ThreadingMixIn
from wsgiref.simple_server import WSGIRequestHandler, WSGIServer, make_server

import pytest

_SIZES = {"wide": (1400, 900), "narrow": (390, 844)}


@pytest.fixture(scope="module")
def chromium():
    """Chromium, or a skip; where everything is required, a failure."""
    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if not found:
        (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)("Chromium is not installed")
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as started:
        browser = started.chromium.launch(executable_path=found, args=["--no-sandbox"])
        yield browser
        browser.close()


class _Quiet(WSGIRequestHandler):
    def log_message(self, *_) -> None:
        pass


class _Threads(ThreadingMixIn, WSGIServer):
    daemon_threads = True


@pytest.fixture(scope="module")
def address(machine):
    """The desk, served on a free port of this machine."""
    from answerable.desk.wsgi import application

    server = make_server("127.0.0.1", 0, application, server_class=_Threads, handler_class=_Quiet)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="module")
def aside():
    """Run something in a thread of its own: the browser's driver keeps an event loop in this one."""
    from django.db import connection

    with ThreadPoolExecutor(1) as pool:
        yield lambda what, *arguments, **named: pool.submit(what, *arguments, **named).result()
        pool.submit(lambda: connection.close()).result()


@pytest.fixture(scope="module")
def photograph():
    """Take a picture of a whole page for people to look at: only where ANSWERABLE_PHOTOGRAPHS names the folder for it."""
    folder = os.environ.get("ANSWERABLE_PHOTOGRAPHS")
    if folder:
        Path(folder).mkdir(parents=True, exist_ok=True)

    def take(page, name: str) -> None:
        if folder:
            page.screenshot(path=Path(folder) / f"{name}.png", full_page=True)

    return take


@pytest.fixture
def open_as(chromium, address, machine, people, aside):
    """Return a page of a browser in which somebody is signed in; scripts are off unless axe needs them."""
    from answerable.desk import moves

    contexts = []

    def come(name: str | None, *, size: str = "wide", scheme: str = "light", scripts: bool = False):
        width, height = _SIZES[size]
        context = chromium.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            java_script_enabled=scripts,
            bypass_csp=scripts,
            base_url=address,
            timezone_id="Europe/Amsterdam",
        )
        contexts.append(context)
        page = context.new_page()
        if name:
            page.goto(f"/sign-in/{aside(moves.make_link, machine, people[name])}/")
            page.get_by_role("button", name="Yes, sign in").click()
        return page

    yield come
    for context in contexts:
        context.close()


@pytest.fixture
def faults(open_as, photograph):
    """Return what is wrong with pages: what axe finds, and whether one scrolls sideways.

    axe takes seconds a page: wide and light it looks at each, otherwise at every third unless ANSWERABLE_EVERY_PAGE is set.
    """
    axe = pytest.importorskip("axe_playwright_python.sync_playwright").Axe()

    def look(
        stops: dict[str, tuple[str | None, str]], size: str, scheme: str, *, status: tuple[int, ...] = ()
    ) -> list[str]:
        pages, wrong = {}, []
        every = (size, scheme) == ("wide", "light") or bool(os.environ.get("ANSWERABLE_EVERY_PAGE"))
        for number, (name, (person, where)) in enumerate(stops.items()):
            if person not in pages:
                pages[person] = open_as(person, size=size, scheme=scheme, scripts=True)
            page = pages[person]
            answer = page.goto(where)
            assert not status or answer.status in status, name
            photograph(page, f"{name}-{size}-{scheme}")
            found = axe.run(page).response["violations"] if every or number % 3 == 0 else []
            wrong += [f"{name}: {each['id']}: {each['nodes'][0]['html'][:160]}" for each in found]
            if page.evaluate("document.documentElement.scrollWidth > document.documentElement.clientWidth"):
                wrong.append(f"{name}: scrolls sideways")
        return wrong

    return look
