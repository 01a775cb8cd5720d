"""How does somebody outside watch a log? A witness: it remembers one head of each log, and signs only what goes on from there.

Its folder holds two keys, a lock, and two files a log: the head that was cosigned last, and the whole checkpoint for monitors
to read. The head is durable before the signature leaves, and one question is judged at a time.
"""

from __future__ import annotations

import fcntl
import hashlib
import re
import secrets
import threading
from collections.abc import Callable, Sequence
from datetime import datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import IO

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.mldsa import MLDSA44PrivateKey

from answerable.adapters.files import write_once, write_whole
from answerable.errors import NotConfigured, VerificationFailed
from answerable.public_log import checkpoint, note
from answerable.public_log.witnessing import LARGEST, Answer, judge


class Witness:
    """A witness with its state. Refuses a folder that another one holds, and a state that cannot be read."""

    def __init__(self, folder: Path, *, name: str, logs: Sequence[note.Verifier], now: Callable[[], datetime]) -> None:
        self._folder, self._now = folder, now
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._held = _held(folder)
        self.cosigner = _cosigner(folder, name)
        self._logs: dict[str, list[note.Verifier]] = {}
        for each in logs:
            self._logs.setdefault(each.name, []).append(each)
        self._one_at_a_time = threading.Lock()

    def answer(self, content: bytes) -> Answer:
        """Return what is answered to a question. What is signed is durable first."""
        with self._one_at_a_time:
            origin = content.partition(b"\n\n")[2].partition(b"\n")[0].decode(errors="replace")
            seen = self.seen(origin) if origin in self._logs else None
            at = int(self._now().timestamp())
            answer = judge(content, self._logs, seen, cosigner=self.cosigner, at=at)
            if answer.remember is not None and answer.remember != seen:
                write_whole(self._file(origin), checkpoint.render(answer.remember))
            if answer.cosigned:
                write_whole(self._file(origin).with_suffix(".checkpoint"), answer.cosigned)
            return answer

    def last_cosigned(self, origin_hash: str) -> Answer:
        """Return what is answered to a monitor: the checkpoint cosigned last of the log whose origin has this SHA-256."""
        path = self._folder / f"{origin_hash}.checkpoint"
        if not re.fullmatch("[0-9a-f]{64}", origin_hash) or not path.exists():
            return Answer(404)
        return Answer(200, path.read_bytes())

    def seen(self, origin: str) -> checkpoint.TreeHead | None:
        """Return the head that was cosigned last of a log. Refuses a file that holds no such head."""
        path = self._file(origin)
        if not path.exists():
            return None
        try:
            head = checkpoint.parse(path.read_bytes())
        except VerificationFailed as fault:
            raise _bad_state(path) from fault
        if head.origin != origin:
            raise _bad_state(path)
        return head

    def close(self) -> None:
        """Let the folder go."""
        self._held.close()

    def _file(self, origin: str) -> Path:
        return self._folder / f"{hashlib.sha256(origin.encode()).hexdigest()}.seen"


def serve_witness(witness: Witness, *, bind: str, port: int) -> ThreadingHTTPServer:
    """Return a server of `add-checkpoint` and of the checkpoints cosigned, listening until it is shut down."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        timeout = 10

        def do_POST(self) -> None:
            length = self.headers.get("Content-Length", "")
            fits = length.isascii() and length.isdigit() and int(length) <= LARGEST
            if not self.path.endswith("/add-checkpoint") or not fits:
                self.close_connection = True
                self._say(Answer(404 if fits else 413))
                return
            self._say(witness.answer(self.rfile.read(int(length))))

        def do_GET(self) -> None:
            folder, _, file = self.path.rpartition("/")
            self._say(witness.last_cosigned(folder.rpartition("/")[2]) if file == "checkpoint" else Answer(404))

        def _say(self, answer: Answer) -> None:
            self.send_response(answer.status)
            self.send_header("Content-Type", answer.content_type)
            self.send_header("Content-Length", str(len(answer.body)))
            self.end_headers()
            self.wfile.write(answer.body)

        def log_message(self, *_: object) -> None:
            """Say nothing: who asks is nobody's business."""

    return ThreadingHTTPServer((bind, port), Handler)


def _cosigner(folder: Path, name: str) -> note.Cosigner:
    for key in ("ed25519.key", "ml-dsa-44.key"):
        write_once(folder / key, secrets.token_bytes(32))
    plain, safe = ((folder / key).read_bytes() for key in ("ed25519.key", "ml-dsa-44.key"))
    return note.Cosigner(name, Ed25519PrivateKey.from_private_bytes(plain), MLDSA44PrivateKey.from_seed_bytes(safe))


def _held(folder: Path) -> IO[str]:
    file = (folder / "lock").open("w")
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as fault:
        file.close()
        raise NotConfigured(
            "witness.already-runs",
            what="A witness already runs in this folder.",
            why="Two that share a key and not a memory could sign two histories of one log.",
            next_step="Stop the other one, or give this one a folder and a key of its own.",
        ) from fault
    return file


def _bad_state(path: Path) -> NotConfigured:
    return NotConfigured(
        "witness.bad-state",
        what=f"{path.name} does not hold what this witness saw last.",
        why="A witness that forgot could sign another history, so it signs nothing.",
        next_step="Bring that file back, or begin with a new key under a new name.",
    )
