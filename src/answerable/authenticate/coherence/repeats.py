"""Did this text come before, from whom, and what became of it? A digest for equal texts, a sketch for near ones.

The sketch is the 128 smallest of the 48-bit hashes of all runs of five words (bottom-k, Broder 1997): what two sketches
share of the smallest of both is how much the texts share, give or take one tenth. Digits are blotted out in it, so that
a new file number or day makes no new text.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from typing import Literal

from answerable.authenticate.directory.fact import Said
from answerable.casefile.encoding import Record
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.scope import Moment

_WORDS = re.compile(r"\w+")
_RUN, _KEPT, _LONGEST = 5, 128, 200_000
# Fewer words say nothing about who wrote them; from eight tenths on two texts are one text with other names in it.
_FEWEST_WORDS, NEAR = 30, 80


class Trace(Record):
    """A text without its words: SHA-256 of its normal form, and the sketch; empty where there is too little text."""

    digest: str = ""
    sketch: tuple[int, ...] = ()


class Earlier(Record):
    """A demand that came before: its reference, from whom, and what became of it."""

    case: str
    received_at: Moment
    sender: str
    outcome: Literal["open", "answered", "refused", "suspected", "forged"]
    trace: Trace


_Like = tuple[int, Earlier]


def trace(text: str) -> Trace:
    """Return the trace of a text; of one of more than 200,000 characters that of its beginning."""
    plain = unicodedata.normalize("NFKC", text[:_LONGEST]).casefold()
    words = _WORDS.findall(plain)
    if not words:
        return Trace()
    digest = hashlib.sha256(" ".join(words).encode()).hexdigest()
    if len(words) < _FEWEST_WORDS:
        return Trace(digest=digest)
    blotted = [re.sub(r"\d+", "0", word) for word in words]
    runs = {" ".join(blotted[at : at + _RUN]) for at in range(len(blotted) - _RUN + 1)}
    hashes = sorted(int.from_bytes(hashlib.blake2b(run.encode(), digest_size=6).digest()) for run in runs)
    return Trace(digest=digest, sketch=tuple(hashes[:_KEPT]))


def shared(one: Trace, other: Trace) -> int:
    """Return how much two texts share, in hundredths: 100 for equal texts, 0 where one is too short to say."""
    if one.digest and one.digest == other.digest:
        return 100
    if not one.sketch or not other.sketch:
        return 0
    mine, theirs = set(one.sketch), set(other.sketch)
    smallest = sorted(mine | theirs)[:_KEPT]
    both = sum(each in mine and each in theirs for each in smallest)
    return min(99, 100 * both // len(smallest))


def repeat_facts(said: Said, text: Trace, sender: str, earlier: Sequence[Earlier]) -> tuple[Fact, ...]:
    """Return G9, a repeat of a paper that was refused or forged, and G10, the same text from another sender."""
    if not text.digest:
        nothing = "There is no text to compare."
        return said("G9", Result.NOT_CHECKED, nothing), said("G10", Result.NOT_CHECKED, nothing)
    near = [(shared(text, each.trace), each) for each in earlier]
    like = sorted(((much, each) for much, each in near if much >= NEAR), key=lambda pair: (-pair[0], pair[1].case))
    own = [pair for pair in like if pair[1].sender == sender]
    others = [pair for pair in like if pair[1].sender != sender]
    return _repeats(said, like, own, len(earlier)), _elsewhere(said, others, len(earlier))


def _repeats(said: Said, like: list[_Like], own: list[_Like], compared: int) -> Fact:
    forged = [pair for pair in like if pair[1].outcome == "forged"]
    if forged:
        return said("G9", Result.CONTRADICTED, f"{_close(forged[0])} That one was found forged.")
    refused = [pair for pair in like if pair[1].outcome == "refused" and pair[0] == 100]
    if refused:
        return said("G9", Result.CONTRADICTED, f"{_close(refused[0])} That one was refused, and nothing was changed.")
    suspected = [pair for pair in like if pair[1].outcome == "suspected"]
    if suspected:
        return said("G9", Result.NOT_CHECKED, f"{_close(suspected[0])} That one is suspected, and not yet decided.")
    if own:
        again = "Answer it once." if own[0][0] == 100 else "A form letter, or a corrected paper, reads so."
        return said("G9", Result.CONFIRMED, f"{_close(own[0])} It was {own[0][1].outcome}. {again}")
    return said("G9", Result.CONFIRMED, f"Nothing like it among {compared} earlier demands.")


def _elsewhere(said: Said, others: list[_Like], compared: int) -> Fact:
    if not others:
        return said("G10", Result.CONFIRMED, f"Nothing like it from others among {compared} earlier demands.")
    if others[0][0] == 100:
        return said("G10", Result.CONTRADICTED, f"{_close(others[0])} That one came from another sender.")
    return said(
        "G10", Result.NOT_CHECKED, f"{_close(others[0])} It came from another sender; two offices may use one form."
    )


def _close(like: _Like) -> str:
    much, each = like
    if much == 100:
        return f"Word for word the text of {each.case}."
    return f"Close to the text of {each.case} (about {much} in 100 runs of words are the same)."
