"""How do tests reach a real S3 endpoint? One SeaweedFS on loopback, started once a test run, with keys of its own.

A folder of tests uses it with `from tests.collect.s3_server import s3` in its `conftest.py`. Each test takes a bucket of
its own with `s3.bucket()`, or a server of its own that it may stop with `started`.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from uuid import uuid4

import obstore
import pytest
from obstore.store import S3Store

_KEY, _SECRET = "tests", "not-a-secret"
_IDENTITIES = {
    "identities": [
        {"name": "tests", "credentials": [{"accessKey": _KEY, "secretKey": _SECRET}], "actions": ["Admin"]},
        {"name": "reader", "credentials": [{"accessKey": "reader", "secretKey": _SECRET}], "actions": ["Read", "List"]},
    ]
}
_PATIENCE = 60  # seconds


@dataclass(frozen=True)
class S3:
    """A running endpoint: `options` are what a client is given, as obstore and the environment name them."""

    endpoint: str
    process: subprocess.Popen[bytes]

    @property
    def options(self) -> dict[str, str]:
        return {
            "aws_endpoint": self.endpoint,
            "aws_region": "us-east-1",
            "aws_access_key_id": _KEY,
            "aws_secret_access_key": _SECRET,
        }

    def store(self, bucket: str) -> S3Store:
        """Return a client of a bucket, with writing and conditional writes (`mode="create"`, `mode={"e_tag": …}`)."""
        return S3Store(
            bucket, config=self.options, client_options={"allow_http": True}, virtual_hosted_style_request=False
        )

    def bucket(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"test-{uuid4().hex[:12]}"
        # SeaweedFS makes a bucket with the first object that an administrator puts into it.
        obstore.put(self.store(name), "made", b"")
        obstore.delete(self.store(name), "made")
        return name

    def stop(self) -> None:
        """End the server at once, as a lost endpoint."""
        self.process.kill()
        self.process.wait()


@contextmanager
def started(folder: Path) -> Iterator[S3]:
    """Run a server in `folder` until the block ends."""
    weed = _weed()
    names = ("master.port", "master.port.grpc", "volume.port", "volume.port.grpc", "filer.port", "filer.port.grpc",
             "s3.port", "s3.port.grpc")  # fmt: skip
    ports = dict(zip(names, _free_ports(len(names)), strict=True))
    (folder / "identities.json").write_text(json.dumps(_IDENTITIES))
    data = folder / "data"
    data.mkdir()
    command = [
        weed, "-logtostderr=true", "server", "-ip=127.0.0.1", "-ip.bind=127.0.0.1", f"-dir={data}", "-s3", "-filer",
        f"-s3.config={folder / 'identities.json'}", "-s3.port.iceberg=0", "-s3.port.lance=0", "-master.telemetry=false",
        "-master.volumeSizeLimitMB=64", "-volume.max=1000", "-volume.preStopSeconds=0",
        *(f"-{name}={port}" for name, port in ports.items()),
    ]  # fmt: skip
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(command, stdout=log, stderr=log, cwd=folder)
    server = S3(f"http://127.0.0.1:{ports['s3.port']}", process)
    try:
        _wait(server, folder / "log")
        yield server
    finally:
        server.stop()


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """One server for all tests; skips where SeaweedFS is absent, and fails where everything is required."""
    if not _weed():
        (pytest.fail if os.environ.get("ANSWERABLE_REQUIRE_ALL") else pytest.skip)("SeaweedFS is not installed")
    with started(tmp_path_factory.mktemp("s3")) as server:
        yield server


def _weed() -> str | None:
    return shutil.which("weed", path=str(Path(sys.executable).parent)) or shutil.which("weed")


def _free_ports(count: int) -> list[int]:
    with ExitStack() as open_sockets:
        held = [open_sockets.enter_context(socket.socket()) for _ in range(count)]
        for each in held:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in held]


def _wait(server: S3, log: Path) -> None:
    """Return once an object can be written: the parts of the server find each other some seconds after they listen."""
    until = time.monotonic() + _PATIENCE
    store = S3Store(
        "ready",
        config=server.options,
        client_options={"allow_http": True, "timeout": "5s"},
        retry_config={"max_retries": 0},
        virtual_hosted_style_request=False,
    )
    while time.monotonic() < until and server.process.poll() is None:
        try:
            obstore.put(store, "ready", b"ready")
            return
        except Exception:
            time.sleep(0.2)
    raise RuntimeError(f"the S3 server did not start: {log.read_text(errors='replace')[-2000:]}")
