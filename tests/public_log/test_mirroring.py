"""Does a log reach a folder, a bucket and a mirror whole, never a step back, and never over somebody else's?"""

import functools
import json
import threading
from contextlib import contextmanager
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner
from tests.public_log.test_faults import entries
from tests.public_log.worlds import SIGNER, World

from answerable.adapters.log_buckets import BucketStore
from answerable.adapters.log_stores import Files, LocalStore
from answerable.adapters.mirroring import check_place, copy, open_source, open_store
from answerable.cli import main
from answerable.errors import LogHalted, NotConfigured, VerificationFailed


class Held:
    """A published log in memory, to copy from."""

    def __init__(self, files):
        self.files = files
        self.read = files.get

    def paths(self):
        return iter(self.files)


def world(size, salt=""):
    made = World(salt)
    made.leaves = entries(size, salt)
    return Held(made.files())


def opened():
    made = World().promise().epoch({7: ("a",) * 32}).epoch()
    return Held(made.opening(made.event(1, 7)).files())


class Turning(Held):
    """A log that gives some files as they are for a check, and others once the target is asked for its checkpoint."""

    def __init__(self, files, later):
        super().__init__(files)
        self.read = lambda path: (later if self.is_checked else files).get(path, files.get(path))
        self.is_checked = False


class Asking(LocalStore):
    """A target whose checkpoint is asked for only once a log was checked."""

    source = None

    def read(self, path):
        self.source.is_checked |= path == "checkpoint"
        return super().read(path)


class Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_):
        pass


@contextmanager
def served(folder):
    server = ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(folder)))
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def holds_all_promises(target):
    """Publish, grow, and try every step back on one target."""
    assert copy(world(3), target)[0].passed
    found, new = copy(world(7), target)
    assert found.passed
    assert new > 0
    assert copy(world(7), target)[1] == 0
    for back in (world(3), world(7, "other")):
        with pytest.raises(LogHalted):
            copy(back, target)
    broken = world(9)
    broken.files["tile/0/000.p/9"] = bytes(288)
    assert not copy(broken, target)[0].passed
    assert target.read("tile/0/000.p/9") is None
    with pytest.raises(LogHalted, match=r"log\.two-signers"):
        target.swap("checkpoint", b"mine\n", before=b"somebody else's\n")
    with pytest.raises(LogHalted, match=r"log\.file-differs"):
        target.add("tile/0/000.p/7", bytes(224))
    assert target.read("checkpoint") == world(7).files["checkpoint"]


def test_a_folder_holds_every_promise_and_what_was_opened(tmp_path):
    holds_all_promises(LocalStore(tmp_path / "one"))
    assert copy(opened(), LocalStore(tmp_path / "two"))[0].passed
    assert check_place(str(tmp_path / "two"), key=SIGNER.verifier_key).opened.fields
    with pytest.raises(LogHalted, match=r"log\.read-only"):
        open_store("https://log.example")


@pytest.mark.parametrize("path", ["tile/entries/000.p/4", "tile/0/000.p/4", "opening/3/0", "vkey", "checkpoint"])
def test_what_a_source_gives_after_the_check_is_never_copied_for_what_was_checked(path, tmp_path):
    files = opened().files
    target = Asking(tmp_path / "mirror")
    target.source = Turning(files, {path: bytes(len(files[path])), "checkpoint": b"a newer one"})
    try:
        copy(target.source, target)
    except VerificationFailed as fault:
        assert "changed while it was checked" in fault.what
        assert path in fault.why
    assert target.source.is_checked
    got = dict(Files(LocalStore(tmp_path / "mirror")))
    assert got == {each: files[each] for each in got}
    assert "checkpoint" not in got or got == files


def test_a_mirror_is_made_over_the_web_from_names_that_follow_from_the_checkpoint(tmp_path):
    copy(opened(), LocalStore(tmp_path / "source"))
    with served(tmp_path / "source") as address:
        done = CliRunner().invoke(main, ["mirror", address, str(tmp_path / "mirror"), "--key", SIGNER.verifier_key])
        assert done.exit_code == 0, done.output
        assert "4 leaves" in done.output
        assert CliRunner().invoke(main, ["log", "check", address]).exit_code == 0
    assert dict(Files(LocalStore(tmp_path / "mirror"))) == dict(Files(LocalStore(tmp_path / "source")))
    (tmp_path / "mirror" / "tile/0/000.p/4").write_bytes(bytes(128))
    checked = CliRunner().invoke(main, ["log", "check", str(tmp_path / "mirror")])
    assert (checked.exit_code, "index 0" in checked.output) == (1, True)
    with pytest.raises(NotConfigured, match=r"publish\.cannot-reach"):
        open_source("http://127.0.0.1:9").read("checkpoint")


def test_a_bucket_holds_every_promise(s3, monkeypatch):
    environment(s3, monkeypatch)
    target = BucketStore(f"s3://{s3.bucket()}/log")
    holds_all_promises(target)
    assert check_place_of(target)


def check_place_of(target):
    from answerable.verify.log import verify_log

    return verify_log(Files(target)).passed


def environment(s3, monkeypatch):
    names = {"AWS_ENDPOINT_URL": "aws_endpoint", "AWS_REGION": "aws_region", "AWS_ACCESS_KEY_ID": "aws_access_key_id",
             "AWS_SECRET_ACCESS_KEY": "aws_secret_access_key"}  # fmt: skip
    for name, option in names.items():
        monkeypatch.setenv(name, s3.options[option])


def test_a_bucket_that_replaces_objects_is_refused(s3, monkeypatch):
    environment(s3, monkeypatch)
    target = BucketStore(f"s3://{s3.bucket()}/log")
    monkeypatch.setattr(BucketStore, "_is_refused", lambda *_: False)
    with pytest.raises(NotConfigured, match=r"publish\.no-conditions"):
        copy(world(3), target)
    assert target.read("checkpoint") is None


@functools.cache
def made_long():
    made = World()
    made.leaves = entries(700)
    return made.files()


def flip(files, path, at):
    return {**files, path: files[path][:at] + bytes([files[path][at] ^ 1]) + files[path][at + 1 :]}


BROKEN = {
    "as it is": lambda files: files,
    "an entry": lambda files: flip(files, "tile/entries/001", 9_000),
    "a root in an entry": lambda files: flip(files, "tile/entries/001", 2 + 136),
    "a length": lambda files: flip(files, "tile/entries/001", 1),
    "a hash": lambda files: flip(files, "tile/0/001", 40),
    "a hash of hashes": lambda files: flip(files, "tile/1/000.p/2", 40),
    "a bundle that is gone": lambda files: {path: files[path] for path in files if path != "tile/entries/001"},
}


@pytest.mark.parametrize("what", BROKEN)
def test_many_processes_say_of_a_log_what_one_says(tmp_path, monkeypatch, what):
    files = BROKEN[what](made_long())
    for path, content in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.setattr("answerable.verify.tree.AT_A_TIME", 1)
    monkeypatch.setattr("os.sched_getaffinity", lambda _: {0, 1})
    expected = check_place(str(tmp_path))
    assert expected.passed is (what == "as it is")
    monkeypatch.setattr("answerable.adapters.mirroring._WORTH", 0)
    if what not in ("as it is", "a hash"):  # processes are started for two of them; the others only take the same way
        monkeypatch.setattr(
            "answerable.adapters.mirroring.at_once", lambda work, parts, *, worth: map(work, list(parts))
        )
    found = check_place(str(tmp_path))
    assert found.checks == expected.checks
    if expected.tree is not None:
        assert found.tree.roots == expected.tree.roots


def test_whoever_copies_a_log_is_told_how_far_it_is(tmp_path):
    (tmp_path / "from").mkdir()
    for path, content in made_long().items():
        (tmp_path / "from" / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "from" / path).write_bytes(content)
    said = []
    found, new = copy(
        LocalStore(tmp_path / "from"), LocalStore(tmp_path / "to"), on_step=lambda *step: said.append(step)
    )
    assert found.passed
    assert said[0] == ("entries hashed", 64 * 256)
    assert said[1:] == [("files copied", number) for number in range(1, new + 1)]


@pytest.mark.parametrize("seconds", [0, 60])
def test_long_work_says_on_standard_error_how_far_it_is_and_short_work_says_nothing(tmp_path, monkeypatch, seconds):
    for path, content in made_long().items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(content)
    monkeypatch.setattr("answerable.cli.shared._SECONDS", seconds)
    done = CliRunner().invoke(main, ["log", "check", str(tmp_path), "--json"])
    assert done.exit_code == 0
    assert ("       16,384 entries hashed" in done.stderr) is (seconds == 0)
    assert all(each["passed"] for each in json.loads(done.stdout))
