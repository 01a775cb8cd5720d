"""What do broken papers do to the desk: how many of how many are taken in, in which time and memory, and are all kept?

python bench/broken_papers.py [--quick] [--papers N] [--seconds N]

Sealed certificates, unsealed ones, form data and mails that carry them are broken in ways that a seed chooses: bytes
turned, cut, doubled, exchanged, inflated, joined with another's. Each goes through the intake of a desk, as if it had come
by e-mail, then its sheet is made, and every fifth is drawn; all of it behind walls. `seconds` is the processor time that each
may take.
"""

from __future__ import annotations

import base64
import random
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from measuring import line, measured, options, reach

from answerable.adapters import clock
from answerable.adapters.paper import paper
from answerable.adapters.reading import make_sheet
from answerable.adapters.rendering import Allowed, draw
from answerable.adapters.sandbox import Limits
from answerable.adapters.signing import SealingIdentity
from answerable.authenticate.gathered import Evidence
from answerable.demo.demands import orders
from answerable.demo.setting_up import set_up
from answerable.errors import AnswerableError

_SEED = 20_261_130
_MIB = 1 << 20


def whole(folder: Path, recipient: str) -> list[bytes]:
    """Return the papers that are broken afterwards."""
    seal, forms = SealingIdentity.load(folder / "court"), orders(clock.now(), recipient)
    sealed = [paper(forms[name], seal) for name in ("lawful", "broad", "bulk")]
    unsealed = paper(forms["lawful"], None)
    mails = [_mail(each) for each in (sealed[0], unsealed)]
    return [*sealed, unsealed, *mails, forms["lawful"].model_dump_json().encode()]


def _mail(content: bytes) -> bytes:
    head = b"From: Court <registry@court.example>\r\nSubject: Order\r\nMIME-Version: 1.0\r\n"
    head += b"DKIM-Signature: v=1; a=rsa-sha256; d=court.example; s=s1; h=from:subject; bh=AA==; b=AA==\r\n"
    head += b'Content-Type: multipart/mixed; boundary="x"\r\n\r\n--x\r\nContent-Type: application/pdf\r\n'
    head += b"Content-Transfer-Encoding: base64\r\n\r\n"
    return head + base64.encodebytes(content) + b"--x--\r\n"


def broken(papers: list[bytes], number: int) -> bytes:
    """Return the paper of a number, broken in one to four ways. The same number gives the same bytes."""
    chance = random.Random(_SEED + number)
    content = papers[number % len(papers)]
    for _ in range(chance.randint(1, 4)):
        at, to = sorted(chance.randrange(len(content) + 1) for _ in range(2))
        part, other = content[at : min(to, at + 4_000)], chance.choice(papers)
        content = (
            chance.choice(
                [
                    content[:at] + bytes(chance.randrange(256) for _ in range(16)) + content[at + 16 :],
                    content[:at] + content[at + 1 + len(part) :],
                    content[:at] + part * 3 + content[at:],
                    content[:at],
                    content[:at] + other[at : at + 6_000] + content[at:],
                    content.replace(b"/Length ", b"/Length 9", 1),
                    content.replace(b"endobj", b"endobj\n<<" + b"[" * 5_000, 1),
                    content.replace(b"\nstartxref\n", b"\nstartxref\n0", 1),
                    content + b"\n%PDF-1.7\n" + other[:9_000],
                    content.replace(b"Content-Type", b"Content-Type" + b" " * 70_000, 1),
                    content.replace(b"--x", b"--x\r\nContent-Type: message/rfc822\r\n\r\n" * 60 + b"--x", 1),
                ]
            )
            or b"%"
        )
    return content


def through(papers: list[bytes], *, number: int, seconds: int) -> tuple[bool, bool, float]:
    """Take a paper in; return whether it could be read, whether its bytes are kept, and the longest step in seconds."""
    from answerable.desk import moves
    from answerable.desk.wiring import desk

    machine, content = desk(), broken(papers, number)
    limits, longest = Limits(cpu=seconds, wall=2.0 * seconds), 0.0
    begun = time.perf_counter()
    case = moves.receive(machine, content, channel="email")
    longest = time.perf_counter() - begun
    for step in (_sheet, _drawn) if number % 5 == 0 else (_sheet,):
        begun = time.perf_counter()
        with suppress(AnswerableError):
            step(machine, content, limits)
        longest = max(longest, time.perf_counter() - begun)
    return case.demand is not None, moves.paper_bytes(machine, case) == content, longest


def _sheet(machine, content: bytes, limits: Limits) -> None:
    evidence = Evidence(original=content, at=machine.now(), anchors=machine.trust_roots)
    make_sheet(evidence, sandbox=machine.sandbox, limits=limits)


def _drawn(machine, content: bytes, limits: Limits) -> None:
    draw(content, sandbox=machine.sandbox, allowed=Allowed(), limits=limits)


def all_of(count: int, seconds: int) -> tuple[int, int, float, int]:
    """Break and take in `count` papers; return how many could be read, how many were lost, the longest step, the most bytes."""
    with tempfile.TemporaryDirectory() as place:
        demo = set_up(Path(place), accounts=200, events=500, seed=7)
        from answerable.desk.starting import start

        start(demo.home.folder)
        from answerable.desk.wiring import desk

        papers = whole(demo.folder, demo.recipient)
        ends = [through(papers, number=each, seconds=seconds) for each in range(count)]
        return (
            sum(each[0] for each in ends),
            sum(not each[1] for each in ends),
            max(each[2] for each in ends),
            desk().sandbox.peak,
        )


def main() -> None:
    """Print every figure."""
    size = options(__doc__, papers=(500, 60), seconds=(20, 5))
    ends = measured(all_of, size.papers, size.seconds, times=1)
    read, lost, longest, peak = ends.result
    line("broken.papers", "papers", size.papers, peak_mb=ends.peak_mb)
    line("broken.still_read", "papers", read)
    line("broken.originals_lost", "papers", lost, **reach("0", lost == 0))
    line("broken.longest", "s", longest, **reach("<= 40 s", longest <= 40))
    line("broken.child", "MB", peak / _MIB, **reach("<= 1024 MB", peak <= 1024 * _MIB))


if __name__ == "__main__":
    main()
