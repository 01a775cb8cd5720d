"""What is left where the disk takes no more, or the process is killed? Never a file that looks whole."""

import signal
import subprocess
import sys
import textwrap

import pytest

from answerable.adapters.encryption import new_identity

SEALING = """
import resource, signal, sys
from pathlib import Path
from answerable.adapters.encryption import encrypt
from answerable.errors import SealFailed

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
if sys.argv[3] != "none":
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[3]), int(sys.argv[3])))

def stream():
    for number in range(40):
        yield bytes(300_000)
        if number == 30 and sys.argv[3] == "none":
            print("half", flush=True)
            sys.stdin.read()

try:
    encrypt(stream(), Path(sys.argv[1]), [sys.argv[2]])
except SealFailed as fault:
    print(fault.code, fault.__cause__.errno)
"""


def running(folder, limit):
    command = [sys.executable, "-c", textwrap.dedent(SEALING), str(folder / "answer"), new_identity()[1], limit]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


@pytest.mark.parametrize("limit", ["0", "1500000", "11000000"])
def test_a_write_that_falls_short_is_an_error_and_leaves_nothing(tmp_path, limit):
    with running(tmp_path, limit) as process:
        said = process.communicate()[0]
    assert said.split() == ["seal.not-written", "27"]
    assert list(tmp_path.iterdir()) == []


def test_a_process_that_is_killed_leaves_no_file_under_the_name(tmp_path):
    (tmp_path / "answer").write_bytes(b"an earlier one")
    with running(tmp_path, "none") as process:
        assert process.stdout.readline() == "half\n"
        process.send_signal(signal.SIGKILL)
        process.stdin.close()
    assert sorted(path.name for path in tmp_path.iterdir()) == [".answer.part", "answer"]
    assert (tmp_path / "answer").read_bytes() == b"an earlier one"
