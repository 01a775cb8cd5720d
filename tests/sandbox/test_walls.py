"""Does a job stay inside, whatever it does, and does the desk hear of each bad end by its cause?"""

from __future__ import annotations

import gc
import json
import os
import pwd
import shutil
import socket
import subprocess
import sys
import sysconfig
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from answerable.adapters.sandbox import Layers, Limits, Sandbox
from answerable.errors import SandboxFailed

HERE = Path(__file__).parent
JOB = "sandboxed_jobs:"
ALL = {
    "network": ("network namespace", "seccomp"),
    "files": ("mount namespace", "landlock"),
    "processes": ("process namespace", "no rights", "no new privileges", "seccomp"),
}

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only Linux has these walls")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A folder that holds the jobs of the tests as a module of its own."""
    made = tmp_path_factory.mktemp("jobs")
    made.chmod(0o755)
    shutil.copy(HERE / "jobs.py", made / "sandboxed_jobs.py")
    return made


@pytest.fixture(scope="module")
def walled(folder):
    """Return a function that makes a sandbox with walls left out; each is closed in the end."""
    made, before = [], os.environ.get("PYTHONPATH")
    os.environ["PYTHONPATH"] = os.pathsep.join(filter(None, [str(folder), before]))

    def make(*skip: str) -> Sandbox:
        made.append(Sandbox(load=("sandboxed_jobs",), view=(str(folder),), skip=frozenset(skip)))
        return made[-1]

    yield make
    for each in made:
        each.close()
    if before is None:
        del os.environ["PYTHONPATH"]
    else:
        os.environ["PYTHONPATH"] = before


@pytest.fixture(scope="module")
def sandbox(walled):
    return walled()


def run(sandbox: Sandbox, job: str, content: bytes = b"", limits: Limits | None = None, **settings) -> bytes:
    return sandbox.run(JOB + job, content, settings, limits=limits or Limits(cpu=2, wall=10))


def why(sandbox: Sandbox, job: str, limits: Limits | None = None, **settings) -> SandboxFailed:
    with pytest.raises(SandboxFailed) as caught:
        run(sandbox, job, limits=limits, **settings)
    return caught.value


@pytest.mark.parametrize("content", [b"", b"x", bytes(range(256)) * 10_000], ids=len)
def test_a_job_is_handed_paper_and_settings_and_gives_its_answer(sandbox, content):
    assert run(sandbox, "echo", content, more=" ä") == content + " ä".encode()


@pytest.mark.parametrize("skip", [(), ("seccomp",), ("network namespace",)], ids=str)
def test_no_library_can_reach_a_socket(walled, tmp_path, skip):
    with socket.socket() as listening, socket.socket(socket.AF_UNIX) as unix, socket.socket(socket.AF_UNIX) as abstract:
        listening.bind(("127.0.0.1", 0))
        unix.bind(str(tmp_path / "unix"))
        abstract.bind("\0answerable test")
        for each in (listening, unix, abstract):
            each.listen()
        port = listening.getsockname()[1]
        out = run(walled(*skip), "reaches_out", port=port, unix=str(tmp_path / "unix"), abstract="answerable test")
        listening.settimeout(0.2)
        with pytest.raises(TimeoutError):
            listening.accept()
    # Without seccomp sockets of a network without a device are made, and lead nowhere.
    assert set(json.loads(out)) <= ({"netlink", "io_uring"} if "seccomp" in skip else set())


def test_a_job_can_do_nothing_but_read_and_answer(sandbox, folder):
    assert json.loads(run(sandbox, "does_harm", pid=os.getpid(), folder=str(folder))) == []
    assert not (folder / "x").exists()


@pytest.mark.parametrize("skip", [(), ("landlock",), ("mount namespace",)], ids=str)
def test_a_job_sees_the_program_and_nothing_of_the_machine_or_the_desk(walled, tmp_path, skip):
    (tmp_path / "vault.key").write_bytes(b"secret")
    folders = ["/etc", "/home", "/root", "/var", "/tmp", str(tmp_path)]
    files = ["/etc/passwd", "/proc/self/environ", "/proc/1/environ", str(tmp_path / "vault.key")]
    told = json.loads(run(walled(*skip), "says_who", folders=folders, files=files))
    assert not any(told["seen"][path] for path in (*files, str(tmp_path)))
    assert told["open"] == [0, 1, 2, 3, 4, 5]
    assert told["pid"] == 1
    assert not {"HOME", "ANSWERABLE_HOME", "DJANGO_SETTINGS_MODULE"} & told["environment"].keys()


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="only root has rights to lose")
def test_a_job_of_root_is_nobody(sandbox):
    assert json.loads(run(sandbox, "says_who", folders=[], files=[]))["uid"] == 65534


@pytest.mark.parametrize(
    ("job", "code", "words"),
    [
        ("takes_memory", "sandbox.memory", "It asked for more than 256 MB."),
        ("takes_memory_in_c", "sandbox.memory", "of 256 MB"),
        ("computes", "sandbox.processor-time", "It took more than 1 s of processor time."),
        ("sleeps", "sandbox.time", "It took more than 4 s."),
        ("crashes", "sandbox.crashed", "signal SIGSEGV"),
        ("aborts", "sandbox.crashed", "signal SIG"),
        ("leaves", "sandbox.garbled", "its answer is none"),
        ("stumbles", "sandbox.stumbled", "ValueError"),
    ],
)
def test_each_bad_end_is_told_by_its_cause_and_the_next_job_works(sandbox, job, code, words):
    fault = why(sandbox, job, limits=Limits(cpu=1, wall=30 if job == "computes" else 4, memory=256 << 20))
    assert fault.code == code
    assert words in fault.why
    assert "secret" not in f"{fault.what} {fault.why} {fault.next_step}"
    assert run(sandbox, "echo", b"still here") == b"still here"


def test_an_answer_without_end_is_cut_off(sandbox):
    assert why(sandbox, "talks", limits=Limits(output=1 << 20, wall=10), size=8 << 20).code == "sandbox.too-much"
    assert len(run(sandbox, "talks", limits=Limits(output=9 << 20, wall=10), size=8 << 20)) == 8 << 20


def test_an_exit_with_a_code_is_no_answer(sandbox):
    assert why(sandbox, "leaves", code=3).code == "sandbox.crashed"


def test_what_a_library_prints_is_not_in_the_answer(sandbox):
    assert run(sandbox, "prints") == b"said"


@pytest.mark.parametrize("job", ["sandboxed_jobs:nothing", "nowhere:nothing", "sandboxed_jobs", ""])
def test_a_job_that_is_none_is_told(sandbox, job):
    with pytest.raises(SandboxFailed, match="gave up") as caught:
        sandbox.run(job, b"")
    assert caught.value.code == "sandbox.stumbled"


def test_every_wall_holds_on_this_machine_or_says_why_not(sandbox):
    layers = sandbox.available()
    assert layers.is_enough, layers
    assert layers.against == ()
    for part, names in ALL.items():
        assert set(names) - set(getattr(layers, part)) <= set(layers.missing) | {"no rights"}, (part, layers)


@pytest.mark.parametrize(
    ("skip", "words"),
    [
        (("network namespace", "seccomp"), "A job could reach the network."),
        (("memory",), "A job's memory cannot be limited."),
        (("processor time",), "A job's processor time cannot be limited."),
    ],
    ids=str,
)
def test_without_network_memory_or_processor_walls_nothing_may_be_drawn(walled, skip, words):
    layers = walled(*skip).available()
    assert layers.against == (words,)
    assert set(skip) <= set(layers.missing)


def test_no_layers_are_not_enough():
    assert len(Layers().against) == 3


def test_many_at_once_each_get_their_own_answer(sandbox):
    with ThreadPoolExecutor(20) as pool:
        answers = list(pool.map(lambda number: run(sandbox, "echo", bytes([number]) * 50_000), range(40)))
    assert answers == [bytes([number]) * 50_000 for number in range(40)]


def test_nothing_is_left_of_jobs_no_child_no_file_no_handle(sandbox, tmp_path):
    run(sandbox, "echo")
    gc.collect()
    before, temporary = _handles(), set(Path("/tmp").iterdir())
    for job in ("echo", "crashes", "stumbles", "leaves"):
        for _ in range(5):
            try:
                run(sandbox, job)
            except SandboxFailed:
                pass
    assert _handles() == before
    assert {path for path in Path("/tmp").iterdir() if "answerable" in path.name} <= temporary
    zygote = sandbox._zygote._child.pid
    _wait_until(lambda: _children(zygote) == [])
    assert _children(os.getpid()).count(zygote) == 1


def test_a_job_under_way_still_answers_when_the_sandbox_is_closed(walled):
    alone = walled()
    run(alone, "echo")
    with ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(run, alone, "naps")
        zygote = alone._zygote._child.pid
        _wait_until(lambda: any(_children(each) for each in _children(zygote)))
        alone.close()
        assert waiting.result() == b"awake"
    assert not Path(f"/proc/{zygote}").exists()


_HANGS = """
import sys, time, threading
from answerable.adapters.sandbox import Limits, Sandbox
made = Sandbox(load=("sandboxed_jobs",), view=(sys.argv[1],))
made.run("sandboxed_jobs:echo", b"")
threading.Thread(target=lambda: made.run("sandboxed_jobs:sleeps", b"", limits=Limits(wall=600)), daemon=True).start()
print(made._zygote._child.pid, flush=True)
time.sleep(600)
"""


def test_a_desk_that_is_killed_leaves_no_reader_behind(walled, folder):
    walled()  # names the folder of the jobs in the environment
    with subprocess.Popen([sys.executable, "-c", _HANGS, str(folder)], stdout=subprocess.PIPE, text=True) as desk:
        zygote = int(desk.stdout.readline())
        _wait_until(lambda: any(_children(each) for each in _children(zygote)))
        family = {zygote, *_children(zygote), *(job for keeper in _children(zygote) for job in _children(keeper))}
        desk.kill()
    assert len(family) >= 3
    _wait_until(lambda: not any(Path(f"/proc/{pid}").exists() for pid in family))


def test_a_zygote_that_died_is_replaced(walled):
    alone = walled()
    run(alone, "echo")
    alone._zygote._child.kill()
    alone._zygote._child.wait()
    assert run(alone, "echo", b"again") == b"again"


def test_a_child_of_the_desk_starts_a_zygote_of_its_own(walled):
    alone = walled()
    run(alone, "echo")
    child = os.fork()
    if child == 0:
        try:
            os._exit(0 if run(alone, "echo", b"mine") == b"mine" else 1)
        finally:
            os._exit(2)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert run(alone, "echo", b"ours") == b"ours"


def test_a_machine_that_starts_no_process_says_so(monkeypatch):
    monkeypatch.setattr(sys, "executable", "/nowhere/python")
    alone = Sandbox()
    with pytest.raises(SandboxFailed) as caught:
        alone.run("any:job", b"")
    assert caught.value.code == "sandbox.absent"
    assert not alone.available().is_enough


def test_a_machine_that_is_not_linux_says_so(monkeypatch):
    monkeypatch.setattr(sys, "platform", "darwin")
    alone = Sandbox()
    assert not alone.is_possible
    assert len(alone.available().against) == 3


@pytest.mark.skipif(os.name != "posix" or os.geteuid() != 0, reason="root alone can become somebody else")
def test_an_ordinary_user_has_the_same_walls(folder):
    """The same probe as somebody without any right, with the interpreter of the machine, which everybody may run."""
    python = shutil.which("python3", path="/usr/bin:/bin")
    packages = sysconfig.get_path("purelib")
    source = str(Path(__file__).parents[2] / "src")
    code = "from answerable.adapters.sandbox import Sandbox; s = Sandbox(); print(s.available().model_dump_json()); s.close()"
    nobody = pwd.getpwnam("nobody")
    done = subprocess.run(
        [python or "", "-B", "-c", code], capture_output=True, text=True, check=False, cwd="/", user=nobody.pw_uid,
        group=nobody.pw_gid, extra_groups=[], env={"PYTHONPATH": f"{source}:{packages}", "PATH": "/usr/bin:/bin"},
    )  # fmt: skip
    if done.returncode:
        pytest.skip(f"the machine's own Python cannot load the program: {done.stderr.splitlines()[-1:]}")
    layers = Layers.model_validate_json(done.stdout)
    assert layers.is_enough, layers
    assert set(layers.processes) >= {"no rights", "no new privileges"}


def _handles() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def _children(pid: int) -> list[int]:
    """Return the children of a process; none where it is gone."""
    try:
        return [
            int(each)
            for task in Path(f"/proc/{pid}/task").iterdir()
            for each in (task / "children").read_text().split()
        ]
    except OSError:
        return []


def _wait_until(happened, seconds: float = 10) -> None:
    until = time.monotonic() + seconds
    while not happened():
        assert time.monotonic() < until, "it did not happen in time"
        time.sleep(0.02)
