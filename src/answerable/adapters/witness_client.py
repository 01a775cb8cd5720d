"""How are witnesses asked to cosign a checkpoint? One after the other, each with the proof from what it saw last.

A witness that is away, or says something else than the format allows, is told of and passed over: the quorum decides.
"""

from __future__ import annotations

import http.client
import logging
from collections.abc import Sequence
from urllib.parse import urlsplit

from answerable.public_log import checkpoint, merkle, note
from answerable.public_log.quorum import Quorum, Witness
from answerable.public_log.witnessing import LARGEST, Request, Seen, read_answer, render_request

_SECONDS = 10.0
_log = logging.getLogger("answerable")


def ask_witnesses(quorum: Quorum, signed: bytes, hashes: Sequence[bytes]) -> bytes:
    """Return the signed checkpoint with the lines of every witness of the policy that cosigned it. `hashes` are the leaves'.

    Each is asked with the log's own lines alone: those of other witnesses say nothing to it, and with ML-DSA-44 a few of
    them are more than some witnesses read of a question (16 KiB).
    """
    have = set(note.signed_by(signed, quorum.verifiers))
    asked = note.without(signed, quorum.verifiers)
    for witness in quorum.witnesses.values():
        if witness.url and witness.verifier not in have:
            seen = ask(witness, asked, hashes)
            signed += seen.lines
            if seen.why:
                _log.warning("the witness %s did not cosign: %s", witness.verifier.name, seen.why)
    return signed


def ask(witness: Witness, signed: bytes, hashes: Sequence[bytes]) -> Seen:
    """Return what one witness says to a checkpoint; a size that it saw last is answered with the proof from there, once."""
    head = checkpoint.parse(note.text_of(signed))
    seen = _post(witness, Request(head.size, (), signed))
    if seen.size is not None and seen.size != head.size:
        if seen.size > head.size:
            return Seen(size=seen.size, why=f"it saw {seen.size} leaves already: this is not the newest log")
        proof = merkle.prove_consistency(hashes[: head.size], seen.size) if seen.size else ()
        seen = _post(witness, Request(seen.size, proof, signed))
    return seen if seen.lines or seen.why else Seen(why="its size changed while it was asked")


def size_seen(witness: Witness, signed: bytes) -> int | None:
    """Return the size that a witness saw last of this log, or None where it does not say."""
    head = checkpoint.parse(note.text_of(signed))
    seen = _post(witness, Request(head.size, (), signed))
    return head.size if seen.lines else seen.size


def _post(witness: Witness, request: Request) -> Seen:
    address = urlsplit(witness.url)
    kind = http.client.HTTPSConnection if address.scheme == "https" else http.client.HTTPConnection
    if address.scheme not in ("http", "https") or not address.hostname:
        return Seen(why="its address is not one of HTTP")
    connection = kind(address.hostname, address.port, timeout=_SECONDS)
    try:
        path = address.path.rstrip("/") + "/add-checkpoint"
        connection.request("POST", path, render_request(request), {"Content-Type": "text/plain; charset=utf-8"})
        answer = connection.getresponse()
        body = answer.read(LARGEST)
        content_type = answer.headers.get("Content-Type", "")
    except (OSError, http.client.HTTPException) as fault:
        return Seen(why=f"it could not be reached ({type(fault).__name__})")
    finally:
        connection.close()
    signed = request.checkpoint
    return read_answer(answer.status, content_type, body, known=witness.verifier, signed=signed)
