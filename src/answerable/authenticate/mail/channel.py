"""How did the mail come to us? Facts A: its form, our own server, and what that server wrote."""

from __future__ import annotations

from answerable.authenticate.mail.codes import Pen
from answerable.authenticate.mail.own_server import OwnServers, OwnWords, own_words
from answerable.casefile.evidence import Fact, Result
from answerable.casefile.mail import Message

_NO_SERVER = (
    "No mail server of ours is named for the way by which this came, so every line of its header is the sender's."
)


def channel_facts(message: Message, servers: OwnServers | None, pen: Pen) -> tuple[Fact, ...]:
    """Return facts A1 to A5."""
    words = own_words(message.header, servers) if servers and not message.is_converted else None
    return (_header(message, pen), _papers(message, pen), *_server(words, pen))


def _header(message: Message, pen: Pen) -> Fact:
    if message.crossed and not message.header.fields:
        return pen.fact("A1", Result.NOT_CHECKED, f"{message.crossed} Its header was not read.")
    if not message.header.fields:
        return pen.fact("A1", Result.ABSENT, "There is no header: this is no mail as it is sent.")
    if message.header.faults:
        return pen.fact("A1", Result.CONTRADICTED, f"{_listed(message.header.faults)}.")
    return pen.fact("A1", Result.CONFIRMED, f"{len(message.header.fields)} lines, each written as one.")


def _papers(message: Message, pen: Pen) -> Fact:
    if message.crossed:
        why = f"{message.crossed} The original is kept; none of its papers was taken out."
        return pen.fact("A2", Result.NOT_CHECKED, why)
    if message.faults:
        return pen.fact("A2", Result.CONTRADICTED, f"{_listed(message.faults)}.")
    if not message.papers:
        return pen.fact("A2", Result.ABSENT, "It carries no paper.")
    return pen.fact("A2", Result.CONFIRMED, f"Papers: {len(message.papers)}.")


def _server(words: OwnWords | None, pen: Pen) -> tuple[Fact, ...]:
    if words is None:
        return tuple(pen.fact(code, Result.NOT_CHECKED, _NO_SERVER) for code in ("A3", "A4", "A5"))
    if not words.took_in:
        why = "The topmost lines are not those that our servers write."
        missing = pen.fact("A3", Result.CONTRADICTED, why)
        return missing, _written(words, pen), pen.fact("A5", Result.NOT_CHECKED, why)
    encrypted = Result.CONFIRMED if words.encrypted else Result.ABSENT
    said = "Our server wrote that it came over TLS." if words.encrypted else "Our server wrote nothing of TLS."
    took = pen.fact("A3", Result.CONFIRMED, "Its topmost lines are those of our own path.")
    return took, _written(words, pen), pen.fact("A5", encrypted, said)


def _written(words: OwnWords, pen: Pen) -> Fact:
    if words.forged:
        where = (
            "below the line where our server took it in" if words.took_in else "though our server did not take it in"
        )
        why = f"Results under our server's name stand {where}: {words.forged}. The sender wrote them."
        return pen.fact("A4", Result.CONTRADICTED, why)
    if not words.is_there:
        return pen.fact("A4", Result.ABSENT, "Our server wrote no results.")
    if not words.is_readable:
        why = "Our server's results hold a quotation or an open comment: they are not relied on."
        return pen.fact("A4", Result.NOT_CHECKED, why)
    found = ", ".join(f"{method}={result}" for method, result, _ in words.results) or "none"
    return pen.fact("A4", Result.CONFIRMED, f"It wrote: {found}.")


def _listed(faults: tuple[str, ...]) -> str:
    more = f"; and {len(faults) - 5} more" if len(faults) > 5 else ""
    text = "; ".join(faults[:5]) + more
    return text[:1].upper() + text[1:]
