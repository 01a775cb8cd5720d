"""What do a log and a witness say to each other? C2SP tlog-witness, `add-checkpoint`.

The log sends the size that the witness saw last, a consistency proof from there, and the signed checkpoint. The witness
answers with its lines, or with what keeps it from signing. Both halves are here, and neither opens a socket or a file.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from answerable.errors import VerificationFailed
from answerable.public_log import checkpoint, merkle, note

MOST_PROOF_LINES = 63
LARGEST = 64 * 1024
SIZE_TYPE = "text/x.tlog.size"


@dataclass(frozen=True, slots=True)
class Request:
    """The size that the witness is thought to have seen, the proof from it, and the signed checkpoint."""

    old: int
    proof: tuple[bytes, ...]
    checkpoint: bytes


@dataclass(frozen=True, slots=True)
class Answer:
    """What a witness answers: a status of HTTP, a body, its type; what it must remember before it answers, and shows then."""

    status: int
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    remember: checkpoint.TreeHead | None = None
    cosigned: bytes = b""


@dataclass(frozen=True, slots=True)
class Seen:
    """What came of asking: the witness's signature lines, or the size it saw last, or neither where it may have been forked."""

    lines: bytes = b""
    size: int | None = None
    why: str = ""


def render_request(request: Request) -> bytes:
    """Return the body of the question."""
    lines = (f"old {request.old}", *map(note.to_base64, request.proof))
    return "".join(f"{line}\n" for line in lines).encode() + b"\n" + request.checkpoint


def parse_request(content: bytes) -> Request:
    """Return the question. Refuses, with ValueError, every spelling but that of `render_request`."""
    head, separator, signed = content.partition(b"\n\n")
    try:
        lines = head.decode("ascii").split("\n")
        old = number(lines[0].removeprefix("old "))
        proof = tuple(note.unbase64(line) for line in lines[1:])
    except (UnicodeDecodeError, VerificationFailed) as fault:
        raise ValueError("not a question to a witness") from fault
    if not separator or not lines[0].startswith("old ") or old is None or len(proof) > MOST_PROOF_LINES:
        raise ValueError("not a question to a witness")
    return Request(old, proof, signed)


def judge(
    content: bytes, logs: Mapping[str, Sequence[note.Verifier]], seen: checkpoint.TreeHead | None, *,
    cosigner: note.Cosigner, at: int,
) -> Answer:  # fmt: skip
    """Return what a witness answers that knows the keys of `logs`, and of this log saw `seen` last.

    1  a question that cannot be read is refused, and so is a log that is not known, and a checkpoint it did not sign
    2  the old size is the one seen last, or the answer is that size
    3  the same size has the same root; a larger one is proved to begin with the one seen
    """
    try:
        asked = parse_request(content)
        head = checkpoint.head_of(note.text_of(asked.checkpoint))
    except (ValueError, VerificationFailed):
        return Answer(400, b"this is not a question to a witness\n")
    if head.origin not in logs:
        return Answer(404, b"this log is not known here\n")
    try:
        by = note.signed_by(asked.checkpoint, logs[head.origin])
    except VerificationFailed:
        by = ()
    if not by:
        return Answer(403, b"no key of this log signed that checkpoint\n")  # 1
    if asked.old > head.size:
        return Answer(400, b"the old size is larger than the new one\n")
    last = seen or checkpoint.TreeHead(head.origin, 0, merkle.EMPTY_ROOT)
    if asked.old != last.size:
        return Answer(409, b"%d\n" % last.size, SIZE_TYPE)  # 2
    if head.size == last.size and head.root != last.root:
        return Answer(422, b"another root of the same size was seen\n")  # 3
    if not _is_prefix(last, head, asked.proof):
        return Answer(422, b"the proof does not lead from the last checkpoint to this one\n")  # 3
    lines = cosigner.cosign(note.text_of(asked.checkpoint), at)
    return Answer(200, lines, remember=head, cosigned=note.only(asked.checkpoint, by) + lines)


def read_answer(status: int, content_type: str, body: bytes, *, known: note.Verifier, signed: bytes) -> Seen:
    """Return what a witness said to a log. Every answer but its own good signature, or a size, is a failure with its reason."""
    if status == 200:
        return _lines(body, known, signed)
    if status == 409:
        is_size = content_type.partition(";")[0].strip().lower() == SIZE_TYPE
        size = number(body.decode(errors="replace").removesuffix("\n")) if is_size else None
        if size is not None and body == b"%d\n" % size:
            return Seen(size=size)
        return Seen(why="it saw another tree of this size: two histories of this log are about")
    reasons = {
        404: "it does not know this log",
        403: "it holds another key of this log",
        422: "our proof does not hold there: two histories of this log may be about",
    }
    return Seen(why=reasons.get(status, f"it answered {status}"))


def number(text: str) -> int | None:
    """Return a decimal without leading zeros, or None."""
    fits = text.isascii() and text.isdigit() and len(text) <= 18 and str(int(text)) == text
    return int(text) if fits else None


def _is_prefix(last: checkpoint.TreeHead, head: checkpoint.TreeHead, proof: Sequence[bytes]) -> bool:
    if last.size == 0:
        return not proof and (head.size > 0 or head.root == merkle.EMPTY_ROOT)
    return merkle.verify_consistency(last.root, last.size, head.root, head.size, proof=proof)


def _lines(body: bytes, known: note.Verifier, signed: bytes) -> Seen:
    """Return the lines of the known key alone: somebody else's are none of ours."""
    try:
        text = note.text_of(signed)
        answered = note.only(text + b"\n" + body, [known])
        note.open_note(answered, known)
    except VerificationFailed:
        return Seen(why="its answer holds no good signature of the key in the policy")
    return Seen(lines=answered.removeprefix(text + b"\n"))
