"""What does a mail prove of where it comes from? Pure: bytes, records, names and a moment come in, facts go out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from answerable.authenticate.mail.address import Mailbox, sender
from answerable.authenticate.mail.chain import check_chain
from answerable.authenticate.mail.channel import channel_facts
from answerable.authenticate.mail.codes import Pen
from answerable.authenticate.mail.domain_facts import Gathered, domain_facts
from answerable.authenticate.mail.domains import ascii_domain
from answerable.authenticate.mail.own_server import OwnServers, own_words
from answerable.authenticate.mail.records import DnsRecords
from answerable.authenticate.mail.signatures import check_signatures
from answerable.casefile.evidence import Fact
from answerable.casefile.mail import Header, Limits, MailPaper, read_message

_SHOWN = (
    "from",
    "sender",
    "reply-to",
    "to",
    "cc",
    "date",
    "subject",
    "message-id",
    "received",
    "authentication-results",
)
_MOST_SHOWN = 40
_LONGEST_SHOWN = 1_000


@dataclass(frozen=True, slots=True)
class ExaminedMail:
    """Facts A and B of a mail, whom it says it is from, what it carries, and lines of its header to be shown.

    `from_address` and `from_domain` are what From claims, None where that is not clear; `proven_domain` is the domain of
    From where a signature of that domain holds, and None in every other case.
    """

    facts: tuple[Fact, ...]
    from_address: str | None
    from_domain: str | None
    proven_domain: str | None
    papers: tuple[MailPaper, ...]
    headers: tuple[tuple[str, str], ...]


def mail_facts(
    message: bytes,
    *,
    records: DnsRecords,
    trusted_servers: OwnServers | None,
    directory_domains: Mapping[str, str],
    at: datetime,
    limits: Limits | None = None,
) -> ExaminedMail:
    """Return facts A and B of a mail, as of the moment `at`. Never raises for what it holds, never asks anybody.

    `trusted_servers` are ours, and None where the mail did not come through them; `directory_domains` has each listed
    domain with the name of its office.
    """
    read = read_message(message, limits or Limits())
    author = sender(read.header)
    known = {name: office for domain, office in directory_domains.items() if (name := ascii_domain(domain.rstrip(".")))}
    believed = trusted_servers if not read.is_converted else None
    seen = Gathered(
        message=read,
        author=author,
        signatures=check_signatures(read, records, at=at),
        chain=check_chain(read, records, at=at),
        records=records,
        words=own_words(read.header, believed) if believed else None,
        directory=known,
    )
    pen = Pen(at, read.sha256)
    mailbox = author if isinstance(author, Mailbox) else None
    return ExaminedMail(
        facts=(*channel_facts(read, trusted_servers, pen), *domain_facts(seen, pen)),
        from_address=mailbox.address if mailbox else None,
        from_domain=mailbox.domain if mailbox else None,
        proven_domain=mailbox.domain if mailbox and seen.proof else None,
        papers=read.papers,
        headers=_shown(read.header),
    )


def _shown(header: Header) -> tuple[tuple[str, str], ...]:
    """Return the lines that a person should see, as they stand: what cannot be seen is written out."""
    lines = [field for field in header.fields if field.key in _SHOWN][:_MOST_SHOWN]
    return tuple((field.name, _visible(field.text[:_LONGEST_SHOWN])) for field in lines)


def _visible(text: str) -> str:
    return "".join(each if each.isprintable() else each.encode("unicode_escape").decode() for each in text)
