"""Which names of the DNS must be asked to examine a mail? Exactly these; few, whatever the mail holds."""

from __future__ import annotations

from answerable.authenticate.mail.address import Mailbox, sender
from answerable.authenticate.mail.dmarc import dmarc_names
from answerable.authenticate.mail.signatures import MOST_SIGNATURES, key_name
from answerable.casefile.mail import Limits, read_message

_MOST_SEALS = 50


def questions(message: bytes, *, limits: Limits | None = None) -> tuple[str, ...]:
    """Return the names whose TXT records `mail_facts` reads: keys of signatures and seals, and DMARC."""
    header = read_message(message, limits or Limits()).header
    signatures = header.all("dkim-signature")[:MOST_SIGNATURES]
    seals = header.all("arc-seal")[:_MOST_SEALS] + header.all("arc-message-signature")[:_MOST_SEALS]
    names = [key_name(field) for field in (*signatures, *seals)]
    author = sender(header)
    if isinstance(author, Mailbox):
        names += dmarc_names(author.domain)
    return tuple(dict.fromkeys(name for name in names if name))
